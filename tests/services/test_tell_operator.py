"""The operator's letter: once for each worsening, whatever crashes or runs twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.services import send_mail, sources, tell_operator
from app.store import outbox
from app.store import sources as rows
from tests.kinds import embedded
from tests.servers import reply
from tests.services.publisher import TWELVE, Publisher, Service
from tests.services.test_bad_week import OPERATOR, letters
from tests.services.test_digest import use
from tests.smtp_server import fault_server

HOUR = timedelta(hours=1)


@pytest.fixture
def failing(service: Service, publisher: Publisher) -> Service:
    """Two sources, one of which has failed for an hour."""
    service.world.settings.operator_email = OPERATOR
    publisher.says(*TWELVE)
    publisher.says(TWELVE[0], path="/other.ics")
    for path, name in (("/feed.ics", "Gull Room"), ("/other.ics", "Old Theatre")):
        service.poll(service.add(path, name=name))
    publisher.answers["/feed.ics"] = reply(b"oops", 500)
    service.now += timedelta(hours=12)
    service.poll_due()
    service.now += HOUR
    return service


def test_the_letter_says_what_why_when_and_what_to_do(failing: Service) -> None:
    assert tell_operator.report(failing.world, failing.now)
    (text,) = letters(failing.world)
    assert text.splitlines() == [
        "Gull Room cannot be read (since Wednesday, November 25, 15:00 UTC)",
        "  It cannot be read at the moment; its events stay as they were. Next try in a moment.",
        "  Nothing need be done unless it lasts: its events are kept.",
        "",
        "All sources: http://gomeet.test/#/sources",
    ]


def test_two_processes_at_once_write_one_letter(failing: Service) -> None:
    together = threading.Barrier(4)

    def report(_: int) -> bool:
        together.wait(10)
        return tell_operator.report(failing.world, failing.now)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(report, range(4))) == [False, False, False, True]
    assert len(letters(failing.world)) == 1


def test_a_crash_before_the_letter_is_queued_leaves_it_to_the_next_tick(
    failing: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "put", crash)
        with pytest.raises(KeyboardInterrupt):
            tell_operator.report(failing.world, failing.now)
    assert letters(failing.world) == []
    assert tell_operator.report(failing.world, failing.now)
    assert not tell_operator.report(failing.world, failing.now + timedelta(days=1))


def test_what_recovered_by_itself_stands_in_the_next_letter(
    failing: Service, publisher: Publisher
) -> None:
    tell_operator.report(failing.world, failing.now)
    publisher.says(*TWELVE)
    failing.poll_due()
    failing.now += timedelta(days=1)
    assert not tell_operator.report(failing.world, failing.now), "no letter of its own"
    publisher.answers["/other.ics"] = reply(b"", 410)
    failing.poll_due()
    failing.now += HOUR
    assert tell_operator.report(failing.world, failing.now)
    _, second = letters(failing.world)
    assert "Old Theatre was taken away" in second
    assert "Well again by themselves:\n  Gull Room (since " in second
    failing.now += timedelta(days=3)
    assert not tell_operator.report(failing.world, failing.now)


def test_a_source_that_comes_and_goes_is_told_once(failing: Service, publisher: Publisher) -> None:
    with failing.world.database.read() as session:
        source = next(row.id for row in rows.every(session) if row.name == "Gull Room")
    for _ in range(10):
        tell_operator.report(failing.world, failing.now)
        publisher.says(*TWELVE)
        failing.poll(source, after=timedelta(hours=5))
        publisher.answers["/feed.ics"] = reply(b"oops", 500)
        failing.poll(source, after=timedelta(hours=7))
        failing.now += HOUR
    assert sum("Gull Room" in text for text in letters(failing.world)) == 1


@embedded
def test_a_hiccup_is_not_told(failing: Service, publisher: Publisher) -> None:
    publisher.says(*TWELVE)
    failing.poll_due()
    assert not tell_operator.report(failing.world, failing.now + timedelta(days=1))


@embedded
def test_without_an_address_nothing_is_sent_and_the_history_is_kept(failing: Service) -> None:
    failing.world.settings.operator_email = ""
    assert not tell_operator.report(failing.world, failing.now)
    failing.world.settings.operator_email = OPERATOR
    assert tell_operator.report(failing.world, failing.now), "what still stands is told then"


@embedded
def test_who_paused_a_source_is_not_told_of_it(failing: Service) -> None:
    with failing.world.database.write() as session:
        for item in sources.overviews(session, failing.now):
            sources.change(session, item.row.id, now=failing.now, paused=True)
    assert not tell_operator.report(failing.world, failing.now)


@embedded
@pytest.mark.parametrize("address", [OPERATOR, "", "successor@harborfalls.example"])
def test_the_letter_goes_to_who_is_the_operator_when_it_is_sent(
    failing: Service, address: str
) -> None:
    tell_operator.report(failing.world, failing.now)
    failing.world.settings.operator_email = address
    with fault_server() as relay:
        use(failing.world, relay.port)
        assert send_mail.send_due(failing.world, lambda: failing.now) == (address == OPERATOR)
    assert len(relay.letters) == (address == OPERATOR)
    assert all(letter.recipients == [f"<{OPERATOR}>"] for letter in relay.letters)
