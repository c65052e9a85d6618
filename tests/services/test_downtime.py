"""After the service has been away, and when very much is due at once (SECURITY.md X20, X21)."""

import ssl
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
import trustme

from app.services.ingest import HANDS
from app.store import sources
from tests.kinds import embedded
from tests.servers import Server, raw
from tests.services.publisher import TWELVE, Publisher, Service, calendar_of, ics, vevent

TICK = timedelta(seconds=30)
MANY = HANDS + 4


def publish(service: Service, publisher: Publisher, count: int) -> list[UUID]:
    """So many sources, each with an event of its own."""
    for number in range(count):
        publisher.answers[f"/{number}.ics"] = calendar_of([vevent(f"Talk {number}", days=99)])
    return [service.add(f"/{number}.ics", name=f"Hall {number}") for number in range(count)]


def catch_up(service: Service) -> list[int]:
    """Two ticks; how many sources each of them polled."""
    polled: list[int] = []
    for _ in range(2):
        polled.append(len(service.poll_due()))
        service.now += TICK
    return polled


@embedded
@pytest.mark.parametrize("away", [timedelta(hours=8), timedelta(days=30)], ids=["8 h", "30 d"])
def test_X20_after_a_long_downtime_each_source_is_polled_once_and_the_next_round_is_spread(
    service: Service, publisher: Publisher, away: timedelta
) -> None:
    publish(service, publisher, MANY)
    catch_up(service)
    publisher.server.requests.clear()
    service.now += away
    assert catch_up(service) == [MANY, 0]
    asked = Counter(request.path for request in publisher.server.requests)
    assert asked == {f"/{number}.ics": 1 for number in range(MANY)}
    with service.world.database.read() as session:
        due = sorted(row.next_due_at for row in sources.every(session) if row.next_due_at)
    assert len(due) == MANY
    assert due[0] > service.now
    assert due[-1] - due[0] >= timedelta(minutes=10)


@embedded
def test_X21_what_is_due_at_once_is_all_polled_and_no_host_is_stormed(
    service: Service, publisher: Publisher
) -> None:
    publish(service, publisher, MANY)
    slow = raw(b"HTTP/1.1 200 OK\r\ncontent-type: text/calendar\r\n\r\n", ics([]), pause=0.01)
    for path in list(publisher.answers):
        publisher.answers[path] = slow
    assert catch_up(service) == [MANY, 0]
    assert publisher.server.most_at_once <= service.world.settings.fetch_per_host


@embedded
def test_X15_failing_tls_takes_nothing_away(service: Service, publisher: Publisher) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    before = service.listed()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)  # of an authority that nobody knows
    good = publisher.server.url("/feed.ics")
    with Server(calendar_of(TWELVE), tls) as foreign:
        for url, times, outcomes in (
            (foreign.url("/feed.ics"), 3, {"temporary"}),
            (good, 1, {"ok", "not_modified"}),
        ):
            with service.world.database.write() as session:
                sources.get(session, source).url = url
            reports = [service.poll(source) for _ in range(times)]
            assert {report.outcome for report in reports} <= outcomes
            assert {(report.new, report.changed) for report in reports} == {(0, 0)}
            assert service.listed() == before
    assert foreign.requests == []
