"""`gomeet venues …`: the registry of venues, and putting it right."""

from typing import Annotated
from uuid import UUID

import typer

from app.cli.events import point_of
from app.cli.world import console, now, print_json, print_table, world
from app.model.venue import PlaceCorrection, Site
from app.services import venues as service
from app.store import venues

VenueId = Annotated[UUID, typer.Argument(help="Id of the venue, as `gomeet venues list` has it.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Where events are, and who says so.")
    group.command("list")(show_all)
    group.command("show")(show)
    group.command("correct")(correct)
    group.command("merge")(merge)
    root.add_typer(group, name="venues")


def show_all(
    text: Annotated[str, typer.Argument(help="What stands in the name.")] = "",
    limit: Annotated[int, typer.Option(help="So many at most.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One venue a line.")] = False,
) -> None:
    """List venues by name."""
    with world() as found, found.database.read() as session:
        lines = [_line(site) for site in venues.search(session, text, limit)]
    if as_json:
        for line in lines:
            print_json(line)
        return
    columns = ("id", "name", "address", "point", "provenance")
    print_table("Venues", columns, [[line[name] for name in columns] for line in lines])


def show(venue: VenueId) -> None:
    """Show all that is known of a venue as JSON, with its spellings."""
    with world() as found, found.database.read() as session:
        site = venues.get(session, venue)
        spelled = venues.spellings(session, [venue]).get(venue, [])
        print_json(_line(site) | {"city": site.city, "until": site.until, "spellings": spelled})


def correct(
    venue: VenueId,
    name: Annotated[str | None, typer.Option(help='Its right name; "" takes it back.')] = None,
    address: Annotated[str | None, typer.Option(help='Its address; "" takes it back.')] = None,
    at: Annotated[str | None, typer.Option(help='LAT,LON in degrees; "" takes it back.')] = None,
) -> None:
    """Put a venue right, for all its events and for every later listing."""
    with world() as found, found.database.write() as session:
        right = venues.get(session, venue).correction
        correction = PlaceCorrection(
            right.name if name is None else name,
            right.address if address is None else address,
            right.point if at is None else point_of(at) if at else None,
        )
        service.correct(session, venue, correction, now())
    console.print("Corrected.")


def merge(
    venue: VenueId, into: Annotated[UUID, typer.Argument(help="Id of the venue that stays.")]
) -> None:
    """Say that two venues are one: the second stays, with the spellings of both."""
    with world() as found, found.database.write() as session:
        site = service.join(session, venue, into, now())
    console.print(f"One venue now: {site.known_name}", markup=False)


def _line(site: Site) -> dict[str, object]:
    return {
        "id": site.id,
        "name": site.known_name,
        "address": site.known_address,
        "point": site.known_point,
        "provenance": site.provenance,
    }
