"""A whole city with one tap, and the bar that fills."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.web.page import Client
from tests.web.world import World

pytestmark = pytest.mark.browser


def packs(client: Client) -> Locator:
    """The list of cities, opened."""
    client.go("Sources").page.get_by_text("Add a whole city").click()
    return client.page.locator(".cities")


def test_a_city_is_added_with_one_tap_and_its_bar_fills(signed_in: Client, world: World) -> None:
    city = packs(signed_in).locator("[data-city=harbor-falls]")
    expect(city).to_contain_text("12 sources")
    expect(city.get_by_role("progressbar")).to_have_count(0)
    city.get_by_role("button", name="Add Harbor Falls, MA").click()
    expect(signed_in.page.locator("#snackbar")).to_contain_text("Harbor Falls, MA is being read")
    expect(city).to_contain_text("5 of 12 read · 45 coming events")
    expect(city.get_by_role("progressbar")).to_have_attribute("value", "5")
    expect(city).to_be_focused()
    expect(city.get_by_role("button", name="Add Harbor Falls, MA")).to_have_count(0)
    city.get_by_text("1 page without a calendar yet").click()
    expect(city.get_by_role("link", name="Town Hall")).to_have_attribute(
        "href", "https://hall.example.org/"
    )
    # Looked at again by itself, until all are read.
    expect(city).to_contain_text("12 sources, all read · 108 coming events", timeout=15_000)
    expect(city.get_by_role("progressbar")).to_have_count(0)
    expect(packs_again(signed_in).locator("[data-city=mill-creek]")).to_contain_text("140 sources")


def packs_again(client: Client) -> Locator:
    """The list of cities, open already."""
    return client.page.locator(".cities")


def test_a_home_is_offered_to_whoever_has_none(signed_in: Client, world: World) -> None:
    world.profile |= {"latitude": None, "longitude": None, "home_name": ""}
    city = packs(signed_in).locator("[data-city=mill-creek]")
    offer = city.get_by_role("button", name="Make it my home")
    expect(city).to_contain_text("140 sources")
    expect(offer).to_have_count(0)
    city.get_by_role("button", name="Add Mill Creek, IL").click()
    offer.click()
    expect(offer).to_have_count(0)
    assert world.profile["home_name"] == "Mill Creek, IL"
    assert world.profile["latitude"] == 41.88


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_packs_fit_a_phone(signed_in: Client, scheme: str) -> None:
    signed_in.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    shown = packs(signed_in)
    shown.get_by_role("button", name=re.compile("Add Mill")).click()
    expect(shown.get_by_role("progressbar")).to_be_visible()
    assert signed_in.overflow() <= 0
