"""Text on its way out: cleaned once more, cut without breaking a character, links checked.

Ingest has cleaned already (SECURITY.md 4.3); an exit that trusts it would turn one slip into an
injection, so every exit passes through here.
"""

import math
import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

import idna

MAX_URL = 2048

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064]")
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARK_PILE = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
_JOINERS = "\u200c\u200d\ufe0e\ufe0f"
_ADDRESS_LIKE = re.compile(r"://|\bwww\.|[^\W\d_]\.[^\W\d_]{2,}", re.IGNORECASE)
_SPACE_OR_CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\\<>\"]")
_UNRESERVED = "!#$%&'()*+,/:;=?@[]~"


def block(text: str, limit: int) -> str:
    """Plain text of several lines, at most `limit` characters.

    Keeps newlines and what a person typed ("<test>"); drops controls, bidirectional overrides,
    lone surrogates and piles of combining marks (SECURITY.md 4.3).
    """
    text = text[: 4 * limit]  # enough to fill the limit, and bounded work on a megabyte
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " "))
    text = _MARK_PILE.sub(r"\1", unicodedata.normalize("NFC", text))
    return _cut(text.strip(), limit)


def one_line(text: str, limit: int) -> str:
    """Plain text on a single line: as `block`, all white space single, nothing invisible."""
    return _cut(" ".join(_INVISIBLE.sub("", block(text, 4 * limit)).split()), limit)


def _cut(text: str, limit: int) -> str:
    """Shorten to `limit` with an ellipsis, never between a letter and its marks or joiners."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and (unicodedata.combining(text[end]) or text[end] in _JOINERS):
        end -= 1
    return text[:end].rstrip() + "…"


def looks_like_address(text: str) -> bool:
    """Whether a reader could take the text for a web address (case C12)."""
    return bool(_ADDRESS_LIKE.search(text))


def web_url(url: str) -> str:
    """The URL as ASCII if it is a plain http(s) one, else an empty string (cases C03, C11).

    Refused: other schemes, white space or controls, user information (it hides the host).
    """
    if not url or len(url) > MAX_URL or _SPACE_OR_CONTROL.search(url):
        return ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except ValueError:  # bad port, bad IPv6 literal; IDNAError is one too
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host or "@" in parts.netloc:
        return ""
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    rest = (quote(part, safe=_UNRESERVED) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme.lower(), netloc, *rest))


def url_host(url: str) -> str:
    """The ASCII host of a URL that `web_url` has passed, without a leading `www.`."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def coordinates(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """A usable WGS 84 pair, or None: missing, not finite, out of range, or 0/0 (C07, F3)."""
    if latitude is None or longitude is None:
        return None
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180 or (latitude == 0 and longitude == 0):
        return None
    return latitude, longitude
