"""`gomeet serve` and `gomeet migrate`."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated, NoReturn

import typer

from app.cli.world import console, world
from app.errors import Unavailable
from app.services.resources import Resources

SHUTDOWN_SECONDS = 20  # for requests that are still being answered


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.command("serve")(serve)
    root.command("migrate")(migrate)


def serve(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen.")] = 8000,
) -> None:
    """Serve the API and the client; polls and sends as well, unless GOMEET_CLOCK is off."""
    with stoppable(), listening(host, port) as door, world(verbose=True) as found:
        answer(found, door)


def migrate() -> None:
    """Bring the database to the present schema; `serve` does the same when it starts."""
    with world():
        console.print("The database is up to date.")


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does: whatever is open is closed, with status 0."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket, taken before any work is done. Raises Unavailable if it is not free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        door = socket.create_server((host, port), family=family)
    except OSError as error:
        raise taken(host, port, error) from error
    with door:
        yield door


def taken(host: str, port: int, error: OSError) -> Unavailable:
    """Why nobody can listen there, for a person."""
    number = error.errno or 0  # below 0 of a name's look-up
    reason = os.strerror(number).lower() if number > 0 else "there is no such host"
    return Unavailable(f"Cannot listen on {host}:{port} ({reason}); choose another --port.")


def answer(found: Resources, door: socket.socket) -> None:
    """Answer requests until a signal comes; poll and send in a process of its own meanwhile."""
    from app.cli.clock import ticking_beside

    with ticking_beside(found.settings) if found.settings.clock else nullcontext():
        _answer(found, door)


def _answer(found: Resources, door: socket.socket) -> None:
    import uvicorn

    from app.main import create_app

    config = uvicorn.Config(
        create_app(found, ticks=False),
        access_log=False,  # it would print secret addresses; we keep our own
        log_config=None,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=500,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    server = uvicorn.Server(config)
    server.run(sockets=[door])
    if not server.started:
        raise Unavailable("The service could not start; the log says why.")


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
