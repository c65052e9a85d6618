"""New places: one opening of many sources, its window, how sure, and how to visit it."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from app.find.openings import (
    CERTAIN,
    hello,
    is_chain,
    opening_of,
    same_place,
    standing,
    suggested_day,
    suggestion,
    visit,
)
from app.model.opening import Opening, Voice
from scrapers.base import PLACE_KINDS, Evidence, OpeningListing, Place

TODAY = date(2026, 11, 24)  # a Tuesday
ID = UUID(int=7)


def _listing(
    name: str = "Low Tide Coffee",
    evidence: Evidence = Evidence.FIRST_LICENCE,
    address: str = "7 Lantern Street",
    opens: date | None = None,
    said: date | None = TODAY,
    at: tuple[float, float] | tuple[None, None] = (None, None),
    precision: str = "day",
    kind: str = "coffee_shop",
) -> OpeningListing:
    place = Place(name, address, *at)
    return OpeningListing(name, kind, name, evidence, place, opens, precision, said)


def _opening(*listings: OpeningListing) -> Opening:
    voices = [Voice(f"source {number}", 0.6, each) for number, each in enumerate(listings)]
    found = opening_of(ID, voices)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (_listing(), _listing("LOW TIDE COFFEE LLC", address="7 LANTERN ST, HARBOR FALLS, MA")),
        (_listing(), _listing("Low Tide", address="7 Lantern St")),
        (_listing(), _listing("Low Tide Coffee", address="")),
        (_listing(at=(41.9308, -70.5187)), _listing("Low Tide Café", address="", at=(41.9309, -70.5188))),
        (_listing("Café Fresnel", address=""), _listing("Cafe Fresnel", address="Pier Road")),
    ],
)  # fmt: skip
def test_one_place_in_two_sources(a: OpeningListing, b: OpeningListing) -> None:
    assert same_place(a, b)
    assert same_place(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (_listing("Starbucks Coffee #41"), _listing("Starbucks Coffee #42", address="9 Mill Road")),
        (_listing("Starbucks"), _listing("Starbucks", address="9 Mill Road")),
        (_listing(), _listing("Proof & Crumb")),
        (_listing("Lantern Coffee", address=""), _listing("Harbor Coffee", address="")),
        (_listing(address="", at=(41.93, -70.52)), _listing(address="", at=(41.95, -70.52))),
    ],
)
def test_two_places_that_look_alike(a: OpeningListing, b: OpeningListing) -> None:
    assert not same_place(a, b)


def test_a_licence_alone_is_weak_and_now_open_is_strong() -> None:
    licence = _opening(_listing()).confidence
    said = _opening(_listing(evidence=Evidence.NOW_OPEN)).confidence
    assert licence < 0.4 < 0.8 < said


def test_several_sources_that_agree_are_surer_and_one_that_repeats_itself_is_not() -> None:
    one, two = _listing(), _listing(evidence=Evidence.COMING_SOON)
    assert _opening(one, two).confidence > _opening(two).confidence
    repeated = opening_of(ID, [Voice("courier", 0.5, two), Voice("courier", 0.5, two)])
    assert repeated is not None
    assert repeated.confidence == _opening(two).confidence


def test_nothing_is_certain() -> None:
    assert _opening(*[_listing(evidence=Evidence.NOW_OPEN)] * 9).confidence == CERTAIN


def test_the_window_is_its_first_weeks() -> None:
    found = _opening(_listing(evidence=Evidence.OPENS, opens=TODAY))
    assert (found.first_day, found.last_day - found.first_day) == (TODAY, timedelta(weeks=6))


def test_a_licence_comes_long_before_the_first_cup() -> None:
    found = _opening(_listing())
    assert found.last_day - found.first_day == timedelta(weeks=16)
    assert "Look first whether it is open" in suggestion(found, TODAY)


def test_a_month_lasts_until_its_end() -> None:
    found = _opening(_listing(evidence=Evidence.DATED, opens=date(2026, 11, 1), precision="month"))
    assert found.last_day > date(2026, 11, 30) + timedelta(weeks=5)


def test_news_date_what_a_licence_leaves_open() -> None:
    opens = TODAY + timedelta(days=10)
    found = _opening(_listing(), _listing(evidence=Evidence.COMING_SOON, opens=opens))
    assert (found.opens, found.first_day) == (opens, opens)
    assert [each.evidence for each in found.proofs] == [
        Evidence.COMING_SOON,
        Evidence.FIRST_LICENCE,
    ]
    assert suggestion(found, TODAY).startswith("Not open yet.")


def test_an_old_place_under_a_new_licence_is_none() -> None:
    old = _listing(evidence=Evidence.DATED, opens=date(2019, 4, 1), said=None)
    voices = [Voice("map", 0.4, old), Voice("register", 0.6, _listing())]
    assert opening_of(ID, voices) is None


def test_what_is_merely_listed_is_no_opening() -> None:
    assert opening_of(ID, [Voice("map", 0.4, _listing(evidence=Evidence.LISTED))]) is None


@pytest.mark.parametrize(
    "name",
    ["Starbucks", "STARBUCKS COFFEE #2586", "Dunkin' Donuts", "Mug & Mast #41", "Peet's Coffee"],
)
def test_chains_are_known_and_said(name: str) -> None:
    assert is_chain(name)
    found = _opening(_listing(name))
    assert "chain" in suggestion(found, TODAY)
    assert standing(found) < standing(_opening(_listing()))


@pytest.mark.parametrize(
    "name", ["Low Tide Coffee", "Costanza Coffee", "Star Bakery", "No. 9 Books"]
)
def test_what_only_sounds_like_a_chain_is_none(name: str) -> None:
    assert not is_chain(name)


@pytest.mark.parametrize("kind", PLACE_KINDS)
def test_a_visit_is_on_a_quiet_weekday_in_the_window(kind: str) -> None:
    found = _opening(_listing(evidence=Evidence.OPENS, opens=TODAY, kind=kind))
    day = suggested_day(found, TODAY)
    assert day == date(2026, 11, 25)
    event = visit(found, day, "America/New_York")
    assert event.end is not None
    assert timedelta(hours=1) <= event.end - event.start <= timedelta(hours=2)
    assert hello(found) in event.description
    assert "weekday" in suggestion(found, TODAY)


def test_an_opening_fades_after_its_window() -> None:
    found = _opening(_listing(evidence=Evidence.OPENS, opens=TODAY))
    assert suggested_day(found, found.last_day) is None
