"""`gomeet events`: the ranked list in the terminal."""

from datetime import timedelta
from typing import Annotated

import typer

from app.cli.world import console, now, print_json, print_table, world
from app.errors import Invalid, NotFound
from app.model.user import User
from app.publish import wording
from app.services import digest, rank
from app.store import users
from app.store.database import Session


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.command("events")(events)


def events(
    user: Annotated[str, typer.Option(help="For this person (address); default: the first.")] = "",
    days: Annotated[int, typer.Option(min=1, max=400, help="How far ahead.")] = 7,
    near: Annotated[str, typer.Option(help="LAT,LON in degrees; default: the person's home.")] = "",
    km: Annotated[float | None, typer.Option(help="Within so many km.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One event a line.")] = False,
) -> None:
    """Show what lies ahead, most promising first."""
    with world() as found, found.database.read() as session:
        person = person_of(session, user)
        profile = person.profile
        point = point_of(near) if near else profile.home
        query = rank.Query(
            since=now(),
            until=now() + timedelta(days=days),
            near=point,
            km=km or profile.reach_km,
        )
        ranking = rank.rank(found.catalog.at(session, now()), person, query)
        page, _ = ranking.page(None, 0, limit)
        items = rank.suggestions(session, person, list(page))
    if as_json:
        for item in items:
            print_json(_line(item))
        return
    rows = [_row(item) for item in items]
    print_table(f"The next {days} days", ("chance", "when", "what", "where", "why"), rows)
    console.print(f"{len(items)} of {len(ranking.rows)} events")


def person_of(session: Session, address: str) -> User:
    """The person of this address, or the first where none is named. Raises NotFound."""
    if address:
        return digest.find_user(session, address)
    for person in users.every(session):
        return person
    raise NotFound("There is no account yet; make one with `gomeet user add`.")


def _row(item: rank.Suggestion) -> tuple[object, ...]:
    score = item.score
    reasons = "; ".join(wording.reason_words(reason) for reason in wording.top_reasons(score)[:2])
    return (
        f"{wording.percent(score.your_field)} %",
        wording.when(item.event),
        item.event.name,
        wording.place(item.event),
        reasons,
    )


def _line(item: rank.Suggestion) -> dict[str, object]:
    return {
        "id": item.event.id,
        "name": item.event.name,
        "start": item.event.start,
        "time_zone": item.event.time_zone,
        "place": wording.place(item.event),
        "distance_km": item.distance_km,
        "any_field": item.score.any_field,
        "your_field": item.score.your_field,
        "kind": item.score.kind,
        "sources": list(item.sources),
        "reasons": [
            {"points": reason.points, "text": wording.reason_words(reason)}
            for reason in item.score.reasons
        ],
    }


def point_of(text: str) -> tuple[float, float]:
    """A point as it is typed, LAT,LON in degrees. Raises Invalid."""
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise Invalid("Give a point as LAT,LON in degrees, such as 41.93,-70.91.") from None
    return latitude, longitude
