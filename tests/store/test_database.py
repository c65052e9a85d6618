"""SECURITY.md 4.8: what a database must be told, and what would happen if it were not."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from app.errors import Conflict, Unavailable
from app.store import counters, database, leases
from app.store.database import Database
from app.store.tables import CounterRow, ListingRow, UserRow
from tests.conftest import NOW
from tests.kinds import embedded, server

THREADS, ROUNDS = 8, 25


def count_in_threads(database: Database) -> int:
    """Read a number and write it back greater by one, from many threads; what it is at the end."""

    def add(_: int) -> None:
        for _ in range(ROUNDS):
            with database.write() as session:
                row = session.get(CounterRow, "x08")
                assert row is not None
                row.value = row.value + 1

    with database.write() as session:
        session.add(CounterRow(name="x08", value=0))
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(add, range(THREADS)))
    with database.read() as session:
        return counters.current(session, "x08")


@embedded
def test_X08_no_update_is_lost_between_threads(database: Database) -> None:
    assert count_in_threads(database) == THREADS * ROUNDS


@embedded
def test_X08_without_begin_immediate_updates_would_be_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard above has teeth: the driver's own transactions do lose updates."""
    with sqlite3.connect(database.writer.url.database or "") as first:
        first.execute("INSERT INTO counter (name, value) VALUES ('x08', 0)")
    seen = threading.Barrier(2)

    def add(connection: sqlite3.Connection) -> None:
        (value,) = connection.execute("SELECT value FROM counter WHERE name = 'x08'").fetchone()
        seen.wait(10)
        with connection:
            connection.execute("UPDATE counter SET value = ? WHERE name = 'x08'", (value + 1,))

    def run(_: int) -> None:
        with closing(sqlite3.connect(database.writer.url.database or "", timeout=10)) as own:
            add(own)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))
    with database.read() as session:
        assert counters.current(session, "x08") == 1


@pytest.mark.parametrize("existing", [0, 5])
def test_the_counter_gives_each_writer_a_number_of_its_own(
    database: Database, existing: int
) -> None:
    """On both kinds, and also when all of them are the first."""
    if existing:
        with database.write() as session:
            session.add(CounterRow(name="n", value=existing))

    def advance(_: int) -> int:
        with database.write() as session:
            return counters.advance(session, "n")

    with ThreadPoolExecutor(THREADS) as pool:
        numbers = list(pool.map(advance, range(40)))
    assert sorted(numbers) == list(range(existing + 1, existing + 41))


@embedded
def test_a_writer_begins_by_excluding_others(database: Database) -> None:
    begun = statements_of(database.writer)
    with database.write() as session:
        counters.current(session)
    assert begun[0] == "BEGIN IMMEDIATE"


@embedded
def test_a_reader_sees_one_state_and_waits_for_nobody(database: Database) -> None:
    begun = statements_of(database.reader)
    with database.read() as reader, database.write() as writer:
        before = counters.current(reader)
        counters.advance(writer)
        writer.commit()
        assert counters.current(reader) == before == 0
    assert begun[0] == "BEGIN"


def statements_of(engine: Engine) -> list[str]:
    found: list[str] = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_: found.append(statement),
    )
    return found


@embedded
def test_sqlite_is_told_how_to_be_a_database(database: Database) -> None:
    for engine in (database.reader, database.writer):
        with engine.connect() as connection:
            told = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        assert told == {
            "journal_mode": "wal",
            "synchronous": 2,  # FULL: a committed mail mark survives a power cut
            "foreign_keys": 1,
            "busy_timeout": 20_000,
        }


@server
def test_postgresql_is_told_its_limits(database: Database) -> None:
    with database.read() as session:
        shown = [
            session.execute(text(f"SHOW {name}")).scalar()
            for name in ("statement_timeout", "idle_in_transaction_session_timeout", "timezone")
        ]
    assert shown == ["30s", "1min", "UTC"]


def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(
            text(
                "INSERT INTO token (id, user_id, hash, label, created_at) VALUES"
                " (:one, :two, 'h', 'l', :now)"
            ),
            {"one": "0" * 32, "two": "1" * 32, "now": "2026-11-24 00:00:00"},
        )


