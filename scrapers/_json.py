"""Answers of platforms' programming interfaces: JSON to records, records to listings.

A platform module says where in the answer its records stand and how a record becomes a schema.org
node; reading them, losing the bad ones alone, and the way to the next page are the same for all.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlunsplit

from scrapers._event import Page, read_events
from scrapers._html import absolute
from scrapers._nodes import Found, Node, text
from scrapers._text import parts_of
from scrapers.base import MAX_LISTINGS, Document, Parsed, ParseError, Problem, Request, read_each

MAX_JSON_BYTES = 10 * 2**20  # what a fetch brings home at most (SECURITY.md section 3)
_KEYS = frozenset({"apikey", "api_key", "app_id", "client_id", "client_secret", "token"})
_STARTS = (b"{", b"[")


def read_json(document: Document) -> object:
    """The document as JSON; what is returned is shared and not to be changed.

    Raises ParseError if it is none, is too large, or is nested beyond all measure.
    """
    value = _loaded(document.content)
    if isinstance(value, ParseError):
        raise value
    return value


def json_with(document: Document, *marks: bytes) -> object:
    """The document as JSON if it holds all of the marks as they are, else None. Cheap for others."""
    content = document.content
    if not content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_STARTS):
        return None
    if not all(mark in content for mark in marks):
        return None
    value = _loaded(content)
    return None if isinstance(value, ParseError) else value


@lru_cache(maxsize=1)
def _loaded(content: bytes) -> object:
    if len(content) > MAX_JSON_BYTES:
        return ParseError("The answer is larger than what is read of one.")
    try:
        value: object = json.loads(content, strict=False, parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        return ParseError("This is not JSON.")
    return value


def at(value: object, *path: str) -> object:
    """What stands at a path of property names, None where one of them is missing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def record(value: object, *path: str) -> Node:
    """The object at a path, an empty one if there is none."""
    found = at(value, *path)
    return found if isinstance(found, dict) else {}


def records(value: object, *path: str) -> list[Node]:
    """The objects of the list at a path."""
    found = at(value, *path)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def read_records(
    document: Document,
    found: Iterable[Node],
    read: Callable[[Node], Node],
    *,
    title: str = "",
    follow: tuple[Request, ...] = (),
    problems: tuple[Problem, ...] = (),
    truncated: bool = False,
) -> Parsed:
    """The listings of all records. `read` makes a schema.org Event node of one.

    What it puts under `notes` are codes of what it guessed. `truncated` says that the platform
    gives no more although there is more.
    """
    numbered = [(f"event {number}", item) for number, item in enumerate(found, start=1)]

    def node(pair: tuple[str, Node]) -> list[Found]:
        place, item = pair
        made = {"@type": "Event", **read(item)}
        return [Found(made, place=place, notes=tuple(_notes(made)))]

    nodes, bad = read_each([(place, (place, item)) for place, item in numbered], node)
    return read_events(
        nodes,
        Page(document, document.url),
        problems=[*problems, *bad],
        title=title,
        follow=follow,
        truncated=truncated or len(numbered) > MAX_LISTINGS,
    )


def _notes(node: Node) -> list[str]:
    said = node.pop("notes", ())
    return [item for item in said if isinstance(item, str)] if isinstance(said, tuple) else []


def next_page(document: Document, link: object = "", **parameters: object) -> tuple[Request, ...]:
    """The request for the page after this one: its link, or our address with other parameters.

    None if that gives our own address. Keys that an answer repeats in its links go: ours are put on
    at the door, and an address is stored and shown.
    """
    url = absolute(document.url, text(link)) if link else document.url
    url = without_keys(url, **parameters)
    return (Request(url),) if url and url != without_keys(document.url) else ()


def numbered_page(
    document: Document, number: object, size: object, total: object
) -> tuple[Request, ...]:
    """The request for the page after `number` (from 1), none after the last of `total` records."""
    page, each, every = whole_number(number), whole_number(size), whole_number(total)
    if page and each and every and page * each < every:
        return next_page(document, page=page + 1)
    return ()


def without_keys(url: str, **parameters: object) -> str:
    """The address without parameters that hold a key, and with the given ones set; "" for ""."""
    parts = parts_of(url)
    pairs = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _KEYS and name not in parameters
    ]
    pairs += [(name, str(value)) for name, value in parameters.items()]
    return urlunsplit(parts._replace(query=urlencode(pairs)))


def instant(value: object, *, per_second: float = 1, offset_seconds: object = 0) -> str:
    """A Unix time as ISO 8601 at an offset from UTC, "" if it is none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return ""
    try:
        offset = timedelta(seconds=float(text(offset_seconds) or 0))
        moment = datetime.fromtimestamp(value / per_second, UTC).astimezone(timezone(offset))
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.isoformat(timespec="seconds")


def whole_number(value: object) -> int | None:
    """A count or page number of at most nine digits, None if it is none."""
    said = text(value)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def price(cents: object) -> str:
    """An amount in whole cents as a decimal number, "" if it is none."""
    amount = whole_number(cents)
    return "" if amount is None else f"{amount // 100}.{amount % 100:02}"
