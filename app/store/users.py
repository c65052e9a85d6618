"""Accounts, device tokens and the secret of each person's feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.model.learnt import Learnt
from app.model.user import Profile, User
from app.store import counters
from app.store.codec import decode, encode
from app.store.database import Database
from app.store.ids import new_id
from app.store.lookup import look_up
from app.store.tables import CounterRow, TokenRow, UserRow


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking, with the revisions that everything they may see depends on."""

    user_id: UUID
    user_revision: int
    catalog_revision: int


def add(session: Session, *, name: str, email: str, profile: Profile, now: datetime) -> UserRow:
    """A new account without feed secret yet. Raises Conflict if the address is taken."""
    if session.scalar(select(UserRow.id).where(UserRow.email == email)):
        raise Conflict(f"There is already an account for {email}.")
    user_id = new_id()
    row = UserRow(
        id=user_id,
        name=name,
        email=email,
        profile=encode(profile),
        revision=1,
        created_at=now,
        feed_epoch=0,
        feed_token_hash=f"none:{user_id}",
    )
    session.add(row)
    session.flush()
    return row


def get(session: Session, user_id: UUID) -> User:
    """The person. Raises NotFound."""
    return as_user(row(session, user_id))


def row(session: Session, user_id: UUID) -> UserRow:
    """The account's row. Raises NotFound."""
    found = session.get(UserRow, user_id)
    if found is None:
        raise NotFound("There is no such account.")
    return found


def find(session: Session, email: str) -> User:
    """The person with this address. Raises NotFound."""
    found = session.scalar(select(UserRow).where(UserRow.email == email))
    if found is None:
        raise NotFound(
            f"There is no account for {email}; `gomeet user list` shows those there are."
        )
    return as_user(found)


def every(session: Session) -> Sequence[User]:
    """All accounts, by address."""
    return [as_user(found) for found in session.scalars(select(UserRow).order_by(UserRow.email))]


def as_user(found: UserRow) -> User:
    """The row as a value."""
    learnt = decode(found.learnt, Learnt)
    return User(found.id, found.name, found.email, decode(found.profile, Profile), learnt)


def set_profile(session: Session, user_id: UUID, profile: Profile) -> None:
    """Replace the profile. Raises NotFound."""
    row(session, user_id).profile = encode(profile)
    touch(session, [user_id])


def set_learnt(session: Session, user_id: UUID, learnt: Learnt) -> None:
    """Replace what the person's check-ins taught. Raises NotFound."""
    row(session, user_id).learnt = encode(learnt)
    touch(session, [user_id])


def touch(session: Session, user_ids: Sequence[UUID]) -> None:
    """Note that what these people see has changed."""
    if user_ids:
        session.execute(
            update(UserRow).where(UserRow.id.in_(user_ids)).values(revision=UserRow.revision + 1)
        )


def delete(session: Session, user_id: UUID) -> None:
    """Delete an account with everything that hangs on it. Raises NotFound."""
    session.delete(row(session, user_id))
    session.flush()


def add_token(
    session: Session,
    user_id: UUID,
    *,
    token_hash: str,
    label: str,
    now: datetime,
    expires_at: datetime | None,
) -> None:
    """Keep the keyed hash of a device's token."""
    session.add(
        TokenRow(
            id=new_id(),
            user_id=user_id,
            hash=token_hash,
            label=label,
            created_at=now,
            expires_at=expires_at,
            revoked_at=None,
        )
    )
    session.flush()


_CALLER = (
    select(
        UserRow.id,
        UserRow.revision,
        select(CounterRow.value)
        .where(CounterRow.name == counters.CATALOG)
        .scalar_subquery()
        .label("catalog"),
        TokenRow.expires_at,
    )
    .join(TokenRow, TokenRow.user_id == UserRow.id)
    .where(TokenRow.hash == bindparam("hash"), TokenRow.revoked_at.is_(None))
)
_FEED_OWNER = select(UserRow.id, UserRow.revision).where(
    UserRow.feed_token_hash == bindparam("hash")
)


def caller(database: Database, token_hash: str, now: datetime) -> Caller | None:
    """Who holds this token, in one look-up; None if it is unknown, expired or revoked."""
    found = look_up(database, _CALLER, hash=token_hash)
    if found is None or (found[3] and found[3] <= now):
        return None
    return Caller(found[0], found[1], found[2] or 0)


def revoke_tokens(session: Session, user_id: UUID, now: datetime) -> None:
    """Sign out every device of a person."""
    session.execute(
        update(TokenRow)
        .where(TokenRow.user_id == user_id, TokenRow.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def set_feed(session: Session, user_id: UUID, *, epoch: int, token_hash: str) -> None:
    """Install the feed secret of `epoch`; the one before stops working at once."""
    found = row(session, user_id)
    found.feed_epoch, found.feed_token_hash = epoch, token_hash
    touch(session, [user_id])


def feed_owner(database: Database, token_hash: str) -> tuple[UUID, int] | None:
    """Whose feed this is, and the revision of what it holds; None for a wrong token."""
    found = look_up(database, _FEED_OWNER, hash=token_hash)
    return None if found is None else (found[0], found[1])
