"""Each due source is read by one process, and by another only when that one is dead."""

import asyncio
import itertools
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from app.errors import Unavailable
from app.find.apply_poll import Answer
from app.services import choose, ingest, read_source
from app.services.read_source import Reading
from app.services.resources import Resources
from app.store import choices, events, leases, outbox, sources
from app.store.database import Database
from app.store.sources import Claim
from tests.conftest import NOW
from tests.kinds import embedded, server
from tests.seed import add_person, add_source, listing
from tests.services.publisher import Publisher, Service, vevent


def test_X19_each_due_source_is_claimed_once(world: Resources) -> None:
    """Eight processes' worth of threads, each with connections of its own."""
    expected = {add_source(world, f"Source {number}") for number in range(60)}

    def claim_all(_: int) -> list[UUID]:
        own = Database(world.database.url)
        claimed: list[UUID] = []
        for _ in range(60):
            with own.write() as session:
                some = sources.claim_due(session, NOW, 4)
            claimed += [claim.source_id for claim in some]
            if not some:
                break
        own.dispose()
        return claimed

    with ThreadPoolExecutor(8) as pool:
        claimed = [source for some in pool.map(claim_all, range(8)) for source in some]
    assert len(claimed) == len(expected)
    assert set(claimed) == expected


@server
@pytest.mark.parametrize("planner", ["hashagg", "hashjoin", "mergejoin", "sort", "material"])
def test_X19_no_plan_claims_more_than_it_names(world: Resources, planner: str) -> None:
    """PostgreSQL may ask a subquery with LIMIT and SKIP LOCKED once for each row of a join: what is
    claimed beyond the limit waits for its lease to end, and nobody polls it.
    """
    for n in range(5):
        add_source(world, f"Source {n}")
    with world.database.write() as session:
        for each in {"hashagg", "hashjoin", "mergejoin", "sort", "material", "seqscan"} - {planner}:
            session.execute(text(f"SET LOCAL enable_{each} = off"))
        assert len(sources.claim_due(session, NOW, 1)) == 1
        assert (
            session.scalar(text("SELECT count(*) FROM source WHERE lease_until IS NOT NULL")) == 1
        )


def test_each_message_is_claimed_once(world: Resources) -> None:
    person = add_person(world)
    with world.database.write() as session:
        expected = {
            outbox.put(
                session,
                dedupe_key=f"n|{number}",
                user_id=person,
                topic="digest",
                recipient="robin@harborfalls.example",
                message=b"hello",
                now=NOW,
            )
            for number in range(40)
        }

    def claim_all(_: int) -> list[UUID]:
        own, claimed = Database(world.database.url), list[UUID]()
        for _ in range(60):
            with own.write() as session:
                parcel = outbox.claim(session, NOW)
            if parcel is None:
                break
            claimed.append(parcel.id)
        own.dispose()
        return claimed

    with ThreadPoolExecutor(8) as pool:
        claimed = [message for some in pool.map(claim_all, range(8)) for message in some]
    assert len(claimed) == len(expected)
    assert set(claimed) == expected


def test_the_longest_waiting_comes_first_and_the_paused_never(world: Resources) -> None:
    late, early, paused, stopped, ahead = (
        add_source(world, name, now=NOW - timedelta(hours=hours))
        for name, hours in (("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", -1))
    )
    with world.database.write() as session:
        sources.get(session, paused).paused = True
        sources.get(session, stopped).next_due_at = None
    with world.database.write() as session:
        assert [claim.source_id for claim in sources.claim_due(session, NOW, 1)] == [early]
        assert [claim.source_id for claim in sources.claim_due(session, NOW, 9)] == [late]
        assert sources.claim_due(session, NOW, 9) == []
        assert sources.claim(session, ahead, NOW) is not None, "by hand before it is due"


