"""`gomeet openings`: new places to try, in the terminal."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from app.cli.events import person_of, point_of
from app.cli.world import console, now, print_json, print_table, world
from app.errors import Invalid
from app.find.openings import hello, suggestion
from app.services import openings
from scrapers.base import PLACE_KINDS


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command("openings")(show)


def show(
    user: Annotated[str, typer.Option(help="For this person (address); default: the first.")] = "",
    near: Annotated[str, typer.Option(help="LAT,LON in degrees; default: the person's home.")] = "",
    km: Annotated[float | None, typer.Option(help="Within so many km.")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help=f"Only these: {', '.join(PLACE_KINDS)}.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One opening a line.")] = False,
) -> None:
    """Show new coffee shops and the like in their first weeks, surest first."""
    if set(kind or ()) - set(PLACE_KINDS):
        raise Invalid(f"There is no such kind; there are {', '.join(PLACE_KINDS)}.")
    with world() as found, found.database.read() as session:
        profile = person_of(session, user).profile
        today = now().astimezone(ZoneInfo(profile.time_zone)).date()
        items = openings.coming(
            session,
            today,
            near=point_of(near) if near else profile.home,
            km=km or profile.reach_km,
            kinds=kind or (),
        )
    if as_json:
        for item in items:
            words = {"suggestion": suggestion(item.opening, today), "hello": hello(item.opening)}
            print_json(_line(item) | words)
        return
    rows = [
        (
            f"{item.opening.confidence:.0%}",
            f"{item.opening.first_day} – {item.opening.last_day}",
            item.opening.name,
            item.opening.location.address if item.opening.location else "",
            suggestion(item.opening, today),
        )
        for item in items
    ]
    print_table("New places", ("sure", "window", "what", "where", "how"), rows)
    console.print(f"{len(items)} openings")


def _line(item: openings.Near) -> dict[str, object]:
    opening, place = item.opening, item.opening.location
    return {
        "id": opening.id,
        "name": opening.name,
        "kind": opening.kind,
        "address": place.address if place else "",
        "distance_km": item.distance_km,
        "opens": opening.opens,
        "precision": opening.precision,
        "first_day": opening.first_day,
        "last_day": opening.last_day,
        "confidence": opening.confidence,
        "chain": opening.chain,
        "url": opening.url,
        "proofs": [
            {
                "source": each.source,
                "evidence": each.evidence,
                "said": each.said,
                "words": each.words,
            }
            for each in opening.proofs
        ],
    }
