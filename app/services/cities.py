"""Install a city pack: its missing sources, spread over time; and how far their reading has come."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from app.cities import City, PackSource, every
from app.errors import Conflict, Invalid
from app.model.user import Profile, User
from app.services import sources
from app.services.resources import Resources
from app.store import counters, users
from app.store import sources as rows
from app.store.database import Session
from app.store.tables import SourceRow

APART = timedelta(seconds=1)  # between the first polls of two sources
HOST_APART = timedelta(seconds=3)  # and of two on one host, such as a hundred groups of Meetup


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a city is: of `total` readable sources, `added` are there and `read` were polled.

    `paused` counts those that a person stopped, which are not waited for; `events` lie ahead.
    """

    city: City
    total: int
    added: int
    read: int
    paused: int
    events: int


@dataclass(slots=True)
class Installed:
    """What adding a pack did: new sources, those there before, and who was refused and why."""

    new: list[UUID] = field(default_factory=list)
    there: int = 0
    refused: list[tuple[PackSource, str]] = field(default_factory=list)


def add(
    session: Session,
    world: Resources,
    city: City,
    now: datetime,
    topics: Collection[str] = (),
) -> Installed:
    """Add what is missing of a pack, of these topics or all; may be repeated.

    What is a source already stays as a person left it: its name, trust, zone and pause. Pages in
    which discovery must find the events first are not added.
    """
    wanted = [one for one in city.readable if not topics or set(topics) & set(one.topics)]
    counters.advance(session, "sources")  # two people may add one city at once
    known = _known(session, wanted)
    missing = [one for one in wanted if one not in known]
    installed = Installed(there=len(wanted) - len(missing))
    for one, due_at in zip(missing, _spread(missing, now), strict=True):
        try:
            row = sources.add(
                session,
                world,
                url=one.url,
                name=one.name,
                time_zone=city.time_zone,
                scraper=one.scraper,
                trust=one.trust,
                now=now,
                due_at=due_at,
            )
        except Conflict:  # under another spelling of its address
            installed.there += 1
        except Invalid as error:
            installed.refused.append((one, str(error)))
        else:
            installed.new.append(row.id)
    return installed


def _known(session: Session, wanted: Sequence[PackSource]) -> dict[PackSource, SourceRow]:
    """Which of these are sources: by address, or one that has moved on its site since, by name."""
    found = rows.called(session, {one.url for one in wanted}, {one.name for one in wanted})
    by_url = {row.url: row for row in found}
    by_name = {(row.name, _site(row.url)): row for row in found}
    pairs = (
        (one, by_url.get(one.url) or by_name.get((one.name, _site(one.url)))) for one in wanted
    )
    return {one: row for one, row in pairs if row is not None}


def _site(url: str) -> str:
    """The last two labels of its host: "events.town.example" and "www.town.example" are one."""
    return ".".join(urlsplit(url).netloc.split(".")[-2:])


def _spread(missing: Sequence[PackSource], now: datetime) -> list[datetime]:
    """When each is due first: not all in one second, and those of one host further apart."""
    seen: Counter[str] = Counter()
    due = []
    for number, one in enumerate(missing):
        host = urlsplit(one.url).netloc
        due.append(now + max(number * APART, seen[host] * HOST_APART))
        seen[host] += 1
    return due


def progress(session: Session, cities: Sequence[City], now: datetime) -> list[Progress]:
    """How far each of the cities is."""
    known = _known(session, [one for city in cities for one in city.readable])
    upcoming = rows.upcoming_counts(session, now) if known else {}
    found = []
    for city in cities:
        there = [known[one] for one in city.readable if one in known]
        found.append(
            Progress(
                city=city,
                total=len(city.readable),
                added=len(there),
                read=sum(row.last_polled_at is not None for row in there),
                paused=sum(row.paused and row.last_polled_at is None for row in there),
                events=sum(upcoming.get(row.id, 0) for row in there),
            )
        )
    return found


def present(session: Session) -> list[PackSource]:
    """The sources there are, as a pack would have them; topics as the shipped packs say, if any."""
    topics = {one.url: one.topics for city in every() for one in city.sources}
    return [
        PackSource(row.name, row.url, row.scraper, topics.get(row.url, ()), row.trust)
        for row in rows.every(session)
    ]


def settle(session: Session, city: City, person: User) -> bool:
    """Make the city's centre this person's home if they have none; whether it was made so."""
    profile = home_in(city, person.profile)
    if profile is not None:
        users.set_profile(session, person.id, profile)
    return profile is not None


def home_in(city: City, profile: Profile) -> Profile | None:
    """The profile with the city's centre as home; None if there is a home already."""
    if profile.latitude is not None or profile.longitude is not None:
        return None
    return replace(
        profile,
        home_name=profile.home_name or city.name,
        latitude=city.latitude,
        longitude=city.longitude,
        time_zone=city.time_zone,
    )
