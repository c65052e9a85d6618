"""The ranked list and the calendar feed, beside constant bytes from the same server."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import msgspec
import psutil

from app.model.event import KINDS
from bench.feeds import FEED_SIZE
from bench.load import CONNECTIONS, Connection, rate
from bench.server import Ready

LIST = "/api/v1/events"


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure: seconds for each rate, rounds of rates one after the other (the median
    ratio counts), choices made, and events in the feed that comes in meanwhile.
    """

    seconds: float = 3.0
    rounds: int = 3
    changes: int = 40
    feed: int = FEED_SIZE


QUICK = Effort(seconds=0.1, rounds=1, changes=3, feed=100)


class Rate(msgspec.Struct):
    """Answers per second, and the ratio to constant bytes of the same size in the same minute.

    The ratios are of CPU seconds that the server took for an answer: it has one core and nothing
    else to wait for, so that is its rate where nobody else uses the machine.
    """

    size: int
    per_second: float
    to_constant: float


class Busy(msgspec.Struct):
    """While a large feed comes in: seconds it took, delays of the API and of the loop."""

    seconds: float
    p50: float
    p95: float
    worst: float
    lag: float


class Served(msgspec.Struct):
    """What was measured of one server; bytes and seconds."""

    events: int
    catalog_seconds: float
    memory_before: int
    memory_ready: int
    memory_peak: int
    rates: dict[str, Rate]
    busy: Busy


class _Server:
    def __init__(self, port: int, ready: Ready, process: psutil.Process, scratch: Path) -> None:
        self.port, self.ready, self.process, self.scratch = port, ready, process, scratch
        self.headers = {"Authorization": f"Bearer {ready.token}"}
        self.feed = f"/calendar/{ready.feed}.ics"

    def rate(self, paths: list[str], seconds: float) -> tuple[float, float]:
        """Answers per second, and the server's CPU seconds for one."""
        begun = self._cpu()
        found = rate(self.port, paths, self.headers, seconds, self.scratch)
        self.size("/healthz")  # behind what the load has left in the queue
        answered = found * seconds + CONNECTIONS  # the last ones come when nobody counts any more
        return found, (self._cpu() - begun) / answered

    def _cpu(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def size(self, path: str) -> int:
        async def ask() -> int:
            async with Connection(self.port, self.headers) as connection:
                return len((await connection.send("GET", path)).body)

        return asyncio.run(ask())


def measure(folder: Path, effort: Effort) -> Served:
    """Serve the database in `folder` and measure."""
    with _serving(folder, effort) as server:
        rates = {
            "list, same again": _warm(server, LIST, effort),
            "feed, same again": _warm(server, server.feed, effort),
            "list, other filters": _cold(server, effort),
        }
        rates |= {
            f"a read of the database {way}": _compared(server, [f"/bench/read/{way}"], 2, effort)
            for way in ("inline", "threaded")
        }
        rates |= asyncio.run(_changing(server, effort.changes))
        busy = asyncio.run(_while_polling(server))
        return Served(
            events=server.ready.events,
            catalog_seconds=server.ready.catalog_seconds,
            memory_before=server.ready.memory_before,
            memory_ready=server.ready.memory_after,
            memory_peak=_peak(server.process),
            rates=rates,
            busy=busy,
        )


def _peak(process: psutil.Process) -> int:
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:  # no Linux: what it has now
        return int(process.memory_info().rss)
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _warm(server: _Server, path: str, effort: Effort) -> Rate:
    return _compared(server, [path], server.size(path), effort)


def _cold(server: _Server, effort: Effort) -> Rate:
    """No two requests alike: kinds, days, least chances."""
    paths = [
        f"{LIST}?kind={KINDS[n % 15]}&kind={KINDS[(n + 7) % 15]}&weekday={n % 7 + 1}"
        f"&weekday={n // 7 % 7 + 1}&weekday=6&min_score={n / 1e6:.6f}"
        for n in range(20_000)
    ]
    size = round(median(server.size(path) for path in paths[-30:]))
    return _compared(server, paths, size, effort)


def _compared(server: _Server, paths: list[str], size: int, effort: Effort) -> Rate:
    taken = [
        (
            server.rate([f"/bench/constant/{size}"], effort.seconds),
            server.rate(paths, effort.seconds),
        )
        for _ in range(effort.rounds)
    ]
    return Rate(
        size=size,
        per_second=median(ours for _, (ours, _) in taken),
        to_constant=median(constant / ours for (_, constant), (_, ours) in taken),
    )


async def _changing(server: _Server, changes: int) -> dict[str, Rate]:
    """One connection; before every answer the person decides on an event. Seconds on the clock."""
    took: dict[str, list[float]] = {LIST: [], server.feed: [], "constant": []}
    size = 0
    async with Connection(server.port, server.headers) as connection:
        for n in range(changes):
            state = ("chosen", "dismissed")[n % 2]
            choice = f"/api/v1/choices/{server.ready.event}"
            put = await connection.send("PUT", choice, f'{{"state":"{state}"}}'.encode())
            if put.status != 200:
                raise RuntimeError(f"could not choose: {put.body!r}")
            for path in (LIST, server.feed):
                answered = await connection.send("GET", path)
                size = len(answered.body)
                took[path].append(answered.seconds)
                constant = await connection.send("GET", f"/bench/constant/{size}")
                took["constant"].append(constant.seconds)
    still = min(took["constant"])
    return {
        f"{name}, after a choice": Rate(size, 1 / median(took[path]), still / min(took[path]))
        for name, path in (("list", LIST), ("feed", server.feed))
    }


async def _while_polling(server: _Server) -> Busy:
    """A request every 20 ms, nine in ten the same list, while a large feed comes in."""
    async with (
        Connection(server.port, server.headers) as one,
        Connection(server.port, server.headers) as other,
    ):
        polling = asyncio.create_task(one.send("POST", "/bench/poll"))
        delays: list[float] = []
        while not polling.done():
            path = LIST if len(delays) % 10 else f"{LIST}?min_score={len(delays) / 1e6:.6f}"
            delays.append((await other.send("GET", path)).seconds)
            await asyncio.sleep(0.02)
        report = msgspec.json.decode((await polling).body, type=dict[str, float])
    percentiles = quantiles(delays, n=20)
    return Busy(report["seconds"], median(delays), percentiles[-1], max(delays), report["lag"])


@contextmanager
def _serving(folder: Path, effort: Effort) -> Iterator[_Server]:
    port = _free_port()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.server", str(folder), str(port), str(effort.feed)],
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            assert process.stdout is not None
            ready = msgspec.json.decode(process.stdout.readline(), type=Ready)
            _wait_for(port)
            yield _Server(port, ready, psutil.Process(process.pid), folder)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")
