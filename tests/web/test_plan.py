"""The planned week on a phone."""

import pytest
from playwright.sync_api import Locator, expect

from tests.web.page import Client
from tests.web.test_looks import AA_LARGE, AA_TEXT, CONTRAST
from tests.web.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def plan(signed_in: Client) -> Client:
    """The page, showing the plan of this week."""
    signed_in.page.get_by_role("link", name="Plan my week").click()
    expect(signed_in.page.get_by_role("heading", level=1)).to_have_text("Your plan")
    signed_in.cards.first.wait_for()
    return signed_in


def first(client: Client) -> Locator:
    return client.cards.first


def test_the_plan_stands_by_day_with_its_chance(plan: Client) -> None:
    expect(plan.page.locator(".plan .day").first).to_have_text("Tomorrow")
    expect(plan.page.locator(".total-chance")).to_contain_text("81%")
    expect(first(plan)).to_contain_text("About 21 minutes each way")
    expect(plan.page.locator("#tabs [aria-current]")).to_have_text("Week")


def test_a_week_that_is_over_leads_to_the_next(signed_in: Client, world: World) -> None:
    last = "2026-11-29"
    world.events = {
        name: event for name, event in world.events.items() if str(event["local_start"])[:10] > last
    }
    signed_in.page.get_by_role("link", name="Plan my week").click()
    expect(signed_in.page.locator(".empty h2")).to_have_text("Nothing fits this week")
    signed_in.page.get_by_role("link", name="Plan next week").click()
    signed_in.cards.first.wait_for()
    expect(signed_in.page.locator(".weeks [aria-current]")).to_have_text("Next week")


def test_an_outing_is_taken_and_stays(plan: Client, world: World) -> None:
    name = first(plan).locator("h3").inner_text()
    plan.card(name).choose()
    expect(first(plan).locator("> .verbs [data-verb=choose]")).to_have_text("I’m going")
    expect(plan.page.locator("#snackbar")).to_contain_text("On your list")  # it has arrived
    assert [choice["event"]["name"] for choice in world.choices.values()] == [name]  # type: ignore[index]
    expect(first(plan).locator(".instead")).to_have_count(0)
    plan.undo()
    expect(first(plan).locator(".instead")).to_have_count(1)


def test_the_other_one_is_behind_a_tap_and_takes_the_place(plan: Client) -> None:
    other = first(plan).locator(".instead")
    name = other.locator("summary b").inner_text()
    other.locator("summary").click()
    other.locator("[data-verb=choose]").click()
    expect(first(plan).locator("h3")).to_have_text(name)


def test_what_is_set_aside_leaves_the_plan(plan: Client) -> None:
    name = first(plan).locator("h3").inner_text()
    plan.card(name).dismiss()
    expect(first(plan).locator("h3")).not_to_have_text(name)


def test_why_not_the_others_is_folded(plan: Client) -> None:
    fold = plan.page.locator("details").filter(has_text="Why not the others (9)")
    assert fold.get_attribute("open") is None
    fold.locator("summary").click()
    expect(fold.locator("li").first).to_contain_text("would be a fifth evening")


def test_the_next_week_has_an_address(plan: Client) -> None:
    plan.page.get_by_role("link", name="Next week").click()
    expect(plan.page.locator(".weeks [aria-current]")).to_have_text("Next week")
    assert plan.route == "#/plan?week=2026-W49"


@pytest.mark.parametrize("width", [320, 390, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_reads(plan: Client, width: int, scheme: str) -> None:
    plan.page.set_viewport_size({"width": width, "height": 844})
    plan.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for fold in plan.page.locator("#main summary").all():
        fold.click()
    assert plan.overflow() <= 0
    for text, ratio, large in plan.page.evaluate(CONTRAST):
        assert ratio >= (AA_LARGE if large else AA_TEXT), text
