"""Bandsintown's REST API v3: the events of an artist.

https://app.swaggerhub.com/apis/Bandsintown/PublicAPI/3.0.0 — one answer holds all events, there are
no pages; use needs Bandsintown's written consent. The `app_id` is the operator's
(`GOMEET_BANDSINTOWN_KEY`) and is put on at the door; Bandsintown repeats it in every link of its
answer, where it is taken off. Times are those of the venue, which names no zone: they are read in
the zone of the source.
"""

from scrapers._json import json_with, read_json, read_records, record, records, without_keys
from scrapers._nodes import Node, first_text, text, values
from scrapers.base import AddressRule, Document, Parsed, ParseError

ADDRESSES = (
    AddressRule(
        "Bandsintown", r"rest\.bandsintown\.com/artists/[^/?#]+/events\b", "bandsintown", "", 0.95
    ),
    AddressRule("Bandsintown", r"(?:www\.)?bandsintown\.com/[avc]/[^/?#]+", "schema_org", "", 0.7),
)

_AVAILABILITY = {"available": "InStock", "sold out": "SoldOut", "soldout": "SoldOut"}


def recognizes(document: Document) -> bool:
    """A list of events with a line-up and a venue."""
    answer = json_with(document, b'"lineup"', b'"datetime"', b'"venue"')
    return any("lineup" in event and "datetime" in event for event in records(answer))


def parse(document: Document) -> Parsed:
    """All events of the artist. Raises ParseError if the answer is no list."""
    answer = read_json(document)
    if not isinstance(answer, list):
        raise ParseError("This is not an answer of Bandsintown's API.")
    return read_records(document, records(answer), _node)


def _node(event: Node) -> Node:
    venue = record(event, "venue")
    acts = [said for act in values(event, "lineup") if (said := text(act))]
    url = without_keys(first_text(event, "url"))
    online = first_text(venue, "type").lower() == "virtual"
    return {
        "identifier": first_text(event, "id"),
        "name": first_text(event, "title") or _name(acts, first_text(venue, "name")),
        "startDate": first_text(event, "starts_at", "datetime"),
        "endDate": first_text(event, "ends_at"),
        "description": first_text(event, "description"),
        "url": url,
        "location": {"@type": "VirtualLocation", "url": url} if online else _place(venue),
        "performer": acts,
        "offers": [_offer(offer, event) for offer in records(event, "offers")],
        "keywords": ["MusicEvent"],
    }


def _name(acts: list[str], venue: str) -> str:
    """An event without a title is called after who plays, and where."""
    who = ", ".join(acts[:3])
    return f"{who} at {venue}" if who and venue else who


def _place(venue: Node) -> Node:
    return {
        "@type": "Place",
        "name": first_text(venue, "name"),
        "address": {
            "streetAddress": first_text(venue, "street_address"),
            "addressLocality": first_text(venue, "city"),
            "addressRegion": first_text(venue, "region"),
            "postalCode": first_text(venue, "postal_code"),
            "addressCountry": first_text(venue, "country"),
        },
        "latitude": venue.get("latitude"),
        "longitude": venue.get("longitude"),
    }


def _offer(offer: Node, event: Node) -> Node:
    free = event.get("free") is True
    return {
        "@type": "Offer",
        "price": "0" if free else "",
        "availability": _AVAILABILITY.get(first_text(offer, "status").lower(), ""),
        "url": without_keys(first_text(offer, "url")),
    }
