"""The registry of venues: places, the keys they are found by, and which listings speak of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.model.venue import Site
from app.store.codec import decode, encode
from app.store.events import chunks
from app.store.tables import ListingRow, VenueAliasRow, VenueRow
from app.store.upsert import insert


class Filed(NamedTuple):
    """Venues by id, and the ids filed under each key."""

    sites: dict[UUID, Site]
    keys: dict[str, set[UUID]]


def filed(session: Session, keys: Iterable[str]) -> Filed:
    """What is filed under these keys, in one query."""
    found = Filed({}, defaultdict(set))
    for some in chunks(keys):
        statement = (
            select(VenueAliasRow.key, VenueRow.id, VenueRow.payload)
            .join(VenueRow, VenueRow.id == VenueAliasRow.venue_id)
            .where(VenueAliasRow.key.in_(some))
        )
        for key, id_, payload in session.execute(statement):
            found.keys[key].add(id_)
            if id_ not in found.sites:
                found.sites[id_] = decode(payload, Site)
    return found


def sites(session: Session, ids: Iterable[UUID]) -> dict[UUID, Site]:
    """Those of these venues that there are."""
    return {
        id_: decode(payload, Site)
        for some in chunks(ids)
        for id_, payload in session.execute(
            select(VenueRow.id, VenueRow.payload).where(VenueRow.id.in_(some))
        )
    }


def get(session: Session, venue_id: UUID) -> Site:
    """One venue. Raises NotFound."""
    found = sites(session, [venue_id])
    if not found:
        raise NotFound("There is no such venue.")
    return found[venue_id]


def search(session: Session, text: str, limit: int) -> list[Site]:
    """Venues in whose name the text stands, whatever its case, by name; all for ""."""
    wanted = func.lower(VenueRow.name).contains(text.lower(), autoescape=True)
    statement = select(VenueRow.payload).where(wanted).order_by(VenueRow.name, VenueRow.id)
    return [decode(payload, Site) for payload in session.scalars(statement.limit(limit))]


def spellings(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """How listings spell each of these venues, in the order of the alphabet."""
    found: dict[UUID, list[str]] = defaultdict(list)
    statement = select(VenueAliasRow.venue_id, VenueAliasRow.spelling).where(
        VenueAliasRow.venue_id.in_(ids), VenueAliasRow.spelling != ""
    )
    for id_, spelling in session.execute(statement.order_by(VenueAliasRow.spelling)):
        found[id_].append(spelling)
    return found


def add(session: Session, new: Iterable[Site], now: datetime) -> None:
    """Insert venues; one without coordinates waits for a geocoder."""
    rows = [
        {"id": site.id, **_columns(site), "moved": False, "created_at": now}
        | {"ask_after": None if site.known_point else now}
        for site in new
    ]
    if rows:
        session.connection().execute(insert(session, VenueRow), rows)  # past the ORM


def replace(session: Session, changed: Iterable[Site]) -> None:
    """Update what is known of venues."""
    rows = [{"id": site.id, **_columns(site)} for site in changed]
    if rows:
        session.execute(update(VenueRow), rows)


def file(session: Session, aliases: Mapping[tuple[str, UUID], str]) -> None:
    """File venues under keys, with the spelling where the key is one."""
    rows = [
        {"key": key, "venue_id": id_, "spelling": spelling}
        for (key, id_), spelling in aliases.items()
    ]
    if rows:
        statement = insert(session, VenueAliasRow).on_conflict_do_nothing()
        session.connection().execute(statement, rows)


def absorb(session: Session, loser: UUID, winner: UUID) -> None:
    """Let everything that speaks of one venue speak of another, and forget the one."""
    rows = session.execute(
        select(VenueAliasRow.key, VenueAliasRow.spelling).where(VenueAliasRow.venue_id == loser)
    )
    file(session, {(key, winner): spelling for key, spelling in rows})
    session.execute(update(ListingRow).where(ListingRow.venue_id == loser).values(venue_id=winner))
    session.execute(delete(VenueRow).where(VenueRow.id == loser))


def mark_moved(session: Session, ids: Iterable[UUID], *, moved: bool) -> None:
    """Whether the events of these venues have still to be told where they are."""
    for some in chunks(ids):
        session.execute(update(VenueRow).where(VenueRow.id.in_(some)).values(moved=moved))


def moved(session: Session, limit: int) -> list[UUID]:
    """Venues whose events have still to be told."""
    return list(session.scalars(select(VenueRow.id).where(VenueRow.moved).limit(limit)))


def events_at(session: Session, venue_id: UUID) -> list[UUID]:
    """Ids of the events that any listing puts there."""
    statement = select(ListingRow.event_id).where(ListingRow.venue_id == venue_id).distinct()
    return list(session.scalars(statement))


def unasked(session: Session, now: datetime, limit: int) -> list[Site]:
    """Venues that a geocoder should be asked about, longest due first."""
    due = select(VenueRow.payload).where(VenueRow.ask_after <= now)
    first = due.order_by(VenueRow.ask_after, VenueRow.id).limit(limit)
    return [decode(payload, Site) for payload in session.scalars(first)]


def ask_after(session: Session, venue_id: UUID, when: datetime | None) -> None:
    """When a geocoder may be asked about a venue again; None: never."""
    session.execute(update(VenueRow).where(VenueRow.id == venue_id).values(ask_after=when))


def _columns(site: Site) -> dict[str, object]:
    return {"name": site.known_name, "payload": encode(site)}
