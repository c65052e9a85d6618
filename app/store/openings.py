"""Openings and what each source says of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.model.opening import Opening, Voice
from app.store.codec import decode, encode
from app.store.events import chunks
from app.store.tables import OpeningListingRow, OpeningRow, SourceRow
from scrapers.base import OpeningListing


@dataclass(frozen=True, slots=True)
class StoredListing:
    """A listing as it is stored, with the opening it speaks of (None: not of a new place)."""

    id: int
    key: str
    payload: str
    opening_id: UUID | None


@dataclass(frozen=True, slots=True)
class Stored:
    """An opening with the times of its row."""

    opening: Opening
    created_at: datetime
    changed_at: datetime


def listings_of(session: Session, source_id: UUID) -> dict[str, StoredListing]:
    """All listings of a source by key."""
    row = OpeningListingRow
    statement = select(row.id, row.key, row.payload, row.opening_id).where(
        row.source_id == source_id
    )
    return {found.key: StoredListing(*found) for found in session.execute(statement)}


def add_listings(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert listings; a row names `source_id`, `opening_id`, `key`, `payload`, `first_seen_at`."""
    if rows:
        session.execute(insert(OpeningListingRow), rows)


def update_listings(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Change listings by `id`; a row names what changes."""
    if rows:
        session.execute(update(OpeningListingRow), rows)


def voices(session: Session, opening_ids: Iterable[UUID]) -> dict[UUID, list[Voice]]:
    """What all sources say of these openings."""
    found: dict[UUID, list[Voice]] = {}
    for ids in chunks(opening_ids):
        statement = (
            select(
                OpeningListingRow.opening_id,
                OpeningListingRow.payload,
                SourceRow.name,
                SourceRow.trust,
            )
            .join(SourceRow, SourceRow.id == OpeningListingRow.source_id)
            .where(OpeningListingRow.opening_id.in_(ids))
            .order_by(SourceRow.id, OpeningListingRow.key)
        )
        for opening_id, payload, name, trust in session.execute(statement):
            listing = decode(payload, OpeningListing)
            if opening_id is not None:
                found.setdefault(opening_id, []).append(Voice(name, trust / 100, listing))
    return found


def every(session: Session, since: date) -> list[Opening]:
    """All openings whose window ends on `since` or later, heard or not: what a listing may join."""
    statement = select(OpeningRow.payload).where(OpeningRow.last_day >= since)
    return [decode(payload, Opening) for payload in session.scalars(statement)]


def open_on(session: Session, today: date) -> list[Opening]:
    """The openings that some source speaks of and whose window is not over."""
    statement = select(OpeningRow.payload).where(
        OpeningRow.last_day >= today, OpeningRow.heard.is_(True)
    )
    return [decode(payload, Opening) for payload in session.scalars(statement)]


def get(session: Session, opening_id: UUID) -> Stored:
    """One opening, also when nobody speaks of it any more. Raises NotFound."""
    row = session.get(OpeningRow, opening_id)
    if row is None:
        raise NotFound("There is no such opening.")
    return Stored(decode(row.payload, Opening), row.created_at, row.changed_at)


def add(session: Session, opening: Opening, now: datetime) -> None:
    """Keep a new opening."""
    row = OpeningRow(
        id=opening.id,
        payload=encode(opening),
        last_day=opening.last_day,
        heard=True,
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()


def replace(session: Session, opening_id: UUID, opening: Opening | None, now: datetime) -> None:
    """The opening as its sources tell it now; None: nobody calls it new any more. Keeps the row."""
    row = session.get_one(OpeningRow, opening_id)
    if opening is None:
        row.heard, row.changed_at = False, now if row.heard else row.changed_at
    elif not row.heard or encode(opening) != row.payload:
        row.payload, row.last_day, row.heard = encode(opening), opening.last_day, True
        row.changed_at = now
    session.flush()


def ids_of_source(session: Session, source_id: UUID) -> list[UUID]:
    """The openings that a source speaks of."""
    row = OpeningListingRow
    statement = select(row.opening_id).where(
        row.source_id == source_id, row.opening_id.is_not(None)
    )
    return sorted({id_ for id_ in session.scalars(statement) if id_ is not None})
