"""`gomeet demo`: the sample city, a person who lives there, and the service."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from threading import Event, Thread
from typing import Annotated

import typer

from app.bootstrap import open_resources
from app.cli.poll import poll_now
from app.cli.serve import answer, listening, stoppable, taken
from app.cli.world import console, now
from app.log import configure
from app.model.user import Profile
from app.sample_city.city import SourceRow, platform_sources, troubled_sources
from app.sample_city.cycle import TIME_ZONE, ZONE
from app.sample_city.records import city
from app.sample_city.server import Server
from app.sample_city.server import serve as play
from app.services import accounts, sources
from app.services.resources import Resources
from app.settings import Settings
from app.store import sources as rows
from app.store import users
from app.store.database import Session

HOST = "127.0.0.1"
DEMO_EMAIL = "demo@harborfalls.example"
LOOK_AT_CALENDAR = 30.0  # seconds


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command("demo")(demo)


def demo(
    port: Annotated[
        int, typer.Option(min=1, max=65534, help="Of the service; the city takes the next.")
    ] = 8000,
    data: Annotated[Path, typer.Option(help="Where the demo keeps its database.")] = Path(
        "data/demo"
    ),
) -> None:
    """Play an invented city, load it, and serve it on localhost. Needs no internet."""
    configure("WARNING")
    with (
        stoppable(),
        listening(HOST, port) as door,
        _streets(port + 1) as streets,
        open_resources(_settings(port, data), now()) as found,
    ):
        console.print("Harbor Falls wakes up …")
        others = (*platform_sources(streets.url), *troubled_sources(streets.url))
        token = _install(found, [*streets.sources, *others])
        _load(found)
        console.print(_welcome(found, streets.url, token), soft_wrap=True, highlight=False)
        with turning(streets, today):
            answer(found, door)


def today() -> date:
    """The day it is in the city."""
    return now().astimezone(ZONE).date()


@contextmanager
def turning(
    streets: Server, day: Callable[[], date], every: float = LOOK_AT_CALENDAR
) -> Iterator[None]:
    """Keep the city on the present day, looked at `every` so many seconds, while the block runs."""
    over = Event()

    def turn() -> None:
        while not over.wait(every):
            streets.turn_to(day())

    thread = Thread(target=turn, name="the city's days")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def _streets(port: int) -> Iterator[Server]:
    with ExitStack() as stack:
        try:
            streets = stack.enter_context(play(HOST, port, today()))
        except OSError as error:
            raise taken(HOST, port, error) from error
        yield streets


def _settings(port: int, data: Path) -> Settings:
    return Settings(
        data_dir=data,
        database_url="",  # never the one that this folder's .env names: the demo is invented
        smtp_host="",
        base_url=f"http://{HOST}:{port}",
        allow_networks=["127.0.0.0/8"],
        allow_ports=[80, 443, port + 1],
        contact="https://gomeet.example/demo",
        fetch_host_interval=0,  # the whole city is one host, and it is our own
    )


def _install(found: Resources, publishers: list[SourceRow]) -> str:
    """Person and sources of the demo, made once; a token for this run."""
    with found.database.write() as session:
        if any(user.email == DEMO_EMAIL for user in users.every(session)):
            _follow_to(session, publishers)
        else:
            _settle(session, found, publishers)
        person = users.find(session, DEMO_EMAIL)
        return accounts.issue_token(session, found.keys, person.id, label="demo", now=now())


def _settle(session: Session, found: Resources, publishers: list[SourceRow]) -> None:
    home = city().venues["cityhall"]
    profile = Profile(
        home_name="Harbor Falls",
        latitude=home.latitude,
        longitude=home.longitude,
        time_zone=TIME_ZONE,
        reach_km=15,
        interests=("music", "food"),
        field="software engineering",
    )
    accounts.create(session, found.keys, name="Robin", email=DEMO_EMAIL, profile=profile, now=now())
    for row in publishers:
        sources.add(session, found, **row._asdict(), now=now())


def _follow_to(session: Session, publishers: list[SourceRow]) -> None:
    """The city may have moved to another port since the last run."""
    addresses = {row.name: row.url for row in publishers}
    for source in rows.every(session):
        source.url = addresses.get(source.name, source.url)


def _load(found: Resources) -> None:
    with found.database.read() as session:
        ids = [row.id for row in rows.every(session) if not row.paused]
    reports = poll_now(found, ids)
    with found.database.read() as session:
        events = len(found.catalog.at(session, now()))
    console.print(f"Read {len(reports)} sources; {events} events lie ahead.")


def _welcome(found: Resources, city_url: str, token: str) -> str:
    base = found.settings.base_url
    return (
        f"\n  Your week      {base}/#token={token}\n"
        f"  API            {base}/api/v1/events   (Authorization: Bearer {token})\n"
        f"  API reference  {base}/docs\n"
        f"  The city       {city_url}/\n"
        f"  Token          export TOKEN={token}\n"
        "\n  Stop with Ctrl-C.\n"
    )
