"""What response fields say, read with distrust: validators, freshness, Retry-After (RFC 9110/9111).

Pure. Every reader takes the raw text and gives None for what it cannot believe.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_VALIDATOR = 512
MIN_RETRY, MAX_RETRY = 60.0, 7 * 86400.0
MAX_FRESHNESS = 7 * 86400
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')  # RFC 9110 8.8.3, without obs-text
_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?(\d+)', re.IGNORECASE)
_UNCACHED = re.compile(r"(?:^|[,\s])no-(?:store|cache)\s*(?:,|$)", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"[\x20-\x7e]{1,200}")


def etag(text: str | None) -> str | None:
    """An entity tag that may be sent back, at most 512 bytes of printable ASCII, or None."""
    if text and len(text) <= MAX_VALIDATOR and _ETAG.fullmatch(text):
        return text
    return None


def last_modified(text: str | None) -> str | None:
    """A `Last-Modified` that may be sent back, or None if it is no HTTP date."""
    if text and len(text) <= MAX_VALIDATOR and text.isascii() and text.isprintable():
        return text if http_date(text) else None
    return None


def media_type(text: str | None) -> str:
    """A `Content-Type` as sent, or "" where it is missing or not printable."""
    return text if text and _MEDIA_TYPE.fullmatch(text) else ""


def http_date(text: str) -> datetime | None:
    """An HTTP date (RFC 9110 5.6.7) as an aware instant in UTC, or None."""
    try:
        parsed = parsedate_to_datetime(text)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds from `now` that a `Retry-After` asks for, clamped to 1 minute … 7 days.

    Both forms of RFC 9110 10.2.3; garbage, negative numbers and past dates give None.
    """
    seconds = _delay((text or "").strip(), now)
    return None if seconds is None else min(max(seconds, MIN_RETRY), MAX_RETRY)


def _delay(text: str, now: datetime) -> float | None:
    if text.isascii() and text.isdigit():
        return float(text[:12])
    instant = http_date(text) if len(text) <= 64 else None
    if instant is None or instant <= now:
        return None
    return (instant - now).total_seconds()


def max_age(cache_control: str | None, expires: str | None, now: datetime) -> int | None:
    """Seconds for which a response stays fresh (RFC 9111 4.2.1), at most 7 days, None if unsaid."""
    control = cache_control or ""
    if _UNCACHED.search(control):
        return 0
    if stated := _MAX_AGE.search(control):
        return min(int(stated[1][:12]), MAX_FRESHNESS)
    instant = http_date(expires) if expires and len(expires) <= 64 else None
    if instant is None:
        return None
    return int(min(max((instant - now).total_seconds(), 0), MAX_FRESHNESS))
