"""Signs of life and the single planner: who leads, and since when (SECURITY.md 4.5)."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.store.tables import LeaseRow

TTL = timedelta(seconds=90)


def acquire(session: Session, name: str, holder: str, now: datetime) -> int | None:
    """Take or renew the lease; gives its epoch, or None while another holder's lease runs."""
    statement = (
        update(LeaseRow)
        .where(
            LeaseRow.name == name,
            or_(LeaseRow.holder == holder, LeaseRow.until < now),
        )
        .values(
            holder=holder,
            until=now + TTL,
            beat_at=now,
            epoch=LeaseRow.epoch + 1,
        )
        .returning(LeaseRow.epoch)
        .execution_options(synchronize_session=False)
    )
    epoch = session.execute(statement).scalar_one_or_none()
    if epoch is not None:
        return epoch
    if session.scalar(select(LeaseRow.name).where(LeaseRow.name == name)):
        return None
    session.add(LeaseRow(name=name, holder=holder, epoch=1, until=now + TTL, beat_at=now))
    session.flush()
    return 1


def last_beat(session: Session, name: str) -> datetime | None:
    """When the holder last showed a sign of life."""
    return session.scalar(select(LeaseRow.beat_at).where(LeaseRow.name == name))
