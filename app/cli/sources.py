"""`gomeet sources …`: the feeds that are polled."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from app.cli.poll import poll_now
from app.cli.world import console, now, print_json, print_table, world
from app.errors import Invalid, NotFound
from app.services import ingest, sources
from app.services.resources import Resources
from app.store import states
from app.store.database import Session
from scrapers.portals import PORTALS, Portal

Source = Annotated[str, typer.Argument(help="Its name, address or id.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="The feeds that are polled.")
    group.command("add")(add)
    group.command("list")(show)
    group.command("check")(check)
    group.command("pause")(pause)
    group.command("resume")(resume)
    group.command("correct")(correct)
    group.command("remove")(remove)
    root.add_typer(group, name="sources")


def add(
    url: Annotated[
        str, typer.Argument(help="Address of a calendar, feed, page or table; or use --portal.")
    ] = "",
    name: Annotated[str, typer.Option(help="What to call it; default: its host.")] = "",
    time_zone: Annotated[str, typer.Option(help="Zone of times that name none.")] = "",
    scraper: Annotated[str | None, typer.Option(help="Default: recognized.")] = None,
    trust: Annotated[int, typer.Option(min=0, max=100, help="100 the venue, 0 hearsay.")] = 60,
    option: Annotated[
        list[str] | None, typer.Option(help="KEY=VALUE for the scraper; may be repeated.")
    ] = None,
    portal: Annotated[
        str, typer.Option(help=f"A city's licence register: {', '.join(PORTALS)}.")
    ] = "",
) -> None:
    """Add a feed and read it at once."""
    if not url and not portal:
        raise typer.BadParameter("Name an address, or a city's register with --portal.")
    told = _options(option or [])
    if portal:
        register = _portal(portal)
        url, name, scraper = url or register.url, name or register.name, scraper or "licences"
        time_zone, told = time_zone or register.time_zone, {**register.options, **told}
    with world() as found:
        with found.database.write() as session:
            row = sources.add(
                session,
                found,
                url=url,
                name=name,
                time_zone=time_zone,
                scraper=scraper,
                trust=trust,
                options=told,
                now=now(),
            )
            source_id = row.id
        poll_now(found, [source_id])
        _print(found, source_id)


def show(
    as_json: Annotated[bool, typer.Option("--json", help="One source a line.")] = False,
) -> None:
    """List all sources with their health."""
    with world() as found, found.database.read() as session:
        overviews = sources.overviews(session, now())
    if as_json:
        for item in overviews:
            print_json(_line(item))
        return
    rows = [
        (
            item.row.name,
            item.health.state,
            _since(item.since),
            item.upcoming,
            item.health.message,
        )
        for item in overviews
    ]
    print_table("Sources", ("name", "state", "since", "coming", "what it means"), rows)


def check(source: Source) -> None:
    """Read a source now, and say how it is and what in it could not be read."""
    with world() as found:
        with found.database.read() as session:
            source_id = find(session, source)
        poll_now(found, [source_id])
        _print(found, source_id)


def pause(source: Source) -> None:
    """Stop polling a source; its events stay."""
    _change(source, paused=True)


def resume(source: Source) -> None:
    """Poll a source again, beginning now."""
    _change(source, paused=False)


def correct(
    source: Source,
    rule: Annotated[
        str,
        typer.Argument(
            help="local_as_utc: its UTC times are local; utc_as_local: its local times are UTC;"
            " none: they are right."
        ),
    ],
) -> None:
    """Correct the times of a source whose publisher labels them wrongly; its events move."""
    with world() as found:
        with found.database.write() as session:
            source_id = find(session, source)
            rule = "" if rule == "none" else rule
            sources.change(session, source_id, now=now(), time_rule=rule)
        poll_now(found, [source_id])
        _print(found, source_id)


def remove(source: Source) -> None:
    """Remove a source with its listings; what people chose stays in their calendars."""
    with world() as found, found.database.write() as session:
        ingest.remove_source(session, find(session, source), now())


def find(session: Session, text: str) -> UUID:
    """The id of the source with this id, address or name. Raises NotFound."""
    for item in sources.overviews(session, now()):
        if text in (str(item.row.id), item.row.url, item.row.name):
            return item.row.id
    raise NotFound(f"There is no source {text!r}; `gomeet sources list` shows those there are.")


def _options(pairs: list[str]) -> dict[str, str]:
    split = [pair.partition("=") for pair in pairs]
    if any(not key or not equals for key, equals, _ in split):
        raise Invalid("Give an option as KEY=VALUE, such as kind=coffee_shop.")
    return {key: value for key, _, value in split}


def _portal(name: str) -> Portal:
    found = PORTALS.get(name.replace("-", "_"))
    if found is None:
        raise Invalid(f"There is no portal {name!r}; there are {', '.join(PORTALS)}.")
    return found


def _change(source: str, *, paused: bool) -> None:
    with world() as found:
        with found.database.write() as session:
            source_id = find(session, source)
            sources.change(session, source_id, now=now(), paused=paused)
        _print(found, source_id)


def _print(found: Resources, source_id: UUID) -> None:
    with found.database.read() as session:
        item = sources.overview(session, source_id, now())
        history = states.history(session, source_id)
    console.print(f"{item.row.name}: {item.health.state}. {item.health.message}", markup=False)
    for twin in item.twins:
        console.print(f"  {twin.text}", markup=False)
    if len(history) > 1:
        rows = [(_since(row.since), row.state, row.cause) for row in history]
        print_table("How it was", ("since", "state", "why"), rows)
    for problem in item.problems:
        console.print(f"  {problem.place}: {problem.cause}", markup=False)


def _since(moment: datetime | None) -> str:
    """To the minute, on the clock of this machine."""
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _line(item: sources.Overview) -> dict[str, object]:
    row = item.row
    return {
        "id": row.id,
        "name": row.name,
        "url": row.url,
        "scraper": row.scraper,
        "time_zone": row.time_zone,
        "time_rule": row.time_rule,
        "time_rule_proposed": row.time_rule_proposed,
        "trust": row.trust,
        "state": item.health.state,
        "since": item.since,
        "message": item.health.message,
        "paused": row.paused,
        "events": item.upcoming,
        "last_polled_at": row.last_polled_at,
        "next_due_at": row.next_due_at,
        "problems": [{"place": p.place, "code": p.code, "cause": p.cause} for p in item.problems],
        "twins": [{"id": twin.id, "name": twin.name, "same": twin.same} for twin in item.twins],
    }