def test_X20_a_claim_that_fails_costs_no_poll_that_was_begun(
    service: Service, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away while one hand polls and another asks for work."""
    publisher.says(vevent("Alder Meetup"))
    source = service.add()
    add_source(service.world, "Second", now=service.now)
    claim_due, asked = ingest._claim_due, itertools.count()

    def fail_at_the_second(world: Resources, now: datetime) -> Claim | None:
        if next(asked):
            raise Unavailable("The database is away.")
        return claim_due(world, now)

    monkeypatch.setattr(ingest, "_claim_due", fail_at_the_second)
    with pytest.raises(Unavailable):
        service.poll_due()
    with service.world.database.read() as session:
        found = sources.get(session, source)
    assert (found.last_ok_at, found.lease_until) == (service.now, None)


@pytest.mark.parametrize("hangs", [True, False])
def test_X20_a_source_that_takes_too_long_is_settled_before_its_lease_ends(
    service: Service, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, *, hangs: bool
) -> None:
    async def hang(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    assert timedelta(seconds=read_source.PATIENCE) < sources.LEASE
    publisher.says(vevent("Alder Meetup"))
    source = service.add()
    if hangs:
        monkeypatch.setattr(read_source, "PATIENCE", 0.01)
        monkeypatch.setattr(read_source, "_read", hang)
    (report,) = service.poll_due()
    assert report.outcome == ("temporary" if hangs else "ok")
    with service.world.database.read() as session:
        found = sources.get(session, source)
    assert found.lease_until is None
    assert found.next_due_at is not None
    assert found.next_due_at > service.now


def test_a_lease_ends_by_itself_and_not_before(world: Resources) -> None:
    source = add_source(world)
    with world.database.write() as session:
        (first,) = sources.claim_due(session, NOW, 9)
        assert sources.claim_due(session, NOW + sources.LEASE, 9) == []
        assert sources.claim(session, source, NOW + sources.LEASE) is None
        (second,) = sources.claim_due(session, NOW + sources.LEASE + timedelta(seconds=1), 9)
    assert second.source_id == first.source_id
    assert second.attempt == first.attempt + 1


def test_X19_a_late_writer_whose_claim_was_lost_writes_nothing(world: Resources) -> None:
    """It was stopped for longer than its lease, and comes back with what it read."""
    source = add_source(world)
    with world.database.write() as session:
        (late,) = sources.claim_due(session, NOW, 9)
    later = NOW + sources.LEASE + timedelta(seconds=1)
    with world.database.write() as session:
        (present,) = sources.claim_due(session, later, 9)
    old = Reading(Answer(NOW, listings=(listing("Old Mixer"),)), scraper="ical")
    new = Reading(Answer(later, listings=(listing("New Mixer"),)), scraper="ical")
    assert ingest._store(world, late, old, NOW) is None
    assert ingest._store(world, present, new, later) is not None
    assert ingest._store(world, late, old, NOW) is None
    with world.database.read() as session:
        assert set(events.listings_of(session, source)) == {"New Mixer@gull.example"}
        assert sources.get(session, source).lease_until is None


def test_a_late_sender_cannot_settle_what_another_has_taken(world: Resources) -> None:
    person = add_person(world)
    with world.database.write() as session:
        outbox.put(
            session,
            dedupe_key="k",
            user_id=person,
            topic="digest",
            recipient="robin@harborfalls.example",
            message=b"hello",
            now=NOW,
        )
        late = outbox.claim(session, NOW)
        present = outbox.claim(session, NOW + outbox.LEASE + timedelta(seconds=1))
        assert late is not None
        assert present is not None
        assert not outbox.count_dot(session, late)
        assert not outbox.settle(session, late, state="failed")
        assert outbox.count_dot(session, present)
        assert outbox.settle(session, present, state="sent", sent_at=NOW)
        assert outbox.claim(session, NOW + timedelta(days=1)) is None


def test_the_lease_of_a_leader(world: Resources) -> None:
    """One holder at a time; each change of hands has another number."""
    with world.database.write() as session:
        assert leases.acquire(session, "plan", "one", NOW) == 1
        assert leases.acquire(session, "plan", "two", NOW + timedelta(seconds=1)) is None
        renewed = leases.acquire(session, "plan", "one", NOW + timedelta(seconds=2))
        assert renewed == 2
        taken = NOW + leases.TTL + timedelta(seconds=3)
        assert leases.acquire(session, "plan", "two", taken) == 3
        assert leases.acquire(session, "plan", "one", taken) is None


def test_polling_by_hand_waits_for_nobody(service: Service, publisher: Publisher) -> None:
    publisher.says(vevent("Alder Meetup"))
    source = service.add()
    with service.world.database.write() as session:
        sources.claim(session, source, service.now)
    assert ingest.poll_one(service.world, source, service.now) is None
    assert publisher.asked() == []


@embedded
def test_X01_a_killed_poll_leaves_one_whole_version_or_is_mended_by_the_next(
    service: Service, publisher: Publisher, person: UUID, tmp_path: Path
) -> None:
    """Killed at any moment: validators never run ahead of what is stored, nothing chosen is lost."""

    def publish(version: int) -> None:
        components = (
            vevent(f"Meetup {number}", days=2 + number / 25, DESCRIPTION=f"version {version}")
            for number in range(150)
        )
        publisher.says(*components, etag=f'"{version}"')

    publish(0)
    source = service.add()
    assert service.poll(source).new == 150
    chosen = service.listed()["Meetup 0"]
    with service.world.database.write() as session:
        choose.choose(session, person, chosen, "chosen", service.now)
    dice = random.Random(7)
    url = service.world.database.url
    service.world.database.dispose()
    command = [
        sys.executable,
        "-m",
        "tests.services.killed_ingest",
        url,
        str(tmp_path),
        str(source),
    ]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    ) as child:

        def round_(milliseconds: int) -> None:
            assert child.stdin is not None
            assert child.stdout is not None
            service.now += timedelta(hours=1)
            child.stdin.write(f"{milliseconds} {service.now.isoformat()}\n")
            child.stdin.flush()
            assert child.stdout.readline() == "gone\n"

        for version in range(1, 9):
            publish(version)
            round_(dice.randint(60, 400))
            etag, told = state_of(service, source)
            assert len(told) == 150
            if etag == f'"{version}"':
                assert set(told.values()) == {f"version {version}"}
            assert service.event(chosen).name == "Meetup 0"
            with service.world.database.read() as session:
                assert choices.get(session, person, chosen) is not None
                assert (
                    session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
                )
        round_(0)
        assert child.stdin is not None
        child.stdin.close()
    etag, told = state_of(service, source)
    assert etag == '"8"'
    assert set(told.values()) == {"version 8"}
    assert len(service.listed()) == 150


def state_of(service: Service, source: UUID) -> tuple[str, dict[str, str]]:
    """The stored validator, and what each listing of the source says."""
    with service.world.database.read() as session:
        homes = events.listings_of(session, source)
        voices = events.voices(session, {item.event_id for item in homes.values()})
        told = {v.listing.uid: v.listing.description for some in voices.values() for v in some}
        return sources.get(session, source).etag, told


@pytest.mark.parametrize("moment", ["after the claim", "after the fetch", "before the commit"])
def test_X02_work_of_a_dead_process_is_done_again_once(
    service: Service, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    publisher.says(vevent("Alder Meetup"))
    source = service.add()

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    place = {
        "after the claim": "app.services.ingest.read",
        "after the fetch": "app.services.merge.apply",
        "before the commit": "app.services.ingest._set_due",
    }[moment]
    with monkeypatch.context() as killed:
        killed.setattr(place, die)
        with pytest.raises(Killed):
            ingest.poll_one(service.world, source, service.now)
    assert service.listed() == {}
    assert service.poll_due() == [], "the lease still runs"
    service.now += sources.LEASE + timedelta(seconds=1)
    (report,) = service.poll_due()
    assert (report.outcome, report.new) == ("ok", 1)
    assert service.poll_due() == []
