"""Tockify, an embedded calendar: `https://tockify.com/api/ngevent?calname={name}`.

Not documented; read from public programs that use it. At most `max` events an answer; `metaData.hasNext`
tells that there are more, which follow from the start of the last one (`startms`). Times are
milliseconds since 1970 with the zone beside them. The same calendar is iCalendar at
`/api/feeds/ics/{name}`.
"""

from scrapers._nodes import Node, first_text
from scrapers._records import (
    at,
    child,
    holds,
    instant,
    number,
    query_of,
    read_records,
    records,
    required,
    texts,
    with_query,
)
from scrapers.base import AddressRule, Document, Parsed, Request

ADDRESSES = (
    AddressRule("Tockify", r"tockify\.com/api/ngevent\?.+", "tockify", "", 0.95),
    AddressRule("Tockify", r"tockify\.com/api/feeds/ics/[\w.-]+", "ical", "", 0.95),
    AddressRule(
        "Tockify",
        r"(?:www\.)?tockify\.com/(?!api/|i/)(?P<name>[\w.-]+)(?:/[\w-]*)*/?(?:\?.*)?$",
        "ical",
        r"tockify.com/api/feeds/ics/\g<name>",
    ),
)


def recognizes(document: Document) -> bool:
    """A list of Tockify's events."""
    return holds(document, ("eid", "when", "content"), "events")


def parse(document: Document) -> Parsed:
    """One event for each of the list. Raises ParseError if the document is not Tockify's."""
    value = required(document, "Tockify", ours=recognizes(document))
    found = records(value, "events")
    return read_records(document, found, _read, following=_following(value, document))


def _following(value: object, document: Document) -> Request | None:
    last = number(_edge(records(value, "events")[-1], "start").get("millis"))
    asked = number(query_of(document.url).get("startms"))
    more = at(value, "metaData", "hasNext") is True and last > asked
    return with_query(document, startms=last) if more else None


def _edge(event: Node, edge: str) -> Node:
    return child(child(event, "when"), edge)


def _read(event: Node) -> list[Node]:
    said, key = child(event, "content"), child(event, "eid")
    start, end = _edge(event, "start"), _edge(event, "end")
    uid = first_text(key, "uid")
    return [
        {
            "@type": "Event",
            "identifier": f"{uid} {first_text(key, 'tid')}".strip(),
            "name": first_text(child(said, "summary"), "text"),
            "startDate": instant(start.get("millis")),
            "endDate": instant(end.get("millis")),
            "timeZone": first_text(start, "tzid"),
            "description": first_text(child(said, "description"), "text"),
            "url": first_text(said, "customButtonLink")
            or f"https://tockify.com/{first_text(event, 'calid')}/detail/{uid}",
            "location": _place(said),
            "keywords": texts(child(child(said, "tagset"), "tags"), "default"),
        }
    ]


def _place(said: Node) -> Node:
    location = child(said, "location")
    return {
        "@type": "Place",
        "name": first_text(said, "place"),
        "address": first_text(said, "address"),
        "latitude": location.get("latitude"),
        "longitude": location.get("longitude"),
    }
