"""Events and the listings they are merged from."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.model.event import Event
from app.store.codec import decode, encode
from app.store.tables import Base, BlockRow, ChoiceRow, DecisionRow, EventRow, ListingRow, SourceRow
from scrapers.base import Listing

V = TypeVar("V")

CHUNK = 500  # bound variables in one statement: SQLite's limit is 32,766, PostgreSQL's 65,535


class StoredListing(NamedTuple):
    """What is stored of a listing of a source; times are aware."""

    id: int
    event_id: UUID
    key: str
    fingerprint: str
    loose_fingerprint: str
    content_hash: str
    start: datetime
    missing_fetches: int
    missing_since: datetime | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """One source's listing of an event, with how far the source is trusted (0..100)."""

    listing_id: int
    event_id: UUID
    listing: Listing
    source_id: UUID
    source_name: str
    trust: int
    seen_at: datetime
    hidden: bool
    source_url: str
    key: str
    fingerprint: str
    first_seen_at: datetime
    venue_id: UUID | None


@dataclass(frozen=True, slots=True)
class Scored:
    """An event with the stored understanding of its room, both still as JSON."""

    id: UUID
    payload: str
    understanding: str
    model_version: str
    gone_since: datetime | None
    hidden: bool
    revision: int
    created_at: datetime
    changed_at: datetime


def listings_of(
    session: Session, source_id: UUID, *, missing: bool = False
) -> dict[str, StoredListing]:
    """All listings of a source by key, or only those that were missing lately."""
    statement = select(*_STORED).where(ListingRow.source_id == source_id)
    if missing:
        statement = statement.where(ListingRow.missing_since.is_not(None))
    rows = session.execute(statement)
    found = (StoredListing._make(row) for row in rows)
    return {item.key: item for item in found}


def told(session: Session, source_id: UUID) -> dict[str, Listing]:
    """What a source says, by key; hidden listings too."""
    rows = session.execute(
        select(ListingRow.key, ListingRow.payload).where(ListingRow.source_id == source_id)
    )
    return {key: decode(payload, Listing) for key, payload in rows}


def add_listings(session: Session, rows: list[dict[str, object]]) -> list[int]:
    """Insert listings of one source (a dict of columns each); their ids in the same order."""
    _insert(session, ListingRow, rows)
    ids: dict[object, int] = {}
    # Asked for afterwards: RETURNING in a known order would insert them one by one on SQLite.
    for some in chunks(rows):
        keys = [row["key"] for row in some]
        found = session.execute(
            select(ListingRow.key, ListingRow.id).where(
                ListingRow.source_id == some[0]["source_id"], ListingRow.key.in_(keys)
            )
        )
        ids.update(found.all())
    return [ids[row["key"]] for row in rows]


