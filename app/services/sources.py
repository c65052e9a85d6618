"""Sources as a person sees and changes them; polling them is `ingest`'s."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.errors import Conflict, Invalid
from app.find.health import Health
from app.gateways.keys import keyless_address
from app.gateways.urls import normalize_url
from app.model.zone import zone_names
from app.services import merge, source_health
from app.services.correct_times import correct_times
from app.services.resources import Resources
from app.services.twins import Twin, twins
from app.store import counters, events, sources, states
from app.store.codec import decode, encode
from app.store.database import Session
from app.store.tables import SourceRow
from scrapers import SCRAPERS
from scrapers.base import Problem

MAX_SOURCES = 20_000  # twice what bench/ shows one machine to poll; nobody adds it by hand


@dataclass(frozen=True, slots=True)
class Overview:
    """A source with its health, since when it is so, and the number of its coming events."""

    row: SourceRow
    health: Health
    upcoming: int
    problems: list[Problem]
    since: datetime | None = None  # of its state at the last poll; None: not polled yet
    twins: Sequence[Twin] = ()


def add(
    session: Session,
    world: Resources,
    *,
    url: str,
    name: str = "",
    time_zone: str = "",
    scraper: str | None = None,
    trust: int = 60,
    options: Mapping[str, str] | None = None,
    now: datetime,
    due_at: datetime | None = None,
) -> SourceRow:
    """A new source, due at once or `due_at`. Raises Invalid naming the field, Conflict if known.

    `trust` is 0 (aggregator) to 100 (the venue itself); a missing zone is taken as UTC until the
    feed names its own. `options` are what the scraper is told.
    """
    address = keyless_address(normalize_url(url, world.client.policy))
    counters.advance(session, "sources")  # whoever adds meanwhile waits, and then finds this one
    if sources.find_by_url(session, address) is not None:
        raise Conflict("This address is among your sources already.")
    if sources.number(session) >= MAX_SOURCES:
        raise Invalid(f"There can be {MAX_SOURCES} sources; remove one first.", "url")
    if scraper is not None and scraper not in SCRAPERS:
        known = ", ".join(sorted(SCRAPERS))
        raise Invalid(f"There is no such scraper; there are {known}.", "scraper")
    return sources.add(
        session,
        url=address,
        name=name or _host(address),
        time_zone=checked_zone(time_zone or "UTC"),
        scraper=scraper,
        trust=trust,
        options=encode(dict(options or {})),
        now=now,
        due_at=due_at,
    )


def change(
    session: Session,
    source_id: UUID,
    *,
    now: datetime,
    paused: bool | None = None,
    name: str | None = None,
    time_zone: str | None = None,
    trust: int | None = None,
    time_rule: str | None = None,
) -> SourceRow:
    """Change what is given. Resuming, another zone or time rule make the source due at once."""
    row = sources.get(session, source_id)
    if name is not None and name != row.name:
        row.name = name
        counters.advance(session)  # lists show it
    if trust is not None and trust != row.trust:
        row.trust = trust
        session.flush()
        merge.elect_anew(session, events.events_of_source(session, source_id), now)
    if time_zone is not None and time_zone != row.time_zone:
        row.time_zone = checked_zone(time_zone)
        _read_anew(row, now)
    if time_rule is not None and time_rule != row.time_rule:
        correct_times(session, row, time_rule, now)
        _read_anew(row, now)
    if paused is not None:
        row.paused = paused
        row.next_due_at = row.next_due_at if paused else now
    session.flush()
    return row


def _read_anew(row: SourceRow, now: datetime) -> None:
    """Due at once, whole; a poll under way read it as it was before, so its claim is taken back."""
    row.etag, row.last_modified, row.content_hash = "", "", ""
    row.next_due_at, row.lease_until = now, None
    row.attempt += 1


def overviews(session: Session, now: datetime) -> list[Overview]:
    """All sources with their health."""
    counts, since = sources.upcoming_counts(session, now), states.since(session)
    shared = sources.shared_counts(session, now)
    found = []
    for row in sources.every(session):
        upcoming = counts.get(row.id, 0)
        others = twins(session, row, upcoming, shared.get(row.id, {}))
        found.append(_overview(row, upcoming, since.get(row.id), others, now))
    return found


def overview(session: Session, source_id: UUID, now: datetime) -> Overview:
    """One source with its health. Raises NotFound."""
    row = sources.get(session, source_id)
    since = states.since(session, source_id).get(source_id)
    upcoming = sources.upcoming(session, source_id, now)
    shared = sources.shared_counts(session, now, source_id).get(source_id, {})
    return _overview(row, upcoming, since, twins(session, row, upcoming, shared), now)


def _overview(
    row: SourceRow, upcoming: int, since: datetime | None, twins: Sequence[Twin], now: datetime
) -> Overview:
    found = source_health.health_of(row, upcoming, now)
    return Overview(row, found, upcoming, decode(row.problems, list[Problem]), since, twins)


def checked_zone(name: str) -> str:
    """The zone if the IANA list has it. Raises Invalid."""
    if name not in zone_names():
        raise Invalid("Name a time zone of the IANA list, such as America/New_York.", "time_zone")
    return name


def _host(address: str) -> str:
    return address.split("/")[2].removeprefix("www.")
