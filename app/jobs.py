"""Work for other processes: on PostgreSQL the tick asks for it, and `gomeet worker` does it.

Procrastinate carries requests, not truth: what is due stands in our own tables. A job names one
thing to look at and does what the tick would have done itself; where somebody else was quicker it
does nothing. So a job that is lost, run twice or killed in the middle costs nothing but time.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from app.errors import NotFound, Unavailable
from app.services import digest, ingest, send_mail
from app.services.resources import Resources
from app.store import outbox, sources, users
from app.store.queue_schema import SCHEMA

log = logging.getLogger(__name__)

MANY = 2000  # sources asked for at one tick
HOST_FREE = 1.0  # seconds after which a worker looks whether a host's next poll may begin
PATIENCE = 20.0  # seconds that a stopping worker gives to what it has begun
SILENCE = 30.0  # seconds without a sign of life after which a worker counts as dead
TASKS = ("poll", "letter", "post", "sweep")  # methods of Worker, and the queues they stand in


class Worker:
    """One process that does what is asked for; as many of them as wished, on any machines."""

    def __init__(self, world: Resources, clock: Callable[[], datetime]) -> None:
        self._world = world
        self._clock = clock
        self._turn = asyncio.Semaphore(ingest.HEAVY)
        self._app = App(connector=PsycopgConnector(**_connection(world)))
        for name in TASKS:
            self._app.task(name=name, queue=name)(getattr(self, name))

    async def run(self, concurrency: int, *, wait: bool = True) -> None:
        """Do up to `concurrency` jobs at once until SIGTERM or SIGINT; what was begun is ended.

        Without `wait` it ends when nothing is left to do.
        """
        async with self._app.open_async():
            await self._app.run_worker_async(
                concurrency=concurrency,
                wait=wait,
                fetch_job_polling_interval=HOST_FREE,
                delete_jobs="always",  # the log tells what failed, and what is due is asked again
                shutdown_graceful_timeout=PATIENCE,
                stalled_worker_timeout=SILENCE,
            )

    async def poll(self, source_id: str) -> None:
        """Poll one source that is due."""
        await ingest.poll_if_due(self._world, UUID(source_id), self._clock(), self._turn)

    def letter(self, user_id: str) -> None:
        """Plan one person's weekly letter."""
        with self._world.database.read() as session:
            try:
                user = users.get(session, UUID(user_id))
            except NotFound:  # the account was deleted meanwhile
                return
        if user.profile.digest_enabled:
            digest.plan(self._world, user, self._clock())

    def post(self) -> None:
        """Send what lies in the outbox."""
        send_mail.send_due(self._world, self._clock)

    async def sweep(self) -> None:
        """End the jobs of dead workers, so that their sources and hosts are free again."""
        manager = self._app.job_manager
        dead = list(await manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE))
        for job in dead:
            log.warning("a worker died at %s", job.call_string)
            if job.task_name == "poll":
                await asyncio.to_thread(self._release, str(job.task_kwargs.get("source_id", "")))
            await manager.finish_job(job, Status.FAILED, delete_job=True)
        await manager.prune_stalled_workers(seconds_since_heartbeat=SILENCE)

    def _release(self, name: str) -> None:
        try:
            source_id = UUID(name)
        except ValueError:  # a job of nobody's must not keep the others from being ended
            return
        with self._world.database.write() as session:
            sources.release(session, source_id)


class Desk:
    """Where the tick asks for work. To ask twice for the same thing is to ask once."""

    def __init__(self, world: Resources, app: App) -> None:
        self._world = world
        self._app = app

    def ask_for_polls(self, now: datetime) -> int:
        """A job for each source that is due and has none waiting; how many were added.

        Polls of one host wait for each other, whichever worker takes them.
        """
        with _named_errors():
            with self._world.database.read() as session:
                due = sources.due(session, now, MANY)
            waiting = {job.queueing_lock for job in self._app.job_manager.list_jobs(status="todo")}
            added = self._ask("sweep", "sweep")
            for source_id, url in due:
                key = f"poll {source_id}"
                if key not in waiting:
                    added += self._ask("poll", key, _host(url), source_id=str(source_id))
            return added

    def ask_for_mail(self, now: datetime) -> int:
        """A job for each letter that is due and one for the outbox; how many were added."""
        with _named_errors():
            added = 0
            for user, period in digest.due(self._world, now):
                key = f"letter {user.id} {period.week}"
                added += self._ask("letter", key, user_id=str(user.id))
            with self._world.database.read() as session:
                full = outbox.any_due(session, now)
            return added + (self._ask("post", "post") if full else 0)

    def _ask(self, task: str, key: str, lock: str | None = None, **arguments: str) -> int:
        job = self._app.configure_task(task, queue=task, queueing_lock=key, lock=lock)
        try:
            job.defer(**arguments)
        except AlreadyEnqueued:
            return 0
        return 1


@contextmanager
def desk(world: Resources) -> Iterator[Desk]:
    """A desk that is open while the block runs. Raises Unavailable where the queue is away."""
    app = App(connector=SyncPsycopgConnector(**_connection(world), min_size=1))
    with _named_errors(), app.open():
        yield Desk(world, app)


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except ConnectorException as error:
        raise Unavailable("The queue of jobs is away; trying again may help.") from error


def _connection(world: Resources) -> dict[str, Any]:
    return {
        "conninfo": world.database.libpq_url(),
        "kwargs": {"options": f"-c search_path={SCHEMA}"},
    }


def _host(url: str) -> str:
    return f"host {urlsplit(url).hostname}"
