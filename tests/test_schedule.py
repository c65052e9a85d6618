"""The clock only ticks; what it begins is brought to an end (SECURITY.md 4.5, X22)."""

import asyncio
import logging
import threading
import time
from uuid import UUID

import pytest

from app import schedule
from app.errors import Unavailable
from app.services import heartbeat, ingest
from app.services.resources import Resources
from app.store import sources
from tests.kinds import embedded
from tests.services.publisher import TWELVE, Publisher

pytestmark = embedded


async def until(condition: object, seconds: float = 10) -> None:
    """Wait for a condition."""
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator] # a function without arguments
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


def polled(world: Resources, source: UUID) -> bool:
    with world.database.read() as session:
        return sources.get(session, source).last_ok_at is not None


def test_the_first_tick_comes_at_once_and_does_the_work(world: Resources) -> None:
    publisher = Publisher()
    with publisher.server:
        publisher.says(*TWELVE)
        with world.database.write() as session:
            source = sources.add(
                session,
                url=publisher.server.url("/feed.ics"),
                name="Gull Room",
                time_zone="UTC",
                scraper=None,
                trust=50,
                now=schedule.now(),
            ).id
        with pytest.raises(Unavailable):
            heartbeat.check(world, schedule.now())

        async def live() -> None:
            async with schedule.ticking(world):
                await until(lambda: polled(world, source))
                heartbeat.check(world, schedule.now())

        asyncio.run(live())
    assert len(publisher.asked()) == 1


def test_a_failing_tick_is_told_and_the_next_comes(
    world: Resources, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.settings.tick_seconds = 0.05
    ticks = 0

    async def fail(*_: object) -> None:
        nonlocal ticks
        ticks += 1
        raise ZeroDivisionError

    monkeypatch.setattr(ingest, "poll_due", fail)

    async def live() -> None:
        async with schedule.ticking(world):
            await until(lambda: ticks >= 3)

    with caplog.at_level(logging.ERROR, logger="app.schedule"):
        asyncio.run(live())
    assert "a tick failed" in caplog.text


def test_X22_a_stop_waits_for_what_was_begun(
    world: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()

    async def work(*_: object) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        ended.set()

    monkeypatch.setattr(ingest, "poll_due", work)

    async def live() -> None:
        async with schedule.ticking(world):
            await until(begun.is_set)

    asyncio.run(live())
    assert ended.is_set()


def test_a_tick_that_lasts_is_not_begun_twice(
    world: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.settings.tick_seconds = 0.02
    running = most = 0

    async def work(*_: object) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.2)
        running -= 1

    monkeypatch.setattr(ingest, "poll_due", work)

    async def live() -> None:
        async with schedule.ticking(world):
            await asyncio.sleep(0.3)

    asyncio.run(live())
    assert most == 1
