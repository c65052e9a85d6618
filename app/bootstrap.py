"""Settings to resources: the only wiring."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from app.errors import Unavailable
from app.gateways.http import Client
from app.gateways.sandbox import Sandbox
from app.services.resources import Resources
from app.settings import Settings
from app.store import migrate
from app.store.database import Database
from app.store.tokens import Keys


@contextmanager
def open_resources(settings: Settings, now: datetime) -> Iterator[Resources]:
    """Everything a process needs, with the database migrated; closed at the end.

    Raises Unavailable where the service must not start: asserts off, an unknown schema.
    """
    _refuse_optimized()
    database = Database(database_url(settings))
    client, sandbox = Client(settings), Sandbox.of(settings)
    try:
        migrate.upgrade(database, now)
        yield Resources(
            settings=settings,
            database=database,
            keys=Keys(_secret(settings)),
            client=client,
            sandbox=sandbox,
        )
    finally:
        sandbox.close()
        client.close()
        database.dispose()


def database_url(settings: Settings) -> str:
    """Where the database is: as set, or the embedded one in the data folder."""
    return settings.database_url or f"sqlite:///{settings.data_dir / 'gomeet.db'}"


def _refuse_optimized() -> None:
    # Libraries below us keep guards in asserts; without them injection works (SECURITY.md C09).
    if not __debug__:
        raise Unavailable("Start Python without -O: it would switch safety checks off.")


def _secret(settings: Settings) -> str:
    given = settings.secret_key.get_secret_value()
    return given or _kept_secret(settings.data_dir / "secret.key")


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        made = secrets.token_urlsafe(48)
        file.write(made)
    return made
