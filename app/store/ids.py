"""Our own identities: UUID version 7 (RFC 9562 5.7), which sort by the time of their making."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A fresh identity."""
    return uuid_utils.compat.uuid7()
