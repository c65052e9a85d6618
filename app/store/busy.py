"""People's own calendars: the times that are taken, and when to look again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.store.codec import decode
from app.store.ids import new_id
from app.store.tables import BusyCalendarRow
from scrapers.spans import Span, joined

__all__ = ["Span"]


def add(session: Session, user_id: UUID, host: str, now: datetime) -> BusyCalendarRow:
    """A calendar that is due at once; its sealed address is the caller's to set before a flush."""
    row = BusyCalendarRow(
        id=new_id(),
        user_id=user_id,
        host=host,
        times="[]",
        etag="",
        last_modified="",
        problem="",
        failures=0,
        unread=0,
        added_at=now,
        next_at=now,
    )
    session.add(row)
    return row


def of_user(session: Session, user_id: UUID) -> Sequence[BusyCalendarRow]:
    """A person's calendars, in the order in which they were added."""
    mine = select(BusyCalendarRow).where(BusyCalendarRow.user_id == user_id)
    return session.scalars(mine.order_by(BusyCalendarRow.added_at, BusyCalendarRow.id)).all()


def remove(session: Session, user_id: UUID, calendar_id: UUID) -> bool:
    """Forget a calendar of this person with its times; whether there was one."""
    row = session.get(BusyCalendarRow, calendar_id)
    if row is None or row.user_id != user_id:
        return False
    session.delete(row)
    session.flush()
    return True


def get(session: Session, calendar_id: UUID) -> BusyCalendarRow:
    """One calendar. Raises NotFound."""
    row = session.get(BusyCalendarRow, calendar_id)
    if row is None:
        raise NotFound("There is no such calendar.")
    return row


def any_due(session: Session, now: datetime) -> bool:
    """Whether there is a calendar to look at."""
    found = select(BusyCalendarRow.id).where(BusyCalendarRow.next_at <= now).limit(1)
    return session.scalar(found) is not None


def claim_due(session: Session, now: datetime, until: datetime, limit: int) -> list[UUID]:
    """Calendars that are due, which nobody else gets before `until`."""
    due = (
        select(BusyCalendarRow)
        .where(BusyCalendarRow.next_at <= now)
        .order_by(BusyCalendarRow.next_at, BusyCalendarRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(due).all()
    for row in rows:
        row.next_at = until
    session.flush()
    return [row.id for row in rows]


def taken(session: Session, user_id: UUID) -> tuple[Span, ...]:
    """The (start, end; UTC) at which any of the person's calendars says that they are taken.

    In their order, those that overlap or touch as one.
    """
    times = select(BusyCalendarRow.times).where(BusyCalendarRow.user_id == user_id)
    return joined([span for each in session.scalars(times) for span in decode(each, list[Span])])
