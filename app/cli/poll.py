"""`gomeet poll`: one polling round now."""

import asyncio
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import Progress

from app.cli.world import now, print_table, stderr, world
from app.errors import NotFound
from app.services import ingest
from app.services.ingest import Report
from app.services.resources import Resources
from app.store import sources


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command("poll")(poll)


def poll(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources by name; default: --due.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every source, due or not.")] = False,
) -> None:
    """Poll sources now and show what came of it."""
    with world() as found:
        with found.database.read() as session:
            rows = sources.every(session)
            wanted = [
                row.id
                for row in rows
                if everything
                or (names and row.name in names)
                or (not names and not row.paused and row.next_due_at and row.next_due_at <= now())
            ]
            unknown = set(names or ()) - {row.name for row in rows}
        if unknown:
            raise NotFound(f"There is no source {min(unknown)!r}.")
        reports = poll_now(found, wanted)
    print_table(
        "Polled",
        ("source", "outcome", "listings", "new", "changed", "problems", "cause"),
        [(r.name, r.outcome, r.listings, r.new, r.changed, r.problems, r.error) for r in reports],
    )


def poll_now(found: Resources, source_ids: Sequence[UUID]) -> list[Report]:
    """Poll these sources, several at once, with a progress bar on a terminal."""
    return asyncio.run(_poll_all(found, source_ids))


async def _poll_all(found: Resources, source_ids: Sequence[UUID]) -> list[Report]:
    reports: list[Report] = []
    with Progress(console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        task = progress.add_task("Polling", total=len(source_ids))
        pending = [_poll(found, source_id) for source_id in source_ids]
        for finished in asyncio.as_completed(pending):
            report = await finished
            progress.advance(task)
            if report is not None:
                reports.append(report)
    return sorted(reports, key=lambda report: report.name)


async def _poll(found: Resources, source_id: UUID) -> Report | None:
    with found.database.write() as session:
        claim = sources.claim(session, source_id, now())
    return await ingest.poll(found, claim, now()) if claim else None
