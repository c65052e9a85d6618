"""Being a good guest: few requests at once, few per host, a pause between two to one machine.

Loops and threads may share one `Politeness`: a poll ticks in a thread while a request polls by
hand, and a publisher sees one client all the same.
"""

import asyncio
import threading
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from math import inf
from typing import Protocol
from weakref import WeakValueDictionary

from app.errors import FetchError

MAX_HOLD = 15 * 60.0  # one feed's Retry-After keeps its neighbours on the host waiting no longer
_MANY = 4096


class Gate:
    """A fair counting semaphore at which coroutines of several event loops may wait."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._lock = threading.Lock()
        self._line: deque[Future[None]] = deque()

    async def enter(self) -> None:
        """Take a place, waiting in line for it."""
        turn: Future[None] = Future()
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return
            self._line.append(turn)
        try:
            await asyncio.wrap_future(turn)
        except asyncio.CancelledError:
            if not turn.cancel():  # the place was ours already
                self.leave()
            raise

    def leave(self) -> None:
        """Give the place to the next in line."""
        with self._lock:
            while self._line:
                turn = self._line.popleft()
                if turn.set_running_or_notify_cancel():
                    break
            else:
                self._free += 1
                return
        turn.set_result(None)


class Turn:
    """One request's stay: a place at its host and one of all; the latter is lent while it waits."""

    def __init__(self, politeness: "Politeness") -> None:
        self._politeness = politeness
        self._counted = False

    async def pause(self, address: str) -> None:
        """Wait until this address may be dialled; others go ahead meanwhile."""
        wait = await self._politeness.reserve(address)
        if wait <= 0:
            return
        self.leave()
        await self._politeness.sleep(wait)
        await self.enter()

    async def enter(self) -> None:
        """Take one of all places."""
        await self._politeness.total.enter()
        self._counted = True

    def leave(self) -> None:
        """Give the place back, if it is held."""
        if self._counted:
            self._counted = False
            self._politeness.total.leave()


class Paces(Protocol):
    """When which address may be dialled next, and which hosts want to be left alone; seconds."""

    async def book(self, address: str, interval: float) -> float:
        """Book the next dial of `address`, `interval` after the last; the seconds until then."""
        ...

    async def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long."""
        ...

    async def held(self, host: str) -> float:
        """Seconds for which a host still wants to be left alone, 0 if it does not."""
        ...


class OwnPaces:
    """Those of one process. `clock` is monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._next_dial: dict[str, float] = {}
        self._held_until: dict[str, float] = {}

    async def book(self, address: str, interval: float) -> float:
        """As `Paces` says."""
        with self._lock:
            now = self._clock()
            instant = max(now, self._next_dial.get(address, now))
            _forget(self._next_dial, now)
            self._next_dial[address] = instant + interval
            return instant - now

    async def hold(self, host: str, seconds: float) -> None:
        """As `Paces` says."""
        with self._lock:
            now = self._clock()
            _forget(self._held_until, now)
            self._held_until[host] = now + seconds

    async def held(self, host: str) -> float:
        """As `Paces` says."""
        with self._lock:
            return max(self._held_until.get(host, 0.0) - self._clock(), 0.0)


class Politeness:
    """The queues of one process, and the pauses of all that share its `paces`.

    `own` tells which addresses are the operator's and need no pause. `interval` is seconds between
    two dials of one address.
    """

    def __init__(
        self,
        *,
        total: int,
        per_host: int,
        interval: float,
        paces: Paces,
        own: Callable[[str], bool] = lambda _: False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.total = Gate(total)
        self.sleep = sleep
        self._per_host = per_host
        self._interval = interval
        self._paces = paces
        self._own = own
        self._lock = threading.Lock()
        self._gates: WeakValueDictionary[str, Gate] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[Turn]:
        """Stand in line for `host`, then for a place of all; both are given back at the end."""
        gate, turn = self._gate(host), Turn(self)
        await gate.enter()
        try:
            await turn.enter()
            yield turn
        finally:
            turn.leave()
            gate.leave()

    async def reserve(self, address: str) -> float:
        """Book the next dial of `address` and give the seconds until then."""
        return 0.0 if self._own(address) else await self._paces.book(address, self._interval)

    async def hold(self, host: str, seconds: float) -> None:
        """Leave a host that asked for it alone, all its sources together, 15 minutes at most."""
        await self._paces.hold(host, min(seconds, MAX_HOLD))

    async def held(self, host: str) -> float:
        """Seconds for which the host still wants to be left alone, 0 if it does not."""
        return await self._paces.held(host)

    def _gate(self, host: str) -> Gate:
        with self._lock:
            gate = self._gates.get(host)
            if gate is None:
                gate = self._gates[host] = Gate(self._per_host)
            return gate


class Budget:
    """How many requests each site, and all together, may still get; one errand's fetches share it.

    A site is a host without a leading "www."; robots.txt and every redirect count. By default there
    is no limit.
    """

    def __init__(self, per_site: float = inf, total: float = inf) -> None:
        self._per_site = per_site
        self._total = total
        self._spent: Counter[str] = Counter()

    def spend(self, host: str) -> None:
        """Count one request. Raises FetchError, and counts nothing, if none is left."""
        site = host.removeprefix("www.")
        if self._spent[site] >= self._per_site:
            raise FetchError("spent", "The site had been asked often enough already.")
        if self._spent.total() >= self._total:
            raise FetchError("spent", "Enough had been asked already, of all sites together.")
        self._spent[site] += 1


def _forget(instants: dict[str, float], now: float) -> None:
    """Drop what has passed, once there is much of it."""
    if len(instants) >= _MANY:
        for key in [key for key, instant in instants.items() if instant <= now]:
            del instants[key]


class Deadline:
    """One limit in seconds around an exchange; waiting our turn does not count against it."""

    def __init__(self, seconds: float) -> None:
        self.timeout = asyncio.timeout(seconds)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the clock inside."""
        loop, end = asyncio.get_running_loop(), self.timeout.when()
        if end is None:  # paused already
            yield
            return
        left = end - loop.time()
        self.timeout.reschedule(None)
        try:
            yield
        finally:
            self.timeout.reschedule(loop.time() + left)
