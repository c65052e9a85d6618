"""The planned week over HTTP."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.services.resources import Resources
from scrapers.base import Listing, Organization
from tests.api.conftest import Api, Caller
from tests.conftest import NOW
from tests.seed import add_person, add_source, listing, tell

WEEK = "/api/v1/weeks/2026-W48"  # Monday, November 23, to Sunday, November 29


def mixer(name: str, days: float, **more: object) -> Listing:
    """An evening of its own hosts, so that it competes with the others."""
    return listing(name, days=days, organizer=Organization(f"Hosts of {name}"), **more)  # type: ignore[arg-type]


@pytest.fixture
def events(world: Resources) -> list[UUID]:
    found = [
        mixer("Founders Networking Night", 1),
        mixer("Chamber Business After Hours", 1.01),
        mixer("Harbor Falls Tech Mixer", 2),
        mixer("Trade Association Dinner", 3, price=3000),
        mixer("Next Week's Mixer", 9),
    ]
    return tell(world, add_source(world), found)


def planned(caller: Caller) -> set[str]:
    return {one["event"]["name"] for one in caller.json(WEEK)["outings"]}


def test_a_week_holds_what_fits_and_says_why_the_rest_does_not(
    robin: Caller, events: list[UUID]
) -> None:
    week = robin.json(WEEK)
    assert (week["week"], week["first"], week["last"]) == ("2026-W48", "2026-11-23", "2026-11-29")
    days = [one["event"]["local_start"][:10] for one in week["outings"]]
    assert days == sorted(set(days)), "one a day, in order"
    told = {one["name"]: one for one in week["left_out"]}
    both = {"Founders Networking Night", "Chamber Business After Hours"}
    (beaten,) = both & told.keys()
    (other,) = both - told.keys()
    assert told[beaten]["text"] == f"overlaps with “{other}”"
    assert told[beaten]["code"] == "clash"
    assert "Next Week's Mixer" not in told.keys() | planned(robin)
    first = week["outings"][0]
    assert first["alternative"]["name"] == beaten
    assert 0 < first["adds"] <= week["chance"] < 1
    assert first["reasons"]


def test_an_accepted_event_is_fixed(robin: Caller, events: list[UUID]) -> None:
    for id_, name in zip(
        events[:2], ("Founders Networking Night", "Chamber Business After Hours"), strict=True
    ):
        robin("PUT", f"/api/v1/choices/{id_}", json={"state": "chosen"})
        week = robin.json(WEEK)
        (chosen,) = [one for one in week["outings"] if one["event"]["id"] == str(id_)]
        assert (chosen["event"]["name"], chosen["event"]["choice"]) == (name, "chosen")
        assert chosen["alternative"] is None
        robin("DELETE", f"/api/v1/choices/{id_}")


def test_a_dismissed_event_is_gone_from_the_week(robin: Caller, events: list[UUID]) -> None:
    before = planned(robin)
    robin("PUT", f"/api/v1/choices/{events[2]}", json={"state": "dismissed"})
    assert before - planned(robin) == {"Harbor Falls Tech Mixer"}


def test_the_limits_are_the_persons(robin: Caller, events: list[UUID]) -> None:
    profile = robin.json("/api/v1/me/profile")
    robin(
        "PUT",
        "/api/v1/me/profile",
        json=profile | {"weekly_budget": 2000, "weekly_evenings": 1, "travel_mode": "car"},
    )
    week = robin.json(WEEK)
    assert week["limits"] == {
        "evenings": 1, "hours": profile["weekly_hours"], "budget": 2000,
        "reach_km": profile["reach_km"], "travel_mode": "car",
    }  # fmt: skip
    assert len(week["outings"]) == 1
    told = {one["name"]: one["text"] for one in week["left_out"]}
    assert told["Trade Association Dinner"] == "would be a second evening"


def test_the_same_week_has_the_same_tag_until_something_changes(
    api: Api, robin: Caller, events: list[UUID]
) -> None:
    first = robin.get(WEEK)
    tag = first.headers["etag"]
    api.now = NOW + timedelta(minutes=5)
    again = robin.get(WEEK, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    robin("PUT", f"/api/v1/choices/{events[2]}", json={"state": "chosen"})
    assert robin.get(WEEK, headers={"If-None-Match": tag}).status_code == 200


def test_a_series_that_was_visited_says_so(world: Resources, api: Api, robin: Caller) -> None:
    suppers = [
        listing("Guild Supper and Mixer", days=days, uid=f"{days}@guild.example", series="guild")
        for days in (1, 8)
    ]
    first, second = tell(world, add_source(world), suppers)
    robin("PUT", f"/api/v1/choices/{first}", json={"state": "chosen"})
    api.now = NOW + timedelta(days=6)
    (again,) = robin.json("/api/v1/weeks/2026-W49")["outings"]
    assert again["event"]["id"] == str(second)
    assert again["reasons"][0] == "You went once before: people get to know those who come back"


def test_a_past_week_shows_what_was_chosen(api: Api, robin: Caller, events: list[UUID]) -> None:
    robin("PUT", f"/api/v1/choices/{events[2]}", json={"state": "chosen"})
    api.now = NOW + timedelta(days=20)
    week = robin.json(WEEK)
    assert [one["event"]["id"] for one in week["outings"]] == [str(events[2])]
    assert week["left_out"] == []


def test_nobody_sees_anothers_week(
    world: Resources, api: Api, robin: Caller, events: list[UUID]
) -> None:
    robin("PUT", f"/api/v1/choices/{events[2]}", json={"state": "chosen"})
    other = api.as_user(add_person(world, "sam@harborfalls.example"))
    assert all(one["event"]["choice"] is None for one in other.json(WEEK)["outings"])
    assert api.anonymous.get(WEEK).status_code == 401


@pytest.mark.parametrize(
    ("week", "status"),
    [
        ("2026-W54", 404), ("2026-W00", 404), ("0000-W01", 404), ("9999-W52", 404), ("2025-W53", 404),
        ("2026W48", 422), ("2026-48", 422), ("2026-W4", 422), ("next", 422), ("２０２６-W48", 422),
        ("2026-W" + "4" * 40, 422),
    ],
)  # fmt: skip
def test_nonsense_is_a_problem(robin: Caller, week: str, status: int) -> None:
    answer = robin.get(f"/api/v1/weeks/{week}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("week", ["2026-W53", "2199-W52", "1970-W02"])
def test_the_ends_of_time_are_weeks_too(robin: Caller, week: str) -> None:
    assert robin.get(f"/api/v1/weeks/{week}").status_code == 200
