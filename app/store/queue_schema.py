"""The tables of Procrastinate, in a schema of their own beside ours.

They are its business: its own files make them and change them, and which of those have run is
written down here, so that a newer version of it finds what it needs. Nothing in them is kept in
backups: what is due stands in our tables (DESIGN.md 5).
"""

from pathlib import Path

from sqlalchemy import Connection, text

from app.store.database import Database
from app.store.migrate import exclusive

SCHEMA = "queue"

_MAKE = (
    f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
    f"CREATE TABLE IF NOT EXISTS {SCHEMA}.applied (name text PRIMARY KEY)",
    f"SET LOCAL search_path TO {SCHEMA}",
)


def upgrade(database: Database) -> None:
    """Make or change the tables on PostgreSQL; does nothing where they are as wanted."""
    from procrastinate.schema import SchemaManager  # not for those who have no workers

    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    with exclusive(database) as connection:
        for statement in _MAKE:
            connection.execute(text(statement))
        applied = set(connection.scalars(text("SELECT name FROM applied")))
        if applied:
            scripts = [file.read_text("utf-8") for file in files if file.name not in applied]
        else:
            scripts = [SchemaManager.get_schema()]
        for script in scripts:
            _run(connection, script)
        fresh = [{"name": file.name} for file in files if file.name not in applied]
        if fresh:
            connection.execute(text("INSERT INTO applied VALUES (:name)"), fresh)


def _run(connection: Connection, script: str) -> None:
    """Many statements at once, which SQLAlchemy does not offer."""
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute(script)
