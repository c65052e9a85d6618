"""`gomeet worker`: a process that does what the service's clock asks for."""

import asyncio
from typing import Annotated

import typer

from app.cli.world import now, world
from app.errors import Unavailable


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command("worker")(worker)


def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=200, help="Jobs at once.")] = 10,
) -> None:
    """Poll and send for an install on PostgreSQL; as many processes on as many machines as wished."""
    from app.jobs import Worker

    with world(verbose=True) as found:
        if not found.settings.workers:
            raise Unavailable(
                "Set GOMEET_WORKERS=true for `gomeet serve` and `gomeet worker` alike; "
                "without it the service does all work by itself."
            )
        asyncio.run(Worker(found, now).run(concurrency))
