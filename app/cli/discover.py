"""`gomeet discover`: which feeds an address, or a saved page, leads to. Nothing is stored."""

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from app.cli.read import line, problem_line
from app.cli.world import console, now, print_json, print_table
from app.errors import Invalid
from app.find.discover import Trial
from app.gateways.http import Client
from app.gateways.sandbox import Sandbox
from app.gateways.urls import normalize_url
from app.services.discover import Discovery, discover, look_through
from app.services.sources import checked_zone
from app.settings import settings
from scrapers.base import Document, Listing


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command("discover")(find)


def find(
    target: Annotated[str, typer.Argument(help="An address, or a saved page or feed.")],
    base_url: Annotated[str, typer.Option(help="Where the saved page was.")] = "",
    time_zone: Annotated[str, typer.Option(help="Zone of times that name none.")] = "UTC",
    as_json: Annotated[bool, typer.Option("--json", help="One candidate a line.")] = False,
) -> None:
    """Find the calendars that an address leads to, best first, each with what it announces.

    A file is looked through without the network. With --json: one candidate a line; the last line
    of standard error is one JSON object with `address`, `message`, `platforms` and `tried`.
    """
    found = _discovery(target, base_url, checked_zone(time_zone))
    (_print_json if as_json else _print_table)(found)
    if not found.found and not as_json:
        raise typer.Exit(1)


def _discovery(target: str, base_url: str, time_zone: str) -> Discovery:
    path = Path(target)
    with Sandbox.of(settings()) as sandbox:
        if path.is_file():
            url = normalize_url(base_url) if base_url else path.resolve().as_uri()
            return look_through(sandbox, Document(url, path.read_bytes(), now(), time_zone))
        if base_url:
            raise Invalid(f"There is no file {target!r} to look through; --base-url is for files.")
        client = Client(settings())
        try:
            return asyncio.run(discover(client, sandbox, target, now=now(), time_zone=time_zone))
        finally:
            client.close()


def _print_json(found: Discovery) -> None:
    for trial in found.found:
        print_json(_candidate(trial))
    summary = {
        "address": found.address,
        "message": found.message,
        "platforms": found.platforms,
        "tried": [{"url": trial.feed.url, "cause": trial.refused} for trial in found.tried],
    }
    typer.echo(msgspec.json.encode(summary).decode(), err=True)


def _candidate(trial: Trial) -> dict[str, object]:
    return {
        "url": trial.lasting_url or trial.url,
        "scraper": trial.scraper,
        "platform": trial.feed.platform,
        "confidence": trial.confidence,
        "basis": trial.feed.basis,
        "title": trial.title,
        "time_zone": trial.time_zone,
        "events": len(trial.listings) if trial.checked else None,
        "components": trial.components if trial.checked else None,
        "preview": [line(listing) for listing in trial.preview],
        "problems": [problem_line(problem) for problem in trial.problems],
        "same_as": trial.same_as,
    }


def _print_table(found: Discovery) -> None:
    rows = [
        (
            trial.lasting_url or trial.url,
            trial.feed.platform or trial.scraper,
            f"{trial.confidence:.0%}",
            len(trial.listings) if trial.checked else "not read",
            "the same as above" if trial.same_as else _lost(trial),
        )
        for trial in found.found
    ]
    if rows:
        print_table(found.address, ("address", "what it is", "sure", "coming events", ""), rows)
    console.print(found.message, markup=False)
    for listing in found.found[0].preview if found.found else ():
        console.print(f"  {_when(listing)}  {listing.name}", markup=False)
    for trial in found.tried:
        console.print(f"  tried {trial.feed.url}: {trial.refused}", markup=False)


def _lost(trial: Trial) -> str:
    lost = sum(problem.lost for problem in trial.problems)
    return f"{lost} cannot be read" if lost else ""


def _when(listing: Listing) -> str:
    start = listing.start
    return f"{start:%a %d %b %Y}" if listing.all_day else f"{start:%a %d %b %Y %H:%M %Z}"
