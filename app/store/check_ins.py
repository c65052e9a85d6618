"""What people told of the events that they went to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.model.check_in import CheckIn
from app.model.event import Event
from app.store.codec import decode, encode
from app.store.tables import CheckInRow


@dataclass(frozen=True, slots=True)
class Told:
    """One check-in with the event as it was when told, and that instant (UTC)."""

    check_in: CheckIn
    event: Event
    told_at: datetime


def of_user(session: Session, user_id: UUID) -> Sequence[Told]:
    """All that a person told, the latest event first."""
    statement = (
        select(CheckInRow)
        .where(CheckInRow.user_id == user_id)
        .order_by(CheckInRow.start_at.desc(), CheckInRow.event_id)
    )
    return [
        Told(decode(row.payload, CheckIn), decode(row.event, Event), row.told_at)
        for row in session.scalars(statement)
    ]


def put(session: Session, user_id: UUID, told: Told) -> None:
    """Keep a check-in, in place of an earlier one of the same event."""
    row = session.get(CheckInRow, (user_id, told.check_in.event_id))
    if row is None:
        row = CheckInRow(user_id=user_id, event_id=told.check_in.event_id)
        session.add(row)
    row.payload, row.event = encode(told.check_in), encode(told.event)
    row.start_at, row.told_at = told.check_in.start, told.told_at
    session.flush()


def move(session: Session, user_id: UUID, old_id: UUID, new_id: UUID) -> None:
    """Let a check-in be of another event, unless there is one of that."""
    row = session.get(CheckInRow, (user_id, old_id))
    if row is not None and session.get(CheckInRow, (user_id, new_id)) is None:
        row.payload = encode(replace(decode(row.payload, CheckIn), event_id=new_id))
        row.event_id = new_id
        session.flush()


def get(session: Session, user_id: UUID, event_id: UUID) -> Told | None:
    """What the person told of this event."""
    row = session.get(CheckInRow, (user_id, event_id))
    if row is None:
        return None
    return Told(decode(row.payload, CheckIn), decode(row.event, Event), row.told_at)


def remove(session: Session, user_id: UUID, event_id: UUID) -> bool:
    """Forget a check-in; whether there was one."""
    row = session.get(CheckInRow, (user_id, event_id))
    if row is not None:
        session.delete(row)
        session.flush()
    return row is not None
