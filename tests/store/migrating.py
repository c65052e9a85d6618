"""Processes that migrate, and die of it: run as `python -m tests.store.migrating` by its tests.

`kill URL SCRIPTS STEP` kills a child at every STEP-th statement of the upgrade and prints what is
left after each; `together URL SCRIPTS COUNT` lets children upgrade at once and prints how they
ended. A process of its own, because only one without threads may fork.
"""

import hashlib
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, inspect

from app.store import migrate
from app.store.database import Database

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def upgrade(url: str, die_at: int = 0) -> None:
    """Upgrade, or kill this process before its statement number `die_at`."""
    executed = 0

    def count(*_: object) -> None:
        nonlocal executed
        executed += 1
        if executed == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    migrate.upgrade(Database(url), NOW)


def in_child(url: str, die_at: int = 0) -> int:
    """The process number of a child that upgrades."""
    pid = os.fork()
    if pid == 0:
        try:
            upgrade(url, die_at)
            os._exit(0)
        finally:
            os._exit(1)
    return pid


def ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def state(url: str) -> str:
    """A digest of every table with its columns and rows, but alembic's own."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table: (
                [column["name"] for column in inspect(connection).get_columns(table)],
                [column["nullable"] for column in inspect(connection).get_columns(table)],
                sorted(map(str, connection.exec_driver_sql(f'SELECT * FROM "{table}"'))),
            )
            for table in sorted(inspect(connection).get_table_names())
        }
    engine.dispose()
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()


def kill(url: str, step: int) -> dict[str, object]:
    """States after each kill, and after the upgrade that was let live."""
    before, left, die_at = state(url), set(), 1
    while ended(in_child(url, die_at)) == -signal.SIGKILL:
        left.add(state(url))
        die_at += step
    return {
        "kills": (die_at - 1) // step,
        "before": before,
        "left": sorted(left),
        "after": state(url),
    }


def together(url: str, count: int) -> dict[str, object]:
    """How children that upgrade at once ended."""
    return {"codes": [ended(pid) for pid in [in_child(url) for _ in range(count)]]}


if __name__ == "__main__":
    what, address, scripts, number = sys.argv[1:]
    migrate.SCRIPTS = Path(scripts)
    result = {"kill": kill, "together": together}[what](address, int(number))
    sys.stdout.write(json.dumps(result))
