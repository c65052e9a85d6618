"""Squarespace's collection of events as data: any event page with `?format=json`.

Not documented as an API, but named by Squarespace's developers:
https://developers.squarespace.com/view-json-data. A page holds everything upcoming and the last
30 past events; the pages behind it lead into the past, so they are followed only while they can
hold something of the window.
"""

from scrapers._html import absolute
from scrapers._nodes import Node, first_text
from scrapers._records import (
    answer,
    at,
    child,
    first,
    instant,
    read_records,
    records,
    required,
    texts,
)
from scrapers.base import Document, Parsed, Request


def recognizes(document: Document) -> bool:
    """A collection whose type is events."""
    value = answer(document)
    return at(value, "collection", "typeName") == "events" and at(value, "website") is not None


def parse(document: Document) -> Parsed:
    """One event for each item. Raises ParseError if the document is no collection of events."""
    value = required(document, "Squarespace", ours=recognizes(document))
    website = first(value, "website")
    base = first_text(website, "baseUrl", "authenticUrl") or document.url
    return read_records(
        document,
        [*records(value, "upcoming"), *records(value, "past"), *records(value, "items")],
        _read,
        base=base,
        title=first_text(website, "siteTitle"),
        time_zone=first_text(website, "timeZone"),
        following=_following(first(value, "pagination"), base, document),
    )


def _following(pagination: Node, base: str, document: Document) -> Request | None:
    """The next page, if its first event can still lie in the window; a page begins at its offset."""
    begins = instant(pagination.get("nextPageOffset"))[:10]
    link = absolute(base, first_text(pagination, "nextPageUrl"))
    if not link or begins < f"{document.window_start:%Y-%m-%d}":
        return None
    return Request(f"{link}{'&' if '?' in link else '?'}format=json")


def _read(item: Node) -> list[Node]:
    return [
        {
            "@type": "Event",
            "identifier": first_text(item, "id"),
            "name": first_text(item, "title"),
            "startDate": instant(item.get("startDate")),
            "endDate": instant(item.get("endDate")),
            "description": first_text(item, "excerpt") or first_text(item, "body"),
            "url": first_text(item, "sourceUrl", "fullUrl"),
            "image": first_text(item, "assetUrl") if item.get("filename") else "",
            "location": _place(child(item, "location")),
            "keywords": texts(item, "categories") + texts(item, "tags"),
        }
    ]


def _place(location: Node) -> Node:
    """The place; the marker of one without an address stands where the map began, in New York."""
    lines = [first_text(location, f"addressLine{line}") for line in (1, 2)]
    name = first_text(location, "addressTitle")
    if not any((name, *lines)):
        return {}
    place: Node = {"@type": "Place", "name": name, "address": ", ".join(filter(None, lines))}
    if any(lines):
        place |= {"latitude": location.get("markerLat"), "longitude": location.get("markerLng")}
    return place
