"""Very many sources due at once, on one machine: `python -m bench.many`.

The service as `gomeet serve` starts it, on SQLite; every source is a calendar at a loopback address
of its own. Asked meanwhile, one request every 50 ms: how long does the API take, idle and while the
polls run, and what becomes of memory?
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx
import psutil
from sqlalchemy import func, select, text

from app.store import migrate
from app.store.database import Database
from app.store.tables import EventRow, SourceRow
from bench.publisher import Publisher
from bench.workers import present, settle
from tests.e2e.service import free_port

PAUSE = 0.05  # seconds between requests
LOOK = 1.0  # seconds between looks at memory, and at whether all is polled
IDLE = 20.0  # seconds of requests before anything is due
MIB = 2**20


class Service:
    """`gomeet serve` in a folder of its own, and a person who asks it."""

    def __init__(self, stack: ExitStack, folder: Path, port: int) -> None:
        own = free_port()
        self._env = os.environ | {
            "GOMEET_DATA_DIR": str(folder),
            "GOMEET_DATABASE_URL": "",
            "GOMEET_TICK_SECONDS": "2",
            "GOMEET_ALLOW_NETWORKS": '["127.0.0.0/8"]',
            "GOMEET_ALLOW_PORTS": f"[{port}]",
            "GOMEET_RESPECT_ROBOTS": "false",
        }
        token = self._run("user", "add", "ada@mail.example").strip()
        said = stack.enter_context((folder / "serve.log").open("wb"))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--port", str(own)],
            env=self._env,
            stdout=said,
            stderr=said,
        )
        stack.callback(self._process.wait)
        stack.callback(self._process.terminate)
        self._client: dict[str, Any] = {
            "base_url": f"http://127.0.0.1:{own}",
            "headers": {"Authorization": f"Bearer {token}"},
            "trust_env": False,
            "timeout": 60,
        }

    def wait(self) -> None:
        """Until it answers."""
        with httpx.Client(**self._client) as web:
            while True:
                try:
                    web.get("/healthz")
                except httpx.TransportError:
                    time.sleep(0.2)
                else:
                    return

    @contextmanager
    def asked(self) -> Iterator[list[float]]:
        """Ask in a steady rhythm while the block runs; milliseconds of each answer, at its end."""
        took = list[float]()
        ours, theirs = multiprocessing.Pipe()
        asking = multiprocessing.get_context("spawn").Process(
            target=_ask, args=(self._client, theirs)
        )
        asking.start()
        yield took
        ours.send(None)
        took.extend(ours.recv())
        asking.join()

    def memory(self) -> tuple[float, float]:
        """MiB of the process that answers and of its clock; others live for one document."""
        process = psutil.Process(self._process.pid)
        clocks = [each for each in process.children() if "spawn_main" in " ".join(each.cmdline())]
        return process.memory_info().rss / MIB, sum(each.memory_info().rss / MIB for each in clocks)

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "app", *arguments]
        return subprocess.run(
            command, env=self._env, check=True, capture_output=True, text=True
        ).stdout


def _ask(client: dict[str, Any], over: Connection) -> None:
    """In a process of its own: the publisher's work must not delay the watch."""
    took = list[float]()
    with httpx.Client(**client) as web:
        while not over.poll(PAUSE):
            asked = time.monotonic()
            web.get("/api/v1/events", params={"limit": 20}).raise_for_status()
            took.append(1000 * (time.monotonic() - asked))
    over.recv()
    over.send(took)


def measure(count: int) -> dict[str, object]:
    """All figures of one run."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gomeet-bench-")))
        publisher = stack.enter_context(Publisher().running())
        database = Database(f"sqlite:///{folder / 'gomeet.db'}")
        stack.callback(database.dispose)
        migrate.upgrade(database, present())
        settle(database, publisher, count)
        service = Service(stack, folder, publisher.port)
        service.wait()
        with service.asked() as idle:
            time.sleep(IDLE)
        memory = [service.memory()]
        with database.write() as session:
            session.execute(text("UPDATE source SET next_due_at = created_at"))
        begun = time.monotonic()
        with service.asked() as busy:
            while not (len(publisher.asked) >= count and _polled(database) >= count):
                memory.append(service.memory())
                time.sleep(LOOK)
        seconds = time.monotonic() - begun
        quarter = (len(memory) - 1) // 4
        return {
            "sources": count,
            "seconds": round(seconds),
            "events": _count(database),
            "asked twice": sum(times > 1 for times in publisher.asked.values()),
            "most at once at one host": publisher.most_at_once,
            "API idle p50 p95 ms": _p50_p95(idle),
            "API meanwhile p50 p95 ms": _p50_p95(busy),
            "worst ms": round(max(busy)),
            "MiB of the API": [round(memory[n * quarter][0]) for n in range(5)],
            "MiB of the clock": [round(memory[n * quarter][1]) for n in range(5)],
        }


def _p50_p95(took: list[float]) -> list[float]:
    cuts = quantiles(took, n=20)
    return [round(cuts[9], 1), round(cuts[18], 1)]


def _polled(database: Database) -> int:
    with database.read() as session:
        statement = select(func.count()).where(SourceRow.last_ok_at.is_not(None))
        return session.scalar(statement.select_from(SourceRow)) or 0


def _count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(EventRow)) or 0


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=10_000)
    print(json.dumps(measure(parser.parse_args().sources), indent=2))


if __name__ == "__main__":
    main()