def _insert(session: Session, table: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert many rows past the ORM, which would look at each."""
    if rows:
        session.connection().execute(insert(table), rows)


def update_listings(session: Session, rows: list[dict[str, object]]) -> None:
    """Update listings by `id`; all dicts name the same columns."""
    if rows:
        session.execute(update(ListingRow), rows)


def add_decisions(session: Session, rows: list[dict[str, object]]) -> None:
    """Remember why listings were merged."""
    _insert(session, DecisionRow, rows)


def undo_merges(
    session: Session, listing_ids: Iterable[int], event_id: UUID, now: datetime
) -> None:
    """Note that these listings were taken out of the event again."""
    for ids in chunks(listing_ids):
        session.execute(
            update(DecisionRow)
            .where(DecisionRow.listing_id.in_(ids), DecisionRow.event_id == event_id)
            .values(undone_at=now)
        )


def home_of(session: Session, listing_id: int) -> UUID:
    """The event that a listing belongs to. Raises NotFound."""
    found = session.scalar(select(ListingRow.event_id).where(ListingRow.id == listing_id))
    if found is None:
        raise NotFound("There is no such listing.")
    return found


def add_blocks(session: Session, rows: list[dict[str, int]]) -> None:
    """File listings under the keys by which the matcher finds them."""
    _insert(session, BlockRow, rows)


def remove_blocks(session: Session, listing_ids: Iterable[int]) -> None:
    """Take listings out of the matcher's files."""
    for ids in chunks(listing_ids):
        session.execute(delete(BlockRow).where(BlockRow.listing_id.in_(ids)))


def blocked(session: Session, keys: Iterable[int], not_of: UUID) -> dict[int, set[UUID]]:
    """For each block key, the events that other sources filed under it."""
    found: dict[int, set[UUID]] = defaultdict(set)
    for some in chunks(keys):
        rows = session.execute(
            select(BlockRow.key, ListingRow.event_id)
            .join(ListingRow, ListingRow.id == BlockRow.listing_id)
            .where(BlockRow.key.in_(some), ListingRow.source_id != not_of)
        )
        for key, event_id in rows:
            found[key].add(event_id)
    return found


def voices(session: Session, event_ids: Iterable[UUID]) -> dict[UUID, list[Voice]]:
    """Every listing of these events, in the order in which they were first seen."""
    found: dict[UUID, list[Voice]] = defaultdict(list)
    columns = (
        ListingRow.id,
        ListingRow.event_id,
        ListingRow.payload,
        SourceRow.id,
        SourceRow.name,
        SourceRow.trust,
        SourceRow.last_ok_at,
        ListingRow.changed_at,
        ListingRow.hidden,
        SourceRow.url,
        ListingRow.key,
        ListingRow.fingerprint,
        ListingRow.first_seen_at,
        ListingRow.venue_id,
    )
    for ids in chunks(event_ids):
        statement = (
            select(*columns)
            .join(SourceRow, SourceRow.id == ListingRow.source_id)
            .where(ListingRow.event_id.in_(ids))
            .order_by(ListingRow.id)
        )
        for (
            id_,
            event_id,
            payload,
            source_id,
            name,
            trust,
            ok_at,
            changed_at,
            *more,
        ) in session.execute(statement):
            listing = decode(payload, Listing)
            seen_at = ok_at or changed_at
            found[event_id].append(
                Voice(id_, event_id, listing, source_id, name, trust, seen_at, *more)
            )
    return found


def events_of_source(session: Session, source_id: UUID) -> list[UUID]:
    """Ids of the events that a source speaks of."""
    return list(
        session.scalars(
            select(ListingRow.event_id).where(ListingRow.source_id == source_id).distinct()
        )
    )


def source_names(session: Session, event_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Names of the sources that list each event, venue before aggregator."""
    names: dict[UUID, list[str]] = defaultdict(list)
    for ids in chunks(event_ids):
        rows = session.execute(
            select(ListingRow.event_id, SourceRow.name)
            .join(SourceRow, SourceRow.id == ListingRow.source_id)
            .where(ListingRow.event_id.in_(ids), ListingRow.hidden.is_(False))
            .group_by(ListingRow.event_id, SourceRow.id)
            .order_by(SourceRow.trust.desc(), SourceRow.name)
        )
        for event_id, name in rows:
            names[event_id].append(name)
    return names


def row_of(
    event: Event, understanding: str, model_version: str, *, revision: int, now: datetime
) -> dict[str, object]:
    """The columns of a stored event, `created_at`, `gone_since` and `hidden` left to the caller.

    `understanding` is JSON already.
    """
    return {
        "id": event.id,
        "name": event.name,
        "start_at": event.start,
        "end_at": event.end,
        "local_date": event.local_date,
        "series": event.series,
        "payload": encode(event),
        "understanding": understanding,
        "model_version": model_version,
        "revision": revision,
        "changed_at": now,
    }


def add(session: Session, rows: list[dict[str, object]]) -> None:
    """Insert events (`row_of` plus `created_at`, `gone_since` and `hidden`)."""
    _insert(session, EventRow, rows)


def replace(session: Session, rows: list[dict[str, object]]) -> None:
    """Update events by `id`; all dicts name the same columns."""
    if rows:
        session.execute(update(EventRow), rows)


def get(session: Session, event_id: UUID) -> Scored:
    """One event. Raises NotFound."""
    found = scored(session, [event_id])
    if not found:
        raise NotFound("There is no such event.")
    return found[0]


def hold(session: Session, event_id: UUID) -> None:
    """Let nobody else change the event, or decide on it, before this transaction ends.

    On PostgreSQL a lock of its row; on SQLite the writing transaction itself. Raises NotFound.
    """
    held = select(EventRow.id).where(EventRow.id == event_id).with_for_update()
    if session.scalar(held) is None:
        raise NotFound("There is no such event.")


def scored(session: Session, event_ids: Sequence[UUID]) -> list[Scored]:
    """The events of these ids that exist, in the order asked for."""
    found: dict[UUID, Scored] = {}
    for ids in chunks(event_ids):
        rows = session.execute(select(*_SCORED).where(EventRow.id.in_(ids)))
        found.update((row[0], Scored(*row)) for row in rows)
    return [found[event_id] for event_id in event_ids if event_id in found]


def changed_after(session: Session, revision: int, since: datetime) -> Iterable[Scored]:
    """Events not over before `since` that changed after a catalog revision, oldest change first."""
    statement = (
        select(*_SCORED)
        .where(
            EventRow.revision > revision,
            since <= _END,
        )
        .order_by(EventRow.revision, EventRow.id)  # the same in every process, so that pages fit
        .execution_options(yield_per=2000)
    )
    return (Scored(*row) for row in session.execute(statement))


def outdated(session: Session, model_version: str, limit: int) -> list[Scored]:
    """Events whose understanding another version of the model made."""
    rows = session.execute(
        select(*_SCORED).where(EventRow.model_version != model_version).limit(limit)
    )
    return [Scored(*row) for row in rows]


def set_understandings(session: Session, rows: list[dict[str, object]]) -> None:
    """Replace what the model made of events: `b_id`, `understanding`, `model_version`, `revision`."""
    if rows:
        statement = update(EventRow).where(EventRow.id == bindparam("b_id"))
        session.connection().execute(statement, rows)


def forget_listings(session: Session, before: datetime) -> None:
    """Delete what sources said of dates long past, or each poll would compare with more of it."""
    over = select(EventRow.id).where(before > _END)
    session.execute(delete(ListingRow).where(ListingRow.event_id.in_(over)))


def forget_orphans(session: Session, before: datetime) -> int:
    """Delete events of long ago that nobody lists, decided on, or keeps apart from another."""
    listed = select(ListingRow.event_id)
    decided = select(ChoiceRow.event_id)
    kept_apart = select(DecisionRow.event_id)
    gone = session.execute(
        delete(EventRow)
        .where(
            before > _END,
            EventRow.id.not_in(listed),
            EventRow.id.not_in(decided),
            EventRow.id.not_in(kept_apart),
        )
        .returning(EventRow.id)
    )
    return len(gone.all())


def chunks(values: Iterable[V]) -> Iterator[list[V]]:
    """The values in lists short enough for one statement."""
    some = list(values)
    for start in range(0, len(some), CHUNK):
        yield some[start : start + CHUNK]


_END = func.coalesce(EventRow.end_at, EventRow.start_at)
_SCORED = (
    EventRow.id,
    EventRow.payload,
    EventRow.understanding,
    EventRow.model_version,
    EventRow.gone_since,
    EventRow.hidden,
    EventRow.revision,
    EventRow.created_at,
    EventRow.changed_at,
)
_STORED = (
    ListingRow.id,
    ListingRow.event_id,
    ListingRow.key,
    ListingRow.fingerprint,
    ListingRow.loose_fingerprint,
    ListingRow.content_hash,
    ListingRow.start_at,
    ListingRow.missing_fetches,
    ListingRow.missing_since,
    ListingRow.hidden,
)
