"""Adobe Experience Manager: the event feed of a state's agencies (`eventFeedItemList`).

No public documentation of the component; its shape was read from Illinois' agencies. The list is
whole, no pages. Times are local, with the zone's abbreviation beside them.
"""

from scrapers._nodes import Node, first_text, nodes
from scrapers._records import (
    child,
    holds,
    postal_address,
    read_records,
    records,
    required,
    texts,
)
from scrapers.base import Document, Parsed

_KEYS = ("eventTitle", "start", "eventPath")


def recognizes(document: Document) -> bool:
    """A list of feed items with the component's fields."""
    return holds(document, _KEYS, "eventFeedItemList")


def parse(document: Document) -> Parsed:
    """One event for each item. Raises ParseError if the document is no such feed."""
    value = required(document, "an AEM event feed", ours=recognizes(document))
    return read_records(document, records(value, "eventFeedItemList"), _read)


def _read(item: Node) -> list[Node]:
    return [
        {
            "@type": "Event",
            "identifier": first_text(item, "datalayerId"),
            "name": first_text(item, "eventTitle"),
            "startDate": first_text(item, "start"),
            "endDate": first_text(item, "end"),
            "timeZone": first_text(item, "startEventTimeZone"),
            "description": first_text(item, "description")
            or first_text(child(item, "extendedProps"), "content"),
            "url": first_text(item, "eventPath"),
            "image": first_text(item, "image"),
            "location": [
                *(_place(place) for place in nodes(item, "physicalList")),
                *(_virtual(place) for place in nodes(item, "virtualList")),
            ],
            "keywords": [kind.rpartition("/")[2] for kind in _kinds(item)],
            "eventStatus": "EventCancelled" if first_text(item, "canceledEvent") == "true" else "",
        }
    ]


def _kinds(item: Node) -> list[str]:
    return texts(child(item, "extendedProps"), "type")


def _virtual(place: Node) -> Node:
    return {"@type": "VirtualLocation", "url": first_text(place, "link")}


def _place(place: Node) -> Node:
    lines = (first_text(place, "streetLineOne"), first_text(place, "streetLineTwo"))
    return {
        "@type": "Place",
        "name": first_text(place, "locationName"),
        "address": postal_address(
            ", ".join(filter(None, lines)), place, "city", "state", "zipcode"
        ),
        "latitude": place.get("latitude"),
        "longitude": place.get("longitude"),
    }
