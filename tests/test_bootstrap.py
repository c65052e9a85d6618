"""Starting: the key is made once, and what is wrong is told in a sentence (SECURITY.md X27, C09)."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from app import bootstrap
from app.errors import Unavailable
from app.services.resources import Resources
from app.settings import Settings
from app.store import migrate
from app.store.tokens import Keys
from tests.conftest import NOW, SECRET

ROOT = Path(__file__).resolve().parents[1]


def opened(folder: Path, secret: str = "") -> Resources:
    """Resources that were opened and closed again."""
    settings = Settings(_env_file=None, data_dir=folder, secret_key=SecretStr(secret))
    with bootstrap.open_resources(settings, NOW) as world:
        migrate.check(world.database)
        return world


def test_a_first_start_makes_folder_database_and_key(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    token = opened(folder).keys.hash_of("x")
    assert opened(folder).keys.hash_of("x") == token, "the next start finds the same key"
    key = folder / "secret.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in folder.iterdir() if "gomeet.db" not in path.name) == [
        "secret.key"
    ], "no draft is left"


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: bootstrap._kept_secret(tmp_path / "secret.key"), range(16)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 32


def test_a_given_key_wins(tmp_path: Path) -> None:
    world = opened(tmp_path, SECRET)
    assert world.keys.hash_of("x") == Keys(SECRET).hash_of("x")
    assert not (tmp_path / "secret.key").exists()


def test_X27_a_short_key_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="32 characters"):
        opened(tmp_path, "short")


def test_X27_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="data folder") as caught:
        opened(tmp_path / "file" / "data")
    assert "Traceback" not in str(caught.value)


def test_C09_without_asserts_nothing_starts(tmp_path: Path) -> None:
    code = (
        "from datetime import datetime, UTC\n"
        "from app import bootstrap\n"
        "from app.settings import Settings\n"
        "with bootstrap.open_resources(Settings(_env_file=None), datetime.now(UTC)): pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-O", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 1
    assert "without -O" in done.stderr
    assert list(tmp_path.iterdir()) == []
