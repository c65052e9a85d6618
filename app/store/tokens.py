"""Secret tokens: how they are made, checked for typing errors, and hashed for keeping.

A device's token is random and kept only as a keyed hash. The token of a feed or an unsubscribe
link is derived from the install's key, so that it can be shown again without being stored.
"""

import hmac
import secrets
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

API = "gmp_api_"
FEED = "gmp_feed_"
UNSUBSCRIBE = "gmp_mail_"


class Keys:
    """Keys for each purpose, derived from the one secret of the install."""

    def __init__(self, secret: str) -> None:
        """`secret` has at least 32 characters. Raises ValueError if it is shorter."""
        if len(secret) < 32:
            message = "The secret key must have at least 32 characters."
            raise ValueError(message)
        self._secret = secret.encode()

    def new_api_token(self) -> str:
        """A random bearer token of 256 bits, with a prefix and a checksum for leak scanners."""
        return _seal(API, secrets.token_bytes(32))

    def feed_token(self, user_id: UUID, epoch: int) -> str:
        """The token of a person's feed; another epoch gives another token."""
        return _seal(FEED, self._mac("feed token", f"{user_id}|{epoch}"))

    def unsubscribe_token(self, user_id: UUID, topic: str) -> str:
        """A token that can do one thing: take this person off this list."""
        mac = self._mac("unsubscribe", f"{user_id}|{topic}")
        return _seal(UNSUBSCRIBE, user_id.bytes + mac)

    def unsubscribing(self, token: str, topic: str) -> UUID | None:
        """Who this unsubscribe token belongs to; None if it was not made by us for `topic`."""
        raw = _open(UNSUBSCRIBE, token)
        if raw is None or len(raw) != 48:
            return None
        user_id = UUID(bytes=raw[:16])
        expected = self._mac("unsubscribe", f"{user_id}|{topic}")
        return user_id if hmac.compare_digest(raw[16:], expected) else None

    def hash_of(self, token: str) -> str:
        """The keyed hash under which a token is kept and looked up."""
        return self._mac("token hash", token).hex()

    def cipher_key(self, purpose: str) -> bytes:
        """A key of 256 bits to keep secrets of this purpose encrypted with."""
        return self._mac("cipher", purpose)

    def _mac(self, purpose: str, text: str) -> bytes:
        key = hmac.digest(self._secret, purpose.encode(), sha256)
        return hmac.digest(key, text.encode(), sha256)


def looks_like(prefix: str, token: str) -> bool:
    """Whether the token is whole: prefix, length and checksum fit. Needs no database."""
    return _open(prefix, token) is not None


def _seal(prefix: str, raw: bytes) -> str:
    body = urlsafe_b64encode(raw).decode().rstrip("=")
    return f"{prefix}{body}{_checksum(prefix + body)}"


def _open(prefix: str, token: str) -> bytes | None:
    if not token.startswith(prefix) or not token.isascii() or len(token) > 200:
        return None
    body, checksum = token[len(prefix) : -6], token[-6:]
    if not hmac.compare_digest(checksum, _checksum(prefix + body)):
        return None
    try:
        return urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except ValueError:
        return None


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"[:6]
