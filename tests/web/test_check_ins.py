"""Telling how it was, and what the evenings came to."""

import pytest
from playwright.sync_api import expect

from tests.web.page import Client

pytestmark = pytest.mark.browser


def test_an_evening_is_told_in_four_taps_and_taken_back(signed_in: Client) -> None:
    signed_in.go("My events")
    page = signed_in.page
    card = page.get_by_role("form", name="How was Harbor Falls Tech Mixer?")
    card.get_by_role("button", name="I was there").click()
    card.get_by_role("radio", name="3–5").check()
    card.get_by_role("radio", name="2", exact=True).check()
    assert signed_in.overflow() == 0
    card.get_by_role("button", name="Done").click()
    expect(card).to_have_count(0)
    assert "learned from it" in signed_in.said
    signed_in.undo()
    expect(card).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pad_says_what_is_likely(signed_in: Client, scheme: str) -> None:
    page = signed_in.page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of two
    page.goto(f"{signed_in.url}#/insights")
    expect(page.get_by_role("heading", name="Your evenings")).to_be_visible()
    expect(page.locator(".pad").first.locator("li").first).to_contain_text("5 of 7 evenings")
    expect(page.get_by_role("img", name="likely 42–91%")).to_be_visible()
    expect(page.get_by_text("When we said about 42 %, it happened 7 of 15 times.")).to_be_visible()
    assert signed_in.overflow() == 0