@embedded
def test_X07_a_locked_database_is_waited_for(database: Database) -> None:
    with locked(database) as other:
        threading.Timer(0.2, other.rollback).start()
        with database.write() as session:
            assert counters.advance(session) == 1


@embedded
def test_X07_a_database_that_stays_locked_is_unavailable(database: Database) -> None:
    hurry(database.writer)
    with locked(database):
        with pytest.raises(Unavailable), database.write() as session:
            counters.advance(session)
        with pytest.raises(Unavailable):
            database.probe()
        with database.read() as session:
            assert counters.current(session) == 0
    database.probe()
    with database.write() as session:
        assert counters.advance(session) == 1, "nothing of the failed attempt is left"


@contextmanager
def locked(database: Database) -> Iterator[sqlite3.Connection]:
    """Another process that writes and does not end."""
    path = database.writer.url.database or ""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def hurry(engine: Engine) -> None:
    event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA busy_timeout=50"))


@embedded
def test_X06_a_full_disk_is_unavailable_and_reading_goes_on(database: Database) -> None:
    with database.write() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar()
        session.execute(text(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(Unavailable), database.write() as session:
        session.add(CounterRow(name="x" * 100_000, value=1))
    with database.read() as session:
        assert counters.current(session) == 0
    with database.write() as session:
        session.execute(text("PRAGMA max_page_count=1000000"))
        session.add(CounterRow(name="x" * 100_000, value=1))


@server
def test_X09_connections_that_the_server_closed_are_replaced(database: Database) -> None:
    with database.write() as session:
        counters.advance(session)
    with database.read() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    with database.write() as session:
        assert counters.advance(session) == 2


@server
def test_X10_a_server_that_is_away_is_unavailable(database: Database) -> None:
    away = Database("postgresql+psycopg://postgres@127.0.0.1:1/postgres")
    with pytest.raises(Unavailable), away.read() as session:
        counters.current(session)
    with pytest.raises(Unavailable):
        away.probe()
    away.dispose()


def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    def fail(session: Session) -> None:
        counters.advance(session)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), database.write() as session:
        fail(session)
    with database.read() as session:
        assert counters.current(session) == 0


def test_what_a_reader_changes_is_not_kept(database: Database) -> None:
    with database.read() as session:
        session.add(CounterRow(name="n", value=1))
        session.flush()
    with database.read() as session:
        assert counters.current(session, "n") == 0


def test_a_value_that_is_taken_is_a_conflict(database: Database) -> None:
    def add(session: Session) -> None:
        session.add(CounterRow(name="n", value=1))

    with database.write() as session:
        add(session)
    with pytest.raises(Conflict), database.write() as session:
        add(session)


def test_a_missing_table_is_our_mistake_and_stays_one(database: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as caught, database.write() as session:
        session.execute(text("SELECT * FROM nowhere"))
    assert not isinstance(caught.value, Unavailable)


def test_instants_come_back_as_they_went_in(database: Database) -> None:
    tokyo = datetime(2026, 11, 25, 0, 0, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
    with database.write() as session:
        leases.acquire(session, "n", "me", tokyo)
    with database.read() as session:
        found = leases.last_beat(session, "n")
    assert found == tokyo
    assert found is not None
    assert found.tzinfo is UTC


def test_naive_instants_are_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"), database.write() as session:
        leases.acquire(session, "n", "me", datetime(2026, 11, 24, 15, 0))


def test_times_are_compared_as_instants(database: Database) -> None:
    """SQLite compares text, so all of it must be written alike."""
    with database.write() as session:
        leases.acquire(session, "n", "me", NOW)
        late = (NOW + leases.TTL + timedelta(microseconds=1)).astimezone(
            timezone(timedelta(hours=-11))
        )
        assert leases.acquire(session, "n", "you", NOW + leases.TTL) is None
        assert leases.acquire(session, "n", "you", late) == 2


def test_every_time_in_every_table_is_an_instant() -> None:
    for table in (UserRow, ListingRow):
        for column in table.__table__.columns:
            assert column.type.__class__.__name__ != "DateTime", f"{column} would take naive times"


def test_the_module_names_what_others_may_use() -> None:
    assert set(database.__all__) == {"Database", "Session"}
