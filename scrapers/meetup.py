"""Meetup: answers about a group's events, of GraphQL (both shapes) and of the older REST API.

https://www.meetup.com/graphql/guide/ — GraphQL asks for a POST and a paid account, the REST API was
closed in 2019; this reads answers that somebody has saved or relays, and cannot turn their pages.
For everybody else a group's iCalendar feed (`/<group>/events/ical/`) is the way, which needs no
reader of its own.
"""

from scrapers._json import instant, json_with, read_json, read_records, record, records
from scrapers._nodes import Node, first_text
from scrapers.base import Document, Parsed, ParseError, Problem

_MODES = {"ONLINE": "online", "HYBRID": "mixed", "PHYSICAL": "offline"}
_LISTS = ("upcomingEvents", "unifiedEvents", "events", "pastEvents")
_DAY = 24 * 3600 * 1000  # an offset from UTC, in milliseconds, is less
_MORE = Problem(
    "next page",
    "page_limit",
    "the group has more events than the answer, whose pages ask for a POST",
)


def recognizes(document: Document) -> bool:
    """A group with lists of events, or events of the REST API."""
    group = record(
        json_with(document, b'"groupByUrlname"', b'"dateTime"'), "data", "groupByUrlname"
    )
    return bool(_nodes_of(group)) or bool(
        _rest(json_with(document, b'"utc_offset"', b'"yes_rsvp_count"'))
    )


def parse(document: Document) -> Parsed:
    """All events of the answer, past ones too. Raises ParseError if there are none of Meetup's."""
    answer = read_json(document)
    group = record(answer, "data", "groupByUrlname")
    if not group:
        return _parse_rest(document, answer)
    host = first_text(group, "name")
    more = any(
        record(group, name, "pageInfo").get("hasNextPage") is True
        for name in _LISTS
        if name != "pastEvents"
    )
    return read_records(
        document,
        _nodes_of(group),
        lambda event: _node(event, host),
        title=host,
        problems=(_MORE,) if more else (),
        truncated=more,
    )


def _nodes_of(group: Node) -> list[Node]:
    edges = [edge for name in _LISTS for edge in records(group, name, "edges")]
    return [node for edge in edges if (node := record(edge, "node"))]


def _node(event: Node, host: str) -> Node:
    kind = first_text(event, "eventType")
    venue = record(event, "venue") or next(iter(records(event, "venues")), {})
    return {
        "identifier": first_text(event, "id"),
        "name": first_text(event, "title"),
        "startDate": first_text(event, "dateTime"),
        "endDate": first_text(event, "endTime"),
        "duration": first_text(event, "duration"),
        "eventStatus": first_text(event, "status"),
        "eventAttendanceMode": _MODES.get(kind, ""),
        "description": first_text(event, "description"),
        "url": (url := first_text(event, "eventUrl")),
        "location": _online(url) if kind == "ONLINE" else _place(venue),
        "organizer": host,
    }


def _parse_rest(document: Document, answer: object) -> Parsed:
    found = _rest(answer)
    if not found and answer != []:
        raise ParseError("This is not an answer of Meetup.")
    return read_records(document, found, _rest_node)


def _rest(answer: object) -> list[Node]:
    """The events of the REST API: a list, the results of a page, or one alone."""
    alone = [answer] if isinstance(answer, dict) else []
    listed = records(answer) or records(answer, "results") or alone
    return [event for event in listed if "time" in event and "utc_offset" in event]


def _rest_node(event: Node) -> Node:
    group = record(event, "group")
    url = first_text(event, "link", "event_url")
    online = event.get("is_online_event") is True
    zone = {"per_second": 1000, "offset_seconds": _seconds(event.get("utc_offset"))}
    start, length = event.get("time"), event.get("duration")
    return {
        "identifier": first_text(event, "id"),
        "name": first_text(event, "name"),
        "startDate": instant(start, **zone),
        "endDate": instant(_sum(start, length), **zone),
        "timeZone": first_text(group, "timezone"),
        "eventStatus": first_text(event, "status"),
        "description": first_text(event, "description"),
        "url": url,
        "location": _online(url) if online else _place(record(event, "venue")),
        "organizer": first_text(group, "name"),
        "private": first_text(event, "visibility") in ("members", "private"),
    }


def _seconds(milliseconds: object) -> float:
    if not isinstance(milliseconds, int | float) or abs(milliseconds) > _DAY:
        return 0
    return milliseconds / 1000


def _sum(start: object, length: object) -> object:
    """When it ends, None where its length is not told."""
    if isinstance(start, int | float) and isinstance(length, int | float) and length > 0:
        return start + length
    return None


def _online(url: str) -> Node:
    return {"@type": "VirtualLocation", "url": url}


def _place(venue: Node) -> Node:
    name, street = first_text(venue, "name"), first_text(venue, "address", "address_1")
    return {
        "@type": "Place",
        "name": "" if name == street else name,
        "address": {
            "streetAddress": street,
            "addressLocality": first_text(venue, "city"),
            "addressRegion": first_text(venue, "state"),
            "postalCode": first_text(venue, "postalCode", "zip"),
        },
        "latitude": venue.get("lat"),
        "longitude": venue.get("lon") or venue.get("lng"),
    }
