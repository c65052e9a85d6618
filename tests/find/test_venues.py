"""The registry, pure: which spellings are one venue, which are not, and where an event is then."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.find.places import venue_of
from app.find.venues import Area, Register, Spot, keys_of, located
from app.model.event import Event
from app.model.venue import CITY_CENTRE, FEED, GEOCODER, PERSON, VENUE, PlaceCorrection, Site
from scrapers.base import Place
from tests.find.listings import NEW_YORK, NOW

HOME = (41.93, -70.52)
FAR = (42.0, -70.6)
AREA = Area(frozenset({"harbor", "fall", "ny"}), HOME, 15.0)


def numbered() -> Callable[[], UUID]:
    ids = iter(range(1, 1000))
    return lambda: UUID(int=next(ids))


def register() -> Register:
    return Register(NOW, numbered())


def settle(
    found: Register, text: str, point: tuple[float, float] | None = None, *, days: float = 9
) -> UUID | None:
    name, _, address = text.partition(" @ ")
    place = Place(name, address, *(point or (None, None)))
    return found.settle(Spot(place, NEW_YORK), 60, NOW + timedelta(days=days))


@pytest.mark.parametrize(
    "texts",
    [
        ("The Blue Note @ 12 Main St, Harbor Falls", "Blue Note, 12 Main Street", "Blue Note"),
        ("Blue Note", "The Blue Note", "Blue Note @ 12 Main St"),
        ("Gull Hall, Room 2 @ 9 Quay St", "Gull Hall, Room 5 @ 9 Quay St", "Gull Hall"),
        ("Room 208, 276 East Napa Street", "276 E Napa St, Harbor Falls, NY"),
        ("HPAC @ 9 Main St", "Harbor Performing Arts Center @ 9 Main St"),
    ],
)
def test_one_venue_in_many_spellings_and_rooms(texts: tuple[str, ...]) -> None:
    found = register()
    assert len({settle(found, text) for text in texts}) == 1
    assert len(found.sites) == 1


@pytest.mark.parametrize(
    "texts",
    [
        ("Bean House @ 12 Main St", "Bean House @ 90 Mill Rd"),  # branches
        ("Blue Note @ 12 Main St", "Otter Gallery @ 12 Main St"),  # neighbours
        ("Gull Room @ 12 Main St, Harbor Falls", "Gull Room @ 12 Main St, Petersfield"),
        ("Quincy Library", "Petersfield Library"),
        ("Public Library", "Public Library @ 1 Quay St"),  # every town has one
    ],
)
def test_venues_that_look_alike_stay_apart(texts: tuple[str, ...]) -> None:
    found = register()
    assert len({settle(found, text) for text in texts}) == len(texts)


def test_a_name_that_two_branches_share_is_not_guessed() -> None:
    found = register()
    settle(found, "Bean House @ 12 Main St", HOME)
    settle(found, "Bean House @ 90 Mill Rd", FAR)
    assert settle(found, "Bean House") is None


def test_a_venue_that_moved_is_where_its_coming_events_are() -> None:
    found = register()
    settle(found, "Bean House @ 12 Main St", HOME, days=-40)
    new = settle(found, "Bean House @ 90 Mill Rd", FAR)
    assert settle(found, "Bean House") == new


def test_a_name_and_a_door_become_one_when_a_listing_has_both() -> None:
    found = register()
    door, name = settle(found, "12 Main St", HOME), settle(found, "Blue Note")
    assert door is not None
    assert door != name
    both = settle(found, "Blue Note @ 12 Main St")
    assert both == door
    assert found.absorbed == {name: door}
    assert settle(found, "Blue Note") == door
    assert found.sites[door].point == HOME


def test_F1_one_point_for_venues_without_anything_in_common_is_nobodys() -> None:
    found = register()
    first, second = settle(found, "Grey Gull", HOME), settle(found, "Mill Yard", HOME)
    assert found.sites[first].point == HOME  # type: ignore[index] # not None
    third = settle(found, "Town Hall Annex", HOME)
    assert {found.sites[id_].point for id_ in (first, second, third) if id_} == {None}
    assert {first, second} <= found.moved
    fourth = settle(found, "Lantern Club", HOME)
    assert fourth
    assert found.sites[fourth].point is None


def event(place: Place | None) -> Event:
    return Event(UUID(int=7), "Mixer", NOW, NEW_YORK, location=place)


SITE = Site(UUID(int=1), NEW_YORK, point=HOME, origin=FEED)
RIGHT = PlaceCorrection("Gull Room", "14 Wharf St", FAR)


@pytest.mark.parametrize(
    ("place", "site", "point", "by"),
    [
        (Place("Gull Room"), SITE, HOME, VENUE),
        (Place("Gull Room", "", 41.931, -70.521), SITE, (41.931, -70.521), FEED),
        (Place("Gull Room", "", *FAR), Site(UUID(int=1), NEW_YORK), None, ""),  # distrusted (F1)
        (
            Place("Gull Room"),
            Site(UUID(int=1), NEW_YORK, point=FAR, origin=GEOCODER),
            FAR,
            GEOCODER,
        ),
        (
            Place("Gul Rom", "", *HOME),
            Site(UUID(int=1), NEW_YORK, point=HOME, origin=FEED, correction=RIGHT),
            FAR,
            PERSON,
        ),
        (Place("Harbor Falls, NY", "", *FAR), None, FAR, FEED),
        (None, None, None, ""),
    ],
)
def test_F3_an_event_is_where_its_venue_is_and_says_who_knows(
    place: Place | None, site: Site | None, point: tuple[float, float] | None, by: str
) -> None:
    found = located(event(place), site, None)
    assert (found.location.point if found.location else None, found.located_by) == (point, by)
    assert found.within_km == 0


@pytest.mark.parametrize(
    ("text", "middle"),
    [
        ("Lantern Club", True),
        ("Harbor Falls, NY", True),
        ("Lantern Club, 3 Quay St, Harbor Falls, NY", True),
        ("Lantern Club, 3 Quay St, Petersfield, NY", False),  # another town
        ("TBA", False),
        ("Zoom", False),
    ],
)
def test_F3_the_middle_of_the_city_is_marked_as_such(text: str, middle: bool) -> None:
    found = located(event(Place(text)), None, AREA)
    expected = (HOME, CITY_CENTRE, 15.0) if middle else (None, "", 0.0)
    place = found.location
    assert place
    assert (place.point, found.located_by, found.within_km) == expected


@given(st.lists(st.text() | st.text("12 a.b,ſ-()Nn#Yy\u0661", max_size=30), max_size=5))
def test_any_location_can_be_filed(texts: list[str]) -> None:
    found = register()
    for text in texts:
        spot = Spot(Place(text), NEW_YORK)
        id_ = found.settle(spot, 50, NOW)
        assert (id_ is None) or keys_of(spot)
        assert not (id_ and venue_of(spot.place).vague)
        assert id_ == found.settle(spot, 50, NOW)
