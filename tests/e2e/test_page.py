"""The real page before the real service, on a phone, in light and in dark."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Town
from tests.e2e.service import web
from tests.web.conftest import browser as browser  # noqa: PLC0414 -- a fixture, shared
from tests.web.page import Client

pytestmark = pytest.mark.browser

SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")


@contextmanager
def phone(browser: Browser, url: str) -> Iterator[Page]:
    """A page 390 pixels wide that may ask no other host and says nothing on its console."""
    complaints: list[str] = []
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        timezone_id="America/New_York",
        locale="en-US",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith((url, "data:", "blob:"))
            else complaints.append(f"asked {urlsplit(asked.url).hostname}")
        ),
    )
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def photograph(page: Page, name: str) -> None:
    """Keep pictures where GOMEET_SCREENSHOTS says so, and see that nothing hangs over."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    if folder := os.environ.get("GOMEET_SCREENSHOTS"):
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"{name}-{scheme}.png")
            page.screenshot(path=Path(folder) / f"{name}-{scheme}-whole.png", full_page=True)


def test_a_week_on_the_phone(town: Town, browser: Browser) -> None:
    with phone(browser, town.api.url) as page:
        client = Client(page, f"{town.api.url}/").sign_in(town.api.token)
        shown = client.cards.evaluate_all("cards => cards.map(card => card.dataset.id)")
        ranked = [item["id"] for item in town.api.get("events", limit=100)["items"]]
        assert len(shown) > 5
        assert [place for place in ranked if place in shown][:5] == shown[:5]
        photograph(page, "week")

        name, other = client.names()[:2]
        detail = client.open(name)
        assert sum(detail.points()) == detail.chance == detail.total()
        photograph(page, "detail")
        detail.close()
        client.card(name).choose()
        expect(page.locator("#snackbar")).to_contain_text("On your list")
        assert name.split(":")[0] in town.api.feed().replace("\r\n ", "").replace("\\", "")

        client.card(other).dismiss()
        expect(page.get_by_role("link", name=other, exact=True)).to_have_count(0)
        client.undo()
        page.get_by_role("link", name=other, exact=True).wait_for()

        client.go("My events")
        expect(client.cards).to_have_count(1)
        photograph(page, "mine")

        client.go("Calendar")
        address = page.get_by_label("Or copy it").input_value()
        assert page.get_by_alt_text("QR code").evaluate("image => image.naturalWidth") > 0
        assert web.get(address).text.startswith("BEGIN:VCALENDAR")
        photograph(page, "calendar")


def test_a_new_source_and_the_profile(town: Town, browser: Browser) -> None:
    with phone(browser, town.api.url) as page:
        client = Client(page, f"{town.api.url}/").sign_in(town.api.token)
        client.go("Sources")
        photograph(page, "sources")
        page.get_by_text("Add a source").click()
        page.get_by_label("Address of").fill(f"{town.city.url}/clubs/")
        page.get_by_role("button", name="Find events").click()
        expect(page.locator(".candidate").first).to_contain_text("Among your sources already")
        address = f"{town.city.url}/chamber/calendar.ics?again"
        page.get_by_label("Address of").fill(f"{address} our calendar")
        page.get_by_role("button", name="Find events").click()
        found = page.locator(f".candidate[data-url='{address}']")
        expect(found.locator(".preview li").first).to_be_visible()
        photograph(page, "sources-add")
        before = len(town.sources())
        found.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("[data-id]")).to_have_count(before + 1)
        (added,) = [row for row in town.sources() if row["url"] == address]
        town.api.call("DELETE", f"sources/{added['id']}")

        client.go("Me")
        page.get_by_label("Your field").fill("nursing in quiet rooms")
        photograph(page, "me")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#snackbar")).to_contain_text("Saved")
        assert town.api.get("me/profile")["field"] == "nursing in quiet rooms"


def test_the_door_and_the_api_reference(town: Town, browser: Browser) -> None:
    with phone(browser, town.api.url) as page:
        page.goto(f"{town.api.url}/")
        page.get_by_label("Your token").wait_for()
        photograph(page, "door")
        page.goto(f"{town.api.url}/docs")
        routes = page.locator("details:not(.object)")
        described = web.get(f"{town.api.url}/openapi.json").json()["paths"]
        expect(routes).to_have_count(sum(len(verbs) for verbs in described.values()))
        photograph(page, "docs")
        routes.filter(has_text="Change your profile").locator("summary").click()
        page.get_by_role("link", name="ProfileBody").first.click()
        expect(page.locator("#ProfileBody")).to_contain_text("reach_km")
        photograph(page, "docs-open")
