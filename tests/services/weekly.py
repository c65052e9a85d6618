"""Two processes that plan and send at once, then a third: `python -m tests.services.weekly`.

Takes the database's URL, the SMTP port and the instant; prints how many letters each has queued
and sent.
"""

import json
import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from app.gateways.http import Client
from app.gateways.sandbox import Sandbox
from app.services import digest, send_mail
from app.services.resources import Resources
from app.settings import Settings
from app.store.database import Database
from app.store.tokens import Keys
from tests.conftest import SECRET


def work(url: str, port: int, now: datetime) -> tuple[int, int]:
    """Letters queued and accepted by this process."""
    settings = Settings(
        _env_file=None,
        base_url="https://gomeet.test",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        mail_from="gomeet@gomeet.test",
    )
    world = Resources(
        settings=settings,
        database=Database(url),
        keys=Keys(SECRET),
        client=Client(settings),
        sandbox=Sandbox(),
    )
    return digest.plan_due(world, now), send_mail.send_due(world, lambda: now)


def child(output: Path, url: str, port: int, now: datetime) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            output.write_text(json.dumps(work(url, port, now)))
        finally:
            os._exit(0)
    return pid


def main(url: str, port: int, now: datetime) -> list[list[int]]:
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder) / str(number) for number in range(3)]
        for pid in [child(output, url, port, now) for output in outputs[:2]]:
            os.waitpid(pid, 0)
        os.waitpid(child(outputs[2], url, port, now), 0)
        return [json.loads(output.read_text()) for output in outputs]


if __name__ == "__main__":
    done = main(sys.argv[1], int(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
    sys.stdout.write(json.dumps(done))
