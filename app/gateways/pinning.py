"""Connecting only where we may: resolve once, judge every address, dial the literal, look again.

The check sits in httpcore's network backend, so it holds for the address really dialled: between
check and use nothing is left to change (DNS rebinding), and TLS, SNI and `Host` keep the name
(SECURITY.md F4, 4.1). One backend serves one request.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, zip_longest
from typing import Protocol

import httpcore
import httpx

from app.gateways.addresses import BadHost, Policy, canonical_host, is_numeric, unmapped

MAX_DIALS = 4
RESOLVER_THREADS = 8

SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)


class Resolver(Protocol):
    """Turns a host name into literal addresses, best first."""

    async def __call__(self, host: str) -> Sequence[str]:
        """All addresses of `host`. Raises OSError when there are none."""
        ...


class SystemResolver:
    """The operating system's resolver in threads of its own.

    Hanging look-ups of feeds so never take the threads of the API or the mail (SECURITY.md 4.1).
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolve")

    async def __call__(self, host: str) -> Sequence[str]:
        """All addresses of `host`, IPv6 and IPv4 in turn. Raises OSError."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host)

    def close(self) -> None:
        """Give the threads back; look-ups under way end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str) -> list[str]:
    # The trailing dot makes the name absolute: no search domain of ours is ever appended.
    found = socket.getaddrinfo(f"{host}.", None, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    return in_turn(addresses)


def in_turn(addresses: Iterable[str]) -> list[str]:
    """Addresses without repeats, families alternating, so that one dead family costs one dial."""
    unique = list(dict.fromkeys(addresses))
    families = ([a for a in unique if ":" in a], [a for a in unique if ":" not in a])
    return [address for address in chain(*zip_longest(*families)) if address]


class Refused(httpcore.ConnectError):
    """The policy forbids this connection; never shown to a user, who could scan ports with it."""


class TooManyBytes(Exception):  # noqa: N818 -- a verdict on the answer, not on us
    """The peer sent more bytes, headers and framing included, than one answer may have."""


class MeteredStream(httpcore.AsyncNetworkStream):
    """A connection that counts what it reads and stops at `limit` bytes."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._received = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 -- httpcore's signature
        """Next bytes. Raises TooManyBytes once the limit is passed."""
        data = await self._stream.read(max_bytes, timeout)
        self._received += len(data)
        if self._received > self._limit:
            raise TooManyBytes
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 -- httpcore's signature
        """Send all bytes."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """The same connection under TLS, metered anew."""
        try:
            stream = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:  # httpcore leaves it open where the handshake only never ends
            await self._stream.aclose()
            raise
        return MeteredStream(stream, self._limit)

    def get_extra_info(self, info: str) -> object:
        """What the connection below knows of itself."""
        return self._stream.get_extra_info(info)


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Dials what the policy admits; `pace` is awaited before each dial with the literal address.

    What httpcore might ask of a backend beside TCP (Unix sockets, sleep between retries) stays
    unimplemented, hence refused.
    """

    def __init__(
        self,
        policy: Policy,
        resolver: Resolver,
        *,
        resolve_timeout: float,
        wire_limit: int,
        pace: Callable[[str], Awaitable[None]],
        dialler: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._policy = policy
        self._resolver = resolver
        self._resolve_timeout = resolve_timeout
        self._wire_limit = wire_limit
        self._pace = pace
        self._dialler = dialler or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's signature
        local_address: str | None = None,  # noqa: ARG002 -- httpcore's signature
        socket_options: Iterable[SocketOption] | None = None,  # noqa: ARG002 -- httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """A metered connection to `host`. Raises Refused, or httpcore's connect errors."""
        if port not in self._policy.ports:
            raise Refused(f"port {port}")
        addresses = await self._addresses(host)
        refused = [address for address in addresses if not self._policy.admits(address)]
        if refused:
            raise Refused(f"address {refused[0]}")
        return await self._dial_any(addresses[:MAX_DIALS], port, timeout)

    async def _addresses(self, host: str) -> list[str]:
        try:
            name = canonical_host(host)
        except BadHost as error:
            raise Refused("host") from error
        if ":" in name or is_numeric(name):
            return [name]
        try:
            async with asyncio.timeout(self._resolve_timeout):
                found = list(await self._resolver(name))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("name look-up") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("name look-up") from error
        if not found:
            raise httpcore.ConnectError("name look-up: no address")
        return found

    async def _dial_any(
        self, addresses: Sequence[str], port: int, seconds: float | None
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                return await self._dial(address, port, seconds)
            except Refused:
                raise
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _dial(
        self, address: str, port: int, seconds: float | None
    ) -> httpcore.AsyncNetworkStream:
        await self._pace(address)
        stream = await self._dialler.connect_tcp(address, port, seconds)
        peer = stream.get_extra_info("server_addr")
        if not peer or unmapped(str(peer[0])) != unmapped(address):
            await stream.aclose()
            raise Refused("peer is not the address dialled")
        return MeteredStream(stream, self._wire_limit)


class PinnedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport with a pool that dials through our backend and keeps no connection.

    httpx offers no public way to hand the backend over; `_pool` is set here and nowhere else.
    """

    def __init__(self, backend: PinnedBackend, ssl_context: ssl.SSLContext) -> None:
        super().__init__(verify=ssl_context, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context,
            http1=True,
            http2=False,
            retries=0,
            max_keepalive_connections=0,
            network_backend=backend,
        )
