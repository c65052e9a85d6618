"""Ingest of many feeds through the real path, beside bare parsing of the same bytes.

    python -m bench.ingest EVENTS FOLDER FEED_SIZE

Runs in a process of its own, so that its peak of memory is its own. The last line is JSON.
"""

import asyncio
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

import icalendar
import msgspec

from app.gateways.sandbox import Sandbox
from app.services import homes, ingest, reader
from app.services.resources import Resources
from app.store import events, sources
from bench import feeds
from bench.feeds import NOW, Spec
from bench.world import add_source, due, memory, publish, world_in

STAGED = 2  # feeds polled one by one for the breakdown

# What is timed inside a poll: where the name is looked up, and the stage it counts for.
_STAGES: tuple[tuple[object, str, str], ...] = (
    (Sandbox, "parse", "parse"),
    (ingest, "normalize_all", "normalize"),
    (reader, "understand", "understand"),
    (events, "listings_of", "load"),
    (events, "voices", "load"),
    (events, "scored", "load"),
    (events, "blocked", "match"),
    (homes, "match", "match"),
    (homes, "block_keys", "match"),
    (events, "add", "write"),
    (events, "replace", "write"),
    (events, "add_listings", "write"),
    (events, "update_listings", "write"),
    (events, "add_blocks", "write"),
    (events, "remove_blocks", "write"),
    (events, "add_decisions", "write"),
)


class Ingested(msgspec.Struct):
    """Seconds for all feeds as the clock polls them, bytes of memory, seconds by stage."""

    events: int
    listings: int
    size: int
    bare: float
    first: float
    changed: float
    changed_few: float
    restamped: float
    same_bytes: float
    not_modified: float
    memory_before: int
    memory_peak: int
    bare_staged: float  # bare parsing of the feeds that the stages were taken of
    stages: dict[str, float]
    changed_stages: dict[str, float]


def measure(count: int, folder: Path, feed_size: int) -> Ingested:
    """Measure everything with feeds of together so many events; leaves the database in `folder`."""
    specs = feeds.feeds(count, feed_size=feed_size)
    contents = _calendars(specs)
    few = _calendars([feeds.changed(each, 100) for each in specs])
    every = [feeds.changed(each, 1) for each in specs]
    stages, changed_stages = _stages(folder / "stages", specs[:STAGED])
    with world_in(folder) as world:
        urls = [add_source(world, content) for content in contents]
        instants = iter(NOW + timedelta(hours=n) for n in range(10))
        before = memory()

        def polled(made: list[bytes]) -> float:
            publish(world, dict(zip(urls, made, strict=True)))
            return _polled(world, next(instants))

        first = polled(contents)
        bare = _bare(contents)
        result = Ingested(
            events=count,
            listings=_count(world),
            size=sum(map(len, contents)),
            bare=bare,
            first=first,
            changed_few=polled(few),
            changed=polled(_calendars(every)),
            restamped=polled(again := _calendars(every, stamp=NOW + timedelta(minutes=5))),
            same_bytes=polled(again),
            not_modified=0.0,
            memory_before=before,
            memory_peak=memory(),
            bare_staged=bare * sum(map(len, contents[:STAGED])) / sum(map(len, contents)),
            stages=stages,
            changed_stages=changed_stages,
        )
        publish(world, {}, unchanged=True)
        result.not_modified = _polled(world, next(instants))
    return result


def _calendars(specs: list[list[Spec]], stamp: datetime = NOW) -> list[bytes]:
    return [feeds.calendar(each, stamp=stamp) for each in specs]


def _bare(contents: list[bytes]) -> float:
    begun = perf_counter()
    for content in contents:
        icalendar.Calendar.from_ical(content)
    return perf_counter() - begun


def _polled(world: Resources, now: datetime) -> float:
    """Seconds to poll every source once, as the clock does."""
    due(world, now)
    begun = perf_counter()
    while reports := asyncio.run(ingest.poll_due(world, now)):
        failed = [report for report in reports if report.error]
        if failed:
            raise RuntimeError(f"a poll failed: {failed[0]}")
    return perf_counter() - begun


def _count(world: Resources) -> int:
    with world.database.read() as session:
        return sum(sources.upcoming_counts(session, NOW).values())


def _stages(folder: Path, specs: list[list[Spec]]) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds by stage of first and changed polls, source by source so that nothing overlaps."""
    with world_in(folder) as world:
        urls = [add_source(world, content) for content in _calendars(specs)]
        taken = []
        for hour, made in enumerate((specs, [feeds.changed(each, 1) for each in specs])):
            publish(world, dict(zip(urls, _calendars(made), strict=True)))
            now = NOW + timedelta(hours=hour)
            with _timed() as stages:
                for source_id in due(world, now):
                    begun = perf_counter()
                    ingest.poll_one(world, source_id, now)
                    stages["all"] += perf_counter() - begun
            stages["rest"] = 2 * stages["all"] - sum(stages.values())
            taken.append(dict(stages))
    return taken[0], taken[1]


@contextmanager
def _timed() -> Iterator[defaultdict[str, float]]:
    """Adds up the seconds of each stage while the block runs."""
    spent: defaultdict[str, float] = defaultdict(float)
    with ExitStack() as stack:
        for place, name, stage in _STAGES:
            inner = getattr(place, name)
            stack.enter_context(patch.object(place, name, _watched(inner, spent, stage)))
        yield spent


def _watched(
    inner: Callable[..., object], spent: dict[str, float], stage: str
) -> Callable[..., object]:
    def outer(*args: object, **kwargs: object) -> object:
        begun = perf_counter()
        try:
            return inner(*args, **kwargs)
        finally:
            spent[stage] += perf_counter() - begun

    return outer


def run(count: int, folder: Path, feed_size: int) -> Ingested:
    """`measure` in a process of its own."""
    command = [sys.executable, "-m", "bench.ingest", str(count), str(folder), str(feed_size)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Ingested)


if __name__ == "__main__":
    sys.stdout.buffer.write(
        msgspec.json.encode(measure(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
    )
