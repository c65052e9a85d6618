"""`gomeet city …`: packs of a city's sources."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from app import cities
from app.cities import City
from app.cli.world import console, now, print_json, print_table, stderr, world
from app.errors import Conflict, Invalid
from app.services import check_city, digest
from app.services import cities as service
from app.services.check_city import Checked
from app.services.resources import Resources
from app.store import users

Name = Annotated[str, typer.Argument(help="A pack, such as toronto, or a TOML file of your own.")]
AsJson = Annotated[bool, typer.Option("--json", help="For a program.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Packs of a city's sources.")
    group.command("list")(show)
    group.command("add")(add)
    group.command("check")(check)
    group.command("new")(new)
    root.add_typer(group, name="city")


def show(as_json: AsJson = False) -> None:
    """List the packs and how much of each is read here."""
    with world() as found, found.database.read() as session:
        rows = service.progress(session, cities.every(), now())
    if as_json:
        for item in rows:
            print_json(_line(item))
        return
    print_table(
        "City packs",
        ("pack", "city", "sources", "added", "read", "coming events"),
        [(p.city.slug, p.city.title, p.total, p.added, p.read, p.events) for p in rows],
    )


def add(
    name: Name,
    topic: Annotated[list[str] | None, typer.Option(help="Only these; may be repeated.")] = None,
    home: Annotated[str, typer.Option(help="Whose home its centre becomes, if none is set.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add what is missing of a city's sources; they are read over the next minutes.

    May be repeated: what was changed or paused stays as it is.
    """
    city, topics = _pack(name), _topics(topic or [])
    with world() as found, found.database.write() as session:
        installed = service.add(session, found, city, now(), topics)
        settled = bool(home) and service.settle(session, city, digest.find_user(session, home))
        homeless = [
            user.email for user in users.every(session) if service.home_in(city, user.profile)
        ]
    if as_json:
        print_json(
            {
                "city": city.slug,
                "added": len(installed.new),
                "there": installed.there,
                "refused": [{"url": one.url, "cause": why} for one, why in installed.refused],
                "to_discover": [one.url for one in city.to_discover],
                "home_set": settled,
            }
        )
        return
    _tell(city, installed, homeless)


def check(name: Name, as_json: AsJson = False) -> None:
    """Read every source of a pack over the network, store nothing, and say how each is."""
    city = _pack(name)
    with world() as found:
        checked = asyncio.run(_check_all(found, city))
    if as_json:
        for item in checked:
            print_json(
                {
                    "name": item.source.name,
                    "url": item.source.url,
                    "outcome": item.outcome,
                    "scraper": item.scraper,
                    "events": item.events,
                    "cause": item.cause,
                }
            )
        return
    rows = [
        (c.source.name, c.outcome, c.scraper, c.events, c.cause or c.source.url) for c in checked
    ]
    print_table(city.title, ("source", "outcome", "read as", "coming", "cause or address"), rows)
    good = sum(item.outcome == "ok" for item in checked)
    console.print(f"{good} of {len(checked)} sources have coming events.")


def new(
    name: Annotated[str, typer.Argument(help="The city's name, such as 'Harbor Falls'.")],
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path(),
    from_sources: Annotated[
        bool, typer.Option(help="With all sources that are read here.")
    ] = False,
) -> None:
    """Begin a pack: a TOML file that explains its own fields."""
    path = out / f"{cities.slug_of(name)}.toml"
    if path.exists():
        raise Conflict(f"{path} is there already; edit it, or choose another --out.")
    text = cities.scaffold(name)
    if from_sources:
        with world() as found, found.database.read() as session:
            text = cities.scaffold(name, service.present(session))
    path.write_text(text, "utf-8")
    console.print(
        f"{path} is written. Fill it in, then: gomeet city check {path}",
        highlight=False,
        soft_wrap=True,
    )


def _pack(name: str) -> City:
    if name.endswith(".toml"):
        return cities.load(Path(name))
    return cities.find(name)


def _topics(names: list[str]) -> list[str]:
    unknown = set(names) - cities.TOPICS
    if unknown:
        raise Invalid(
            f"There is no topic {min(unknown)!r}; there are {', '.join(sorted(cities.TOPICS))}."
        )
    return names


def _tell(city: City, installed: service.Installed, homeless: list[str]) -> None:
    console.print(
        f"{city.title}: {len(installed.new)} sources added, {installed.there} were there. "
        "They are read over the next minutes; `gomeet city list` shows how far.",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    for one, why in installed.refused:
        console.print(f"  not added: {one.name}: {why}", markup=False)
    if city.to_discover:
        console.print(
            f"Not added, because their events must be found first ({len(city.to_discover)}):"
        )
        for one in city.to_discover:
            console.print(f"  {one.name}: gomeet discover {one.url}", markup=False, soft_wrap=True)
    for email in homeless:
        console.print(
            f"{email} has no home yet: gomeet city add {city.slug} --home {email}", soft_wrap=True
        )


async def _check_all(found: Resources, city: City) -> list[Checked]:
    checked: list[Checked] = []
    with Progress(console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        task = progress.add_task(f"Reading {city.title}", total=len(city.sources))
        async for item in check_city.check(found, city, now()):
            progress.advance(task)
            checked.append(item)
    return sorted(checked, key=lambda item: (item.outcome == "ok", item.source.name))


def _line(item: service.Progress) -> dict[str, object]:
    city = item.city
    return {
        "city": city.slug,
        "title": city.title,
        "country": city.country,
        "time_zone": city.time_zone,
        "latitude": city.latitude,
        "longitude": city.longitude,
        "radius_km": city.radius_km,
        "sources": item.total,
        "added": item.added,
        "read": item.read,
        "events": item.events,
        "to_discover": [one.url for one in city.to_discover],
    }
