"""`gomeet` as a user starts it: one command to its end, or a server until it is told to stop."""

import io
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import httpx

from app.__main__ import main
from app.settings import settings

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0  # seconds; generous, for two cores may be busy with other tests
STOPS_WITHIN = 45.0  # seconds; the clock alone may take 20 to end what it began

web = httpx.Client(verify=False, trust_env=False, timeout=30)


def free_port(beside: int = 0) -> int:
    """A port that nobody listens on, nor on the `beside` ones behind it."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
            if port + beside <= 65535 and all(_free(port + step + 1) for step in range(beside)):
                return port


def _free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def environment(folder: Path, *city_urls: str, **settings: str) -> dict[str, str]:
    """Ours, less the settings of whoever runs the tests; `smtp_host="…"` is GOMEET_SMTP_HOST.

    Data goes below `folder`; of this machine, only the cities named may be fetched.
    """
    inherited = clean_environment()
    defaults = {
        "data_dir": str(folder / "data"),
        "allow_networks": '["127.0.0.0/8"]',
        "allow_ports": str([80, 443, *(httpx.URL(url).port for url in city_urls)]),
        "fetch_host_interval": "0",
    }
    named = {f"GOMEET_{name.upper()}": value for name, value in (defaults | settings).items()}
    return inherited | named


def clean_environment() -> dict[str, str]:
    """The environment that we are in, less any setting of the service; `app` can be imported.

    Compiled modules are kept, or each process would compile all of them once more.
    """
    ours = ("GOMEET_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PYTHONPATH": str(ROOT)}


def gomeet(
    *arguments: str, env: Mapping[str, str], cwd: Path, status: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run one command in a process of its own; its exit status must be as expected."""
    done = subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=cwd,
        env=dict(env),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done


def command(
    *arguments: str, env: Mapping[str, str], status: int | None = 0
) -> subprocess.CompletedProcess[str]:
    """Run one command in this process, which spares Python's start; its status as expected.

    Everything is as `gomeet` has it: arguments, environment, both streams, the exit status.
    """
    out, err, root = io.StringIO(), io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with (
        mock.patch.dict(os.environ, env, clear=True),
        mock.patch.object(sys, "argv", ["gomeet", *arguments]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        settings.cache_clear()
        try:
            code = _exit_status()
        finally:
            settings.cache_clear()
            root.handlers[:], root.level = handlers, level
    assert status in (None, code), err.getvalue()
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def _exit_status() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


@dataclass
class Server:
    """A server in a process of its own, answering at `url`; what it says goes to two files."""

    url: str
    process: "subprocess.Popen[bytes]"
    stdout: Path
    stderr: Path

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send the signal and give the exit status."""
        self.process.send_signal(number)
        return self.process.wait(STOPS_WITHIN)

    @property
    def token(self) -> str:
        """The token that `gomeet demo` prints."""
        found = re.search(r"export TOKEN=(\S+)", self.stdout.read_text())
        assert found, self.stdout.read_text()
        return found[1]


@contextmanager
def running(
    *arguments: str, url: str, env: Mapping[str, str], cwd: Path, killed: bool = False
) -> Iterator[Server]:
    """The server that this command starts, ready; stopped at the end, and all it said is sane.

    Not where it is `killed`: then Python complains for children that it was about to start.
    """
    name = "-".join((arguments[0], url.rpartition(":")[2], str(time.monotonic_ns())))
    stdout, stderr = cwd / f"{name}.out", cwd / f"{name}.err"
    with stdout.open("wb") as out, stderr.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *arguments],
            cwd=cwd,
            env=dict(env),
            stdout=out,
            stderr=err,
            stdin=subprocess.DEVNULL,
        )
    server = Server(url, process, stdout, stderr)
    try:
        eventually(lambda: _ready(server))
        yield server
    finally:
        if process.poll() is None:
            server.stop()
        process.wait()
    said = stderr.read_text()
    assert killed or not any(word in said for word in ("Traceback", "the clock ended")), said


def _ready(server: Server) -> bool:
    assert server.process.poll() is None, server.stderr.read_text()
    try:
        return web.get(f"{server.url}/readyz").is_success
    except httpx.TransportError:
        return False


def eventually(holds: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """The first true answer, asked for again and again; fails when there is none in time."""
    end = time.monotonic() + patience
    while not (found := holds()):
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.1)
    return found


@dataclass
class Api:
    """The API as a client with a token uses it."""

    url: str
    token: str

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The body of a good answer; None where there is none."""
        answer = web.request(
            method,
            f"{self.url}/api/v1/{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            **options,
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def get(self, path: str, **params: Any) -> Any:
        """What a resource holds."""
        return self.call("GET", path, params=params)

    def find(self, words: str, **params: Any) -> dict[str, Any]:
        """The next event whose text holds these words."""
        page = self.get("events", q=words, sort="start", include_circles=True, **params)
        found: dict[str, Any] = page["items"][0]
        return found

    def choose(self, event_id: str) -> None:
        """Decide to go."""
        self.call("PUT", f"choices/{event_id}", json={"state": "chosen"})

    @property
    def feed_url(self) -> str:
        """Where the person's calendar is, on the server that we talk with."""
        address = httpx.URL(self.get("me/calendar")["url"])
        return f"{self.url}{address.path}"

    def feed(self) -> str:
        """The person's calendar."""
        return web.get(self.feed_url).text
