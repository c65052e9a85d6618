"""Bring the database to the present schema, or leave it exactly as it was (SECURITY.md 4.8).

SQLite's driver would run each statement of a migration by itself, so that a process killed in the
middle leaves half the tables and the next upgrade fails for ever (F11). Hence one transaction for
all steps, foreign keys off outside of it and checked before it ends, and a backup before it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, make_url, text

from app.errors import Unavailable
from app.store.database import Database

SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"
LOCK = 0x676F_6D65  # "gome": PostgreSQL's advisory lock of whoever migrates


def upgrade(database: Database, now: datetime) -> str:
    """Migrate to the newest revision and give its name; does nothing when already there.

    Raises Unavailable when the database was made by a newer version than this one.
    """
    config = _config()
    head = ScriptDirectory.from_config(config).get_current_head() or ""
    with database.reader.connect() as connection:
        current = _revision(connection)
    if current == head:
        return head
    _refuse_unknown(config, current)
    if database.embedded and current:
        _back_up(database, now)
    _migrate(database, config, head)
    return head


def check(database: Database) -> None:
    """Raise Unavailable unless the database has exactly the present schema."""
    config = _config()
    head = ScriptDirectory.from_config(config).get_current_head()
    with database.reader.connect() as connection:
        current = _revision(connection)
    if current != head:
        _refuse_unknown(config, current)
        raise Unavailable("The database is older than this version; run `gomeet migrate`.")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", SCRIPTS.as_posix())
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_unknown(config: Config, current: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise Unavailable(
            f"The database is at revision {current}, which this version does not know; "
            "install the version that made it."
        )


def _back_up(database: Database, now: datetime) -> None:
    path = Path(make_url(database.url).database or "")
    # With the process's number: two may start at once, and neither may spoil the other's copy.
    copy = path.with_name(f"{path.name}.before-migration-{now:%Y%m%dT%H%M%S}-{os.getpid()}")
    with database.reader.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("VACUUM INTO ?", (str(copy),))


def _migrate(database: Database, config: Config, head: str) -> None:
    from alembic import command  # takes long to load, and most starts find nothing to migrate

    with exclusive(database) as connection:
        if _revision(connection) != head:  # another process may have been quicker
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


@contextmanager
def exclusive(database: Database) -> Iterator[Connection]:
    """One transaction for all steps, alone with the database; undone on any error.

    Foreign keys are off inside, or rebuilding a table would delete its children (F11); they are
    checked before the end. Raises Unavailable if one is broken.
    """
    engine = create_engine(database.url)
    if database.embedded:
        event.listen(engine, "connect", lambda raw, _record: _prepare(raw))
        event.listen(engine, "begin", lambda bound: bound.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            if not database.embedded:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            yield connection
            if database.embedded:
                _check_foreign_keys(connection)
    finally:
        engine.dispose()


def _prepare(raw: object) -> None:
    raw.isolation_level = None  # type: ignore[attr-defined] # a sqlite3 connection
    raw.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]
    raw.execute("PRAGMA busy_timeout=30000")  # type: ignore[attr-defined]


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise Unavailable(f"The migration would break {len(broken)} references; nothing was done.")
