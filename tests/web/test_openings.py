"""New places on the page, beside the events."""

import pytest
from playwright.sync_api import expect

from tests.web.page import Client

pytestmark = pytest.mark.browser


def test_new_places_stand_below_the_week(signed_in: Client) -> None:
    places = signed_in.page.locator(".openings .card")
    expect(places).to_have_count(3)
    expect(signed_in.page.get_by_role("heading", name="New places to try")).to_be_visible()
    expect(places.first).to_contain_text("Opened Nov 24, new until Jan 5")
    expect(places.nth(1)).to_contain_text("No day announced")


def test_a_visit_goes_into_the_calendar(signed_in: Client) -> None:
    first = signed_in.page.locator(".openings .card").first
    link = first.locator("a.go")
    expect(link).to_contain_text("Add Wed, Nov 25")
    assert "/openings/o1.ics?day=2026-11-25" in (link.get_attribute("href") or "")
    expect(signed_in.page.locator(".openings .card").nth(2).locator("a.go")).to_have_count(0)


def test_a_place_shows_its_evidence(signed_in: Client) -> None:
    first = signed_in.page.locator(".openings .card").first
    first.get_by_text("Why we think so").click()
    expect(first).to_contain_text("The Courier says that it is open")
    expect(first.locator("q")).to_be_visible()
