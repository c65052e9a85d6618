"""Own calendars end to end: a real server is asked, times are kept, the week and the letter heed them."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import inspect, text

from app.errors import Conflict, Invalid
from app.services import busy, choose, digest, export, plan_week
from app.services.resources import Resources
from app.store import busy as store
from app.store import users
from app.store.tables import BusyCalendarRow
from app.store.tokens import Keys
from tests.conftest import NOW, SECRET
from tests.kinds import embedded
from tests.seed import add_person, add_source, listing, tell
from tests.servers import raw, redirect, reply
from tests.services.publisher import Publisher, calendar_of, ics, stamp, vevent

PATH = "/private-3f9a/basic.ics"
EVENING = NOW + timedelta(days=2, hours=8)  # when `listing()` begins, for two hours


@pytest.fixture
def home() -> Iterator[Publisher]:
    """Where the person's own calendar is."""
    publisher = Publisher()
    publisher.answers[PATH] = calendar_of([vevent("Oncologist", start=EVENING)])
    with publisher.server:
        yield publisher


def add(world: Resources, person: UUID, home: Publisher, path: str = PATH) -> UUID:
    with world.database.write() as session:
        return busy.add(session, world, person, home.server.url(path), NOW).id


def look(world: Resources, now: datetime = NOW) -> int:
    return asyncio.run(busy.look_at_due(world, lambda: now))


def kept(world: Resources, calendar: UUID) -> BusyCalendarRow:
    with world.database.read() as session:
        return store.get(session, calendar)


def taken(world: Resources, person: UUID) -> list[datetime]:
    with world.database.read() as session:
        return [start for start, _ in store.taken(session, person)]


def everything_stored(world: Resources) -> str:
    with world.database.read() as session:
        connection = session.connection()
        tables = inspect(connection).get_table_names()
        rows = [connection.execute(text(f'SELECT * FROM "{name}"')).all() for name in tables]
    return str(rows)


def test_F15_a_title_in_the_private_feed_is_found_nowhere(
    world: Resources, person: UUID, home: Publisher, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    calendar = add(world, person, home)
    assert look(world) == 1
    assert taken(world, person) == [EVENING]
    home.answers[PATH] = reply(b"BEGIN:VCALENDAR\r\nSUMMARY:Oncologist", 200)
    look(world, NOW + timedelta(days=2))
    with world.database.read() as session:
        told = str(export.everything(session, users.get(session, person)))
    for secret in ("Oncologist", "private-3f9a", "gull.example"):
        for place in (everything_stored(world), caplog.text, told, kept(world, calendar).problem):
            assert secret not in place


def test_F15_the_plan_and_the_letter_leave_taken_times_alone(
    world: Resources, person: UUID, home: Publisher
) -> None:
    events = tell(world, add_source(world), [listing(), listing("Founders Tea", days=3)])
    add(world, person, home)
    look(world)
    with world.database.read() as session:
        week = plan_week.plan(world, session, person, "2026-W48", NOW)
        letter = digest.preview(world, users.get(session, person), NOW)
    assert [one.suggestion.event.id for one in week.outings] == events[1:]
    assert [(item.event.id, why.code) for item, why in week.left_out] == [(events[0], "busy")]
    assert letter
    assert "Founders Tea" in letter.rendered.text
    assert "Tech Mixer" not in letter.rendered.text


def test_what_was_chosen_stays_in_the_week(world: Resources, person: UUID, home: Publisher) -> None:
    (event,) = tell(world, add_source(world), [listing()])
    add(world, person, home)
    look(world)
    with world.database.write() as session:
        choose.choose(session, person, event, "chosen", NOW)
        week = plan_week.plan(world, session, person, "2026-W48", NOW)
    assert [one.suggestion.event.id for one in week.outings] == [event]


def test_of_two_calendars_both_count_and_of_two_people_ones_own(
    world: Resources, person: UUID, home: Publisher
) -> None:
    home.answers["/work.ics"] = calendar_of([vevent("Shift", days=5)])
    add(world, person, home)
    second = add(world, person, home, "/work.ics")
    other = add_person(world, "sam@harborfalls.example")
    look(world)
    assert taken(world, person) == [EVENING, NOW + timedelta(days=5, hours=8)]
    assert taken(world, other) == []
    with world.database.write() as session:
        busy.remove(session, other, second)
    assert len(taken(world, person)) == 2
    with world.database.write() as session:
        busy.remove(session, person, second)
        busy.remove(session, person, second)
    assert taken(world, person) == [EVENING]


def test_a_calendar_is_looked_at_every_hour_and_whole_once_a_day(
    world: Resources, person: UUID, home: Publisher
) -> None:
    whole = calendar_of([vevent("Oncologist", start=EVENING)], etag='"1"')
    unchanged = reply(status=304)  # without the tag, which RFC 9110 15.4.5 would have there
    calendar = add(world, person, home)
    for hours, answer, looks in (
        (0, whole, 1),
        (0.5, unchanged, 0),
        (1, unchanged, 1),
        (2, unchanged, 1),
        (26, whole, 1),
    ):
        home.answers[PATH] = answer
        assert look(world, NOW + timedelta(hours=hours)) == looks, hours
    validators = [request.headers.get("if-none-match") for request in home.asked(PATH)]
    assert validators == [None, '"1"', '"1"', None]
    row = kept(world, calendar)
    assert (row.problem, row.looked_at) == ("", NOW + timedelta(hours=26))
    assert taken(world, person) == [EVENING]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (reply(b"gone", 404), "no document"),
        (reply(b"<html>Sign in</html>", content_type="text/html"), "iCalendar"),
        (reply(b"", 500), "could not be fetched"),
        (redirect("http://169.254.169.254/latest"), "could not be used"),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nBEGIN:VCAL"), ""),
        (reply(b"BEGIN:VCALENDAR\r\n" + b"X" * 20_000_000), ""),
    ],
    ids=["gone", "html", "broken", "inside", "cut", "huge"],
)
def test_a_failure_is_told_with_its_next_try_and_costs_no_time_kept(
    world: Resources, person: UUID, home: Publisher, answer: object, problem: str
) -> None:
    calendar = add(world, person, home)
    look(world)
    home.answers[PATH] = answer  # type: ignore[assignment] # one of the behaviours above
    for attempt, wait in ((1, 15), (2, 30), (3, 60)):
        now = NOW + timedelta(days=attempt)
        assert look(world, now) == 1
        row = kept(world, calendar)
        assert problem in row.problem
        assert row.problem.endswith((".", "…"))
        assert row.next_at == now + timedelta(minutes=wait)
        assert (row.looked_at, row.read_at) == (now, NOW)
    assert taken(world, person) == [EVENING]
    home.answers[PATH] = calendar_of([])
    look(world, NOW + timedelta(days=4))
    row = kept(world, calendar)
    assert (row.problem, row.failures) == ("", 0)
    assert taken(world, person) == []


