"""Eight threads of a fresh process decode their first value at once: `python -m tests.store.decoding KIND`."""

import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from app.gateways import sandbox
from app.gateways.zygote import Reply
from app.store import codec
from scrapers.base import Listing, Parsed

LISTINGS = (Listing("Chess", datetime(2026, 11, 24, tzinfo=UTC), "UTC"),) * 3
REPLY = msgspec.msgpack.encode(Reply("ical", Parsed(LISTINGS)))
KEPT = codec.encode(LISTINGS)
KINDS: dict[str, Callable[[], object]] = {
    "reply": lambda: sandbox._decoded(REPLY),
    "kept": lambda: codec.decode(KEPT, tuple[Listing, ...]),
}


def main(decode: Callable[[], object]) -> int:
    """The number of threads that got what was encoded."""
    sys.setswitchinterval(1e-6)
    together, found = threading.Barrier(8), list[object]()

    def first() -> None:
        together.wait()
        found.append(decode())

    threads = [threading.Thread(target=first) for _ in range(together.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(value == decode() for value in found)


if __name__ == "__main__":
    sys.stdout.write(str(main(KINDS[sys.argv[1]])))
