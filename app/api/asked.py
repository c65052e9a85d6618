"""What lists are asked for alike: a point on earth, and the next page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from app.errors import Invalid


def point(text: str) -> tuple[float, float]:
    """A point as a client writes it: "latitude,longitude" in degrees. Raises Invalid."""
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise Invalid("Give a point as latitude,longitude in degrees.", "near") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Invalid("There is no such point on earth.", "near")
    return latitude, longitude


def cursor(last: UUID, offset: int) -> str:
    """The cursor behind the entry `last`, which `offset` entries precede or are."""
    return urlsafe_b64encode(last.bytes + offset.to_bytes(6, "big")).decode()


def position(cursor: str) -> tuple[UUID | None, int]:
    """The last entry shown and the number of those shown. Raises Invalid."""
    if not cursor:
        return None, 0
    try:
        raw = urlsafe_b64decode(cursor.encode())
    except ValueError:
        raw = b""
    if len(raw) != 22:
        raise Invalid("That cursor was not made here; begin without one.", "cursor")
    return UUID(bytes=raw[:16]), int.from_bytes(raw[16:], "big")
