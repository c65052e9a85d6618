"""Localist (Concept3D), the calendar of many universities and cities: API v2, `/api/2/events`.

Documentation: https://developer.localist.com/doc/api. At most 100 events a page and 370 days an
answer; `page` tells how many pages there are. Times carry their offset.
"""

from collections.abc import Iterator

from scrapers._nodes import Found, Node, first_text, nodes
from scrapers._records import (
    answer,
    child,
    days,
    first,
    has_keys,
    number,
    read_records,
    records,
    required,
    series,
    texts,
    with_query,
)
from scrapers.base import AddressRule, Document, Parsed, Request

ADDRESSES = (
    AddressRule("Localist", r"[^/]+/api/2/events(?:/search)?/?(?:\?.*)?$", "localist"),
    AddressRule(
        "Localist",
        r"(?P<host>[^/]+\.localist\.com)(?!/api/)(?:[/?].*)?$",
        "localist",
        r"\g<host>/api/2/events?days=90&pp=100",
    ),
)
_MODES = {"virtual": "online", "hybrid": "mixed", "inperson": "offline"}


def recognizes(document: Document) -> bool:
    """A list of the API, also an empty one."""
    value = answer(document)
    found = records(value, "events")
    if not found:
        return has_keys(value, ("events", "page", "date"))
    return has_keys(child(found[0], "event"), ("event_instances", "localist_url"))


def parse(document: Document) -> Parsed:
    """One event for each of the answer, at all its times. Raises ParseError if it is no answer."""
    value = required(document, "Localist", ours=recognizes(document))
    events = [child(record, "event") for record in records(value, "events")]
    page = first(value, "page")
    return read_records(document, events, _read, following=_following(page, document))


def _following(page: Node, document: Document) -> Request | None:
    current, total = number(page.get("current")), number(page.get("total"))
    return with_query(document, page=current + 1) if 0 < current < total else None


def _read(event: Node) -> Iterator[Node | Found]:
    common = _common(event)
    times = [child(record, "event_instance") for record in nodes(event, "event_instances")]
    if len(times) > 1:
        common["superEvent"] = series(first_text(event, "localist_url"))
    for time in times or [{"start": event.get("first_date"), "end": event.get("last_date")}]:
        start, end = first_text(time, "start"), first_text(time, "end")
        node = common | {"startDate": start, "endDate": end}
        node["identifier"] = first_text(time, "id") or first_text(event, "id")
        yield node | days(start, end) if time.get("all_day") is True else node


def _common(event: Node) -> Node:
    return {
        "@type": "Event",
        "name": first_text(event, "title"),
        "description": first_text(event, "description", "description_text"),
        "url": first_text(event, "localist_url", "url"),
        "image": first_text(event, "photo_url"),
        "location": [_place(event), _stream(event)],
        "organizer": first_text(event, "group_name")
        or next(iter(texts(child(event, "filters"), "departments")), ""),
        "offers": _offer(event),
        "keywords": [
            *texts(child(event, "filters"), "event_types"),
            *texts(event, "tags"),
            *texts(event, "keywords"),
        ],
        "eventStatus": first_text(event, "status"),
        "eventAttendanceMode": _MODES.get(first_text(event, "experience"), ""),
        "private": event.get("private") is True,
    }


def _place(event: Node) -> Node:
    geo = child(event, "geo")
    name = first_text(event, "location_name", "location")
    room = first_text(event, "room_number")
    return {
        "@type": "Place",
        "name": f"{name}, {room}" if name and room else name,
        "address": first_text(event, "address"),
        "latitude": geo.get("latitude"),
        "longitude": geo.get("longitude"),
    }


def _stream(event: Node) -> Node:
    link = first_text(event, "stream_url")
    return {"@type": "VirtualLocation", "url": link} if link else {}


def _offer(event: Node) -> Node:
    if event.get("free") is True:
        return {"@type": "Offer", "price": "0"}
    cost, link = first_text(event, "ticket_cost"), first_text(event, "ticket_url")
    return {"@type": "Offer", "price": cost, "url": link} if cost or link else {}
