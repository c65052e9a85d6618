import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.find.places import (
    NOWHERE,
    distrusted_coordinates,
    is_region,
    read_venue,
    same_venue,
    venue_of,
    without_coordinates,
)
from scrapers.base import Place
from tests.find.listings import listing


@pytest.mark.parametrize("text", ["NC", "N.C.", "Calif.", "Ontario", "new york", "ON"])
def test_regions_as_people_write_them(text: str) -> None:
    assert is_region(text)


@pytest.mark.parametrize("text", ["An", "An Evening", "in", "or", "Me", "ok", "", "the ohio"])
def test_F2_an_is_no_state(text: str) -> None:
    assert not is_region(text)


def test_F2_an_article_after_a_comma_takes_nothing_away() -> None:
    assert "evening" in read_venue("Harbor Hall, An Evening Room").name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Grey Gull, 185 Quay Ave. Harbor Falls, NY 12345", "Grey Gull Music Hall and Pub"),
        ("Grey Gull Music Hall, 185 Quay Ave", "185 Quay Avenue, Harbor Falls, NY"),
        ("Little Otter: 241 Mill St., Harbor Falls", "Little Otter, 241 Mill Street"),
        ("Harbor Performing Arts Center", "HPAC, 9 Main St, Harbor Falls, NY"),
        ("Reading Room at Quincy Regional Library", "Quincy Library"),
        ("The Boardwalk", "The Boardwalk, 528 7th Street, Harbor Falls, NY 12345"),
        ("12 North Quay St", "12 N. Quay Street, Harbor Falls"),
        ("O’Brien Town Square", "OBrien Town Square"),
    ],
)
def test_one_venue_in_many_spellings(one: str, other: str) -> None:
    found = same_venue(read_venue(one), read_venue(other))
    assert found is not None
    assert found > 0.6
    assert same_venue(read_venue(other), read_venue(one)) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quincy Library", "Petersfield Library"),
        ("Eulalia, 10 Buxton Avenue, Harbor Falls, NY", "Static Records, 110 Mill Ave"),
        ("Adams Free Public Library", "Quincy Free Public Library"),
        ("Otter Museum, Harbor Falls, NY", "Harbor Falls Music Hall"),
    ],
)
def test_D5_different_venues_of_one_kind(one: str, other: str) -> None:
    found = same_venue(read_venue(one), read_venue(other))
    assert found is not None
    assert found < 0.5


@pytest.mark.parametrize(
    "text", ["", "Harbor Falls, NY", "TBA", "Zoom", "Mill Street, Harbor Falls", "NY 12345"]
)
def test_a_vague_location_may_be_anywhere(text: str) -> None:
    assert same_venue(read_venue(text), read_venue("Grey Gull, 185 Quay Ave")) is None


def test_name_and_address_may_stand_in_either_field() -> None:
    whole = venue_of(Place("Grey Gull, 185 Quay Ave, Harbor Falls, NY"))
    parted = venue_of(Place("Grey Gull", "185 Quay Ave, Harbor Falls, NY"))
    assert whole == parted
    assert venue_of(None) == NOWHERE


def test_F1_coordinates_equal_for_all_places_of_a_source_are_distrusted() -> None:
    home = (42.0, -73.5)
    listings = [
        listing(location=Place(name, "", *home)) for name in ("Grey Gull", "Mill Yard", "Town Hall")
    ]
    found = distrusted_coordinates(listings)
    assert found == {home}
    assert without_coordinates(listings[0], found).location == Place("Grey Gull")


def test_F1_coordinates_of_one_venue_in_many_spellings_are_trusted() -> None:
    names = ("Grey Gull", "The Grey Gull", "Grey Gull Pub", "Grey Gull, 185 Quay Ave")
    listings = [listing(location=Place(name, "", 42.0, -73.5)) for name in names]
    assert distrusted_coordinates(listings) == frozenset()
    assert without_coordinates(listings[0], frozenset()) is listings[0]


@given(st.text() | st.text("12 a.b,ſ-()Nn#Yy\u0661", max_size=30))
def test_any_location_can_be_read(text: str) -> None:
    venue = read_venue(text)
    assert same_venue(venue, venue) in {None, 1.0}
