"""A small raw HTTP server on loopback that misbehaves on demand, for every test that fetches.

    with Server({"/feed.ics": reply(b"BEGIN:VCALENDAR")}) as server:
        fetch(server.url("/feed.ics"))
    assert server.requests[0].path == "/feed.ics"

It runs in a thread of its own, speaks bytes, and counts connections, so that a refused fetch can
be shown to have opened none.
"""

import asyncio
import gzip
import itertools
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

Send = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came: header names in lower case, the raw head beside."""

    path: str
    headers: Mapping[str, str]
    raw: bytes
    server_name: str | None = None


Behaviour = Callable[[Request, Send], Coroutine[Any, Any, None]]


def head(status: int, fields: Iterable[tuple[str, str]] = ()) -> bytes:
    """A status line and fields, ended."""
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def reply(body: bytes = b"", status: int = 200, **fields: str) -> Behaviour:
    """A whole answer with its length; `content_type="text/calendar"` becomes `content-type`."""
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    content = head(status, [("content-length", str(len(body))), *named.items()]) + body
    return raw(content)


def raw(*chunks: bytes, pause: float = 0) -> Behaviour:
    """Exactly these bytes, with a pause in seconds before each chunk; then the connection closes."""

    async def behave(request: Request, send: Send) -> None:
        for chunk in chunks:
            if pause:
                await asyncio.sleep(pause)
            await send(chunk)

    return behave


def redirect(location: str, status: int = 302) -> Behaviour:
    """A redirect to exactly this `Location`."""
    return reply(status=status, location=location)


def endless(start: bytes, chunk: bytes, *, pause: float = 0) -> Behaviour:
    """`start`, then `chunk` for ever, with `pause` seconds between."""
    return stream(itertools.chain([start], itertools.repeat(chunk)), pause=pause)


def stream(chunks: Iterable[bytes], *, pause: float = 0) -> Behaviour:
    """Chunks that may never end; given once, for one request."""

    async def behave(request: Request, send: Send) -> None:
        for chunk in chunks:
            await send(chunk)
            await asyncio.sleep(pause)

    return behave


def silent() -> Behaviour:
    """Accepts and never answers."""

    async def behave(request: Request, send: Send) -> None:
        await asyncio.sleep(3600)

    return behave


def gzip_bomb(size: int) -> bytes:
    """`size` zero bytes, compressed."""
    return gzip.compress(bytes(size), 9)


async def close(server: asyncio.Server) -> None:
    """Close a server to whom somebody may just be connecting.

    A transport that CPython is about to make for a server closed meanwhile is never closed itself
    (`Server._attach` refuses it), so no more are accepted first and those that were get made.
    """
    for listener in server.sockets:
        asyncio.get_running_loop().remove_reader(listener)
    for _ in range(2):
        await asyncio.sleep(0)
    server.close()


@dataclass
class Server:
    """A server for the length of a `with` block; `routes` maps paths to behaviours, or is one."""

    routes: Mapping[str, Behaviour] | Behaviour
    tls: ssl.SSLContext | None = None
    connections: int = 0
    requests: list[Request] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._handlers: set[asyncio.Task[None]] = set()
        self._names: dict[ssl.SSLObject, str | None] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """The address of a path here."""
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.requests]

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        if self.tls:
            self.tls.sni_callback = self._note_name
        server = await asyncio.start_server(self._handle, "127.0.0.1", 0, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        await close(server)
        for handler in self._handlers:
            handler.cancel()
        if others := asyncio.all_tasks() - {asyncio.current_task()}:  # connections just accepted
            await asyncio.wait(others, timeout=2)

    def _note_name(self, tls: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        self._names[tls] = name

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.current_task()
        assert handler
        self._handlers.add(handler)
        self.connections += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.at_once -= 1
            self._handlers.discard(handler)
            writer.transport.abort() if self._stop.is_set() else writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = self._parsed(await reader.readuntil(b"\r\n\r\n"), writer)
        self.requests.append(request)

        async def send(data: bytes) -> None:
            writer.write(data)
            await writer.drain()

        path = request.path.partition("?")[0]
        behaviour = self.routes if callable(self.routes) else self.routes.get(path, _MISSING)
        await _unless_gone(reader, behaviour(request, send))
        if writer.can_write_eof():
            writer.write_eof()

    def _parsed(self, data: bytes, writer: asyncio.StreamWriter) -> Request:
        first, *lines = data.decode("latin-1").rstrip("\r\n").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        tls = writer.get_extra_info("ssl_object")
        return Request(first.split(" ")[1], headers, data, self._names.get(tls))


async def _unless_gone(reader: asyncio.StreamReader, answer: Coroutine[Any, Any, None]) -> None:
    """Answer, or stop as soon as the client has closed its side."""
    answering, gone = asyncio.ensure_future(answer), asyncio.ensure_future(reader.read(1))
    try:
        await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            answering.result()
    finally:
        answering.cancel()
        gone.cancel()


_MISSING = reply(b"nothing here", 404)


@dataclass
class Names:
    """A resolver that answers from a table; a list of lists gives one answer after another."""

    table: Mapping[str, list[str] | Iterator[list[str]]]
    delay: float = 0
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str) -> list[str]:
        """The addresses of `host`; OSError for names that are not in the table."""
        self.asked.append(host)
        await asyncio.sleep(self.delay)
        answer = self.table.get(host)
        if answer is None:
            raise OSError(f"no such name: {host}")
        return answer if isinstance(answer, list) else next(answer)
