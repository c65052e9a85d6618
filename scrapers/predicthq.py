"""PredictHQ's Events API: the results of a search.

https://docs.predicthq.com/api/events/search-events — at most 500 events a page, the next one by
its own link; how far a search reaches depends on the plan (`overflow`). Its terms allow the use of
one's own licence only. The token is the operator's (`GOMEET_PREDICTHQ_KEY`) and is put on at the
door. Times are in UTC beside the event's zone; without a zone they are local times wherever one
is, as of public holidays.
"""

from scrapers._json import json_with, next_page, read_json, read_records, record, records
from scrapers._nodes import Node, first_text, values
from scrapers.base import AddressRule, Document, Parsed, ParseError, Problem

ADDRESSES = (AddressRule("PredictHQ", r"api\.predicthq\.com/v1/events\b", "predicthq", "", 0.95),)

_OVERFLOW = Problem(
    "next page", "page_limit", "PredictHQ has more events than the plan of this key gives"
)


def recognizes(document: Document) -> bool:
    """A page of results with ranks, labels and a scope."""
    answer = json_with(document, b'"results"', b'"rank"', b'"labels"')
    return any("scope" in event and "rank" in event for event in records(answer, "results"))


def parse(document: Document) -> Parsed:
    """All events of the page that are not deleted. Raises ParseError if it is no answer of theirs."""
    answer = read_json(document)
    if not isinstance(record(answer).get("results"), list):
        raise ParseError("This is not an answer of PredictHQ's API.")
    overflow = record(answer).get("overflow") is True
    return read_records(
        document,
        [event for event in records(answer, "results") if event.get("state") != "deleted"],
        _node,
        follow=next_page(document, link) if (link := record(answer).get("next")) else (),
        problems=(_OVERFLOW,) if overflow else (),
        truncated=overflow,
    )


def _node(event: Node) -> Node:
    zone = first_text(event, "timezone")
    start, end = _moment(event, "start", zone), _moment(event, "end", zone)
    return {
        "identifier": first_text(event, "id"),
        "name": first_text(event, "title"),
        "startDate": start,
        "endDate": "" if end == start else end,
        "timeZone": zone,
        "eventStatus": _status(event),
        "description": first_text(event, "description"),
        "location": _place(event),
        "organizer": _entity(event, "organization").get("name"),
        "keywords": [first_text(event, "category"), *values(event, "labels")],
    }


def _moment(event: Node, end: str, zone: str) -> str:
    said = first_text(event, end)
    return said if zone else said.removesuffix("Z").removesuffix("+00:00")


def _status(event: Node) -> str:
    if first_text(event, "cancelled"):
        return "EventCancelled"
    return "EventPostponed" if first_text(event, "postponed") else ""


def _entity(event: Node, kind: str) -> Node:
    """The first of the event's entities of a type: "venue", "organization" …"""
    found = (item for item in records(event, "entities") if item.get("type") == kind)
    return next(found, {})


def _place(event: Node) -> Node:
    """The venue with the point of the event; `location` is longitude before latitude (GeoJSON)."""
    venue = _entity(event, "venue")
    point = event.get("location")
    address = first_text(venue, "formatted_address") or first_text(
        record(event, "geo", "address"), "formatted_address"
    )
    east, north = point if isinstance(point, list) and len(point) == 2 else (None, None)
    return {
        "@type": "Place",
        "name": first_text(venue, "name"),
        "address": ", ".join(address.splitlines()),
        "latitude": north,
        "longitude": east,
    }
