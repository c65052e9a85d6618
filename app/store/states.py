"""The states of sources, one after the other, and which of them the operator has yet to learn."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from app.store.tables import SourceRow, StateRow

KEPT = 20  # of one source; older ones are forgotten


def history(session: Session, source_id: UUID, *, hold: bool = False) -> Sequence[StateRow]:
    """The last states of a source, the present one first; `hold` keeps others from changing it."""
    statement = (
        select(StateRow)
        .where(StateRow.source_id == source_id)
        .order_by(StateRow.id.desc())
        .limit(KEPT)
    )
    return session.scalars(statement.with_for_update() if hold else statement).all()


def since(session: Session, source_id: UUID | None = None) -> dict[UUID, datetime]:
    """Since when sources are in their present state; of one, or of all that were polled."""
    statement = select(StateRow.source_id, StateRow.since).where(StateRow.until.is_(None))
    if source_id is not None:
        statement = statement.where(StateRow.source_id == source_id)
    return dict(session.execute(statement).all())


def begin(
    session: Session,
    source_id: UUID,
    *,
    state: str,
    cause: str,
    told_at: datetime | None,
    now: datetime,
) -> None:
    """Let a source come into a state, and forget the oldest of more than KEPT."""
    of_source = StateRow.source_id == source_id
    session.execute(update(StateRow).where(of_source, StateRow.until.is_(None)).values(until=now))
    session.add(
        StateRow(
            source_id=source_id,
            state=state,
            cause=cause,
            since=now,
            until=None,
            told_at=told_at,
        )
    )
    session.flush()
    kept = select(StateRow.id).where(of_source).order_by(StateRow.id.desc()).limit(KEPT)
    session.execute(delete(StateRow).where(of_source, StateRow.id.not_in(kept)))


def take_troubles(
    session: Session, well: str, before: datetime, now: datetime
) -> list[tuple[UUID, datetime]]:
    """Take what the operator has to learn, in force since `before`: source and since when.

    Whoever takes a state has to tell it in the same transaction: nobody else will get it. Who has
    paused a source knows why.
    """
    polled = StateRow.source_id.in_(select(SourceRow.id).where(SourceRow.paused.is_(False)))
    return _take(session, now, StateRow.state != well, StateRow.since <= before, polled)


def take_recoveries(
    session: Session, well: str, before: datetime, now: datetime
) -> list[tuple[UUID, datetime]]:
    """Take the sources that are well again since `before`, after a trouble that was told."""
    other = aliased(StateRow)
    troubled = exists().where(
        other.source_id == StateRow.source_id, other.state != well, other.told_at.is_not(None)
    )
    return _take(session, now, StateRow.state == well, StateRow.since <= before, troubled)


def _take(
    session: Session, now: datetime, *which: ColumnElement[bool]
) -> list[tuple[UUID, datetime]]:
    statement = (
        update(StateRow)
        .where(StateRow.until.is_(None), StateRow.told_at.is_(None), *which)
        .values(told_at=now)
        .returning(StateRow.source_id, StateRow.since)
        .execution_options(synchronize_session=False)
    )
    return [(source_id, began) for source_id, began in session.execute(statement)]
