"""Sources: the feeds we poll, their leases and what the last poll found."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.store.ids import new_id
from app.store.tables import ListingRow, SourceRow

LEASE = timedelta(minutes=3)  # longer than any fetch and parse may take


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to poll one source until the lease ends; `attempt` is the fencing number."""

    source_id: UUID
    attempt: int


def add(
    session: Session,
    *,
    url: str,
    name: str,
    time_zone: str,
    scraper: str | None,
    trust: int,
    now: datetime,
    due_at: datetime | None = None,
    options: str = "{}",
) -> SourceRow:
    """A new source, due at once or `due_at`; the rest as in `draft`."""
    row = draft(
        url=url,
        name=name,
        time_zone=time_zone,
        scraper=scraper,
        trust=trust,
        now=now,
        options=options,
    )
    row.next_due_at = due_at or now
    session.add(row)
    session.flush()
    return row


def draft(
    *,
    url: str,
    name: str,
    time_zone: str,
    scraper: str | None,
    trust: int,
    now: datetime,
    options: str = "{}",
) -> SourceRow:
    """A source that is not stored. `url` is normalized; `trust` is 0 (aggregator) to 100 (venue).

    `options` is a JSON object of what its scraper is told.
    """
    return SourceRow(
        id=new_id(),
        url=url,
        name=name,
        scraper=scraper,
        time_zone=time_zone,
        trust=trust,
        paused=False,
        created_at=now,
        next_due_at=now,
        lease_until=None,
        attempt=0,
        memory="{}",
        interval_seconds=None,
        etag="",
        last_modified="",
        content_hash="",
        last_polled_at=None,
        last_ok_at=None,
        last_read_at=None,
        outcome="",
        error="",
        usual=0,
        unreadable=False,
        zone_suspect=False,
        moved_to="",
        moved_times=0,
        problems="[]",
        options=options,
        time_rule="",
        time_rule_proposed="",
    )


def get(session: Session, source_id: UUID) -> SourceRow:
    """The source. Raises NotFound."""
    row = session.get(SourceRow, source_id)
    if row is None:
        raise NotFound("There is no such source.")
    return row


def find_by_url(session: Session, url: str) -> SourceRow | None:
    """The source with exactly this normalized address, if there is one."""
    return session.scalar(select(SourceRow).where(SourceRow.url == url))


def every(session: Session) -> Sequence[SourceRow]:
    """All sources, by name."""
    return session.scalars(select(SourceRow).order_by(SourceRow.name, SourceRow.id)).all()


def number(session: Session) -> int:
    """How many sources there are."""
    return session.scalar(select(func.count()).select_from(SourceRow)) or 0


def called(session: Session, urls: Collection[str], names: Collection[str]) -> Sequence[SourceRow]:
    """The sources with one of these normalized addresses, or one of these names."""
    wanted = or_(SourceRow.url.in_(urls), SourceRow.name.in_(names))
    return session.scalars(select(SourceRow).where(wanted)).all()


def upcoming_counts(session: Session, now: datetime) -> dict[UUID, int]:
    """For each source, how many of its listings lie ahead and are shown."""
    statement = (
        select(ListingRow.source_id, func.count())
        .where(*_ahead(now))
        .group_by(ListingRow.source_id)
    )
    return dict(session.execute(statement).all())


def upcoming(session: Session, source_id: UUID, now: datetime) -> int:
    """How many listings of a source lie ahead and are shown."""
    statement = (
        select(func.count())
        .select_from(ListingRow)
        .where(ListingRow.source_id == source_id, *_ahead(now))
    )
    return session.scalar(statement) or 0


def shared_counts(
    session: Session, now: datetime, source_id: UUID | None = None
) -> dict[UUID, dict[UUID, int]]:
    """For each source, or for one, how many of its coming events each other one tells too."""
    other = aliased(ListingRow)
    statement = (
        select(ListingRow.source_id, other.source_id, func.count(ListingRow.event_id.distinct()))
        .join(other, other.event_id == ListingRow.event_id)
        .where(ListingRow.source_id != other.source_id, *_ahead(now), *_ahead(now, other))
        .group_by(ListingRow.source_id, other.source_id)
    )
    if source_id is not None:
        statement = statement.where(ListingRow.source_id == source_id)
    found: dict[UUID, dict[UUID, int]] = {}
    for one_id, other_id, count in session.execute(statement):
        found.setdefault(one_id, {})[other_id] = count
    return found


