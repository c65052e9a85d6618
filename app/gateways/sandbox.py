"""Reading hostile documents at arm's length: every parse runs in a child that may die of it.

The children come from one `zygote`, a process of our own that holds neither secrets nor sockets
and imports nothing of the program that started us (multiprocessing's forkserver would run the main
module again in every child).
"""

import os
import socket
import subprocess
import sys
import threading
import time
import weakref
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import msgspec

from app.errors import ReadError, Unavailable
from app.gateways.zygote import REPLY_LIMIT, Job, Limits, Reply
from app.settings import Settings
from scrapers.base import Document, Listing, Parsed
from scrapers.busy import Taken
from scrapers.pages import Leads

PARALLEL = max(os.cpu_count() or 1, 2)
_START_SECONDS = 60.0
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "PYTHONTZPATH")
_EXHAUSTED = "The document could not be read within the limits of time and memory."
# Made before there are threads: msgspec crashes where two learn of one dataclass at once.
_replies = msgspec.msgpack.Decoder(Reply)


class Sandbox:
    """Parses documents in throw-away children; threads may share one.

    `registry` names a module with `SCRAPERS` and `recognize`. The zygote starts with the first
    document, or with `start`, and again should it ever die.
    """

    def __init__(
        self,
        *,
        registry: str = "scrapers",
        memory_limit: int = 512 * 2**20,
        cpu_limit: int = 5,
        deadline: float = 10.0,
        parallel: int = PARALLEL,
    ) -> None:
        self._registry = registry
        self._limits = Limits(memory_limit, cpu_limit, deadline)
        self._places = threading.BoundedSemaphore(parallel)
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._stop: weakref.finalize[..., Sandbox] | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Sandbox":
        """With the limits of the settings."""
        return cls(
            memory_limit=settings.parse_memory_limit,
            cpu_limit=settings.parse_cpu_limit,
            deadline=settings.parse_deadline,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Load the parsers now instead of with the first document. Raises Unavailable."""
        with self._lock:
            self._started()

    def close(self) -> None:
        """End the zygote; a later `parse` would start another."""
        with self._lock:
            self._discard()

    def parse(self, document: Document, scraper: str | None = None) -> tuple[str, Parsed]:
        """The name of the scraper that read the document, and what it read.

        Raises ReadError for whatever goes wrong with the document, Unavailable if no child can be
        had at all.
        """
        reply = self._reply(Job(document, scraper))
        if reply.parsed is None:
            raise ReadError(reply.error or _EXHAUSTED)
        return reply.scraper, reply.parsed

    def leads(self, page: Document) -> Leads:
        """The feeds that a page leads to. Raises ReadError, Unavailable as `parse` does."""
        reply = self._reply(Job(page, leads=True))
        if reply.leads is None:
            raise ReadError(reply.error or _EXHAUSTED)
        return reply.leads

    def busy(self, calendar: Document) -> Taken:
        """The taken times of somebody's own calendar. Raises as `parse` does."""
        reply = self._reply(Job(calendar, busy=True))
        if reply.busy is None:
            raise ReadError(reply.error or _EXHAUSTED)
        return reply.busy

    def _reply(self, job: Job) -> Reply:
        message = msgspec.msgpack.encode(job)
        with self._places, self._channel() as channel:
            return _decoded(_exchanged(channel, message, time.monotonic() + self._limits.wall))

    def _channel(self) -> socket.socket:
        """Our end of a line to a fresh child."""
        with self._lock:
            try:
                return _line(self._started())
            except OSError:  # the zygote has died
                self._discard()
                return _line(self._started())

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                process = self._spawned(theirs)
            self._stop = weakref.finalize(self, _ended, process, self._control)
            self._control.settimeout(_START_SECONDS)
            if _first_byte(self._control) != b"+":
                self._discard()
                raise Unavailable("The reader of documents could not be started; see its message.")
        return self._control

    def _spawned(self, control: socket.socket) -> "subprocess.Popen[bytes]":
        limits = (self._limits.memory, self._limits.cpu, self._limits.wall)
        return subprocess.Popen(  # noqa: S603 -- our own interpreter and module
            [sys.executable, "-P", "-m", "app.gateways.zygote", self._registry, *map(str, limits)],
            stdin=control.fileno(),
            stdout=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,  # an interrupt at the terminal is the parent's to handle
        )

    def _discard(self) -> None:
        if self._stop is not None:
            self._stop()
        self._control = self._stop = None


def _line(control: socket.socket) -> socket.socket:
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            socket.send_fds(control, [b"+"], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
    return ours


def _environment() -> dict[str, str]:
    """Where modules and time zones lie, and none of the settings: a parser needs no secret."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)  # noqa: PTH100 -- "" too
    return {**kept, "PYTHONPATH": path, "PYTHONUTF8": "1", "TZ": "UTC"}


def _ended(process: "subprocess.Popen[bytes]", control: socket.socket) -> None:
    control.close()
    process.kill()
    process.wait()


def _first_byte(control: socket.socket) -> bytes:
    try:
        return control.recv(1)
    except OSError:
        return b""


def _exchanged(channel: socket.socket, job: bytes, end: float) -> bytes:
    """The child's whole answer, empty if it died; ReadError after `end` (monotonic seconds)."""
    chunks: list[bytes] = []
    size = 0
    try:
        _patient(channel, end).sendall(job)
        channel.shutdown(socket.SHUT_WR)
        while chunk := _patient(channel, end).recv(1 << 20):
            chunks.append(chunk)
            size += len(chunk)
            if size > REPLY_LIMIT:
                raise ReadError(_EXHAUSTED)
    except TimeoutError as error:
        raise ReadError("The document took too long to read.") from error
    except OSError:  # the child died before it had read the job
        return b""
    return b"".join(chunks)


def _patient(channel: socket.socket, end: float) -> socket.socket:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    channel.settimeout(left)
    return channel


def _decoded(data: bytes) -> Reply:
    """A reply with its times back in their zones. Raises ReadError for anything odd."""
    if not data:
        raise ReadError(_EXHAUSTED)
    try:
        reply = _replies.decode(data)
        if reply.parsed is None:
            return reply
        listings = tuple(_at_home(listing) for listing in reply.parsed.listings)
        return replace(reply, parsed=replace(reply.parsed, listings=listings))
    except (msgspec.MsgspecError, ValueError, KeyError, OverflowError, OSError) as error:
        raise ReadError("The document could not be read.") from error


def _at_home(listing: Listing) -> Listing:
    """The listing with its instants, which travel in UTC, back in its own time zone."""
    zone = ZoneInfo(listing.time_zone)
    return replace(
        listing,
        start=_aware(listing.start).astimezone(zone),
        end=listing.end and _aware(listing.end).astimezone(zone),
        previous_start_date=listing.previous_start_date
        and _aware(listing.previous_start_date).astimezone(zone),
    )


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("a listing's time names no zone")
    return instant
