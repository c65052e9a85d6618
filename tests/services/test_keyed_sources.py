"""Sources of platforms that want a key or have many pages: what is said, what is never said."""

import json
import logging
from datetime import timedelta
from uuid import UUID

import pytest

from app.gateways.http import Fetched, FetchRequest
from app.services import read_source, sources
from app.services.read_source import MAX_FOLLOW
from app.services.resources import Resources
from app.store import sources as source_rows
from app.store.database import Session
from app.store.tables import SourceRow
from tests.conftest import NOW
from tests.kinds import embedded
from tests.servers import reply
from tests.services.publisher import TWELVE, Publisher, Service

SEATGEEK = "https://api.seatgeek.com:8443/2/events?client_id=s3cret&venue.city=Davis"
KEYLESS = "https://api.seatgeek.com:8443/2/events?venue.city=Davis"


def keyed(world: Resources) -> UUID:
    with world.database.write() as session:
        return sources.add(session, world, url=SEATGEEK, name="SeatGeek, Davis", now=NOW).id


def row(session: Session, source_id: UUID) -> SourceRow:
    found = next(item for item in source_rows.every(session) if item.id == source_id)
    session.expunge(found)
    return found


def test_missing_key_is_said_in_health_and_the_rest_goes_on(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(*TWELVE)
    other, wanting = service.add(), keyed(service.world)
    assert [service.poll(source).outcome for source in (other, wanting)] == ["ok", "keyless"]
    with service.world.database.read() as session:
        found = sources.overview(session, wanting, service.now)
    assert found.health.state == "blocked"
    assert found.health.message.startswith(
        "SeatGeek wants a key of yours: set GOMEET_SEATGEEK_KEY. Next try in 4 hours"
    )
    assert len(service.listed()) == 12


def test_missing_key_is_looked_for_every_few_hours_without_asking_anybody(
    service: Service,
) -> None:
    source = keyed(service.world)
    waits = set()
    for _ in range(6):
        service.poll(source)
        with service.world.database.read() as session:
            due = row(session, source).next_due_at
        assert due is not None
        waits.add(round((due - service.now) / timedelta(hours=1)))
    assert waits == {4}


def test_A15_pasted_key_is_neither_stored_nor_shown_nor_logged(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    source = keyed(service.world)
    report = service.poll(source)
    with service.world.database.read() as session:
        found = sources.overview(session, source, service.now)
        stored = row(session, source)
    assert stored.url == KEYLESS
    told = f"{report} {found.health} {found.problems} {stored.error} {caplog.text}"
    assert "s3cret" not in told


def songkick(number: int, pages: int) -> bytes:
    """A page of one concert, of so many."""
    start = {"date": f"{NOW + timedelta(days=number):%Y-%m-%d}", "time": "20:00:00"}
    concert = {"id": number, "displayName": f"Concert {number}", "status": "ok", "start": start}
    page = {"results": {"event": [concert]}, "perPage": 1, "page": number, "totalEntries": pages}
    return json.dumps({"resultsPage": page}).encode()


def publish(publisher: Publisher, pages: int) -> None:
    for number in range(1, pages + 1):
        path = "/calendar.json" if number == 1 else f"/calendar.json?page={number}"
        body = songkick(number, pages)
        publisher.answers[path] = reply(body, content_type="application/json")


@embedded
def test_pages_are_turned_to_the_end(service: Service, publisher: Publisher) -> None:
    publish(publisher, 7)
    source = service.add("/calendar.json")
    report = service.poll(source)
    assert (report.outcome, report.new, report.problems) == ("ok", 7, 0)


@embedded
def test_cap_on_pages_is_reported_and_takes_nothing_away(
    service: Service, publisher: Publisher
) -> None:
    publish(publisher, MAX_FOLLOW + 10)
    source = service.add("/calendar.json")
    assert service.poll(source).new == 1 + MAX_FOLLOW
    with service.world.database.read() as session:
        (problem,) = sources.overview(session, source, service.now).problems
    assert (problem.code, str(MAX_FOLLOW) in problem.cause) == ("pages_left", True)
    assert not problem.lost


@embedded
def test_X20_further_pages_that_come_slowly_are_left_for_the_next_time(
    service: Service, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease is shorter than all of them may take, and a poll without a lease stores nothing."""
    monkeypatch.setattr(read_source, "FOLLOW_SECONDS", 0.0)
    publish(publisher, 3)
    source = service.add("/calendar.json")
    assert service.poll(source).new == 1
    with service.world.database.read() as session:
        (problem,) = sources.overview(session, source, service.now).problems
    assert (problem.code, "slowly" in problem.cause) == ("pages_left", True)


@embedded
def test_page_on_another_host_gets_no_key(
    service: Service, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feed may name any address as its next page, the keyed platform's too."""
    asked: list[tuple[str, bool]] = []
    fetch = service.world.client.fetch

    async def noted(request: FetchRequest) -> Fetched:
        asked.append((request.url, request.keyed))
        return await fetch(request)

    page = {"results": [], "count": 0, "next": KEYLESS}
    publisher.answers["/x"] = reply(json.dumps(page).encode(), content_type="application/json")
    source = service.add("/x")
    with service.world.database.write() as session:
        source_rows.get(session, source).scraper = "predicthq"
    monkeypatch.setattr(service.world.client, "fetch", noted)
    service.poll(source)
    assert asked == [(publisher.server.url("/x"), True), (KEYLESS, False)]
