"""OpenStreetMap by the Overpass API, JSON: https://wiki.openstreetmap.org/wiki/Overpass_API.

Ask with `out meta center` to have versions and times. New is what has an `opening_date` or
`start_date` (partial dates too) of these weeks, what was drawn for the first time, and what lost its
`disused:` or `construction:` prefix. Everything else is only listed: the service notices what it had
not seen before.
"""

import json
import re
from collections.abc import Mapping
from datetime import date

from scrapers._locations import coordinates
from scrapers._openings import timely
from scrapers._partial_dates import partial_date
from scrapers._text import one_line, web_link
from scrapers.base import (
    Document,
    Evidence,
    OpeningListing,
    Parsed,
    ParseError,
    Place,
    Problem,
    read_each,
)

MAX_ELEMENTS = 20_000
_ELEMENTS = re.compile(rb'"(?:osm3s|elements)"\s*:')
_TAGS = {
    ("amenity", "cafe"): "coffee_shop",
    ("shop", "coffee"): "coffee_shop",
    ("shop", "bakery"): "bakery",
    ("shop", "pastry"): "bakery",
    ("craft", "brewery"): "brewery",
    ("microbrewery", "yes"): "brewery",
    ("shop", "books"): "bookshop",
    ("amenity", "coworking_space"): "coworking",
    ("office", "coworking"): "coworking",
}
_SHUT = ("disused", "abandoned", "construction", "proposed", "was", "demolished", "closed")
_DATES = ("opening_date", "start_date")


def recognizes(document: Document) -> bool:
    """JSON with Overpass's members."""
    head = document.content[:4096]
    return head.lstrip()[:1] == b"{" and b'"version"' in head and bool(_ELEMENTS.search(head))


def parse(document: Document) -> Parsed:
    """Every element counts; named places of our kinds are listed. Raises ParseError."""
    try:
        body = json.loads(document.content)
    except (ValueError, RecursionError) as error:
        message = "This is not an answer of the Overpass API."
        raise ParseError(message) from error
    elements = body.get("elements") if isinstance(body, dict) else None
    if not isinstance(elements, list):
        message = "This is not an answer of the Overpass API."
        raise ParseError(message)
    known = [each for each in elements[:MAX_ELEMENTS] if isinstance(each, dict)]
    places = ((f"element {number}", each) for number, each in enumerate(known, start=1))
    today = document.retrieved_at.date()
    found, problems = read_each(places, lambda each: _read(each, today))
    remark = _remark(body)
    return Parsed(
        problems=(*problems, *remark),
        components=len(elements),
        truncated=len(elements) > MAX_ELEMENTS,
        complete=not remark,
        openings=timely(found, document),
    )


def _remark(body: Mapping[str, object]) -> tuple[Problem, ...]:
    """Overpass answers 200 with what it had when it ran out of time, and says so here."""
    said = one_line(str(body.get("remark") or ""))
    return (Problem("answer", "partial", f"Overpass says: {said}", lost=True),) if said else ()


def _read(element: Mapping[str, object], today: date) -> list[OpeningListing]:
    tags = element.get("tags")
    if not isinstance(tags, dict):
        return []
    said = {str(key): one_line(str(value)) for key, value in tags.items()}
    kind = next((kind for (key, value), kind in _TAGS.items() if said.get(key) == value), "")
    name = said.get("name", "")
    if not kind or not name or _ended(said, today):
        return []
    opening = _opening(name, kind, element, said)
    return [opening] if opening else []


def _ended(tags: Mapping[str, str], today: date) -> bool:
    last = partial_date(tags.get("end_date", ""))
    return last is not None and last[0] <= today


def _opening(
    name: str, kind: str, element: Mapping[str, object], tags: Mapping[str, str]
) -> OpeningListing | None:
    """What the element lets us think; None for a place that its own date makes old, or no date."""
    opens, evidence, words = _evidence(element, tags)
    if evidence is None:
        return None
    id_ = f"{element.get('type', 'node')}/{element.get('id')}"
    day, precision = opens or (None, "day")
    return OpeningListing(
        name=name,
        kind=kind,
        key=id_,
        evidence=evidence,
        location=_place(name, element, tags),
        opens=day,
        precision=precision,
        said=None if evidence is Evidence.LISTED else _edited(element),
        url=web_link(tags.get("website", "") or tags.get("contact:website", ""))
        or f"https://www.openstreetmap.org/{id_}",
        words=words,
    )


def _evidence(
    element: Mapping[str, object], tags: Mapping[str, str]
) -> tuple[tuple[date, str] | None, Evidence | None, str]:
    for key in _DATES:
        if said := tags.get(key, ""):
            day = partial_date(said)
            return day, Evidence.DATED if day else None, f"{key}={said}"
    edited = _edited(element)
    if edited and element.get("version") == 1:
        return None, Evidence.FIRST_VERSION, "first version on the map"
    shut = next((key for key in tags if key.split(":")[0] in _SHUT and ":" in key), "")
    if edited and shut:
        return None, Evidence.LIFTED, f"{shut}={tags[shut]}"
    return None, Evidence.LISTED, ""


def _edited(element: Mapping[str, object]) -> date | None:
    stamp = partial_date(str(element.get("timestamp") or ""))
    return stamp[0] if stamp else None


def _place(name: str, element: Mapping[str, object], tags: Mapping[str, str]) -> Place:
    center = element.get("center")
    at = center if isinstance(center, dict) else element
    latitude, longitude = coordinates(at.get("lat"), at.get("lon"))
    street = " ".join(filter(None, (tags.get("addr:housenumber"), tags.get("addr:street"))))
    address = ", ".join(
        filter(
            None, (street, tags.get("addr:city") or tags.get("addr:suburb"), tags.get("addr:state"))
        )
    )
    return Place(name, address, latitude, longitude)
