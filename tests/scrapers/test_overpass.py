"""OpenStreetMap's answers and lists of places: what lets one think that a place is new."""

import json
from datetime import UTC, date, datetime

import pytest

import scrapers
from scrapers import overpass, places
from scrapers._partial_dates import partial_date
from scrapers.base import Document, Evidence, OpeningListing

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


def _answer(*elements: dict[str, object], **more: object) -> Document:
    body = {"version": 0.6, "generator": "Overpass API", "elements": list(elements), **more}
    return Document("https://overpass.example/api", json.dumps(body).encode(), NOW)


def _cafe(**tags: str) -> dict[str, object]:
    named = {
        "amenity": "cafe",
        "name": "Low Tide",
        "addr:housenumber": "7",
        "addr:street": "Lantern Street",
    }
    return {"type": "node", "id": 1, "lat": 41.93, "lon": -70.52, "tags": named | tags}


def _only(document: Document) -> OpeningListing:
    (found,) = overpass.parse(document).openings
    return found


@pytest.mark.parametrize(
    ("said", "day", "precision"),
    [
        ("2026-11-20", date(2026, 11, 20), "day"),
        ("2026-11", date(2026, 11, 1), "month"),
        ("2026", date(2026, 1, 1), "year"),
    ],
)
def test_partial_dates(said: str, day: date, precision: str) -> None:
    found = _only(_answer(_cafe(start_date=said)))
    assert (found.opens, found.precision, found.evidence) == (day, precision, Evidence.DATED)


@pytest.mark.parametrize("said", ["~1855", "C18", "before 1910", "2026-13", "soon", "1870s", ""])
def test_an_approximation_is_no_date(said: str) -> None:
    assert partial_date(said) is None


def test_an_opening_date_ahead_is_an_opening() -> None:
    assert _only(_answer(_cafe(opening_date="2026-12-05"))).opens == date(2026, 12, 5)


@pytest.mark.parametrize("said", ["2005", "2019-04-01", "~1855"])
def test_an_old_place_is_excluded(said: str) -> None:
    assert not overpass.parse(_answer(_cafe(start_date=said))).openings


def test_a_place_that_has_ended_is_excluded() -> None:
    assert not overpass.parse(
        _answer(_cafe(start_date="2026-10-01", end_date="2026-11-01"))
    ).openings


def test_a_first_version_is_weak_evidence() -> None:
    node = _cafe() | {"version": 1, "timestamp": "2026-11-20T10:00:00Z"}
    found = _only(_answer(node))
    assert (found.evidence, found.said) == (Evidence.FIRST_VERSION, date(2026, 11, 20))
    assert not overpass.parse(_answer(node | {"timestamp": "2021-01-01T00:00:00Z"})).openings


def test_what_was_disused_is_lifted_and_what_is_disused_is_not_open() -> None:
    lifted = _cafe(**{"disused:shop": "bank"}) | {"version": 4, "timestamp": "2026-11-20T10:00:00Z"}
    assert _only(_answer(lifted)).evidence is Evidence.LIFTED
    shut = {
        "type": "node",
        "id": 2,
        "lat": 1,
        "lon": 1,
        "tags": {"disused:amenity": "cafe", "name": "Gone"},
    }
    assert not overpass.parse(_answer(shut)).openings


def test_a_way_has_its_place_at_its_center() -> None:
    way = _cafe(opening_date="2026-12-05") | {"type": "way", "center": {"lat": 41.9, "lon": -70.5}}
    del way["lat"], way["lon"]
    found = _only(_answer(way))
    assert found.key == "way/1"
    assert found.location is not None
    assert (found.location.latitude, found.location.longitude) == (41.9, -70.5)
    assert found.location.address == "7 Lantern Street"


def test_an_answer_that_broke_off_is_not_complete() -> None:
    parsed = overpass.parse(_answer(_cafe(), remark="runtime error: Query timed out"))
    assert not parsed.complete
    assert parsed.problems[0].code == "partial"


def test_other_things_on_the_map_count_but_are_no_openings() -> None:
    gym = {"type": "node", "id": 3, "tags": {"leisure": "fitness_centre", "name": "Gym"}}
    parsed = overpass.parse(_answer(gym, {"type": "node", "id": 4}))
    assert (parsed.components, len(parsed.openings)) == (2, 0)


def test_a_list_of_places_in_both_shapes() -> None:
    shop = {"name": "Gull & Anchor", "address": "3 Pier Rd", "website": "https://gull.example/"}
    point = {"type": "Point", "coordinates": [-70.5, 41.9]}
    feature = {"type": "Feature", "properties": shop, "geometry": point}
    for body in ([shop], {"type": "FeatureCollection", "features": [feature]}):
        document = Document("https://a.example/shops.json", json.dumps(body).encode(), NOW,
                            options={"kind": "coffee_shop"})  # fmt: skip
        assert scrapers.recognize(document) == "places"
        (found,) = places.parse(document).openings
        assert (found.name, found.kind, found.evidence) == (
            "Gull & Anchor",
            "coffee_shop",
            Evidence.LISTED,
        )
