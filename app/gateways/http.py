"""The only door to the network for documents (SECURITY.md 4.1).

Every hop of every fetch passes the URL check, robots.txt, the queues of `politeness`, the pinned
connection and the byte limits, all under one deadline. httpx and httpcore stay behind this module
and `pinning`; no cookie, credential or connection outlives a request.
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import takewhile
from typing import Literal

import httpcore
import httpx

from app.errors import Invalid
from app.gateways import fields
from app.gateways.addresses import Policy, unmapped
from app.gateways.decoding import Decoder, TooMuch
from app.gateways.keys import Keys
from app.gateways.pinning import PinnedBackend, PinnedTransport, Resolver, SystemResolver
from app.gateways.politeness import Deadline, OwnPaces, Paces, Politeness, Turn
from app.gateways.request import FetchRequest, headers, is_conditional
from app.gateways.robots import Robots, user_agent
from app.gateways.urls import Target, read_url, resolve_redirect
from app.gateways.verdicts import failure, outcome_of, translated
from app.settings import Settings

__all__ = ["Client", "FetchRequest", "Fetched"]

MAX_REDIRECTS = 5
FRAMING = 256 * 1024  # header and chunk bytes that one answer may have beside its body
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


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


@cache
def _public_tls() -> ssl.SSLContext:
    """Trusts the public authorities, the same ones for every client: reading them takes long."""
    return httpx.create_ssl_context(trust_env=False)


class Client:
    """Fetches documents for the whole process, from any number of event loops.

    `paces` are shared where several processes fetch. `resolver`, `dialler`, `ssl_context`, `clock`
    (monotonic seconds) and `sleep` exist for tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        paces: Paces | None = None,
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
        self._tls = ssl_context or _public_tls()
        self._clock = clock
        self._keys = Keys.of(settings)
        self._robots = Robots(clock=clock)
        self._politeness = Politeness(
            total=settings.fetch_concurrency,
            per_host=settings.fetch_per_host,
            interval=settings.fetch_host_interval,
            paces=paces or OwnPaces(clock),
            own=lambda address: self.policy.is_own(unmapped(address)),
            sleep=sleep,
        )

    def close(self) -> None:
        """Give the resolver's threads back."""
        self._system.close()

    async def fetch(self, request: FetchRequest) -> Fetched:
        """Fetch one document, politely and within all limits.

        Raises FetchError; neither its message nor its detail holds more of the URL than the host.
        """
        return await self._fetch(
            request, ask_robots=self._settings.respect_robots and request.ask_robots
        )

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
            asked, more = self._keys.put_on(target, origin) if request.keyed else (target, {})
            keyed = asked is not target or bool(more)
            if ask_robots and not keyed:  # who gave us a key has said that we may ask
                with deadline.paused():
                    await self._ask_robots(target, request)
            request.budget.spend(target.host)
            sent = headers(request, target, origin, self.user_agent) | more
            answer = await self._exchange(asked, sent, deadline)
            if keyed and answer.status == 401:
                raise self._keys.refused(target)
            if answer.status not in _REDIRECTS or "location" not in answer.fields:
                await self._judge(answer, target, request)
                return _Trip(target, answer, _permanent(trail))
            target = self._redirected(target, answer, origin)
            trail.append((answer.status, target))
        raise failure("broken", "too_many_redirects")

    def _target(self, url: str) -> Target:
        try:
            return read_url(url, self.policy)
        except Invalid as error:
            raise failure("refused", f"address refused: {error}") from error

    def _redirected(self, target: Target, answer: "_Answer", origin: Target) -> Target:
        try:
            location = resolve_redirect(target, answer.fields["location"], self.policy)
        except Invalid as error:
            raise failure("broken", f"{target.host}: redirect refused: {error}") from error
        return self._keys.without(location, origin)

    async def _ask_robots(self, target: Target, request: FetchRequest) -> None:
        load = partial(self._load_robots, request)
        if not await self._robots.allow(target.origin, target.url, load):
            raise failure("robots", f"{target.host}: robots.txt")

    async def _load_robots(self, wanted: FetchRequest, url: str) -> bytes:
        request = FetchRequest(
            url, wanted.now, accept="text/plain", keyed=False, budget=wanted.budget
        )
        return (await self._fetch(request, ask_robots=False)).content

    async def _exchange(
        self, target: Target, headers: Mapping[str, str], deadline: Deadline
    ) -> "_Answer":
        async with AsyncExitStack() as stack:
            with deadline.paused():
                turn = await stack.enter_async_context(self._politeness.turn(target.host))
            if held := await self._politeness.held(target.host):
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

    async def _judge(self, answer: "_Answer", target: Target, request: FetchRequest) -> None:
        """Raise FetchError for every answer that is neither the document nor "not modified"."""
        outcome = outcome_of(answer.status, answer.fields, answer.content)
        if answer.status == 304 and not is_conditional(request):
            outcome = "broken"
        if outcome is None:
            return
        wait = None
        if outcome == "temporary":
            wait = fields.retry_after(answer.fields.get("retry-after"), request.now)
        if wait is not None:
            await self._politeness.hold(target.host, wait)
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
