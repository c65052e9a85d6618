"""Lists of places that somebody keeps: GeoJSON (RFC 7946), or JSON objects with name and address.

Such a list says of no place that it is new; the service notices what it had not seen before.
"""

import json
import re
from collections.abc import Mapping

from scrapers._locations import coordinates
from scrapers._openings import kind_of
from scrapers._text import one_line, web_link
from scrapers.base import (
    PLACE_KINDS,
    Document,
    Evidence,
    OpeningListing,
    Parsed,
    ParseError,
    Place,
    read_each,
)

MAX_PLACES = 20_000
_FEATURES = re.compile(rb'\A[^<]{0,1000}?"FeatureCollection"')
_NAMED = re.compile(rb'\A\s*\[\s*\{[^{}]{0,600}?"name"\s*:[^{}]{0,600}?"address"\s*:')


def recognizes(document: Document) -> bool:
    """A FeatureCollection, or a list of objects that have a name and an address."""
    head = document.content[:4096]
    return bool(_FEATURES.search(head) or _NAMED.search(head))


def parse(document: Document) -> Parsed:
    """Every place counts; the kind is `kind` of the source's options where the name tells none.

    Raises ParseError if the document is no list of places.
    """
    try:
        body = json.loads(document.content)
    except (ValueError, RecursionError) as error:
        message = "This is not a list of places."
        raise ParseError(message) from error
    items = body.get("features") if isinstance(body, dict) else body
    if not isinstance(items, list):
        message = "This is not a list of places."
        raise ParseError(message)
    listed = [each for each in items[:MAX_PLACES] if isinstance(each, dict)]
    usual = document.options.get("kind", "")
    kind = usual if usual in PLACE_KINDS else ""
    numbered = ((f"place {number}", each) for number, each in enumerate(listed, start=1))
    found, problems = read_each(numbered, lambda each: _read(each, kind))
    return Parsed(
        problems=tuple(problems),
        components=len(items),
        truncated=len(items) > MAX_PLACES,
        openings=tuple(found),
    )


def _read(item: Mapping[str, object], usual: str) -> list[OpeningListing]:
    inner = item.get("properties")
    facts: Mapping[str, object] = inner if isinstance(inner, dict) else item
    name, address = _said(facts, "name"), _said(facts, "address")
    kind = kind_of(name) or usual
    if not name or not kind:
        return []
    latitude, longitude = _point(item)
    return [
        OpeningListing(
            name=name,
            kind=kind,
            key=f"{name}|{address}".casefold(),
            evidence=Evidence.LISTED,
            location=Place(name, address, latitude, longitude),
            url=web_link(_said(facts, "website")),
        )
    ]


def _said(facts: Mapping[str, object], key: str) -> str:
    value = facts.get(key)
    return one_line(value) if isinstance(value, str) else ""


def _point(item: Mapping[str, object]) -> tuple[float, float] | tuple[None, None]:
    shape = item.get("geometry")
    ends = shape.get("coordinates") if isinstance(shape, dict) else None
    if isinstance(ends, list) and len(ends) >= 2:
        return coordinates(ends[1], ends[0])
    return coordinates(item.get("latitude"), item.get("longitude"))
