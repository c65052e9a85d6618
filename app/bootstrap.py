"""Settings to resources: the only wiring."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from app.errors import Unavailable
from app.gateways.http import Client
from app.gateways.sandbox import Sandbox
from app.services.resources import Resources
from app.settings import Settings
from app.store import migrate, queue_schema
from app.store.database import Database
from app.store.paces import SharedPaces
from app.store.tokens import Keys


@contextmanager
def open_resources(settings: Settings, now: datetime) -> Iterator[Resources]:
    """Everything a process needs, with the database migrated; closed at the end.

    Raises Unavailable where the service must not start: asserts off, an unknown schema, a data
    folder that cannot be written, a secret that is too short.
    """
    _refuse_optimized()
    keys = _keys(settings)
    with ExitStack() as stack:
        database = Database(database_url(settings))
        stack.callback(database.dispose)
        if settings.workers and database.embedded:
            raise Unavailable("GOMEET_WORKERS needs PostgreSQL: set GOMEET_DATABASE_URL.")
        client = Client(settings, paces=SharedPaces(database) if settings.workers else None)
        stack.callback(client.close)
        sandbox = stack.enter_context(Sandbox.of(settings))
        migrate.upgrade(database, now)
        if settings.workers:
            queue_schema.upgrade(database)
        yield Resources(
            settings=settings, database=database, keys=keys, client=client, sandbox=sandbox
        )


def database_url(settings: Settings) -> str:
    """Where the database is: as set, or the embedded one in the data folder."""
    return settings.database_url or f"sqlite:///{settings.data_dir / 'gomeet.db'}"


def _refuse_optimized() -> None:
    # Libraries below us keep guards in asserts; without them injection works (SECURITY.md C09).
    if not __debug__:
        raise Unavailable("Start Python without -O: it would switch safety checks off.")


def _keys(settings: Settings) -> Keys:
    given = settings.secret_key.get_secret_value()
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Keys(given or _kept_secret(settings.data_dir / "secret.key"))
    except OSError as error:
        message = f"The data folder {settings.data_dir} cannot be used: {error.strerror}."
        raise Unavailable(message) from error
    except ValueError as error:
        raise Unavailable(str(error)) from error


def _kept_secret(path: Path) -> str:
    """The install's key; made by the first process and whole from its first moment on."""
    if not path.exists():
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # mode 0600
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another process was quicker: its key counts
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text().strip()
