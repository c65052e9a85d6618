"""Consistent copies of the embedded database (SECURITY.md X26)."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from app.errors import Conflict, Invalid
from app.store.database import Database


def back_up(database: Database, target: Path) -> None:
    """Write a whole copy to a new file. Copying the file itself would lose what is in the WAL.

    Raises Invalid for PostgreSQL, which has pg_dump, and Conflict if the file exists.
    """
    _embedded(database.url)
    if target.exists():
        raise Conflict(f"{target} exists already; name another file.")
    with database.reader.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("VACUUM INTO ?", (str(target),))


def restore(url: str, source: Path) -> None:
    """Put a checked copy where the database is. Raises Invalid if the copy is not sound."""
    path = _embedded(url)
    if not _is_sound(source):
        raise Invalid(f"{source} is not a whole copy of a database; nothing was changed.")
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".restoring")
    shutil.copyfile(source, new)
    for left_over in (f"{path}-wal", f"{path}-shm"):
        Path(left_over).unlink(missing_ok=True)
    new.replace(path)


def _is_sound(source: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            return bool(copy.execute("PRAGMA integrity_check").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


def _embedded(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise Invalid("This is for the embedded database; PostgreSQL has pg_dump and pg_restore.")
    return Path(parsed.database)
