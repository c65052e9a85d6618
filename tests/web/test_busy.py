"""One's own calendars on the page: added, read, removed, and events at taken times."""

import pytest
from playwright.sync_api import expect

from tests.web.page import Client

pytestmark = pytest.mark.browser

TAKEN = "Data & Drinks: analytics meetup"


def test_a_calendar_is_added_read_and_removed(signed_in: Client) -> None:
    page = signed_in.go("Me").page
    block = page.locator("section.busy")
    block.get_by_label("Its private iCalendar address").fill(
        "https://calendar.example/private/basic.ics"
    )
    block.get_by_role("button", name="Add calendar").click()
    expect(block.get_by_role("heading", name="calendar.example")).to_be_visible()
    expect(block.get_by_text("12 taken times ahead, read")).to_be_visible()
    expect(page.locator("#snackbar")).to_contain_text("Read: 12 taken times ahead.")
    expect(block.get_by_label("Its private iCalendar address")).to_have_value("")
    assert "private" not in block.locator("li[data-id]").inner_text()
    assert signed_in.overflow() == 0
    block.get_by_role("button", name="Remove the calendar at calendar.example").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(block.locator("li[data-id]")).to_have_count(0)


def test_a_calendar_that_cannot_be_read_says_why_and_when_again(signed_in: Client) -> None:
    page = signed_in.go("Me").page
    block = page.locator("section.busy")
    block.get_by_label("Its private iCalendar address").fill("https://calendar.example/wrong")
    block.get_by_role("button", name="Add calendar").click()
    expect(block.locator(".health.bad")).to_contain_text("no document at this address")
    expect(block.locator(".health.bad")).to_contain_text(
        "Nothing is known of it so far. The next try is"
    )


def test_events_at_taken_times_say_so_and_can_be_left_out(signed_in: Client) -> None:
    card = signed_in.card(TAKEN)
    expect(card.root.get_by_text("Your own calendar is taken then")).to_be_visible()
    page = signed_in.page
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("When I am free").check()
    expect(card.root).to_have_count(0)
    assert len(signed_in.names()) > 5
