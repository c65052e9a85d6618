"""Who we are to publishers, and asking their robots.txt first (RFC 9309), once a day an origin."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from weakref import WeakValueDictionary

from protego import Protego

from app.errors import FetchError
from app.gateways.politeness import Gate

PRODUCT = "GoMeetPeople"
LIFETIME = 86400.0  # RFC 9309 2.4
MAX_BYTES = 512 * 1024  # RFC 9309 2.5 asks for at least 500 KiB
_MANY = 4096


Loader = Callable[[str], Awaitable[bytes]]  # URL to content through the only door, or FetchError


@dataclass(frozen=True, slots=True)
class _Rules:
    protego: Protego | None  # None: everything is allowed
    until: float


def user_agent(contact: str) -> str:
    """How we introduce ourselves: product, version and how to reach the operator (RFC 9110 10.1.5).

    What is no printable ASCII in `contact` is dropped.
    """
    try:
        product = f"{PRODUCT}/{version('go-meet-people')}"
    except PackageNotFoundError:  # run from a checkout
        product = PRODUCT
    reachable = re.sub(r"[^\x20-\x7e]|[()\\]", "", contact).strip()
    return f"{product} (+{reachable})" if reachable else product


class Robots:
    """A cache of rules; `clock` is monotonic seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rules: dict[str, _Rules] = {}
        self._gates: WeakValueDictionary[str, Gate] = WeakValueDictionary()

    async def allow(self, origin: str, url: str, load: Loader) -> bool:
        """Whether the origin lets us fetch `url`; `load` fetches its robots.txt if need be.

        Raises FetchError `temporary` while its robots.txt cannot be had for reasons of the server
        or the network (RFC 9309 2.3.1.4), `spent` if there is no budget for it; a missing or
        unreadable one allows all (2.3.1.3).
        """
        rules = await self._current(origin, load)
        return rules.protego is None or rules.protego.can_fetch(url, PRODUCT)

    async def _current(self, origin: str, load: Loader) -> _Rules:
        gate = self._gates.setdefault(origin, Gate(1))
        await gate.enter()
        try:
            known = self._rules.get(origin)
            if known is None or known.until <= self._clock():
                known = await self._loaded(origin, load)
            return known
        finally:
            gate.leave()

    async def _loaded(self, origin: str, load: Loader) -> _Rules:
        try:
            content = await load(f"{origin}/robots.txt")
        except FetchError as error:
            if error.outcome in ("temporary", "spent"):
                raise
            protego = None
        else:
            text = content[:MAX_BYTES].decode("utf-8", "replace")
            protego = await asyncio.to_thread(Protego.parse, text)
        rules = _Rules(protego, self._clock() + LIFETIME)
        if len(self._rules) >= _MANY:
            del self._rules[next(iter(self._rules))]
        self._rules[origin] = rules
        return rules