def test_F15_a_key_that_changed_is_told_instead_of_guessed(
    world: Resources, person: UUID, home: Publisher
) -> None:
    calendar = add(world, person, home)
    world = replace(world, keys=Keys(SECRET[::-1]))
    look(world)
    assert "add it again" in kept(world, calendar).problem
    assert home.server.requests == []
    with world.database.write() as session:
        busy.add(session, world, person, home.server.url(PATH), NOW)


@embedded
@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/cal.ics",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "http://user:secret@calendar.example/",
        "calendar.example:22/x",
        "",
    ],
)
def test_S01_an_address_inside_is_refused_before_it_is_kept(
    world: Resources, person: UUID, url: str
) -> None:
    with pytest.raises(Invalid), world.database.write() as session:
        busy.add(session, world, person, url, NOW)
    with world.database.read() as session:
        assert store.of_user(session, person) == []


def test_the_same_again_is_a_conflict_and_ten_are_enough(
    world: Resources, person: UUID, home: Publisher
) -> None:
    add(world, person, home)
    with pytest.raises(Conflict):
        add(world, person, home)
    for number in range(busy.MAX_CALENDARS - 1):
        add(world, person, home, f"/{number}.ics")
    with pytest.raises(Invalid, match="remove one"):
        add(world, person, home, "/one-more.ics")


def test_X30_one_calendar_that_brings_us_to_fall_stops_no_other(
    world: Resources, person: UUID, home: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.answers["/work.ics"] = calendar_of([vevent("Shift", days=5)])
    first, second = add(world, person, home), add(world, person, home, "/work.ics")
    read = world.sandbox.busy

    def poisoned(document: object) -> object:
        if b"Oncologist" in document.content:  # type: ignore[attr-defined] # a document
            raise RuntimeError("Oncologist")
        return read(document)  # type: ignore[arg-type] # a document

    monkeypatch.setattr(world.sandbox, "busy", poisoned)
    assert look(world) == 2
    assert "brought our reader to fall" in kept(world, first).problem
    assert kept(world, second).problem == ""


def test_E01_two_processes_look_once(world: Resources, person: UUID, home: Publisher) -> None:
    for number in range(3):
        home.answers[f"/{number}.ics"] = home.answers[PATH]
        add(world, person, home, f"/{number}.ics")

    async def both() -> list[int]:
        return await asyncio.gather(*(busy.look_at_due(world, lambda: NOW) for _ in range(2)))

    assert sum(asyncio.run(both())) == 3
    assert len(home.server.requests) == 3


def test_a_calendar_that_is_removed_while_it_is_read_stays_removed(
    world: Resources, person: UUID, home: Publisher
) -> None:
    calendar = add(world, person, home)
    answer = home.answers[PATH]

    async def meanwhile(request: object, send: object) -> None:
        with world.database.write() as session:
            busy.remove(session, person, calendar)
        await answer(request, send)  # type: ignore[arg-type] # passed on

    home.answers[PATH] = meanwhile
    look(world)
    assert taken(world, person) == []


def test_P07_a_calendar_without_end_is_bounded(
    world: Resources, person: UUID, home: Publisher
) -> None:
    often = vevent("Beat", start=EVENING, RRULE="FREQ=SECONDLY", DTEND=stamp(EVENING))
    home.answers[PATH] = reply(ics([often, vevent("Shift", days=5)]), content_type="text/calendar")
    calendar = add(world, person, home)
    look(world)
    assert NOW + timedelta(days=5, hours=8) in taken(world, person)
    assert kept(world, calendar).problem == ""
