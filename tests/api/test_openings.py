"""Openings by the API: filters, paging, validators, and a visit for the calendar."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.services import openings, sources
from app.store import sources as rows
from scrapers.base import Evidence, OpeningListing, Place
from tests.api.conftest import Api, Caller
from tests.conftest import NOW

LOW_TIDE = OpeningListing(
    "Low Tide Coffee", "coffee_shop", "1", Evidence.OPENS,
    Place("Low Tide Coffee", "7 Lantern Street", 41.9308, -70.5187),
    opens=NOW.date(), said=NOW.date(), url="https://courier.example/1", words="Low Tide opens today",
)  # fmt: skip
FOGBANK = replace(
    LOW_TIDE, key="2", name="Fogbank Brewing", kind="brewery", evidence=Evidence.FIRST_LICENCE, opens=None,
    location=Place("Fogbank Brewing", "31 Ropewalk Lane", 42.4, -70.5),
)  # fmt: skip


@pytest.fixture(autouse=True)
def told(api: Api) -> None:
    """Two places, one near, one far."""
    with api.world.database.write() as session:
        row = sources.add(
            session, api.world, url="https://courier.example:8443/x", name="Courier", now=NOW
        )
        openings.keep(session, rows.get(session, row.id), [LOW_TIDE, FOGBANK], NOW)


def _names(page: Any) -> list[str]:
    return [item["name"] for item in page["items"]]


def test_the_surest_stands_first_with_its_evidence(robin: Caller) -> None:
    page = robin.json("/api/v1/openings?km=1000")
    assert _names(page) == ["Low Tide Coffee", "Fogbank Brewing"]
    first = page["items"][0]
    assert first["proofs"] == [{
        "source": "Courier", "evidence": "opens", "opens": "2026-11-24", "precision": "day",
        "said": "2026-11-24", "url": "https://courier.example/1", "words": "Low Tide opens today",
    }]  # fmt: skip
    assert first["confidence"] > page["items"][1]["confidence"]
    assert first["suggestion"].startswith("In its first weeks")
    assert first["visit"]["start"] == "2026-11-25T08:00:00-05:00"


def test_filters_by_distance_and_kind(robin: Caller) -> None:
    assert _names(robin.json("/api/v1/openings?km=5")) == ["Low Tide Coffee"]
    assert _names(robin.json("/api/v1/openings?near=42.4,-70.5&km=5")) == ["Fogbank Brewing"]
    assert _names(robin.json("/api/v1/openings?km=1000&kind=brewery")) == ["Fogbank Brewing"]
    for wrong in ("kind=pub", "near=here", "km=0", "cursor=x", "colour=red"):
        assert robin.get(f"/api/v1/openings?{wrong}").status_code == 422, wrong


def test_pages_follow_each_other(robin: Caller) -> None:
    first = robin.json("/api/v1/openings?km=1000&limit=1")
    assert first["total"] == 2
    last = robin.json(f"/api/v1/openings?km=1000&limit=1&cursor={first['next_cursor']}")
    assert _names(first) + _names(last) == ["Low Tide Coffee", "Fogbank Brewing"]
    assert last["next_cursor"] is None


def test_the_same_page_is_answered_304(robin: Caller) -> None:
    etag = robin.get("/api/v1/openings").headers["ETag"]
    assert robin.get("/api/v1/openings", headers={"If-None-Match": etag}).status_code == 304


def test_a_visit_is_a_calendar_file_whose_uid_stays(robin: Caller, api: Api) -> None:
    ics = robin.json("/api/v1/openings")["items"][0]["visit"]["links"]["ics"]
    path = ics.removeprefix("http://gomeet.test")
    answer = api.anonymous.get(path)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert "SUMMARY:Visit Low Tide Coffee" in answer.text
    assert "DTSTART;TZID=America/New_York:20261125T080000" in answer.text
    other = api.anonymous.get(path.replace("2026-11-25", "2026-12-02")).text
    assert "20261202T080000" in other
    uid = [line for line in other.splitlines() if line.startswith("UID:")]
    assert uid == [line for line in answer.text.splitlines() if line.startswith("UID:")]


@pytest.mark.parametrize(
    "query", ["day=2026-11-25&zone=Mars/Olympus", "day=never&zone=UTC", "zone=UTC"]
)
def test_a_visit_needs_a_day_and_a_zone(robin: Caller, api: Api, query: str) -> None:
    id_ = robin.json("/api/v1/openings")["items"][0]["id"]
    assert api.anonymous.get(f"/api/v1/openings/{id_}.ics?{query}").status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2028-01-01"])
def test_X15_a_visit_at_the_end_of_time_is_refused(robin: Caller, api: Api, day: str) -> None:
    """The file is for everybody, and its day was written as iCalendar whatever it was."""
    id_ = robin.json("/api/v1/openings")["items"][0]["id"]
    answer = api.anonymous.get(f"/api/v1/openings/{id_}.ics?day={day}&zone=Asia/Tokyo")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "day")


def test_an_unknown_opening_is_404(api: Api) -> None:
    path = "/api/v1/openings/01890000-0000-7000-8000-000000000000.ics?day=2026-11-25&zone=UTC"
    assert api.anonymous.get(path).status_code == 404


def test_openings_need_a_token_and_fade_after_their_window(api: Api, robin: Caller) -> None:
    assert api.anonymous.get("/api/v1/openings").status_code == 401
    api.now = NOW + timedelta(days=60)
    assert _names(robin.json("/api/v1/openings?km=1000")) == ["Fogbank Brewing"]
