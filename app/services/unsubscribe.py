"""Take somebody off the weekly mail (RFC 8058)."""

from dataclasses import replace
from uuid import UUID

from app.errors import NotFound
from app.store import outbox, users
from app.store.database import Session
from app.store.tokens import Keys

TOPIC = "digest"


def owner(keys: Keys, token: str) -> UUID:
    """Whose link this is. Raises NotFound for any token that we did not make for this."""
    user_id = keys.unsubscribing(token, TOPIC)
    if user_id is None:
        raise NotFound("There is no such link.")
    return user_id


def unsubscribe(session: Session, keys: Keys, token: str) -> None:
    """No more weekly mail, and what waits is withdrawn; doing it twice changes nothing."""
    user_id = owner(keys, token)
    profile = users.get(session, user_id).profile
    if profile.digest_enabled:
        users.set_profile(session, user_id, replace(profile, digest_enabled=False))
    outbox.cancel(session, user_id, TOPIC)
