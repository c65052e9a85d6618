"""What all tests share: no network but loopback, a database of each kind, a world to act in."""

import gc
import os
import random
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import hypothesis
import pytest

from app.gateways.http import Client
from app.gateways.sandbox import Sandbox
from app.model.user import Profile
from app.services import accounts
from app.services.resources import Resources
from app.settings import Settings
from app.store import migrate
from app.store.database import Database
from app.store.tokens import Keys
from tests import postgresql

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SECRET = "a test secret of more than thirty-two characters"
# Folders by how long their files take: those that start whole programs, then those with databases.
SLOW = ("bench", "e2e", "services", "store", "web", "gateways")
STRICT = bool(os.environ.get("GOMEET_TEST_STRICT"))

# A landing must not depend on luck; elsewhere every run looks for new examples. Nowhere must a test
# depend on how busy the machine is.
hypothesis.settings.register_profile("ours", derandomize=STRICT, deadline=None)
hypothesis.settings.load_profile("ours")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, or one core would wait for the other at the end."""
    places = {folder: place for place, folder in enumerate(SLOW)}
    items.sort(key=lambda item: places.get(item.path.parent.name, len(SLOW)))


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives to the end: its rounds took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what this machine cannot run, unless leaving out is forbidden."""
    for marker, (there, how) in {
        "postgresql": (postgresql.available(), "install PostgreSQL's server (Debian: postgresql)"),
        "browser": (shutil.which("chromium") is not None, "install Chromium (Debian: chromium)"),
        "npm": (shutil.which("npm") is not None, "install Node.js with npm"),
    }.items():
        if item.get_closest_marker(marker) and not there and not STRICT:
            pytest.skip(f"{marker} is not here: {how}")


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0]) if isinstance(address, tuple) else ""
            if not (host.startswith("127.") or host in ("::1", "localhost")):
                message = f"a test tried to reach {host}"
                raise AssertionError(message)
        connect(self, address)  # type: ignore[arg-type] # any address a socket takes

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def steady_randomness() -> None:
    """The same jitter in every run."""
    random.seed(7)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file to copy."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database, NOW)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_database() -> Iterator[Database]:
    """A migrated database on a PostgreSQL server of our own.

    One for all tests, because an engine compiles each of our statements anew.
    """
    with postgresql.server() as url:
        database = Database(url)
        migrate.upgrade(database, NOW)
        yield database
        database.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with the present schema; every test that asks runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "gomeet.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        found = Database(f"sqlite:///{path}")
    else:
        found = request.getfixturevalue("postgresql_database")
        postgresql.empty(found)
    yield found
    found.dispose()


@pytest.fixture(scope="session")
def settings_template() -> Settings:
    """Checking so many ports takes long."""
    return Settings(
        _env_file=None,
        allow_networks=["127.0.0.0/8"],
        allow_ports=list(range(1024, 65536)),
        fetch_host_interval=0,
        fetch_deadline=5,
        base_url="http://gomeet.test",
        clock=False,
    )


@pytest.fixture
def settings(settings_template: Settings, tmp_path: Path) -> Settings:
    """Settings that admit loopback and hurry."""
    return settings_template.model_copy(update={"data_dir": tmp_path})


@pytest.fixture
def keys() -> Keys:
    """Keys from a constant secret."""
    return Keys(SECRET)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The real sandbox; its zygote, which takes a second to start, serves all tests."""
    with Sandbox() as found:
        yield found


@pytest.fixture
def world(
    settings: Settings, database: Database, keys: Keys, sandbox: Sandbox
) -> Iterator[Resources]:
    """Resources over the database: the real client, the real sandbox."""
    client = Client(settings)
    yield Resources(settings=settings, database=database, keys=keys, client=client, sandbox=sandbox)
    client.close()


PROFILE = Profile(
    home_name="Harbor Falls",
    latitude=41.93,
    longitude=-70.52,
    time_zone="America/New_York",
    field="software engineering",
)


@pytest.fixture
def person(world: Resources) -> UUID:
    """An account."""
    with world.database.write() as session:
        return accounts.create(
            session,
            world.keys,
            name="Robin",
            email="robin@harborfalls.example",
            profile=PROFILE,
            now=datetime(2026, 11, 1, tzinfo=UTC),
        )
