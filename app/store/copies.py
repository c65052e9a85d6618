"""Consistent copies of the embedded database (SECURITY.md X26)."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from app.errors import Conflict, Invalid, Unavailable
from app.store.database import Database


def back_up(database: Database, target: Path) -> None:
    """Write a whole copy to a new file. Copying the file itself would lose what is in the WAL.

    Raises Invalid for PostgreSQL, which has pg_dump, Conflict if the file exists, and Unavailable
    if it cannot be written.
    """
    _embedded(database.url)
    if target.exists():
        raise Conflict(f"{target} exists already; name another file.")
    with database.reader.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        try:
            raw.execute("VACUUM INTO ?", (str(target),))
        except sqlite3.OperationalError as error:
            raise Unavailable(f"{target} cannot be written; see to its folder.") from error


def restore(url: str, source: Path) -> None:
    """Put a checked copy where the database is. Raises Invalid if the copy is not sound."""
    path = _embedded(url)
    _check(source)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".restoring")
    new.unlink(missing_ok=True)
    # Not copied as a file: what is still in a WAL beside it would be lost.
    with closing(_read_only(source)) as old, closing(sqlite3.connect(new)) as copy:
        old.backup(copy)
    for left_over in (f"{path}-wal", f"{path}-shm"):
        Path(left_over).unlink(missing_ok=True)
    new.replace(path)


def _check(source: Path) -> None:
    try:
        with closing(_read_only(source)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            connection.execute("SELECT version_num FROM alembic_version")
    except sqlite3.DatabaseError as error:
        raise Invalid(f"{source} is no copy of our database; nothing was changed.") from error
    if not sound:
        raise Invalid(f"{source} is damaged; nothing was changed.")


def _read_only(source: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)


def _embedded(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise Invalid("This is for the embedded database; PostgreSQL has pg_dump and pg_restore.")
    return Path(parsed.database)
