"""Listings, sources and people for tests, put into the store the way a poll would."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from app.find.apply_poll import Answer, Memory, apply_poll
from app.find.normalize import normalize_all
from app.model.user import Profile
from app.services import accounts, merge
from app.services.resources import Resources
from app.store import events, sources
from app.store.codec import decode, encode
from scrapers.base import Listing, Offer, Place
from tests.conftest import NOW, PROFILE

ZONE = "America/New_York"
GULL = Place("Gull Room", "12 Wharf St, Harbor Falls", 41.931, -70.521)


def listing(
    name: str = "Harbor Falls Tech Mixer",
    *,
    days: float = 2,
    start: datetime | None = None,
    place: Place | None = GULL,
    price: int | None = None,
    **more: object,
) -> Listing:
    """An evening `days` from NOW; `price` in cents."""
    begin = start or NOW + timedelta(days=days, hours=8)
    offers = () if price is None else (Offer(price, price, "USD"),)
    values = {
        "uid": f"{name}@gull.example",
        "end": begin + timedelta(hours=2),
        "location": place,
        "offers": offers,
        "description": "Meet people of the trade over a drink; hiring teams come too.",
        **more,
    }
    return Listing(name, begin, ZONE, **values)  # type: ignore[arg-type] # fields by name


def add_source(
    world: Resources,
    name: str = "Gull Room",
    *,
    trust: int = 60,
    url: str = "",
    now: datetime = NOW,
) -> UUID:
    """A source that nobody will poll."""
    with world.database.write() as session:
        return sources.add(
            session,
            url=url or f"https://{name.replace(' ', '-').lower()}.example/feed.ics",
            name=name,
            time_zone=ZONE,
            scraper="ical",
            trust=trust,
            now=now,
        ).id


def tell(
    world: Resources, source_id: UUID, listings: Iterable[Listing], now: datetime = NOW
) -> list[UUID]:
    """Let the source announce exactly these; the ids of their events, in order."""
    clean, _ = normalize_all(tuple(listings), source_zone=ZONE)
    with world.database.write() as session:
        source = sources.get(session, source_id)
        stored = events.listings_of(session, source_id)
        memory = decode(source.memory, Memory)
        decision = apply_poll(merge.known(stored), memory, Answer(now, listings=tuple(clean)))
        merge.apply(session, source, stored, decision, now)
        source.memory = encode(decision.memory)
        source.outcome, source.last_ok_at = decision.outcome, now
        session.flush()
        homes = events.listings_of(session, source_id)
    return [homes[item.uid].event_id for item in clean]


def add_person(
    world: Resources,
    email: str = "robin@harborfalls.example",
    *,
    profile: Profile = PROFILE,
    now: datetime = NOW - timedelta(days=20),
) -> UUID:
    """An account."""
    name = email.partition("@")[0].title()
    with world.database.write() as session:
        return accounts.create(
            session, world.keys, name=name, email=email, profile=profile, now=now
        )


def token_of(world: Resources, user_id: UUID, now: datetime = NOW) -> str:
    """A bearer token of a person's device."""
    with world.database.write() as session:
        return accounts.issue_token(session, world.keys, user_id, label="test", now=now)
