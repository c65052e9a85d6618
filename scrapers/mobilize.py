"""Mobilize (mobilize.us): `https://api.mobilize.us/v1/organizations/{id}/events`, public without a key.

Documentation: https://github.com/mobilizeamerica/api#events. At most 100 events a page; `next` is the
address of the next one. Times are seconds since 1970 in `timeslots`, with the event's `timezone`.
"""

from collections.abc import Iterator

from scrapers._nodes import Node, first_text, nodes
from scrapers._records import (
    at,
    child,
    holds,
    instant,
    postal_address,
    read_records,
    records,
    required,
    series,
    texts,
)
from scrapers.base import AddressRule, Document, Parsed, Request

ADDRESSES = (
    AddressRule(
        "Mobilize",
        r"api\.mobilize\.us/v1/(?:organizations/\d+/)?events/?(?:\?.*)?$",
        "mobilize",
        confidence=0.95,
    ),
)
_KEYS = ("title", "timeslots", "sponsor")


def recognizes(document: Document) -> bool:
    """A page of events of the API."""
    return holds(document, _KEYS, "data")


def parse(document: Document) -> Parsed:
    """One event for each of the page, at all its times. Raises ParseError if it is no such page."""
    value = required(document, "Mobilize", ours=recognizes(document))
    link = at(value, "next")
    following = Request(link) if isinstance(link, str) and link.startswith("http") else None
    return read_records(document, records(value, "data"), _read, following=following)


def _read(event: Node) -> Iterator[Node]:
    common = _common(event)
    times = nodes(event, "timeslots")
    if len(times) > 1:
        common["superEvent"] = series(first_text(event, "browser_url", "id"))
    for time in times or [{}]:
        yield common | {
            "identifier": first_text(time, "id") or first_text(event, "id"),
            "startDate": instant(time.get("start_date")),
            "endDate": instant(time.get("end_date")),
        }


def _common(event: Node) -> Node:
    online = event.get("is_virtual") is True
    kind = first_text(event, "event_type").replace("_", " ").lower()
    return {
        "@type": "Event",
        "name": first_text(event, "title"),
        "timeZone": first_text(event, "timezone"),
        "description": first_text(event, "description", "summary"),
        "url": first_text(event, "browser_url"),
        "image": first_text(event, "featured_image_url"),
        "location": {"@type": "VirtualLocation"} if online else _place(child(event, "location")),
        "organizer": first_text(child(event, "sponsor"), "name"),
        "keywords": [kind],
        "private": first_text(event, "visibility") not in ("PUBLIC", ""),
    }


def _place(location: Node) -> Node:
    point = child(location, "location")
    return {
        "@type": "Place",
        "name": first_text(location, "venue"),
        "address": postal_address(
            ", ".join(filter(None, texts(location, "address_lines"))),
            location,
            "locality",
            "region",
            "postal_code",
            "country",
        ),
        "latitude": point.get("latitude"),
        "longitude": point.get("longitude"),
    }
