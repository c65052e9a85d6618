"""A PostgreSQL server for the tests: started from its own programs, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from app.store.database import Database
from app.store.tables import Base

_USER = "postgres"  # the server refuses to run as root


def available() -> bool:
    """Whether the server's programs are on this machine."""
    return _programs() is not None


def _programs() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextmanager
def server() -> Iterator[str]:
    """The URL of a database on a server that lives as long as the block.

    Its folder is no `tmp_path`: pytest closes those to other users whenever a run begins.
    """
    with tempfile.TemporaryDirectory(prefix="gomeet-postgresql-") as folder:
        yield from _serve(Path(folder))


def _serve(folder: Path) -> Iterator[str]:
    programs = _programs()
    assert programs is not None, "PostgreSQL's server programs are not on this machine"
    data, port = folder / "data", _free_port()
    if os.geteuid() == 0:
        shutil.chown(folder, _USER)
    _run(programs / "initdb", "-D", data, "-U", _USER, "--auth=trust", "--no-sync", "-E", "UTF8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    _run(programs / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start")
    try:
        yield f"postgresql+psycopg://{_USER}@127.0.0.1:{port}/postgres"
    finally:
        _run(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def empty(database: Database) -> None:
    """Remove every row, keep the schema. For few rows TRUNCATE, which makes new files, is slow."""
    tables = reversed(Base.metadata.sorted_tables)
    with database.write() as session:
        session.execute(text(";".join(f'DELETE FROM "{table.name}"' for table in tables)))


def _run(program: Path, *arguments: object) -> None:
    command = [str(program), *map(str, arguments)]
    if os.geteuid() == 0:
        account = pwd.getpwnam(_USER)
        subprocess.run(
            command,
            check=True,
            stdout=subprocess.DEVNULL,
            user=account.pw_uid,
            group=account.pw_gid,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            cwd="/",
        )
    else:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
