"""Signs of life and the single planner: who leads, and since when (SECURITY.md 4.5)."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.store.tables import LeaseRow
from app.store.upsert import insert

TTL = timedelta(seconds=90)


def acquire(session: Session, name: str, holder: str, now: datetime) -> int | None:
    """Take or renew the lease; gives its epoch, or None while another holder's lease runs."""
    taken = {"holder": holder, "until": now + TTL, "beat_at": now}
    first = insert(session, LeaseRow).values(name=name, epoch=1, **taken)
    statement = first.on_conflict_do_update(
        index_elements=[LeaseRow.name],
        set_={**taken, "epoch": LeaseRow.epoch + 1},
        where=or_(LeaseRow.holder == holder, LeaseRow.until < now),
    ).returning(LeaseRow.epoch)
    return session.execute(statement).scalar_one_or_none()


def last_beat(session: Session, name: str) -> datetime | None:
    """When the holder last showed a sign of life."""
    return session.scalar(select(LeaseRow.beat_at).where(LeaseRow.name == name))
