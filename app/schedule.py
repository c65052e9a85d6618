"""The clock: APScheduler only ticks, in UTC and with nothing to remember (DESIGN.md 5).

What is due stands in the database; every tick is harmless to repeat and to run in two processes.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from app import cities
from app.services import busy, digest, housekeep, ingest, send_mail, tell_operator, venues
from app.services.heartbeat import beat
from app.services.resources import Resources

if TYPE_CHECKING:
    from app.jobs import Desk

log = logging.getLogger(__name__)

HOUSEKEEPING_SECONDS = 3600
FOLLOW_SECONDS = 2.0  # how old a ranked list may be; each look costs a request or two some 10 ms


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


class Clock:
    """Ticks and keeps track of the work that a tick began, so that a stop can wait for it.

    With a `desk` it asks workers for polls and mail instead of doing them.
    """

    def __init__(self, world: Resources, desk: "Desk | None" = None) -> None:
        self._world = world
        self._desk = desk
        self._work: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Begin to tick, the first time at once: a process that keeps crashing still works."""
        every = {
            self._beat: self._world.settings.tick_seconds,
            self._poll: self._world.settings.tick_seconds,
            self._mail: self._world.settings.tick_seconds,
            self._report: self._world.settings.tick_seconds,
            self._place: self._world.settings.tick_seconds,
            self._look: self._world.settings.tick_seconds,
            self._tidy: HOUSEKEEPING_SECONDS,
        }
        for job, seconds in every.items():
            self._scheduler.add_job(job, "interval", seconds=seconds, next_run_time=now())
        self._scheduler.add_listener(_complain, EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES)
        self._scheduler.start()

    async def stop(self, patience: float = 20.0) -> None:
        """Stop ticking and wait, `patience` seconds at most, for what was begun."""
        self._stopping = True
        self._scheduler.shutdown(wait=False)
        if self._work:
            await asyncio.wait(self._work, timeout=patience)

    async def _beat(self) -> None:
        await self._track(asyncio.to_thread(beat, self._world, now()))

    async def _poll(self) -> None:
        if self._desk is not None:
            await self._track(asyncio.to_thread(self._desk.ask_for_polls, now()))
        else:
            await self._track(ingest.poll_due(self._world, now, lambda: self._stopping))

    async def _mail(self) -> None:
        if self._desk is not None:
            await self._track(asyncio.to_thread(self._desk.ask_for_mail, now()))
        else:
            await self._track(asyncio.to_thread(_mail, self._world))

    async def _report(self) -> None:
        await self._track(asyncio.to_thread(tell_operator.report, self._world, now()))

    async def _place(self) -> None:
        await self._track(_place(self._world))

    async def _look(self) -> None:
        await self._track(busy.look_at_due(self._world, now, lambda: self._stopping))

    async def _tidy(self) -> None:
        await self._track(asyncio.to_thread(_tidy, self._world))

    async def _track(self, work: Awaitable[object]) -> None:
        """Shield the work from the scheduler, whose shutdown cancels what it runs."""
        task = asyncio.ensure_future(_done(work))
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if not self._stopping:  # else the work goes on, and `stop` waits for it
                raise


async def _done(work: Awaitable[object]) -> None:
    await work


def _mail(world: Resources) -> None:
    digest.plan_due(world, now())
    send_mail.send_due(world, now)


async def _place(world: Resources) -> None:
    await venues.look_up(world, now())
    await asyncio.to_thread(venues.tell_events, world, now())


def _tidy(world: Resources) -> None:
    housekeep.understand_anew(world)
    housekeep.tidy(world, now())


def _complain(event: JobExecutionEvent) -> None:
    problem = getattr(event, "exception", None)
    log.error("a tick failed or did not end in time: %s", event.job_id, exc_info=problem)


def _desk(world: Resources) -> AbstractContextManager["Desk"]:
    from app.jobs import desk  # Procrastinate takes long to load, and few installs have workers

    return desk(world)


@asynccontextmanager
async def ticking(world: Resources) -> AsyncIterator[Clock]:
    """A clock that runs while the block does."""
    await asyncio.to_thread(cities.every)  # takes long the first time: not in a poll's transaction
    with _desk(world) if world.settings.workers else nullcontext() as asking:
        clock = Clock(world, asking)
        clock.start()
        try:
            yield clock
        finally:
            await clock.stop()


@asynccontextmanager
async def following(world: Resources) -> AsyncIterator[None]:
    """The catalog follows the database while the block runs, beside the requests.

    Read by the requests themselves, each of them would pay for the polls of the moment.
    """
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(
        lambda: world.catalog.catch_up(world.database, now()),  # APScheduler takes a thread for it
        "interval",
        seconds=FOLLOW_SECONDS,
    )
    with world.catalog.followed():
        scheduler.start()
        try:
            yield
        finally:
            scheduler.shutdown(wait=False)