def _ahead(
    now: datetime, listing: type[ListingRow] = ListingRow
) -> tuple[ColumnElement[bool], ...]:
    return listing.start_at >= now, listing.hidden.is_(False)


def claim_due(session: Session, now: datetime, limit: int) -> list[Claim]:
    """Claim up to `limit` sources that are due, longest waiting first.

    Runs in a writing transaction. Two processes never get the same source, because the choosing
    and the marking are one statement (SECURITY.md 4.5).
    """
    due = (
        select(SourceRow.id)
        .where(_is_due(now))
        .order_by(SourceRow.next_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        # As a plain subquery PostgreSQL may ask it once for each row, and claim more than the limit.
        .cte("due")
    )
    return _claim(session, SourceRow.id.in_(select(due.c.id)), now)


def due(session: Session, now: datetime, limit: int) -> list[tuple[UUID, str]]:
    """Ids and addresses of up to `limit` sources that `claim_due` would claim, in its order."""
    statement = (
        select(SourceRow.id, SourceRow.url)
        .where(_is_due(now))
        .order_by(SourceRow.next_due_at)
        .limit(limit)
    )
    return [(source_id, url) for source_id, url in session.execute(statement)]


def claim_if_due(session: Session, source_id: UUID, now: datetime) -> Claim | None:
    """Claim one source unless it is not due (any more), or somebody else is at it."""
    claims = _claim(session, (SourceRow.id == source_id) & _is_due(now), now)
    return claims[0] if claims else None


def release(session: Session, source_id: UUID) -> None:
    """End the lease of a process that is dead; its number still holds until the next claim."""
    session.execute(update(SourceRow).where(SourceRow.id == source_id).values(lease_until=None))


def claim(session: Session, source_id: UUID, now: datetime) -> Claim | None:
    """Claim one source whether due or not; None while somebody else is at it."""
    claims = _claim(session, (SourceRow.id == source_id) & _unclaimed(now), now)
    return claims[0] if claims else None


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(SourceRow.paused.is_(False), SourceRow.next_due_at <= now, _unclaimed(now))


def _unclaimed(now: datetime) -> ColumnElement[bool]:
    return or_(SourceRow.lease_until.is_(None), SourceRow.lease_until < now)


def _claim(session: Session, which: ColumnElement[bool], now: datetime) -> list[Claim]:
    statement = (
        update(SourceRow)
        .where(which)
        .values(lease_until=now + LEASE, attempt=SourceRow.attempt + 1)
        .returning(SourceRow.id, SourceRow.attempt)
        .execution_options(synchronize_session=False)
    )
    return [Claim(source_id, attempt) for source_id, attempt in session.execute(statement)]


def claimed(session: Session, claim: Claim) -> SourceRow | None:
    """The claimed source to read outside of the session, None if it was removed."""
    row = session.get(SourceRow, claim.source_id)
    if row is not None:
        session.expunge(row)
    return row


def held(session: Session, claim: Claim) -> SourceRow | None:
    """The claimed source if the claim still stands, else None: the late writer must give up."""
    statement = (
        select(SourceRow)
        .where(SourceRow.id == claim.source_id, SourceRow.attempt == claim.attempt)
        .with_for_update()
    )
    return session.scalar(statement)


def delete(session: Session, source_id: UUID) -> None:
    """Forget a source; its listings go with it, events and choices stay. Raises NotFound."""
    session.delete(get(session, source_id))
    session.flush()


def delete_listings(session: Session, source_id: UUID) -> list[UUID]:
    """Delete all listings of a source; ids of the events they spoke of."""
    rows = session.execute(
        sql_delete(ListingRow)
        .where(ListingRow.source_id == source_id)
        .returning(ListingRow.event_id)
    )
    return sorted({event_id for (event_id,) in rows})
