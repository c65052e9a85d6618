"""Choices: what a person decided on an event, with a snapshot that no feed can take away."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.store.events import chunks
from app.store.tables import ChoiceRow

CHOSEN = "chosen"
DISMISSED = "dismissed"
WITHDRAWN = "withdrawn"  # taken back: kept, so that its UID and SEQUENCE go on


def get(session: Session, user_id: UUID, event_id: UUID) -> ChoiceRow | None:
    """The person's decision on the event, if there is one; a withdrawn one counts."""
    return session.get(ChoiceRow, (user_id, event_id))


def of_user(session: Session, user_id: UUID) -> Sequence[ChoiceRow]:
    """All decisions of a person, oldest first."""
    return session.scalars(
        select(ChoiceRow)
        .where(ChoiceRow.user_id == user_id, ChoiceRow.state != WITHDRAWN)
        .order_by(ChoiceRow.chosen_at, ChoiceRow.event_id)
    ).all()


def states(
    session: Session, user_id: UUID, event_ids: Sequence[UUID] | None = None
) -> dict[UUID, str]:
    """Event id to state, for a person's decisions, on these events or on all."""
    statement = select(ChoiceRow.event_id, ChoiceRow.state).where(
        ChoiceRow.user_id == user_id, ChoiceRow.state != WITHDRAWN
    )
    if event_ids is not None:
        statement = statement.where(ChoiceRow.event_id.in_(event_ids))
    return dict(session.execute(statement).all())


def going(session: Session, event_ids: Sequence[UUID], but: UUID) -> dict[UUID, int]:
    """How many people chose each of these events, one person left out; those with none missing."""
    return dict(
        session.execute(
            select(ChoiceRow.event_id, func.count())
            .where(
                ChoiceRow.event_id.in_(event_ids),
                ChoiceRow.state == CHOSEN,
                ChoiceRow.user_id != but,
            )
            .group_by(ChoiceRow.event_id)
        ).all()
    )


def published(session: Session, user_id: UUID) -> Sequence[ChoiceRow]:
    """What the person's feed holds, in an order that never changes by itself."""
    return session.scalars(
        select(ChoiceRow)
        .where(
            ChoiceRow.user_id == user_id,
            ChoiceRow.state.not_in((DISMISSED, WITHDRAWN)),
            ChoiceRow.faded.is_(False),
        )
        .order_by(ChoiceRow.chosen_at, ChoiceRow.event_id)
    ).all()


def of_events(session: Session, event_ids: Iterable[UUID]) -> Sequence[ChoiceRow]:
    """All decisions on these events, by anybody."""
    return [
        row
        for ids in chunks(event_ids)
        for row in session.scalars(select(ChoiceRow).where(ChoiceRow.event_id.in_(ids)))
    ]


def put(session: Session, row: ChoiceRow) -> None:
    """Keep a new decision."""
    session.add(row)
    session.flush()


def fade_cancelled(session: Session, before: datetime) -> list[UUID]:
    """Let marks of events cancelled before then leave the feeds; whose feeds changed."""
    rows = session.execute(
        update(ChoiceRow)
        .where(ChoiceRow.cancelled_at < before, ChoiceRow.faded.is_(False))
        .values(faded=True)
        .returning(ChoiceRow.user_id)
    )
    return sorted({user_id for (user_id,) in rows})
