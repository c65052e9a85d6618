"""The clock in a process of its own: polls and requests would share one interpreter's lock."""

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from threading import Thread

from app.bootstrap import open_resources
from app.cli.world import now
from app.log import configure
from app.schedule import ticking
from app.services.resources import Resources
from app.settings import Settings

log = logging.getLogger(__name__)

BREATH = 1.0  # seconds before a clock that died is started again
GIVES_WAY = 10  # to requests, in steps of `nice`


@contextmanager
def ticking_beside(settings: Settings) -> Iterator[None]:
    """A clock in another process while the block runs; where it dies, another one begins."""
    ours, over = multiprocessing.Pipe()
    keeper = Thread(target=_keep, args=(settings, over), name="the clock's keeper")
    keeper.start()
    try:
        yield
    finally:
        ours.close()
        keeper.join()


def _keep(settings: Settings, over: Connection) -> None:
    level = logging.getLevelName(logging.getLogger().getEffectiveLevel())
    stopping = False
    while not stopping:
        clock = multiprocessing.get_context("spawn").Process(
            target=run, args=(settings, level), name="clock"
        )
        clock.start()
        stopping = over in wait([over, clock.sentinel])
        if stopping:
            clock.terminate()
        clock.join()
        if not stopping:
            log.error("the clock ended with status %s; another one begins", clock.exitcode)
            stopping = over.poll(BREATH)


def run(settings: Settings, level: str) -> None:
    """Tick until told to stop, or until whoever started us is gone."""
    os.nice(GIVES_WAY)
    configure(level)
    with open_resources(settings, now()) as world:
        asyncio.run(_tick(world))


async def _tick(world: Resources) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    parent = multiprocessing.parent_process()
    if parent is not None:
        loop.add_reader(parent.sentinel, stop.set)
    async with ticking(world):
        await stop.wait()
