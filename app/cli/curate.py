"""`gomeet curate …`: hide, pin, correct, merge and split events, and take it back."""

from typing import Annotated
from uuid import UUID

import typer

from app.cli.sources import find
from app.cli.world import console, now, print_table, world
from app.errors import Invalid
from app.model.curation import CORRECT, EVENT, HIDE, PIN, SCOPES, Correction
from app.services import curate
from app.store import curation

EventId = Annotated[UUID, typer.Argument(help="Id of the event, as `gomeet events --json` has it.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Decisions on events that survive every re-reading."
    )
    group.command("hide")(hide)
    group.command("pin")(pin)
    group.command("correct")(correct)
    group.command("merge")(merge)
    group.command("split")(split)
    group.command("list")(show)
    group.command("undo")(undo)
    root.add_typer(group, name="curate")


def hide(
    event: EventId,
    scope: Annotated[str, typer.Option(help=f"What to hide: {', '.join(SCOPES)}.")] = EVENT,
    source: Annotated[str, typer.Option(help="Whose, where several sources list it.")] = "",
    hours: Annotated[float, typer.Option(help="A burst: brought within so many hours.")] = 1.0,
) -> None:
    """Hide an event, its series, its source, or a burst of its source; choices stay."""
    if scope not in SCOPES:
        raise Invalid(f"A scope is one of {', '.join(SCOPES)}.", "scope")
    with world() as found, found.database.write() as session:
        source_id = find(session, source) if source else None
        row = curate.decide(
            session,
            event,
            act=HIDE,
            scope=scope,
            source_id=source_id,
            hours=hours,
            by=None,
            now=now(),
        )
        _print(row.id)


def pin(event: EventId) -> None:
    """Keep an event listed although its series or source is hidden."""
    with world() as found, found.database.write() as session:
        _print(curate.decide(session, event, act=PIN, by=None, now=now()).id)


def correct(
    event: EventId,
    name: Annotated[str, typer.Option(help="Its right name.")] = "",
    url: Annotated[str, typer.Option(help="Its right page.")] = "",
    place: Annotated[str, typer.Option(help="The right name of its place.")] = "",
) -> None:
    """Put something right that its sources say wrongly."""
    right = Correction(name, url, place)
    with world() as found, found.database.write() as session:
        row = curate.decide(session, event, act=CORRECT, correction=right, by=None, now=now())
        _print(row.id)


def merge(
    event: EventId, other: Annotated[UUID, typer.Argument(help="Id of the same event once more.")]
) -> None:
    """Make two events one: the other's listings and what people chose come over."""
    with world() as found, found.database.write() as session:
        _print(curate.unite(session, event, other, by=None, now=now()).id)


def split(
    listing: Annotated[
        int, typer.Argument(max=2**31 - 1, help="Number of the listing, as an event shows it.")
    ],
) -> None:
    """Take one listing out of an event that it was merged into."""
    with world() as found, found.database.write() as session:
        row, event_id = curate.split(session, None, listing, by=None, now=now())
        console.print(f"It is an event of its own now: {event_id}")
        _print(row.id)


def show() -> None:
    """List all decisions, newest first."""
    with world() as found, found.database.read() as session:
        rows = [
            (row.id, row.act, row.scope, row.label, by or "the operator", row.undone_at or "")
            for row, by in curation.every(session)
        ]
    print_table("Decisions", ("id", "act", "scope", "event", "by", "undone"), rows)


def undo(decision: Annotated[UUID, typer.Argument(help="Id of the decision.")]) -> None:
    """Take a decision back."""
    with world() as found, found.database.write() as session:
        curate.undo(session, decision, now())
    console.print("Taken back.")


def _print(curation_id: UUID) -> None:
    console.print(f"Done. Take it back with: gomeet curate undo {curation_id}")
