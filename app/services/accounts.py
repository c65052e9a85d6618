"""Accounts: make one, hand out device tokens, keep the feed's secret fresh."""

from datetime import datetime
from uuid import UUID

from app.errors import Invalid, Unauthorized
from app.model.address import one_address
from app.model.user import Profile
from app.model.zone import zone_names
from app.store import tokens, users
from app.store.database import Database, Session
from app.store.tokens import Keys
from app.store.users import Caller

MAX_REACH_KM = 20_000  # half around the earth


def create(
    session: Session, keys: Keys, *, name: str, email: str, profile: Profile, now: datetime
) -> UUID:
    """A new account with a feed of its own. Raises Invalid for the address, Conflict if taken."""
    row = users.add(session, name=name, email=one_address(email), profile=checked(profile), now=now)
    _renew_feed(session, keys, row.id, epoch=1)
    return row.id


def issue_token(
    session: Session,
    keys: Keys,
    user_id: UUID,
    *,
    label: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> str:
    """A bearer token for one device; it is shown this once and kept only as a hash."""
    token = keys.new_api_token()
    users.add_token(
        session,
        user_id,
        token_hash=keys.hash_of(token),
        label=label,
        now=now,
        expires_at=expires_at,
    )
    return token


def authenticate(database: Database, keys: Keys, token: str, now: datetime) -> Caller:
    """Who holds the token. Raises Unauthorized without saying what is wrong with it."""
    found = None
    if tokens.looks_like(tokens.API, token):
        found = users.caller(database, keys.hash_of(token), now)
    if found is None:
        raise Unauthorized("Sign in: the request carries no valid token.")
    return found


def feed_token(session: Session, keys: Keys, user_id: UUID) -> str:
    """The present secret of the person's feed."""
    return keys.feed_token(user_id, users.row(session, user_id).feed_epoch)


def rotate_feed(session: Session, keys: Keys, user_id: UUID) -> str:
    """A new feed secret; the old address answers 404 from the next request on."""
    return _renew_feed(session, keys, user_id, epoch=users.row(session, user_id).feed_epoch + 1)


def _renew_feed(session: Session, keys: Keys, user_id: UUID, *, epoch: int) -> str:
    token = keys.feed_token(user_id, epoch)
    users.set_feed(session, user_id, epoch=epoch, token_hash=keys.hash_of(token))
    return token


def checked(profile: Profile) -> Profile:
    """The profile if it makes sense. Raises Invalid naming the field."""
    if profile.time_zone not in zone_names():
        raise Invalid("Name a time zone of the IANA list, such as America/New_York.", "time_zone")
    if (profile.latitude is None) != (profile.longitude is None):
        raise Invalid("Give both coordinates of your home, or none.", "latitude")
    if not (-90 <= (profile.latitude or 0) <= 90 and -180 <= (profile.longitude or 0) <= 180):
        raise Invalid("There is no such home on earth: give degrees.", "latitude")
    if not 0 < profile.reach_km <= MAX_REACH_KM:
        raise Invalid(f"A reach is more than 0 and at most {MAX_REACH_KM} km.", "reach_km")
    return profile
