"""Mobilizon: answers of its GraphQL API (`/api`), `searchEvents`, `events` or a group's events.

Documentation: https://docs.mobilizon.org/5.%20Interoperability/2.graphql_api/. GraphQL is asked by
POST, so such an answer is read, never fetched; what can be fetched without asking are the feeds of
a group, which `ADDRESSES` leads to.
"""

from collections.abc import Iterator

from scrapers._nodes import Node, first_text, walk
from scrapers._records import (
    answer,
    at,
    child,
    postal_address,
    read_records,
    required,
    texts,
)
from scrapers.base import AddressRule, Document, Parsed

ADDRESSES = (
    AddressRule(
        "Mobilizon",
        r"(?P<group>(?=[^/]*mobilizon)[^/]+/@[^/?#]+)(?:/events)?/?(?:\?.*)?$",
        "ical",
        r"\g<group>/feed/ics",
    ),
)


def recognizes(document: Document) -> bool:
    """A GraphQL answer with objects that have `beginsOn`."""
    if b'"beginsOn"' not in document.content:
        return False
    return next(_events(at(answer(document), "data")), None) is not None


def parse(document: Document) -> Parsed:
    """One event for each object. Raises ParseError if the document is not Mobilizon's."""
    value = required(document, "Mobilizon", ours=recognizes(document))
    return read_records(document, list(_events(at(value, "data"))), _read)


def _events(value: object) -> Iterator[Node]:
    return (node for node, _, _ in walk(value) if "beginsOn" in node and "title" in node)


def _read(event: Node) -> list[Node]:
    options = child(event, "options")
    online = options.get("isOnline") is True
    return [
        {
            "@type": "Event",
            "identifier": first_text(event, "uuid", "id"),
            "name": first_text(event, "title"),
            "startDate": first_text(event, "beginsOn"),
            "endDate": first_text(event, "endsOn"),
            "timeZone": first_text(options, "timezone"),
            "description": first_text(event, "description"),
            "url": first_text(event, "url") or f"/events/{first_text(event, 'uuid')}",
            "image": first_text(child(event, "picture"), "url"),
            "location": [
                _place(child(event, "physicalAddress")),
                _virtual(event) if online else {},
            ],
            "organizer": _name(child(event, "attributedTo"))
            or _name(child(event, "organizerActor")),
            "keywords": [*texts(event, "tags", "title"), first_text(event, "category")],
            "eventStatus": first_text(event, "status"),
            "private": first_text(event, "visibility") not in ("PUBLIC", ""),
        }
    ]


def _name(actor: Node) -> str:
    return first_text(actor, "name", "preferredUsername")


def _virtual(event: Node) -> Node:
    return {"@type": "VirtualLocation", "url": first_text(event, "onlineAddress")}


def _place(address: Node) -> Node:
    east, _, north = first_text(address, "geom").partition(";")
    return address and {
        "@type": "Place",
        "name": first_text(address, "description"),
        "address": postal_address(
            first_text(address, "street"), address, "locality", "region", "postalCode", "country"
        ),
        "latitude": north,
        "longitude": east,
    }
