"""Migrations: the present schema, or exactly what was there before (SECURITY.md 4.8, X04, X05)."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from app.errors import Unavailable
from app.gateways.http import Client
from app.gateways.sandbox import Sandbox
from app.services.resources import Resources
from app.settings import Settings
from app.store import migrate
from app.store.database import Database
from app.store.tables import Base
from app.store.tokens import Keys
from tests.conftest import NOW
from tests.seed import add_person, add_source, listing, tell, token_of
from tests.store import migrating

HEAD = ScriptDirectory(str(migrate.SCRIPTS)).get_current_head()
LATER = "9999"

# A later version that rebuilds a table which others refer to: SQLite can change a column no other
# way, and with foreign keys on it would take the children along.
SCRIPT = f'''
"""A later schema, for the tests."""

from alembic import op

revision = "{LATER}"
down_revision = "{HEAD}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.alter_column("series", nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.alter_column("series", nullable=False)
'''


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The scripts of a later version of ours."""
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / f"v{LATER}_for_the_tests.py").write_text(SCRIPT)
    return scripts


embedded = pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a schema."""
    if request.param == "sqlite":
        found = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
        yield found
        found.dispose()
        return
    url, name = request.getfixturevalue("postgresql_database").url, f"t{uuid4().hex}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    found = Database(url.rpartition("/")[0] + f"/{name}")
    yield found
    found.dispose()
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def lived_in(fresh: Database, settings: Settings, keys: Keys, sandbox: Sandbox) -> Database:
    """A database of the present version with a row in most tables."""
    migrate.upgrade(fresh, NOW)
    there = Resources(
        settings=settings, database=fresh, keys=keys, client=Client(settings), sandbox=sandbox
    )
    tell(there, add_source(there), [listing(), listing("Chamber Evening", days=3)])
    token_of(there, add_person(there))
    return fresh


def run(what: str, database: Database, scripts: Path, number: int) -> dict[str, object]:
    """What `migrating` reports; the database is left alone meanwhile."""
    database.dispose()
    command_line = [sys.executable, "-m", "tests.store.migrating", what, database.url]
    done = subprocess.run(
        [*command_line, str(scripts), str(number)],
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def rows(database: Database) -> dict[str, int]:
    with database.reader.connect() as connection:
        return {
            table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("event", "listing", "listing_block", "source", "user_account", "token")
        }


def test_models_and_migrations_agree(fresh: Database) -> None:
    migrate.upgrade(fresh, NOW)
    migrate.check(fresh)
    with fresh.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_again_changes_nothing(lived_in: Database) -> None:
    before = migrating.state(lived_in.url)
    assert migrate.upgrade(lived_in, NOW) == HEAD
    assert migrating.state(lived_in.url) == before
    assert backups(lived_in) == [], "nothing to do, nothing to copy"


def test_X04_a_killed_migration_leaves_what_was_there(lived_in: Database, later: Path) -> None:
    counted = rows(lived_in)
    found = run("kill", lived_in, later, 3)
    assert int(str(found["kills"])) >= 2
    assert found["left"] == [found["before"]]
    assert found["after"] != found["before"]
    assert rows(lived_in) == counted


def test_X04_a_killed_first_start_leaves_nothing(fresh: Database, later: Path) -> None:
    found = run("kill", fresh, later, 15)
    assert int(str(found["kills"])) >= 2
    assert found["left"] == [found["before"]]
    assert found["after"] != found["before"]


@pytest.mark.parametrize("scripts", ["later", "first"])
def test_processes_that_migrate_at_once(
    fresh: Database, later: Path, scripts: str, request: pytest.FixtureRequest
) -> None:
    """All of them succeed, whether they meet an empty database or an older one."""
    database = fresh if scripts == "first" else request.getfixturevalue("lived_in")
    assert run("together", database, later, 4) == {"codes": [0, 0, 0, 0]}
    with database.reader.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    assert revision == LATER


def test_X05_up_down_up_keeps_every_row(
    lived_in: Database, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "SCRIPTS", later)
    before, counted = migrating.state(lived_in.url), rows(lived_in)
    assert counted["listing"] == 2
    migrate.upgrade(lived_in, NOW)
    assert rows(lived_in) == counted, "children survive that their parent is rebuilt"
    downgrade(lived_in, str(HEAD))
    assert migrating.state(lived_in.url) == before
    assert migrate.upgrade(lived_in, NOW + timedelta(seconds=1)) == LATER
    assert rows(lived_in) == counted


def test_X05_down_to_nothing_and_up_again(lived_in: Database) -> None:
    downgrade(lived_in, "base")
    with lived_in.reader.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(lived_in, NOW)
    migrate.check(lived_in)
    assert rows(lived_in)["event"] == 0


def downgrade(database: Database, revision: str) -> None:
    config = migrate._config()
    with migrate.exclusive(database) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def test_a_database_of_a_newer_version_is_refused(
    lived_in: Database, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(migrate, "SCRIPTS", later)
        migrate.upgrade(lived_in, NOW)
    before = migrating.state(lived_in.url)
    for refused in (lambda: migrate.upgrade(lived_in, NOW), lambda: migrate.check(lived_in)):
        with pytest.raises(Unavailable, match=LATER):
            refused()
    assert migrating.state(lived_in.url) == before


def test_a_pending_migration_is_told(
    lived_in: Database, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "SCRIPTS", later)
    with pytest.raises(Unavailable, match="gomeet migrate"):
        migrate.check(lived_in)


def test_a_database_without_schema_is_told(fresh: Database) -> None:
    with pytest.raises(Unavailable, match="gomeet migrate"):
        migrate.check(fresh)


def backups(database: Database) -> list[Path]:
    path = Path(database.writer.url.database or "")
    return sorted(path.parent.glob(f"{path.name}.before-migration-*"))


@embedded
def test_a_copy_is_made_before(
    lived_in: Database, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "SCRIPTS", later)
    before = migrating.state(lived_in.url)
    migrate.upgrade(lived_in, NOW)
    (copy,) = backups(lived_in)
    assert "20261124T150000" in copy.name
    assert migrating.state(f"sqlite:///{copy}") == before


@embedded
def test_a_broken_reference_undoes_the_migration(fresh: Database) -> None:
    migrate.upgrade(fresh, NOW)
    with (
        pytest.raises(Unavailable, match="references"),
        migrate.exclusive(fresh) as connection,
    ):
        connection.exec_driver_sql("INSERT INTO listing_block (key, listing_id) VALUES (1, 1)")
    with fresh.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM listing_block").scalar() == 0
