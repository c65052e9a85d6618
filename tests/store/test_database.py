"""SECURITY.md 4.8: what SQLite must be told, and what would happen if it were not."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from app.store import counters
from app.store.database import Database


def test_X08_no_update_is_lost_between_threads(database: Database) -> None:
    def add(_: int) -> None:
        for _ in range(25):
            with database.write() as session:
                value = counters.current(session, "x08")
                session.execute(
                    text("DELETE FROM counter WHERE name = 'x08'"),
                )
                session.execute(
                    text("INSERT INTO counter (name, value) VALUES ('x08', :value)"),
                    {"value": value + 1},
                )

    if not database.embedded:
        pytest.skip("on PostgreSQL the row lock of `advance` does this")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(8)))
    with database.read() as session:
        assert counters.current(session, "x08") == 200
