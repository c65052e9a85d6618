"""The only door to the network for documents (SECURITY.md 4.1).

Every hop of every fetch passes the URL check, robots.txt, the queues of `politeness`, the pinned
connection and the byte limits, all under one deadline. httpx and httpcore stay behind this module
and `pinning`; no cookie, credential or connection outlives a request.
"""

import asyncio
import ssl
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Literal

import httpcore
import httpx

from app.errors import Invalid
from app.gateways import fields
from app.gateways.addresses import Policy, unmapped
from app.gateways.decoding import Decoder, TooMuch
from app.gateways.pinning import PinnedBackend, PinnedTransport, Resolver, SystemResolver
from app.gateways.politeness import Budget, Deadline, Politeness, Turn
from app.gateways.robots import Robots, user_agent
from app.gateways.urls import Target, read_url, resolve_redirect
from app.gateways.verdicts import failure, outcome_of, translated
from app.settings import Settings

MAX_REDIRECTS = 5
FRAMING = 256 * 1024  # header and chunk bytes that one answer may have beside its body
ACCEPT = (
    "text/calendar, application/ld+json;q=0.9, application/rss+xml;q=0.9, "
    "application/atom+xml;q=0.9, application/json;q=0.8, text/html;q=0.8, */*;q=0.5"
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One document wanted. `now` is aware; validators are those of the last good fetch.

    `credentials` (user, password) go by HTTP Basic to the origin of `url` alone, over https alone.
    """

    url: str = field(repr=False)
    now: datetime
    etag: str | None = None
    last_modified: str | None = None
    accept: str = ACCEPT
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back: the bytes decoded, or nothing with `not_modified`.

    `permanent_url` is where an unbroken chain of permanent redirects leads, if there was one.
    `max_age` is seconds, at most 7 days; `wire_bytes` counts the body as sent; `retrieved_at` is
    the request's `now` plus the time that passed.
    """

    status: Literal["ok", "not_modified"]
    url: str = field(repr=False)
    retrieved_at: datetime
    permanent_url: str | None = field(default=None, repr=False)
    content: bytes = field(default=b"", repr=False)
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    max_age: int | None = None
    wire_bytes: int = 0


class Client:
    """Fetches documents for the whole process, from any number of event loops.

    `resolver`, `dialler`, `ssl_context`, `clock` (monotonic seconds) and `sleep` exist for tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        resolver: Resolver | None = None,
        dialler: httpcore.AsyncNetworkBackend | None = None,
        ssl_context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.policy = Policy.of(settings.allow_networks, settings.allow_ports)
        self.user_agent = user_agent(settings.contact)
        self._settings = settings
        self._system = SystemResolver()
        self._resolver = resolver or self._system
        self._dialler = dialler
        self._tls = ssl_context or httpx.create_ssl_context(trust_env=False)
        self._clock = clock
        self._robots = Robots(clock=clock)
        self._politeness = Politeness(
            total=settings.fetch_concurrency,
            per_host=settings.fetch_per_host,
            interval=settings.fetch_host_interval,
            own=lambda address: self.policy.is_own(unmapped(address)),
            clock=clock,
            sleep=sleep,
        )

    def close(self) -> None:
        """Give the resolver's threads back."""
        self._system.close()

    async def fetch(self, request: FetchRequest) -> Fetched:
        """Fetch one document, politely and within all limits.

        Raises FetchError; neither its message nor its detail holds more of the URL than the host.
        """
        return await self._fetch(request, ask_robots=self._settings.respect_robots)

    async def _fetch(self, request: FetchRequest, *, ask_robots: bool) -> Fetched:
        deadline = Deadline(self._settings.fetch_deadline)
        started = self._clock()
        try:
            async with deadline.timeout:
                trip = await self._follow(request, deadline, ask_robots=ask_robots)
        except TimeoutError as error:
            raise failure("temporary", "deadline passed") from error
        return _fetched(trip, request.now + timedelta(seconds=self._clock() - started))

    async def _follow(
        self, request: FetchRequest, deadline: Deadline, *, ask_robots: bool
    ) -> "_Trip":
        target = origin = self._target(request.url)
        trail: list[tuple[int, Target]] = []
        while len(trail) <= MAX_REDIRECTS:
            if ask_robots:
                with deadline.paused():
                    await self._ask_robots(target, request)
            request.budget.spend(target.host)
            headers = _headers(request, target, origin, self.user_agent)
            answer = await self._exchange(target, headers, deadline)
            if answer.status not in _REDIRECTS or "location" not in answer.fields:
                self._judge(answer, target, request)
                return _Trip(target, answer, _permanent(trail))
            target = self._redirected(target, answer)
            trail.append((answer.status, target))
        raise failure("broken", "too_many_redirects")

    def _target(self, url: str) -> Target:
        try:
            return read_url(url, self.policy)
        except Invalid as error:
            raise failure("refused", f"address refused: {error}") from error

    def _redirected(self, target: Target, answer: "_Answer") -> Target:
        try:
            return resolve_redirect(target, answer.fields["location"], self.policy)
        except Invalid as error:
            raise failure("broken", f"{target.host}: redirect refused: {error}") from error

    async def _ask_robots(self, target: Target, request: FetchRequest) -> None:
        load = partial(self._load_robots, request)
        if not await self._robots.allow(target.origin, target.url, load):
            raise failure("robots", f"{target.host}: robots.txt")

    async def _load_robots(self, wanted: FetchRequest, url: str) -> bytes:
        request = FetchRequest(url, wanted.now, accept="text/plain", budget=wanted.budget)
        return (await self._fetch(request, ask_robots=False)).content

    async def _exchange(
        self, target: Target, headers: Mapping[str, str], deadline: Deadline
    ) -> "_Answer":
        async with AsyncExitStack() as stack:
            with deadline.paused():
                turn = await stack.enter_async_context(self._politeness.turn(target.host))
            if held := self._politeness.held(target.host):
                raise failure("temporary", f"{target.host}: asked for quiet", held)
            transport = self._transport(turn, deadline)
            await stack.enter_async_context(transport)
            with translated(target.host):
                return await self._send(transport, target, headers)

    def _transport(self, turn: Turn, deadline: Deadline) -> PinnedTransport:
        backend = PinnedBackend(
            self.policy,
            self._resolver,
            resolve_timeout=self._settings.fetch_resolve_timeout,
            wire_limit=self._settings.fetch_wire_limit + FRAMING,
            pace=partial(_pace, turn, deadline),
            dialler=self._dialler,
        )
        return PinnedTransport(backend, self._tls)

    async def _send(
        self, transport: PinnedTransport, target: Target, headers: Mapping[str, str]
    ) -> "_Answer":
        limit = self._settings.fetch_deadline
        timeout = httpx.Timeout(limit, connect=self._settings.fetch_connect_timeout)
        request = httpx.Request(
            "GET", target.url, headers=headers, extensions={"timeout": timeout.as_dict()}
        )
        response = await transport.handle_async_request(request)
        try:
            content = await self._body(response) if response.is_success else b""
            wire = response.num_bytes_downloaded
            return _Answer(response.status_code, response.headers, content, wire)
        finally:
            await response.aclose()

    async def _body(self, response: httpx.Response) -> bytes:
        coding = response.headers.get("content-encoding", "")
        decoder = Decoder(coding, self._settings.fetch_decoded_limit)
        async for chunk in response.aiter_raw():
            if response.num_bytes_downloaded > self._settings.fetch_wire_limit:
                raise TooMuch
            decoder.feed(chunk)
        return decoder.finish()

    def _judge(self, answer: "_Answer", target: Target, request: FetchRequest) -> None:
        """Raise FetchError for every answer that is neither the document nor "not modified"."""
        outcome = outcome_of(answer.status, answer.fields, answer.content)
        if answer.status == 304 and not _is_conditional(request):
            outcome = "broken"
        if outcome is None:
            return
        wait = None
        if outcome == "temporary":
            wait = fields.retry_after(answer.fields.get("retry-after"), request.now)
        if wait is not None:
            self._politeness.hold(target.host, wait)
        raise failure(outcome, f"{target.host}: status {answer.status}", wait)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    fields: Mapping[str, str]
    content: bytes
    wire_bytes: int


@dataclass(frozen=True, slots=True)
class _Trip:
    target: Target
    answer: _Answer
    permanent_url: str | None


async def _pace(turn: Turn, deadline: Deadline, address: str) -> None:
    with deadline.paused():
        await turn.pause(address)


def _headers(request: FetchRequest, target: Target, origin: Target, agent: str) -> dict[str, str]:
    headers = {
        "User-Agent": agent,
        "Accept": request.accept,
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
    if etag := fields.etag(request.etag):
        headers["If-None-Match"] = etag
    if modified := fields.last_modified(request.last_modified):
        headers["If-Modified-Since"] = modified
    if request.credentials and target.scheme == "https" and target.origin == origin.origin:
        pair = b64encode(":".join(request.credentials).encode())
        headers["Authorization"] = f"Basic {pair.decode('ascii')}"
    return headers


def _is_conditional(request: FetchRequest) -> bool:
    return bool(fields.etag(request.etag) or fields.last_modified(request.last_modified))


def _permanent(trail: list[tuple[int, Target]]) -> str | None:
    """Where the leading permanent redirects of a trail end (RFC 9110 15.4.2, 15.4.9)."""
    lasting = list(takewhile(lambda step: step[0] in _PERMANENT, trail))
    return lasting[-1][1].url if lasting else None


def _fetched(trip: _Trip, retrieved_at: datetime) -> Fetched:
    answer = trip.answer
    get = answer.fields.get
    return Fetched(
        status="not_modified" if answer.status == 304 else "ok",
        url=trip.target.url,
        retrieved_at=retrieved_at,
        permanent_url=trip.permanent_url,
        content=answer.content,
        content_type=fields.media_type(get("content-type")),
        etag=fields.etag(get("etag")),
        last_modified=fields.last_modified(get("last-modified")),
        max_age=fields.max_age(get("cache-control"), get("expires"), retrieved_at),
        wire_bytes=answer.wire_bytes,
    )
