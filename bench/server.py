"""The real application, served as `gomeet serve` serves it, with a few more routes to measure by.

    python -m bench.server FOLDER PORT EVENTS

`/bench/constant/{size}` answers bytes that are there already, `/bench/read/…` reads the database in
two ways, `POST /bench/poll` ingests a feed of so many EVENTS as the clock would, beside requests.
The first line on standard output is JSON with tokens, and what it took to be ready.
"""

import asyncio
import sys
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from uuid import UUID

import msgspec
import uvicorn
from fastapi import FastAPI, Response

from app.log import configure
from app.main import create_app
from app.services import ingest
from app.services.resources import Resources
from app.store import events
from bench import feeds
from bench.feeds import NOW
from bench.world import CHOSEN, add_source, memory, settle, world_in

LAG_STEP = 0.005
NUMBER = 1000  # of a feed that no size has


class Ready(msgspec.Struct):
    """What the measuring side needs to know; seconds and bytes."""

    token: str
    feed: str
    event: str
    events: int
    catalog_seconds: float
    memory_before: int
    memory_after: int


@lru_cache
def _constant(size: int) -> bytes:
    return b"x" * size


async def constant(size: int) -> Response:
    """Constant bytes from an ordinary route."""
    return Response(_constant(size), media_type="application/json")


class Reading:
    """One short read of the database, on the event loop and in a thread beside it."""

    def __init__(self, world: Resources, event_ids: list[UUID]) -> None:
        self._world = world
        self._ids = event_ids

    async def inline(self) -> Response:
        """On the event loop."""
        return self._read()

    def threaded(self) -> Response:
        """In a thread of the pool, as FastAPI runs plain functions."""
        return self._read()

    def _read(self) -> Response:
        with self._world.database.read() as session:
            names = events.source_names(session, self._ids)
        return Response(str(len(names)))


class Poll:
    """Ingests a feed beside the requests, and watches how late the event loop is meanwhile."""

    def __init__(self, world: Resources, content: bytes) -> None:
        self._world = world
        self._content = content
        self._worst = 0.0

    async def __call__(self) -> dict[str, float]:
        """Seconds it took, and the longest delay of the loop (seconds)."""
        await asyncio.to_thread(add_source, self._world, self._content)
        watching = asyncio.create_task(self._watch())
        begun = perf_counter()
        await ingest.poll_due(self._world, lambda: NOW)
        watching.cancel()
        return {"seconds": perf_counter() - begun, "lag": self._worst}

    async def _watch(self) -> None:
        while True:
            begun = perf_counter()
            await asyncio.sleep(LAG_STEP)
            self._worst = max(self._worst, perf_counter() - begun - LAG_STEP)


def measured(world: Resources, size: int) -> FastAPI:
    """The application with the routes to measure by."""
    app = create_app(world)
    another = feeds.calendar(feeds.feed(NUMBER, size))
    with world.database.read() as session:
        reading = Reading(world, list(world.catalog.at(session, NOW).ids[:20]))
    app.add_api_route("/bench/constant/{size}", constant)
    app.add_api_route("/bench/read/inline", reading.inline)
    app.add_api_route("/bench/read/threaded", reading.threaded)
    app.add_api_route("/bench/poll", Poll(world, another).__call__, methods=["POST"])
    return app


def prepared(world: Resources) -> Ready:
    """A person with choices; the catalog built as the first request would."""
    begun, before = perf_counter(), memory()
    with world.database.read() as session:
        snapshot = world.catalog.at(session, NOW)
    seconds, after = perf_counter() - begun, memory()
    ids = list(snapshot.ids)
    token, feed = settle(world, ids[:: max(1, len(ids) // CHOSEN)])
    return Ready(token, feed, str(ids[-1]), len(ids), seconds, before, after)


def main(folder: Path, port: int, size: int) -> None:
    """Serve until told to stop."""
    configure("INFO")
    with world_in(folder) as world:
        ready = prepared(world)
        sys.stdout.write(msgspec.json.encode(ready).decode() + "\n")
        sys.stdout.flush()
        uvicorn.run(
            measured(world, size),
            host="127.0.0.1",
            port=port,
            access_log=False,
            log_config=None,
            server_header=False,
            http="httptools",
            loop="uvloop",
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
