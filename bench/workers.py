"""Work shared by processes, one of which is killed again and again: `python -m bench.workers`.

Two services that tick, two workers, a PostgreSQL server of our own; each source is a calendar at a
loopback address of its own. In every round all sources become due at once. A trigger notes each
poll that was brought to an end, so that "none lost, none twice" is read from the database itself.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import text

from app.store import migrate, queue_schema, sources
from app.store.database import Database
from bench.publisher import Publisher
from tests import postgresql

KILL_EVERY = 10.0  # seconds
TICK = "2"
COUNTER = """
CREATE TABLE ended (source_id uuid);
CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO ended VALUES (NEW.id); RETURN NEW; END $$;
CREATE TRIGGER note_end AFTER UPDATE OF last_polled_at ON source FOR EACH ROW
WHEN (NEW.last_polled_at IS DISTINCT FROM OLD.last_polled_at) EXECUTE FUNCTION note_end();
"""


class Processes:
    """Services and workers of one install."""

    def __init__(self, stack: ExitStack, database: str, folder: Path, port: int) -> None:
        self._folder = folder
        self._env = os.environ | {
            "GOMEET_DATABASE_URL": database,
            "GOMEET_SECRET_KEY": "a secret of the bench with more than 32 characters",
            "GOMEET_DATA_DIR": str(folder),
            "GOMEET_WORKERS": "true",
            "GOMEET_TICK_SECONDS": TICK,
            "GOMEET_ALLOW_NETWORKS": '["127.0.0.0/8"]',
            "GOMEET_ALLOW_PORTS": f"[{port}]",
            "GOMEET_RESPECT_ROBOTS": "false",
        }
        self._stack = stack
        self._count = 0

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """One process of `gomeet`, ended with the stack."""
        self._count += 1
        said = (self._folder / f"{arguments[0]}-{self._count}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *arguments],
            env=self._env,
            stdout=said,
            stderr=said,
        )
        self._stack.callback(said.close)
        self._stack.callback(process.wait)
        self._stack.callback(process.terminate)
        return process


def measure(count: int, rounds: int) -> Iterator[dict[str, float]]:
    """The figures of each round."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gomeet-bench-")))
        publisher = stack.enter_context(Publisher().running())
        url = stack.enter_context(postgresql.server())
        database = Database(url)
        stack.callback(database.dispose)
        migrate.upgrade(database, present())
        queue_schema.upgrade(database)
        with database.write() as session:
            session.execute(text(COUNTER))
        settle(database, publisher, count)
        processes = Processes(stack, url, folder, publisher.port)
        for _ in range(2):
            processes.start("serve", "--port", "0")
        processes.start("worker")
        victim = [processes.start("worker")]
        for _ in range(rounds):
            yield _round(database, publisher, processes, victim, count)


def _round(
    database: Database,
    publisher: Publisher,
    processes: Processes,
    victim: "list[subprocess.Popen[bytes]]",
    count: int,
) -> dict[str, float]:
    with database.write() as session:
        session.execute(text("TRUNCATE ended"))
        session.execute(text("UPDATE source SET next_due_at = now()"))
    publisher.asked.clear()
    begun, kills, killed_at = time.monotonic(), 0, time.monotonic()
    while _ended(database)[0] < count:
        time.sleep(0.5)
        if time.monotonic() - killed_at > KILL_EVERY:
            victim[0].send_signal(signal.SIGKILL)
            victim[0].wait()
            victim[0] = processes.start("worker")
            kills, killed_at = kills + 1, time.monotonic()
    seconds = time.monotonic() - begun
    time.sleep(5)  # whoever would do something twice has the time to
    distinct, total = _ended(database)
    asked = [publisher.asked[f"/{n}.ics"] for n in range(count)]
    return {
        "seconds": seconds,
        "kills": kills,
        "sources": distinct,
        "lost": count - distinct,
        "twice": total - distinct,
        "asked_again": sum(times > 1 for times in asked),
        "median_requests": median(asked),
    }


def settle(database: Database, publisher: Publisher, count: int) -> None:
    """So many sources, none of them due."""
    with database.write() as session:
        for n in range(count):
            row = sources.add(
                session,
                url=publisher.url(n),
                name=f"Source {n}",
                time_zone="America/New_York",
                scraper="ical",
                trust=50,
                now=present(),
            )
            row.next_due_at = None


def _ended(database: Database) -> tuple[int, int]:
    """Sources whose poll came to an end, and polls that did."""
    with database.read() as session:
        statement = text("SELECT count(DISTINCT source_id), count(*) FROM ended")
        distinct, total = session.execute(statement).one()
        return distinct, total


def present() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- the services measured read the clock themselves


def main() -> None:
    """Print one line for each round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for figures in measure(given.sources, given.rounds):
        print("  ".join(f"{name} {value:g}" for name, value in figures.items()), flush=True)


if __name__ == "__main__":
    main()
