"""The process that waits with all parsers loaded and forks one throw-away child per document.

`sandbox` starts it as `python -m app.gateways.zygote REGISTRY MEMORY CPU WALL` with a socket as
standard input. Every message on it carries one descriptor: the child reads a `Job` there, answers
a `Reply` and ends. A child of its own per document also keeps a hostile feed from leaving anything
in a parser's process-wide state (SECURITY.md F5, 4.2).
"""

import gc
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Protocol

import msgspec

from scrapers.base import MAX_LISTINGS, Document, Parsed, ParseError, Problem, Scraper
from scrapers.busy import Taken, taken
from scrapers.pages import Leads, leads

REPLY_LIMIT = 8 * 2**20
# One small document of each open format, to be read before there are children: what the libraries
# build with their first document would otherwise be built anew in every child.
_FIRST = (
    (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/Berlin:20260101T190000\n"
        b"RRULE:FREQ=DAILY;COUNT=2\nSUMMARY:Concert\nEND:VEVENT\nEND:VCALENDAR\n"
    ),
    (
        b'<html><script type="application/ld+json">{"@context":"https://schema.org","@type":"Event",'
        b'"name":"Concert","startDate":"2026-01-01T19:00:00+01:00"}</script></html>'
    ),
    (
        b'<html><p class="h-event"><span class="p-name">Concert</span>'
        b'<time class="dt-start" datetime="2026-01-01 19:00+0100"></time></p></html>'
    ),
    b"<rss version='2.0'><channel><item><title>Concert</title></item></channel></rss>",
)
_OPEN_FILES = 16
_WALL_GRACE = 0.5  # seconds the child may outlive the sandbox's patience
# Audit events (PEP 578) of what no parser needs.
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "pty.",
    "os.exec",
    "os.fork",
    "os.kill",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.spawn",
    "os.system",
    "os.truncate",
)


@dataclass(frozen=True, slots=True)
class Job:
    """One document to read, with the scraper to use, or None to let the registry choose.

    With `leads` it is a page to look through for the feeds that it leads to, with `busy` somebody's
    own calendar, of which nothing but the taken times is wanted.
    """

    document: Document
    scraper: str | None = None
    leads: bool = False
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a job: the scraper's name and what it read, or why nothing could be read."""

    scraper: str = ""
    parsed: Parsed | None = None
    error: str = ""
    leads: Leads | None = None
    busy: Taken | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use: bytes of address space, seconds of CPU, seconds of wall clock."""

    memory: int
    cpu: int
    wall: float


_jobs = msgspec.msgpack.Decoder(Job)
_encoder = msgspec.msgpack.Encoder()


class Registry(Protocol):
    """A module like `scrapers`: named scrapers, and which of them claims a document."""

    SCRAPERS: dict[str, Scraper]

    def recognize(self, document: Document) -> str | None:
        """The name of the scraper that claims the document, or None."""
        ...


def answer(registry: Registry, job: Job) -> Reply:
    """Parse a document. Never raises: every failure of a parser is a failure of the document."""
    try:
        if job.leads:
            return Reply(leads=leads(job.document))
        if job.busy:
            return Reply(busy=taken(job.document))
        name = job.scraper or registry.recognize(job.document)
        if name is None:
            return Reply(error="This is not an event document of a format that we know.")
        scraper = registry.SCRAPERS.get(name)
        if scraper is None:
            return Reply(error=f"There is no scraper named {name!r}.")
        return Reply(name, scraper.parse(job.document))
    except ParseError as error:
        return Reply(error=str(error)[:300] or "The document could not be read.")
    except BaseException as error:  # noqa: BLE001 -- hostile input raises anything (SECURITY P23)
        return Reply(error=f"The document could not be read ({type(error).__name__}).")


def encoded(reply: Reply) -> bytes:
    """A reply of at most `REPLY_LIMIT` bytes; listings at the end are given up for that."""
    data = _encoder.encode(reply)
    while len(data) > REPLY_LIMIT and reply.parsed and reply.parsed.listings:
        keep = len(reply.parsed.listings) * REPLY_LIMIT * 9 // (len(data) * 10)
        reply = replace(reply, parsed=_cut(reply.parsed, keep))
        data = _encoder.encode(reply)
    if len(data) > REPLY_LIMIT:
        return _encoder.encode(Reply(error="The document holds too much to be read."))
    return data


def _cut(parsed: Parsed, keep: int) -> Parsed:
    lost = len(parsed.listings) - keep
    problem = Problem("document", "too_much", f"{lost} listings beyond the size limit", lost=True)
    return replace(
        parsed,
        listings=parsed.listings[:keep],
        openings=parsed.openings[:MAX_LISTINGS],
        problems=(*parsed.problems[:100], problem),
        truncated=True,
    )


def confine(limits: Limits) -> None:
    """Give up what a parser does not need, for good.

    The alarm keeps its default action: the kernel ends the child even inside C code. What a
    platform cannot limit (macOS knows no address space) stays unlimited.
    """
    signal.setitimer(signal.ITIMER_REAL, limits.wall + _WALL_GRACE)
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))
    sys.addaudithook(_refuse)


def _refuse(event: str, _: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"parsers may not: {event}")


def _child(registry: Registry, channel: socket.socket, limits: Limits) -> None:
    confine(limits)
    job = _jobs.decode(b"".join(_chunks(channel)))
    channel.sendall(_reply(registry, job))


def _reply(registry: Registry, job: Job) -> bytes:
    try:
        return encoded(answer(registry, job))
    except Exception as error:  # noqa: BLE001 -- what a parser returns may be as odd as its input
        return encoded(Reply(error=f"The document could not be read ({type(error).__name__})."))


def _chunks(channel: socket.socket) -> Iterable[bytes]:
    return iter(lambda: channel.recv(1 << 20), b"")


def _serve(registry: Registry, control: socket.socket, limits: Limits) -> None:
    """Fork for every descriptor that comes, until the sandbox is gone."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        with socket.socket(fileno=descriptors[0]) as channel:
            if os.fork() == 0:
                try:
                    control.close()
                    _child(registry, channel, limits)
                finally:
                    os._exit(0)


def _warm(registry: Registry) -> None:
    for data in _FIRST:
        document = Document("https://a.example/", data, datetime(2026, 1, 1, tzinfo=UTC))
        for job in (Job(document), Job(document, leads=True)):
            _jobs.decode(_encoder.encode(job))
            _reply(registry, job)


def main(registry: str, memory: str, cpu: str, wall: str) -> None:
    """Load the registry, say that we are ready, serve."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps the children
    control = socket.socket(fileno=0)
    module = import_module(registry)
    _warm(module)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)  # nothing of a document reaches our logs
    gc.collect()
    gc.freeze()
    control.sendall(b"+")
    _serve(module, control, Limits(int(memory), int(cpu), float(wall)))


if __name__ == "__main__":
    main(*sys.argv[1:])
