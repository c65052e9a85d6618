"""A poll that is killed: `python -m tests.services.killed_ingest URL DATA_DIR SOURCE PORT`.

Forks a child for each line on standard input, "MILLISECONDS INSTANT": the child polls the source
and is killed after that time (0: never). Answers each with a line when the child is gone.
"""

import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from uuid import UUID

from app.gateways.http import Client
from app.gateways.sandbox import Sandbox
from app.services import ingest
from app.services.resources import Resources
from app.settings import Settings
from app.store.database import Database
from app.store.tokens import Keys
from tests.conftest import SECRET


def poll(url: str, folder: str, source: UUID, now: datetime, sandbox: Sandbox) -> None:
    settings = Settings(
        _env_file=None,
        data_dir=Path(folder),
        allow_networks=["127.0.0.0/8"],
        allow_ports=list(range(1024, 65536)),
        fetch_host_interval=0,
    )
    world = Resources(
        settings=settings,
        database=Database(url),
        keys=Keys(SECRET),
        client=Client(settings),
        sandbox=sandbox,
    )
    ingest.poll_one(world, source, now)


def main(url: str, folder: str, source: str) -> None:
    with Sandbox() as sandbox:
        sandbox.start()  # the children share its zygote, so that they die while they store
        for line in sys.stdin:
            milliseconds, instant = line.split()
            pid = os.fork()
            if pid == 0:
                try:
                    poll(url, folder, UUID(source), datetime.fromisoformat(instant), sandbox)
                finally:
                    os._exit(0)
            if int(milliseconds):
                time.sleep(int(milliseconds) / 1000)
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            sys.stdout.write("gone\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
