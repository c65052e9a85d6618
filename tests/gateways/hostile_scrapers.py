"""A registry of scrapers that misbehave, each in one way; runs inside the sandbox's children."""

import ctypes
import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import icalendar
import lxml.etree
import lxml.html
import recurring_ical_events

from scrapers.base import Document, Listing, Parsed, ParseError, Problem

START = datetime(2026, 7, 15, 12, tzinfo=UTC)
LOADED_IN = os.getpid()  # the zygote; a child has a pid of its own


@dataclass(frozen=True)
class Hostile:
    act: Callable[[Document], Parsed]

    def recognizes(self, document: Document) -> bool:
        return False

    def parse(self, document: Document) -> Parsed:
        return self.act(document)


def told(*facts: object) -> Parsed:
    """Facts carried home as problems."""
    return Parsed(problems=tuple(Problem("", "", str(fact)) for fact in facts))


def listing(name: str, start: datetime, zone: str = "Europe/Berlin", **more: object) -> Listing:
    return Listing(name, start, zone, **more)  # type: ignore[arg-type]  # fields by name


def good(document: Document) -> Parsed:
    start = START.astimezone(ZoneInfo("Europe/Berlin"))
    event = listing(document.content.decode(), start, end=start + timedelta(hours=1))
    return Parsed(listings=(event,), components=1, title=document.options.get("title", ""))


def many(document: Document) -> Parsed:
    count, size = map(int, document.content.split())
    zone = ZoneInfo("Europe/Berlin")
    events = (listing(str(n), START.astimezone(zone), description="x" * size) for n in range(count))
    return Parsed(listings=tuple(events))


def raising(kind: type[BaseException]) -> Callable[[Document], Parsed]:
    def act(document: Document) -> Parsed:
        raise kind("secret words of the document")

    return act


def recursing(document: Document) -> Parsed:
    return recursing(document)


def segfault(document: Document) -> Parsed:
    ctypes.string_at(0)
    return Parsed()


def hang_without_pipe(document: Document) -> Parsed:
    os.closerange(3, 64)
    time.sleep(60)
    return Parsed()


def spin(document: Document) -> Parsed:
    while True:
        pass


def sleep(document: Document) -> Parsed:
    time.sleep(60)
    return Parsed()


def hog(document: Document) -> Parsed:
    return told(len([bytearray(2**20) for _ in range(4096)]))


def shout(document: Document) -> Parsed:
    return told("x" * 9 * 2**20)


def linger(document: Document) -> Parsed:
    """What a previous document left in this process."""
    left = getattr(sys, "left_behind", "nothing")
    sys.left_behind = document.content  # type: ignore[attr-defined]
    return told(left, os.getpid() != LOADED_IN)


def reach_out(document: Document) -> Parsed:
    host, port = document.content.decode().split(":")
    outcomes = []
    attempts: list[Callable[[], object]] = [
        socket.socket,
        lambda: socket.create_connection((host, int(port)), 1),
        lambda: socket.getaddrinfo("example.com", 80),
        lambda: subprocess.run(["true"], check=False),
        lambda: os.system("true"),
        os.fork,
        lambda: os.kill(1, 0),
    ]
    for attempt in attempts:
        try:
            attempt()
            outcomes.append("allowed")
        except PermissionError:
            outcomes.append("refused")
    return told(*outcomes)


def write_file(document: Document) -> Parsed:
    try:
        Path(document.content.decode()).write_bytes(b"x")
    except OSError as error:
        return told(type(error).__name__)
    return told("written")


def environment(document: Document) -> Parsed:
    mains = [name for name in sys.modules if name in {"__mp_main__", "pytest", "app.settings"}]
    return told(sorted(os.environ), mains, len(list(Path("/proc/self/fd").iterdir())))


def garbage(document: Document) -> Parsed:
    return "not a Parsed"  # type: ignore[return-value]


def calendar(document: Document) -> Parsed:
    calendars = icalendar.Calendar.from_ical(document.content, multiple=True)
    starts: Iterator[Any] = (
        event.decoded("DTSTART") for calendar in calendars for event in calendar.walk("VEVENT")
    )
    return told(*(start.astimezone(UTC) for start in starts))


def expand(document: Document) -> Parsed:
    parsed = icalendar.Calendar.from_ical(document.content)
    found = recurring_ical_events.of(parsed).between(START, START + timedelta(days=400))
    return told(len(found))


def xml(document: Document) -> Parsed:
    root = lxml.etree.fromstring(document.content)
    root.getroottree().xinclude()
    return told("".join(map(str, root.itertext())))


def feed(document: Document) -> Parsed:
    parsed = feedparser.parse(io.BytesIO(document.content))
    return told(parsed.feed.get("title", ""), len(parsed.entries))


def html(document: Document) -> Parsed:
    return told(len(list(lxml.html.fromstring(document.content).iter())))


FAULTS: list[type[BaseException]] = [ValueError, KeyError, OverflowError, RecursionError]
FAULTS += [MemoryError, OSError, AssertionError, SystemExit, KeyboardInterrupt, StopIteration]
SCRAPERS = {
    act.__name__: Hostile(act)
    for act in (
        *(good, many, recursing, segfault, hang_without_pipe, spin, sleep, hog, linger, shout),
        *(reach_out, write_file, environment, garbage, calendar, expand, xml, feed, html),
    )
}
SCRAPERS |= {kind.__name__: Hostile(raising(kind)) for kind in (*FAULTS, ParseError)}
SCRAPERS["naive"] = Hostile(lambda _: Parsed(listings=(listing("x", datetime(2026, 1, 1)),)))
SCRAPERS["no_zone"] = Hostile(lambda _: Parsed(listings=(listing("x", START, "Mars/Olympus"),)))
SCRAPERS["year_1"] = Hostile(
    lambda _: Parsed(listings=(listing("x", datetime(1, 1, 1, tzinfo=UTC), "America/New_York"),))
)


def recognize(document: Document) -> str | None:
    return "good" if document.content.startswith(b"good") else None


assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
