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
from time import perf_counter, process_time, thread_time
from unittest.mock import patch

import icalendar
import msgspec

from app.gateways.sandbox import Sandbox
from app.services import homes, ingest, read_source, reader
from app.services.resources import Resources
from app.store import events, sources
from bench import feeds
from bench.feeds import NOW, ZONE, Spec
from bench.world import add_source, due, memory, publish, world_in
from scrapers import ical
from scrapers.base import Document

PARSED = ("first", "1 % changed", "every event changed")  # the polls that read the document

STAGED = 250  # components of a feed of which the breakdown is taken

# What is timed inside a poll: where the name is looked up, and the stage it counts for.
_STAGES: tuple[tuple[object, str, str], ...] = (
    (Sandbox, "parse", "transfer"),
    (read_source, "normalize_all", "normalize"),
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


class Spent(msgspec.Struct):
    """Seconds on the clock, and seconds of CPU in all processes."""

    wall: float
    cpu: float


class Ingested(msgspec.Struct):
    """What polls of all feeds took, as the clock polls them; bytes of memory; seconds by stage.

    `stages` and `changed_stages` are of a few feeds polled one by one, `bare_staged` is bare
    parsing of those, all in CPU seconds.
    """

    events: int
    listings: int
    size: int
    bare: Spent
    polls: dict[str, Spent]
    memory_before: int  # with the feeds of the bench
    memory_peak: int
    bare_staged: float
    stages: dict[str, float]
    changed_stages: dict[str, float]


def measure(count: int, folder: Path, feed_size: int) -> Ingested:
    """Measure everything with feeds of together so many events; leaves the database in `folder`."""
    specs = feeds.feeds(count, feed_size=feed_size)
    contents = _calendars(specs)
    size = sum(map(len, contents))
    bare = _spent(lambda: [icalendar.Calendar.from_ical(each) for each in contents])
    parse = _spent(lambda: [_parsed(each) for each in contents]).cpu
    some = [each[:: max(1, len(each) // STAGED)] for each in specs[:2]]
    stages, changed_stages = _stages(folder / "stages", some)
    staged = sum(map(len, _calendars(some))) / size
    with world_in(folder) as world:
        urls = [add_source(world, content) for content in contents]
        contents.clear()
        before = memory()
        polls = {}
        for hour, (name, made) in enumerate(_rounds(specs)):
            publish(world, dict(zip(urls, made, strict=True)), unchanged=name == "304")
            polls[name] = _polled(world, NOW + timedelta(hours=hour))
            polls[name].cpu += parse if name in PARSED else 0.0
        return Ingested(
            events=count,
            listings=_count(world),
            size=size,
            bare=bare,
            polls=polls,
            memory_before=before,
            memory_peak=memory(),
            bare_staged=bare.cpu * staged,
            stages=stages | {"parse": parse * staged},
            changed_stages=changed_stages | {"parse": parse * staged},
        )


def _rounds(specs: list[list[Spec]]) -> Iterator[tuple[str, list[bytes]]]:
    """What the sources publish, poll after poll, made when it is its turn."""
    yield "first", _calendars(specs)
    yield "1 % changed", _calendars([feeds.changed(each, 100) for each in specs])
    every = [feeds.changed(each, 1) for each in specs]
    yield "every event changed", _calendars(every)
    for name in ("only new DTSTAMPs", "same bytes", "304"):
        yield name, _calendars(every, stamp=NOW + timedelta(minutes=5))


def _parsed(content: bytes) -> bytes:
    """What a child does for a document, here so that its CPU time can be read."""
    return msgspec.msgpack.encode(
        ical.parse(Document("https://feed.bench.example/", content, NOW, ZONE))
    )


def _spent(work: Callable[[], object]) -> Spent:
    wall, cpu = perf_counter(), process_time()
    work()
    return Spent(perf_counter() - wall, process_time() - cpu)


def _calendars(specs: list[list[Spec]], stamp: datetime = NOW) -> list[bytes]:
    return [feeds.calendar(each, stamp=stamp) for each in specs]


def _bare(contents: list[bytes]) -> float:
    begun = perf_counter()
    for content in contents:
        icalendar.Calendar.from_ical(content)
    return perf_counter() - begun


def _polled(world: Resources, now: datetime) -> Spent:
    """Poll every source once, as the clock does; the CPU time is that of this process."""

    def poll() -> None:
        reports = asyncio.run(ingest.poll_due(world, lambda: now))
        failed = [report for report in reports if report.error]
        if failed:
            raise RuntimeError(f"a poll failed: {failed[0]}")

    due(world, now)
    return _spent(poll)


def _count(world: Resources) -> int:
    with world.database.read() as session:
        return sum(sources.upcoming_counts(session, NOW).values())


def _stages(folder: Path, specs: list[list[Spec]]) -> tuple[dict[str, float], dict[str, float]]:
    """CPU seconds by stage of first and changed polls, source by source."""
    with world_in(folder) as world:
        urls = [add_source(world, content) for content in _calendars(specs)]
        taken = []
        for hour, made in enumerate((specs, [feeds.changed(each, 1) for each in specs])):
            publish(world, dict(zip(urls, _calendars(made), strict=True)))
            now = NOW + timedelta(hours=hour)
            sources_due = due(world, now)
            with _timed() as stages:
                begun = process_time()
                for source_id in sources_due:
                    ingest.poll_one(world, source_id, now)
                whole = process_time() - begun
            stages["rest"] = whole - sum(stages.values())
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
        begun = thread_time()
        try:
            return inner(*args, **kwargs)
        finally:
            spent[stage] += thread_time() - begun

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
