"""Engines and sessions: embedded SQLite by default, PostgreSQL by one setting.

SQLite needs four things that its driver does not do by default (SECURITY.md 4.8, F10): real
transactions opened with `BEGIN IMMEDIATE` for writers, WAL, foreign keys, and a busy timeout.
Without the first, concurrent read-modify-write loses updates silently.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from app.errors import Conflict, Unavailable

__all__ = ["Database", "Session"]

BUSY_TIMEOUT_MS = 20_000  # longer than any write of ours, and a row of them, holds the lock
STATEMENT_TIMEOUT_MS = 30_000
IDLE_IN_TRANSACTION_MS = 60_000
PROBE_TIMEOUT_MS = 1_000
# Locked, locked table, read-only, disk error, full disk, cannot open: sqlite.org/rescode.html.
_SQLITE_AWAY = frozenset({5, 6, 8, 10, 13, 14})
_TAKEN = frozenset({1555, 2067, "23505"})  # of a primary key, of a unique value: SQLite, SQLSTATE


class Database:
    """One database with a way to read and a way to write.

    `write()` opens a transaction that excludes other writers from its first statement on (on
    SQLite by `BEGIN IMMEDIATE`), commits at the end and rolls back on any error. `read()` sees one
    consistent state and never waits for a writer.
    """

    def __init__(self, url: str) -> None:
        """`url` is an SQLAlchemy URL; a SQLite file's folder is created."""
        self.url = url
        self.embedded = make_url(url).get_backend_name() == "sqlite"
        self.writer = self._engine("BEGIN IMMEDIATE")
        self.reader = self._engine("BEGIN")
        self._write_session = sessionmaker(self.writer, expire_on_commit=False)
        self._read_session = sessionmaker(self.reader, expire_on_commit=False)

    def _engine(self, begin: str) -> Engine:
        if not self.embedded:
            return _postgresql_engine(self.url)
        path = make_url(self.url).database
        if path:
            # Nobody else's business: it holds addresses, profiles and decisions.
            Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(self.url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: _begin(connection, begin))
        return engine

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in a writing transaction: committed at the end, rolled back on an error.

        Raises Unavailable where the database is away or stays locked, and Conflict where another
        writer was quicker with the same unique value.
        """
        with _named_errors(), self._write_session.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; nothing it changes is kept. Raises Unavailable as `write` does."""
        with _named_errors(), self._read_session() as session:
            yield session

    def libpq_url(self) -> str:
        """The address of a PostgreSQL database as its own programs and drivers take it."""
        url = make_url(self.url).set(drivername="postgresql")
        return url.render_as_string(hide_password=False)

    def probe(self) -> None:
        """Raise Unavailable unless a writing transaction can begin within a second."""
        with _named_errors(), self.writer.connect() as connection:
            raw = connection.connection.driver_connection
            if isinstance(raw, SQLiteConnection):
                raw.execute(f"PRAGMA busy_timeout={PROBE_TIMEOUT_MS}")
            try:
                connection.exec_driver_sql("SELECT 1")
            finally:
                if isinstance(raw, SQLiteConnection):
                    raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")

    def dispose(self) -> None:
        """Close every connection."""
        self.writer.dispose()
        self.reader.dispose()


@contextmanager
def _named_errors() -> Iterator[None]:
    """Tell what may pass by itself from a mistake of ours, which stays the driver's exception."""
    try:
        yield
    except (OperationalError, PoolTimeout) as error:
        if isinstance(error, OperationalError) and not _is_away(error):
            raise
        message = "The database is busy or away; trying again in a moment may help."
        raise Unavailable(message) from error
    except IntegrityError as error:
        code = getattr(error.orig, "sqlite_errorcode", getattr(error.orig, "sqlstate", None))
        if code not in _TAKEN:
            raise
        raise Conflict("Somebody else was quicker with the same thing.") from error


def _is_away(error: OperationalError) -> bool:
    # Each OperationalError of psycopg is about the connection, a lock, time or space.
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is None or code & 0xFF in _SQLITE_AWAY


def _prepare_sqlite(connection: SQLiteConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)


def _postgresql_engine(url: str) -> Engine:
    limits: dict[str, Any] = {
        "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS}"
        f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS}"
        " -c timezone=UTC"
    }
    return create_engine(url, pool_pre_ping=True, connect_args=limits)
