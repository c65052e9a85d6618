"""How it went, told in ten seconds; the list learns from it, and forgets it again."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.services import export
from app.services.resources import Resources
from app.store import users
from scrapers.base import Organization
from tests.api.conftest import Api, Caller
from tests.conftest import NOW
from tests.seed import add_person, add_source, listing, tell

HOST = Organization("Harbor Founders")
LATER = NOW + timedelta(days=6)
GOOD = {"went": True, "talked": 4, "hirers": 3}
POOR = {"went": True, "talked": 4, "hirers": 0}


@pytest.fixture
def evenings(api: Api, robin: Caller, world: Resources) -> list[UUID]:
    """Five past mixers of one host, chosen before, one still to come, and a concert of another."""
    mixers = [
        listing(f"Founders' mixer {n}", days=n, organizer=HOST, uid=f"mixer-{n}")
        for n in range(1, 6)
    ]
    coming = [
        listing("Founders' mixer again", days=20, organizer=HOST),
        listing("An evening of piano", days=20, description="Seated concert."),
    ]
    ids = tell(world, add_source(world), [*mixers, *coming])
    for id_ in ids[:5]:
        robin("PUT", f"/api/v1/choices/{id_}", json={"state": "chosen"})
    api.now = LATER
    return ids


def told(robin: Caller, id_: UUID, **answers: Any) -> Any:
    answer = robin("PUT", f"/api/v1/check-ins/{id_}", json=answers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def chance(robin: Caller, id_: UUID) -> float:
    score = robin.json(f"/api/v1/events/{id_}")["score"]
    return float(score["any_field"])


def test_what_is_over_is_asked_for_once(robin: Caller, evenings: list[UUID]) -> None:
    first = robin.json("/api/v1/check-ins")
    assert [event["id"] for event in first["due"]] == [str(id_) for id_ in reversed(evenings[:5])]
    told(robin, evenings[0], went=False)
    after = robin.json("/api/v1/check-ins")
    assert len(after["due"]) == 4
    assert [each["event"]["name"] for each in after["items"]] == ["Founders' mixer 1"]


@pytest.mark.parametrize(("answers", "better"), [(GOOD, True), (POOR, False)])
def test_evenings_move_the_next_ones_and_can_be_undone(
    robin: Caller, evenings: list[UUID], answers: dict[str, Any], *, better: bool
) -> None:
    """FEATURES 20: what is told measurably moves the next ranking, and can be undone."""
    mixer, concert = evenings[5], evenings[6]
    before, quiet = chance(robin, mixer), chance(robin, concert)
    for id_ in evenings[:5]:
        told(robin, id_, **answers)
    moved = chance(robin, mixer) - before
    assert moved > 0.01 if better else moved < -0.1
    reasons = robin.json(f"/api/v1/events/{mixer}")["reasons"]
    assert any("your 5 visits with these hosts" in each["text"] for each in reasons)
    listed = {each["id"]: each for each in robin.json("/api/v1/events?limit=100")["items"]}
    assert listed[str(mixer)]["score"]["any_field"] == pytest.approx(chance(robin, mixer))
    for id_ in evenings[:5]:
        assert robin("DELETE", f"/api/v1/check-ins/{id_}").status_code == 204
    assert chance(robin, mixer) == before
    assert chance(robin, concert) == quiet


def test_telling_again_replaces_and_keeps_the_chance_of_before(
    robin: Caller, evenings: list[UUID]
) -> None:
    one = told(robin, evenings[0], **GOOD)
    told(robin, evenings[1], **GOOD)
    other = told(robin, evenings[0], went=True, talked=0, hirers=0)
    assert other["chance"] == one["chance"]
    assert len(robin.json("/api/v1/check-ins")["items"]) == 2
    assert robin("DELETE", f"/api/v1/check-ins/{evenings[0]}").status_code == 204
    assert robin("DELETE", f"/api/v1/check-ins/{evenings[0]}").status_code == 204


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({}, 422),
        ({"went": True, "talked": 3}, 422),
        ({"went": True, "hirers": -1}, 422),
        ({"went": True, "hirers": 4}, 422),
        ({"went": True, "notes": "met Ada"}, 422),
    ],
)
def test_what_cannot_be_is_refused(
    robin: Caller, evenings: list[UUID], answers: dict[str, Any], status: int
) -> None:
    answer = robin("PUT", f"/api/v1/check-ins/{evenings[0]}", json=answers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_nobody_was_at_what_has_not_begun(robin: Caller, evenings: list[UUID]) -> None:
    answer = robin("PUT", f"/api/v1/check-ins/{evenings[5]}", json={"went": True})
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "This event has not begun yet: check in when you were there.",
    )
    assert robin("PUT", f"/api/v1/check-ins/{uuid4()}", json={"went": True}).status_code == 404


def test_the_pad_sums_up_and_is_honest_about_few(robin: Caller, evenings: list[UUID]) -> None:
    for id_ in evenings[:3]:
        told(robin, id_, **GOOD)
    told(robin, evenings[3], went=False)
    found = robin.json("/api/v1/insights")
    assert (found["visits"], found["missed"], found["hirers"]) == (3, 1, 9)
    host = next(line for line in found["pad"] if line["group"] == "organizer")
    assert (host["name"], host["met"], host["said"]) == ("Harbor Founders", 3, 3)
    assert host["range"]["low"] < 0.6, "three evenings prove little"
    assert any(
        each.startswith("Harbor Founders: your 3 visits with these hosts met")
        for each in found["lessons"]
    )
    assert found["calibration"]["sentence"].startswith("Not yet checked against your own visits")


def test_nothing_told_is_nothing_known(robin: Caller) -> None:
    found = robin.json("/api/v1/insights")
    assert (found["visits"], found["talk"], found["pad"]) == (0, 1.0, [])
    assert found["calibration"]["brier"] is None


def test_what_one_tells_is_ones_own(
    api: Api, robin: Caller, evenings: list[UUID], person: UUID
) -> None:
    told(robin, evenings[0], **GOOD)
    other = api.as_user(add_person(api.world, "ada@mail.example"))
    assert other.json("/api/v1/check-ins")["items"] == []
    with api.world.database.write() as session:
        kept: Any = export.everything(session, users.get(session, person))["check_ins"]
        assert [each.event.name for each in kept] == ["Founders' mixer 1"]
        users.delete(session, person)
    assert robin.get("/api/v1/check-ins").status_code == 401
