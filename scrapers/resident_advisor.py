"""Resident Advisor: answers of its GraphQL interface about one club, or a listing of an area.

https://ra.co/graphql is undocumented, asks for a POST and keeps programs out; this reads answers
that somebody has saved or relays. Times are those of the club and name no zone: they are read in
the zone of the source.
"""

from scrapers._json import json_with, read_json, read_records, record, records
from scrapers._nodes import Node, first_text
from scrapers.base import Document, Parsed, ParseError

_SITE = "https://ra.co"


def recognizes(document: Document) -> bool:
    """An answer whose events have a content address and a start."""
    answer = json_with(document, b'"contentUrl"', b'"startTime"', b'"data"')
    return any("contentUrl" in event for event in _events(answer))


def parse(document: Document) -> Parsed:
    """All events of the club or listing. Raises ParseError if there is no such thing in it."""
    answer = read_json(document)
    venue = record(answer, "data", "venue")
    if not venue and not record(answer, "data", "eventListings"):
        raise ParseError("This is not an answer of Resident Advisor.")

    def node(event: Node) -> Node:
        return _node(event, record(event, "venue") or venue)

    return read_records(document, _events(answer), node, title=first_text(venue, "name"))


def _events(answer: object) -> list[Node]:
    listed = [record(item, "event") for item in records(answer, "data", "eventListings", "data")]
    return [*records(answer, "data", "venue", "events"), *listed]


def _node(event: Node, venue: Node) -> Node:
    path = first_text(event, "contentUrl")
    day = first_text(event, "date").partition("T")[0]
    return {
        "identifier": first_text(event, "id"),
        "name": first_text(event, "title"),
        "startDate": first_text(event, "startTime") or day,
        "endDate": first_text(event, "endTime"),
        "description": first_text(event, "content"),
        "url": f"{_SITE}{path}" if path.startswith("/") else path,
        "location": {
            "@type": "Place",
            "name": first_text(venue, "name"),
            "address": first_text(venue, "address"),
        },
        "performer": [first_text(artist, "name") for artist in records(event, "artists")],
    }
