"""`gomeet read`: parse one file or address and print what is in it, without storing anything."""

import asyncio
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from app.cli.world import console, now, print_json, print_table, stderr
from app.errors import Invalid, ReadError
from app.gateways.http import Client, FetchRequest
from app.gateways.sandbox import Sandbox
from app.services.sources import checked_zone
from app.settings import settings
from scrapers import SCRAPERS
from scrapers.base import Document, Listing, OpeningListing, Parsed, Problem


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command("read")(read)


def read(
    target: Annotated[str, typer.Argument(help="A file, or an address to fetch.")],
    scraper: Annotated[str | None, typer.Option(help="Read it as this, whatever it is.")] = None,
    since: Annotated[datetime | None, typer.Option("--from", help="First day listed.")] = None,
    until: Annotated[datetime | None, typer.Option("--to", help="Last day listed.")] = None,
    time_zone: Annotated[str, typer.Option(help="Zone of times that name none.")] = "UTC",
    as_json: Annotated[bool, typer.Option("--json", help="One listing a line.")] = False,
) -> None:
    """Read a file or address and list its events.

    With --json: one listing a line, openings of new places after the events; the last line of
    standard error is one JSON object with `scraper`, `components`, `listings` (their number) and
    `problems`.
    """
    _check(scraper, time_zone)
    document = replace(
        _document(target, time_zone),
        since=_bound(since, time.min),
        until=_bound(until, time.max),
    )
    name: str | None
    try:
        name, parsed = Sandbox.of(settings()).parse(document, scraper)
    except ReadError as error:
        name, parsed = scraper, Parsed(problems=(Problem(target, "unreadable", str(error)),))
    (_print_json if as_json else _print_table)(target, name, parsed)
    if name is None or (parsed.problems and not parsed.listings and not parsed.components):
        raise typer.Exit(1 if not as_json else 0)


def _check(scraper: str | None, time_zone: str) -> None:
    if scraper is not None and scraper not in SCRAPERS:
        raise Invalid(f"There is no scraper {scraper!r}; there are {', '.join(sorted(SCRAPERS))}.")
    checked_zone(time_zone)


def _document(target: str, time_zone: str) -> Document:
    if "://" in target:
        request = FetchRequest(target, now())
        fetched = asyncio.run(Client(settings()).fetch(request))
        return Document(
            fetched.url, fetched.content, fetched.retrieved_at, time_zone, fetched.content_type
        )
    path = Path(target)
    if not path.is_file():
        raise Invalid(f"There is no file {target!r}; an address begins with https://.")
    return Document(path.resolve().as_uri(), path.read_bytes(), now(), time_zone)


def _bound(day: datetime | None, at: time) -> datetime | None:
    return None if day is None else datetime.combine(day.date(), at, UTC)


def _print_json(_target: str, name: str | None, parsed: Parsed) -> None:
    for listing in parsed.listings:
        print_json(line(listing))
    for opening in parsed.openings:
        print_json(opening_line(opening))
    summary = {
        "scraper": name,
        "components": parsed.components,
        "listings": len(parsed.listings),
        "problems": [problem_line(problem) for problem in parsed.problems],
    }
    typer.echo(msgspec.json.encode(summary).decode(), err=True)


def line(listing: Listing) -> dict[str, object]:
    """A listing as a JSON object: its fields, with a plain date where only the date counts."""
    values: dict[str, object] = {
        field.name: getattr(listing, field.name) for field in fields(listing)
    }
    for name in ("start", "end"):
        values[name] = _moment(values[name], all_day=listing.all_day)
    return values


def opening_line(opening: OpeningListing) -> dict[str, object]:
    """An opening as a JSON object; `type` tells it from an event's listing."""
    return {
        "type": "opening",
        **{field.name: getattr(opening, field.name) for field in fields(opening)},
    }


def _moment(value: object, *, all_day: bool) -> str | None:
    if not isinstance(value, datetime):
        return None
    return value.date().isoformat() if all_day else value.isoformat()


def problem_line(problem: Problem) -> dict[str, object]:
    """A problem as a JSON object."""
    return {field.name: getattr(problem, field.name) for field in fields(problem)}


def _print_table(target: str, name: str | None, parsed: Parsed) -> None:
    rows = [
        (_when(listing), listing.name, listing.location.name if listing.location else "")
        for listing in sorted(parsed.listings, key=lambda listing: listing.start)
    ]
    print_table(f"{target} read as {name}", ("when", "what", "where"), rows)
    for opening in parsed.openings:
        day = opening.opens or opening.said
        console.print(f"{day or 'no date'}  {opening.name} ({opening.evidence})", markup=False)
    counts = f"{len(parsed.listings)} listings, {len(parsed.openings)} openings"
    console.print(f"{parsed.components} components, {counts}")
    for problem in parsed.problems:
        stderr.print(f"{problem.place}: {problem.cause} ({problem.code})", markup=False)


def _when(listing: Listing) -> str:
    day: date = listing.start.date()
    return f"{day}" if listing.all_day else f"{listing.start:%Y-%m-%d %H:%M %Z}"
