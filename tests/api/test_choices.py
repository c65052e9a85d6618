"""Choosing over HTTP: harmless to repeat, in the very next answer, and with a story of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.services import choose
from app.services.resources import Resources
from app.store import choices
from scrapers.base import EventStatus
from tests.api.conftest import Api, Caller
from tests.conftest import NOW
from tests.seed import add_source, listing, tell


@pytest.fixture
def source(world: Resources) -> UUID:
    return add_source(world)


@pytest.fixture
def event(world: Resources, source: UUID) -> UUID:
    return tell(world, source, [listing()])[0]


def feed_of(caller: Caller) -> str:
    url = caller.json("/api/v1/me/calendar")["url"]
    return caller.get(url.removeprefix("http://gomeet.test")).text


def test_choosing_twice_is_choosing_once(api: Api, robin: Caller, event: UUID) -> None:
    first = robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    feed = feed_of(robin)
    api.now = NOW + timedelta(hours=1)
    again = robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    assert first.json() == again.json()
    assert feed_of(robin) == feed


def test_taking_back_twice_is_taking_back_once(robin: Caller, event: UUID) -> None:
    for _ in range(2):
        assert robin("DELETE", f"/api/v1/choices/{event}").status_code == 204
    robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    for _ in range(2):
        answer = robin("DELETE", f"/api/v1/choices/{event}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert robin.json("/api/v1/choices")["items"] == []
        assert "BEGIN:VEVENT" not in feed_of(robin)


def test_only_what_exists_can_be_chosen(robin: Caller) -> None:
    assert robin("PUT", f"/api/v1/choices/{uuid4()}", json={"state": "chosen"}).status_code == 404
    assert robin("PUT", "/api/v1/choices/x", json={"state": "chosen"}).status_code == 422


@pytest.mark.parametrize("state", ["attended", "withdrawn", "", None])
def test_only_two_states_can_be_set(robin: Caller, event: UUID, state: str | None) -> None:
    answer = robin("PUT", f"/api/v1/choices/{event}", json={"state": state})
    assert answer.status_code == 422


def test_G4_a_choice_stands_in_the_very_next_feed(robin: Caller, event: UUID) -> None:
    assert "BEGIN:VEVENT" not in feed_of(robin)
    robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    assert "SUMMARY:Harbor Falls Tech Mixer" in feed_of(robin)
    robin("PUT", f"/api/v1/choices/{event}", json={"state": "dismissed"})
    assert "BEGIN:VEVENT" not in feed_of(robin)


def test_an_entry_that_comes_back_has_its_uid_and_a_higher_sequence(
    robin: Caller, event: UUID
) -> None:
    """Some calendars keep a deleted entry's number and take nothing that is not above it."""
    robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    before = lines(feed_of(robin))
    robin("DELETE", f"/api/v1/choices/{event}")
    robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    after = lines(feed_of(robin))
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


def lines(feed: str) -> dict[str, str]:
    entry = feed.replace("\r\n ", "").partition("BEGIN:VEVENT\r\n")[2]
    pairs = (line.partition(":") for line in entry.split("\r\n"))
    return {name.partition(";")[0]: value for name, _, value in pairs}


def test_choosing_at_once_from_two_phones(world: Resources, person: UUID, event: UUID) -> None:
    together = threading.Barrier(4)

    def put(_: int) -> str:
        together.wait(10)
        with world.database.write() as session:
            return choose.choose(session, person, event, "chosen", NOW).uid

    with ThreadPoolExecutor(4) as pool:
        uids = set(pool.map(put, range(4)))
    assert len(uids) == 1
    with world.database.read() as session:
        assert choices.states(session, person) == {event: "chosen"}


def test_a_change_that_comes_while_one_chooses_is_not_missed(
    world: Resources, person: UUID, source: UUID, event: UUID
) -> None:
    """The poll and the choice meet: whoever comes second sees what the first has done."""
    chosen, polled = threading.Event(), threading.Event()

    def poll() -> None:
        chosen.wait(10)
        tell(world, source, [listing(event_status=EventStatus.CANCELLED)], NOW)
        polled.set()

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(poll)
        with world.database.write() as session:
            choose.choose(session, person, event, "chosen", NOW)
            chosen.set()
            polled.wait(0.5)  # it cannot end before we do, or it has not seen our choice
        work.result(10)
    with world.database.read() as session:
        row = choices.get(session, person, event)
    assert row is not None
    assert row.cancelled_at is not None
    assert row.sequence == 1


def test_one_spoilt_choice_does_not_take_the_others_away(
    world: Resources, robin: Caller, person: UUID, source: UUID
) -> None:
    good, bad = tell(world, source, [listing(), listing("Chamber Evening", days=3)])
    for event in (good, bad):
        robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    with world.database.write() as session:
        spoilt = choices.get(session, person, bad)
        assert spoilt is not None
        spoilt.snapshot = '{"name": 7'
    found = robin.json("/api/v1/choices")["items"]
    assert [item["event_id"] for item in found] == [str(good)]
    tell(world, source, [listing(), listing("Chamber Evening", days=3, description="New words.")])
    assert len(robin.json("/api/v1/choices")["items"]) == 2, "the next change of the event mends it"


def test_choosing_again_shows_the_score_of_today(
    world: Resources, robin: Caller, person: UUID, source: UUID, event: UUID
) -> None:
    robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    before = robin.json("/api/v1/choices")["items"][0]["event"]["score"]
    robin("DELETE", f"/api/v1/choices/{event}")
    words = "Career fair: forty employers are hiring, recruiters at every table, bring a resume."
    tell(world, source, [listing(description=words)])
    robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    after = robin.json("/api/v1/choices")["items"][0]["event"]["score"]
    assert after["any_field"] != before["any_field"]
    assert after == robin.json(f"/api/v1/events/{event}")["score"]
