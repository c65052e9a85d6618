"""Answers of a platform's API: JSON records, each read to schema.org nodes like a card of a page.

A platform module says where its records lie and how one becomes a node; the rest is the same for
all and here. Times go as text: local ones without an offset, beside the zone as `timeZone`.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlunsplit

from scrapers._event import Page, read_events
from scrapers._html import decode
from scrapers._jsonld import read_block
from scrapers._nodes import Found, Node, first_text, nodes, text, tidy
from scrapers._text import parts_of
from scrapers.base import MAX_LISTINGS, Document, Parsed, ParseError, Problem, Request, read_each

MAX_JSON_BYTES = 16 * 1024 * 1024
# How far a list is followed; the request beyond is not made, and a problem says so.
_LAST_PAGES = {"page": 200, "skip": 20_000, "$skip": 20_000}
_MILLISECONDS_FROM = 10**11  # as seconds, the year 5138


def answer(document: Document) -> object:
    """The JSON value that a document is, parsed once for all who ask; None if it is none."""
    if document.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return None
    return _value(document.content, document.content_type)


@lru_cache(maxsize=1)
def _value(content: bytes, content_type: str) -> object:
    if len(content) > MAX_JSON_BYTES:
        return None
    try:
        return tidy(json.loads(content, parse_constant=lambda _name: None))
    except RecursionError:
        return None
    except ValueError:
        pass
    try:  # written by hand or by a plug-in: another charset, unknown escapes, trailing commas
        whole = Document("", content, datetime.min.replace(tzinfo=UTC), content_type=content_type)
        return tidy(next(iter(read_block(decode(whole))), None))
    except ValueError:
        return None


def required(document: Document, platform: str, *, ours: bool) -> object:
    """The JSON value of a document that its scraper recognized. Raises ParseError otherwise."""
    if not ours:
        raise ParseError(f"The document is not an answer of {platform}.")
    return answer(document)


def at(value: object, *path: str) -> object:
    """What lies at a path of keys below a value, None if a part of it is missing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def records(value: object, *path: str) -> list[Node]:
    """The objects of the list at a path, or the one object that stands there."""
    found = at(value, *path)
    if isinstance(found, dict):
        return [found]
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def first(value: object, *path: str) -> Node:
    """The first object at a path, {} if there is none."""
    return next(iter(records(value, *path)), {})


def holds(document: Document, keys: Iterable[str], *path: str) -> bool:
    """Whether the value at a path is a list whose first object has all the keys."""
    found = at(answer(document), *path)
    return isinstance(found, list) and has_keys(first(found), keys)


def has_keys(value: object, keys: Iterable[str]) -> bool:
    """Whether the value is an object with all the keys."""
    return isinstance(value, dict) and all(key in value for key in keys)


def child(node: Node, key: str) -> Node:
    """The first node of a property, {} if it has none."""
    return next(iter(nodes(node, key)), {})


def read_records(
    document: Document,
    found: list[Node],
    read: Callable[[Node], Iterable[Node | Found]],
    *,
    base: str = "",
    title: str = "",
    time_zone: str = "",
    following: Request | None = None,
) -> Parsed:
    """All records of an answer, each read to the nodes of its occurrences; it counts once.

    `base` is the address that relative ones stand on, `time_zone` the zone that the answer names
    for itself, `following` the next page of the list.
    """

    def read_one(record: tuple[int, Node]) -> Iterator[Found]:
        for item in read(record[1]):
            node = item if isinstance(item, Found) else Found(item)
            yield replace(node, place=f"record {record[0]}")

    numbered = list(enumerate(found, start=1))[:MAX_LISTINGS]
    events, problems = read_each(((f"record {pair[0]}", pair) for pair in numbered), read_one)
    source = replace(document, time_zone=time_zone or document.time_zone)
    follow, more = _bounded(following)
    parsed = read_events(events, Page(source, base or document.url), problems=problems)
    return replace(
        parsed,
        components=len(found),
        title=title,
        time_zone=time_zone,
        follow=follow,
        problems=parsed.problems + more,
        truncated=parsed.truncated or len(found) > MAX_LISTINGS or bool(more),
    )


def _bounded(following: Request | None) -> tuple[tuple[Request, ...], tuple[Problem, ...]]:
    if following is None:
        return (), ()
    query = query_of(following.url)
    for key, last in _LAST_PAGES.items():
        if number(query.get(key)) > last:
            cause = f"the list goes on beyond {key} {last} and is read no further"
            return (), (Problem("next page", "too_many_pages", cause),)
    return (following,), ()


def with_query(document: Document, **values: object) -> Request | None:
    """The address of a document with other values in its query, None where it has no web address."""
    parts = parts_of(document.url)
    if parts.scheme not in {"http", "https"}:
        return None
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query |= {key: str(value) for key, value in values.items()}
    return Request(urlunsplit(parts._replace(query=urlencode(query))))


def query_of(url: str) -> dict[str, str]:
    """The query of an address, each name once; nothing where there is no such address."""
    return dict(parse_qsl(parts_of(url).query))


def number(value: object) -> int:
    """A whole number, also one that is written as text; 0 if it is none."""
    said = text(value).strip().removesuffix(".0")
    sane = said.isascii() and said.removeprefix("-").isdigit() and len(said) <= 15
    return int(said) if sane else 0


def instant(value: object) -> str:
    """Seconds or milliseconds since 1970 as an ISO 8601 instant in UTC, "" if they are none."""
    wall = wall_clock(value)
    return f"{wall}Z" if wall else ""


def wall_clock(value: object) -> str:
    """The same without an offset: for programs that count the local clock as if it were UTC."""
    seconds = number(value)
    if abs(seconds) >= _MILLISECONDS_FROM:
        seconds //= 1000
    if not seconds:
        return ""
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def days(start: str, end: str) -> Node:
    """The dates of two moments, as the first and last day of an event that fills them."""
    return {"startDate": start.strip()[:10], "endDate": end.strip()[:10]}


def texts(node: Node, key: str, inner: str = "name") -> list[str]:
    """The names in a list of objects or texts."""
    found = node.get(key)
    items = found if isinstance(found, list) else [found]
    return [first_text(item, inner) if isinstance(item, dict) else text(item) for item in items]


def postal_address(street: str, node: Node, *keys: str) -> Node:
    """A street with the town, region, postal code and country that stand under the keys."""
    parts = ("addressLocality", "addressRegion", "postalCode", "addressCountry")
    rest = {part: first_text(node, key) for part, key in zip(parts, keys, strict=False)}
    return {"@type": "PostalAddress", "streetAddress": street, **rest}


def series(key: str) -> Node:
    """The series that a record's occurrences belong to."""
    return {"@type": "EventSeries", "@id": key}
