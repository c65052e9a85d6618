"""Arema (Mexico): the list of events behind its ticket shop, https://arema.mx.

Undocumented JSON, one answer for the whole country without pages. Times are Unix seconds and name
no zone: they are shown in the zone of the source.
"""

from scrapers._json import instant, json_with, read_json, read_records, record, records
from scrapers._nodes import Node, first_text
from scrapers.base import Document, Parsed, ParseError


def recognizes(document: Document) -> bool:
    """A list of events with Arema's names for things."""
    answer = json_with(document, b'"event_name"', b'"venue_name"', b'"event_id"')
    return any("event_name" in event for event in records(answer, "data", "events"))


def parse(document: Document) -> Parsed:
    """All events of the list. Raises ParseError if it is no answer of Arema."""
    answer = read_json(document)
    if not isinstance(record(answer, "data").get("events"), list):
        raise ParseError("This is not an answer of Arema.")
    return read_records(document, records(answer, "data", "events"), _node)


def _node(event: Node) -> Node:
    name = first_text(event, "event_id")
    return {
        "identifier": name,
        "name": first_text(event, "event_name"),
        "startDate": instant(event.get("date")),
        "url": f"https://arema.mx/e/{name}" if name else "",
        "image": first_text(event, "poster"),
        "location": {
            "@type": "Place",
            "name": first_text(event, "venue_name"),
            "address": {
                "addressLocality": first_text(event, "city"),
                "addressRegion": first_text(event, "state"),
            },
        },
        "keywords": [first_text(event, "category_name")],
    }
