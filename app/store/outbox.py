"""Messages that must go out once, and the digests that put them there (SECURITY.md 4.6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.store.ids import new_id
from app.store.tables import DigestRow, OutboxRow
from app.store.upsert import insert

LEASE = timedelta(minutes=10)  # longer than a relay may take for all of its answers
LIFETIME = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed message: its bytes, where it goes, and the fencing number."""

    id: UUID
    attempt: int
    user_id: UUID | None
    topic: str
    recipient: str
    message: bytes
    dots_sent: int


def record_digest(
    session: Session, user_id: UUID, period: str, *, due_at: datetime, state: str, now: datetime
) -> bool:
    """Decide a person's week once; False if it was decided before, whoever did it."""
    statement = (
        insert(session, DigestRow)
        .values(user_id=user_id, period=period, due_at=due_at, state=state, decided_at=now)
        .on_conflict_do_nothing()
        .returning(DigestRow.period)
    )
    return session.execute(statement).first() is not None


def digest_periods(session: Session, user_id: UUID) -> set[str]:
    """The weeks that were decided for a person."""
    return set(session.scalars(select(DigestRow.period).where(DigestRow.user_id == user_id)))


def put(
    session: Session,
    *,
    dedupe_key: str,
    user_id: UUID | None,
    topic: str,
    recipient: str,
    message: bytes,
    now: datetime,
) -> UUID:
    """Put final bytes into the outbox, due at once; the key makes a second copy impossible.

    `user_id` is None for a message to the operator.
    """
    row = OutboxRow(
        id=new_id(),
        dedupe_key=dedupe_key,
        user_id=user_id,
        topic=topic,
        recipient=recipient,
        message=message,
        state="pending",
        attempt=0,
        dots_sent=0,
        lease_until=None,
        not_before=now,
        expires_at=now + LIFETIME,
        created_at=now,
        sent_at=None,
        error="",
    )
    session.add(row)
    session.flush()
    return row.id


def holds(session: Session, dedupe_key: str) -> bool:
    """Whether a message with this key was put here before."""
    return (
        session.scalar(select(OutboxRow.id).where(OutboxRow.dedupe_key == dedupe_key)) is not None
    )


def expire(session: Session, now: datetime) -> None:
    """Give up on messages that would only be stale."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.state == "pending", OutboxRow.expires_at <= now)
        .values(state="expired")
    )


def any_due(session: Session, now: datetime) -> bool:
    """Whether there is a message that `claim` would give."""
    return session.scalar(select(OutboxRow.id).where(_is_due(now)).limit(1)) is not None


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        OutboxRow.state == "pending",
        OutboxRow.not_before <= now,
        or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until < now),
    )


def claim(session: Session, now: datetime) -> Parcel | None:
    """Claim the longest waiting message that is due, or None."""
    due = (
        select(OutboxRow.id)
        .where(_is_due(now))
        .order_by(OutboxRow.not_before, OutboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")  # not asked once for each row, as `sources.claim_due` has it
    )
    statement = (
        update(OutboxRow)
        .where(OutboxRow.id.in_(select(due.c.id)))
        .values(lease_until=now + LEASE, attempt=OutboxRow.attempt + 1)
        .returning(
            OutboxRow.id,
            OutboxRow.attempt,
            OutboxRow.user_id,
            OutboxRow.topic,
            OutboxRow.recipient,
            OutboxRow.message,
            OutboxRow.dots_sent,
        )
        .execution_options(synchronize_session=False)
    )
    found = session.execute(statement).one_or_none()
    return None if found is None else Parcel(*found)


def count_dot(session: Session, parcel: Parcel) -> bool:
    """Note, durably, that the final dot is about to be sent.

    False if the claim was lost, or the message withdrawn, in which case it must not be sent.
    """
    wanted = OutboxRow.state == "pending"
    return _update(session, parcel, wanted, dots_sent=OutboxRow.dots_sent + 1)


def settle(
    session: Session,
    parcel: Parcel,
    *,
    state: str,
    error: str = "",
    not_before: datetime | None = None,
    sent_at: datetime | None = None,
    dots_sent: int | None = None,
) -> bool:
    """End a claim with its result; False if somebody else has taken the message since.

    `dots_sent` takes back a dot that certainly did not deliver.
    """
    values: dict[str, object] = {"state": state, "error": error, "lease_until": None}
    if dots_sent is not None:
        values["dots_sent"] = dots_sent
    if not_before is not None:
        values["not_before"] = not_before
    if sent_at is not None:
        values["sent_at"] = sent_at
    return _update(session, parcel, **values)


def _update(
    session: Session, parcel: Parcel, *conditions: ColumnElement[bool], **values: object
) -> bool:
    statement = (
        update(OutboxRow)
        .where(OutboxRow.id == parcel.id, OutboxRow.attempt == parcel.attempt, *conditions)
        .values(**values)
        .returning(OutboxRow.id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).first() is not None


def cancel(session: Session, user_id: UUID, topic: str) -> None:
    """Withdraw what a person no longer wants and has not been sent."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.user_id == user_id, OutboxRow.topic == topic, OutboxRow.state == "pending")
        .values(state="cancelled")
    )
