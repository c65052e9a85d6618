"""`gomeet serve`, `gomeet demo` and `gomeet migrate`."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from app.bootstrap import open_resources
from app.cli.poll import poll_now
from app.cli.world import console, now, world
from app.log import configure
from app.main import create_app
from app.model.user import Profile
from app.sample_city.city import sources as city_sources
from app.sample_city.cycle import TIME_ZONE
from app.sample_city.records import city
from app.sample_city.server import serve as play
from app.services import accounts, sources
from app.services.resources import Resources
from app.settings import Settings
from app.store import users
from app.store.database import Session

DEMO_EMAIL = "demo@harborfalls.example"


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.command("serve")(serve)
    root.command("demo")(demo)
    root.command("migrate")(migrate)


def serve(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Where to listen.")] = 8000,
) -> None:
    """Serve the API and the client; polls and sends as well, unless GOMEET_CLOCK is off."""
    with world(verbose=True) as found:
        _run(found, host, port)


def demo(
    port: Annotated[int, typer.Option(help="Of the service; the city takes the next.")] = 8000,
    data: Annotated[Path, typer.Option(help="Where the demo keeps its database.")] = Path(
        "data/demo"
    ),
) -> None:
    """Play an invented city, load it, and serve it on localhost. Needs no internet."""
    configure("WARNING")
    with ExitStack() as stack:
        console.print("Harbor Falls wakes up …")
        streets = stack.enter_context(play("127.0.0.1", port + 1, now().astimezone().date()))
        found = stack.enter_context(open_resources(_demo_settings(port, data), now()))
        token = _install(found, streets.url)
        _load(found)
        console.print(_welcome(found, streets.url, token), soft_wrap=True, highlight=False)
        _run(found, "127.0.0.1", port)


def migrate() -> None:
    """Bring the database to the present schema; `serve` does the same when it starts."""
    with world():
        console.print("The database is up to date.")


def _run(found: Resources, host: str, port: int) -> None:
    uvicorn.run(
        create_app(found),
        host=host,
        port=port,
        access_log=False,  # it would print secret addresses; we keep our own
        log_config=None,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=500,
        timeout_graceful_shutdown=20,
    )


def _demo_settings(port: int, data: Path) -> Settings:
    return Settings(
        data_dir=data,
        base_url=f"http://127.0.0.1:{port}",
        allow_networks=["127.0.0.0/8"],
        allow_ports=[80, 443, port + 1],
        contact="https://gomeet.example/demo",
    )


def _install(found: Resources, city_url: str) -> str:
    """Person and sources of the demo, made once; a token for this run."""
    with found.database.write() as session:
        if not any(user.email == DEMO_EMAIL for user in users.every(session)):
            _settle(session, found, city_url)
        person = users.find(session, DEMO_EMAIL)
        return accounts.issue_token(session, found.keys, person.id, label="demo", now=now())


def _settle(session: Session, found: Resources, city_url: str) -> None:
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
    for row in city_sources(city_url):
        sources.add(
            session,
            found,
            url=row.url,
            name=row.name,
            time_zone=row.time_zone,
            scraper=row.scraper,
            trust=row.trust,
            now=now(),
        )


def _load(found: Resources) -> None:
    with found.database.read() as session:
        ids = [item.row.id for item in sources.overviews(session, now())]
    reports = poll_now(found, ids)
    listings = sum(report.listings for report in reports)
    console.print(f"Read {len(reports)} sources with {listings} listings.")


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
