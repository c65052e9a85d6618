"""Work for other processes: asked for once, done once, whoever dies meanwhile."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from app import jobs
from app.bootstrap import open_resources
from app.errors import Unavailable
from app.services.resources import Resources
from app.settings import Settings
from app.store import paces, queue_schema, sources
from app.store.database import Database
from app.store.tables import SourceRow
from tests.conftest import NOW, SECRET
from tests.kinds import server
from tests.seed import add_person, add_source, listing, tell
from tests.servers import Server
from tests.services.publisher import TWELVE, calendar_of
from tests.smtp_server import FaultServer

MONDAY = datetime.fromisoformat("2026-11-30T09:00:00-05:00")


@pytest.fixture
def queued(world: Resources) -> Resources:
    """A world with an empty queue."""
    queue_schema.upgrade(world.database)
    with world.database.write() as session:
        session.execute(
            text("TRUNCATE queue.procrastinate_jobs, queue.procrastinate_workers CASCADE")
        )
    return world


def ask(world: Resources, now: datetime = NOW) -> int:
    with jobs.desk(world) as desk:
        return desk.ask_for_polls(now)


def work(*worlds: Resources, now: datetime = NOW) -> None:
    """One worker for each world, until nothing is left to do."""

    async def run() -> None:
        workers = [jobs.Worker(world, lambda: now) for world in worlds]
        await asyncio.gather(*(each.run(4, wait=False) for each in workers))

    asyncio.run(run())
    while waiting(worlds[0]):  # for a host that was busy
        asyncio.run(run())


def waiting(world: Resources, status: str = "todo") -> list[str]:
    with world.database.read() as session:
        found = session.scalars(
            text("SELECT queueing_lock FROM queue.procrastinate_jobs WHERE status::text = :status"),
            {"status": status},
        )
        return sorted(found)


def row(world: Resources, source_id: UUID) -> SourceRow:
    with world.database.read() as session:
        return sources.get(session, source_id)


@server
def test_what_is_due_is_asked_for_once_and_done_once(queued: Resources) -> None:
    with Server(calendar_of(TWELVE)) as publisher:
        due = [add_source(queued, f"S{n}", url=publisher.url(f"/{n}.ics")) for n in range(12)]
        later = add_source(queued, "later", now=NOW + timedelta(hours=1))
        assert ask(queued) == len(due) + 1, "and one sweep"
        assert ask(queued) == 0
        assert waiting(queued) == sorted([*(f"poll {source}" for source in due), "sweep"])
        work(queued, queued)
        asked = [path for path in publisher.paths if path.endswith(".ics")]
    assert sorted(asked) == sorted(f"/{n}.ics" for n in range(12))
    assert publisher.most_at_once == 1, "polls of one host wait for each other"
    assert [row(queued, source).attempt for source in (*due, later)] == [1] * 12 + [0]
    assert waiting(queued) == []
    assert ask(queued) == 1, "nothing is due any more, but for a sweep"


@server
def test_a_job_that_comes_late_does_nothing(queued: Resources) -> None:
    with Server(calendar_of(TWELVE)) as publisher:
        source = add_source(queued, url=publisher.url("/feed.ics"))
        ask(queued)
        with queued.database.write() as session:
            sources.get(session, source).next_due_at = NOW + timedelta(hours=6)
        work(queued)
    assert publisher.requests == []
    assert row(queued, source).attempt == 0


@server
def test_a_dead_worker_leaves_its_source_and_host_to_others(queued: Resources) -> None:
    with Server(calendar_of(TWELVE)) as publisher:
        source, other = (
            add_source(queued, name, url=publisher.url(f"/{name}.ics")) for name in "ab"
        )
        ask(queued)
        with queued.database.write() as session:
            sources.claim_if_due(session, source, NOW)
            session.flush()
            session.execute(text("SET LOCAL search_path TO queue"))
            session.execute(
                text(
                    "WITH dead AS (INSERT INTO queue.procrastinate_workers (last_heartbeat)"
                    " VALUES (now() - interval '1 hour') RETURNING id)"
                    " UPDATE queue.procrastinate_jobs SET status = 'doing', worker_id = dead.id"
                    " FROM dead WHERE queueing_lock = :key"
                ),
                {"key": f"poll {source}"},
            )
        work(queued)
        assert row(queued, source).lease_until is None
        assert waiting(queued, "doing") == []
        ask(queued)
        work(queued)
    assert row(queued, source).last_ok_at == row(queued, other).last_ok_at == NOW


@server
@pytest.mark.parametrize("nonsense", ["{}", '{"source_id": "../etc"}', '{"source_id": {"a": 1}}'])
def test_X20_a_dead_workers_nonsense_keeps_no_host_waiting(
    queued: Resources, nonsense: str
) -> None:
    """Such a job comes from another version, or from a hand in the database."""
    with Server(calendar_of(TWELVE)) as publisher:
        source = add_source(queued, url=publisher.url("/a.ics"))
        ask(queued)
        with queued.database.write() as session:
            session.execute(text("SET LOCAL search_path TO queue"))
            session.execute(
                text(
                    "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
                    " VALUES (now() - interval '1 hour') RETURNING id)"
                    " INSERT INTO procrastinate_jobs"
                    " (queue_name, task_name, lock, queueing_lock, args, status, worker_id)"
                    " SELECT 'poll', 'poll', 'host 127.0.0.1', 'odd', CAST(:args AS jsonb), 'doing', id"
                    " FROM dead"
                ),
                {"args": nonsense},
            )
        work(queued)
        assert waiting(queued, "doing") == []
    assert row(queued, source).last_ok_at == NOW


@server
def test_the_weekly_letter_goes_out_once(queued: Resources) -> None:
    add_person(queued)
    post = FaultServer()
    queued.settings.smtp_host, queued.settings.smtp_port = "127.0.0.1", post.port
    queued.settings.smtp_security = "none"
    tell(queued, add_source(queued), [listing(days=8)])
    for _ in range(3):
        with jobs.desk(queued) as first, jobs.desk(queued) as second:
            assert first.ask_for_mail(MONDAY) + second.ask_for_mail(MONDAY) <= 1
        work(queued, queued, now=MONDAY)
    post.close()
    assert len(post.letters) == 1


@server
def test_the_tables_of_the_queue_are_made_once_and_follow_its_versions(database: Database) -> None:
    queue_schema.upgrade(database)
    with database.write() as session:
        newest = session.scalar(text("SELECT max(name) FROM queue.applied"))
        session.execute(text("DELETE FROM queue.applied WHERE name = :name"), {"name": newest})
        if "retry_failed_job" in str(newest):
            session.execute(text("DROP FUNCTION queue.procrastinate_retry_job_v2"))
    queue_schema.upgrade(database)
    queue_schema.upgrade(database)
    with database.read() as session:
        assert session.scalar(text("SELECT max(name) FROM queue.applied")) == newest


@server
def test_two_processes_pause_together(database: Database) -> None:
    async def scenario() -> None:
        first, second = paces.SharedPaces(database), paces.SharedPaces(database)
        waits = [await each.book("192.0.2.7", 60) for each in (first, second, first)]
        assert waits == pytest.approx([0, 60, 120], abs=10)
        assert await second.book("192.0.2.8", 60) == 0
        assert await first.held("a.test") == 0
        await first.hold("a.test", 90)
        assert await second.held("a.test") == pytest.approx(90, abs=10)

    asyncio.run(scenario())
    with database.write() as session:
        session.execute(text("UPDATE pace SET until = until - interval '80 s'"))
        paces.forget(session)
        left = session.scalars(text("SELECT key FROM pace ORDER BY key")).all()
    assert left == ["dial 192.0.2.7", "quiet a.test"]


def test_workers_need_postgresql(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, workers=True, secret_key=SECRET)
    with pytest.raises(Unavailable, match="GOMEET_DATABASE_URL"), open_resources(settings, NOW):
        pass
