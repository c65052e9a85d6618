"""What an answer or a failure means for a source: one of the few outcomes the feed's state knows.

Refused addresses, unknown names, closed ports and timeouts all look alike to the user, so that the
API is no port scanner; the cause stands in `detail`, with the host but never the URL.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from app.errors import FetchError
from app.gateways import challenges
from app.gateways.decoding import TooMuch, Undecodable
from app.gateways.pinning import TooManyBytes

_MESSAGES = {
    "temporary": "The source could not be fetched; it will be tried again.",
    "blocked": "The source refuses our requests; it may want a browser or a sign-in.",
    "not_found": "The source has no document at this address.",
    "gone": "The source says that this document is gone for good.",
    "too_large": "The document is too large to be read.",
    "broken": "The source sent an answer that could not be used.",
}
_REFUSING = frozenset({401, 402, 403, 407, 451})
_PASSING = frozenset({408, 425, 429})  # these statuses pass, as all of 5xx do
_OURS = {  # it is we who do not ask
    "robots": "The source's robots.txt asks programs not to read this address.",
    "refused": "This address may not be fetched.",
}


def failure(outcome: str, detail: str, retry_after: float | None = None) -> FetchError:
    """A FetchError with the outcome's one message; `robots` and `refused` are kinds of `blocked`."""
    if outcome in _OURS:
        return FetchError("blocked", _OURS[outcome], detail=detail)
    return FetchError(outcome, _MESSAGES[outcome], detail=detail, retry_after=retry_after)


def outcome_of(status: int, fields: Mapping[str, str], content: bytes) -> str | None:
    """The outcome that a final status means, None if the document came or has not changed."""
    if challenges.in_fields(fields) or challenges.in_page(content, fields.get("content-type", "")):
        return "blocked"
    if status in {200, 203, 304}:
        return None
    if status in _REFUSING:
        return "blocked"
    if status in _PASSING or status >= 500:
        return "temporary"
    return {404: "not_found", 410: "gone"}.get(status, "broken")


@contextmanager
def translated(host: str) -> Iterator[None]:
    """Turn what httpx, httpcore, the decoder and the sockets raise inside into FetchError."""
    try:
        yield
    except (TooMuch, TooManyBytes) as error:
        raise failure("too_large", f"{host}: too many bytes") from error
    except (Undecodable, httpx.RemoteProtocolError) as error:
        raise failure("broken", f"{host}: {_cause(error)}") from error
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError, UnicodeError) as error:
        raise failure("temporary", f"{host}: {_cause(error)}") from error


def _cause(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()
