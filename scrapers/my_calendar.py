"""My Calendar (WordPress): its REST route `/wp-json/my-calendar/v1/events`.

Plug-in: https://wordpress.org/plugins/my-calendar/. The answer holds the days from `from`
to `to`, each with its occurrences, no pages; an event of several days stands under each of them.
Times are local, without a zone; an unset time is told by the hours of a whole day.
"""

from scrapers._nodes import Node, first_text, text
from scrapers._records import (
    answer,
    child,
    has_keys,
    postal_address,
    read_records,
    records,
    required,
    series,
)
from scrapers.base import AddressRule, Document, Parsed

ADDRESSES = (
    AddressRule(
        "My Calendar", r"[^?#]+/my-calendar/v1/events/?(?:\?.*)?$", "my_calendar", "", 0.95
    ),
)
_KEYS = ("occur_id", "occur_begin", "event_title")


def recognizes(document: Document) -> bool:
    """An object of days with the plugin's occurrences."""
    if b'"occur_begin"' not in document.content:
        return False
    return any(has_keys(item, _KEYS) for item in _occurrences(answer(document)))


def parse(document: Document) -> Parsed:
    """One event for each occurrence. Raises ParseError if the document is not the plugin's."""
    value = required(document, "My Calendar", ours=recognizes(document))
    distinct = {first_text(item, "occur_id") or str(item): item for item in _occurrences(value)}
    return read_records(document, list(distinct.values()), _read)


def _occurrences(value: object) -> list[Node]:
    days = value.values() if isinstance(value, dict) else [value]
    return [item for day in days for item in records(day)]


def _read(event: Node) -> list[Node]:
    link = first_text(event, "event_link") or f"/?p={first_text(event, 'event_post')}"
    node: Node = {
        "@type": "Event",
        "identifier": first_text(event, "occur_id"),
        "name": first_text(event, "event_title"),
        "startDate": first_text(event, "occur_begin"),
        "endDate": first_text(event, "occur_end"),
        "description": first_text(event, "event_desc", "event_short"),
        "url": link,
        "image": first_text(event, "event_image"),
        "location": _place(event),
        "keywords": [first_text(event, "category_name")],
        "private": text(event.get("category_private")) == "1",
    }
    if first_text(event, "event_recur")[:1] not in ("", "S"):  # S: a single event
        node["superEvent"] = series(first_text(event, "event_id"))
    return [node]


def _place(event: Node) -> Node:
    """The place, which newer versions keep in `location` and older ones in the event itself."""
    place = child(event, "location") or event
    prefix = "location" if child(event, "location") else "event"
    return {
        "@type": "Place",
        "name": first_text(place, f"{prefix}_label"),
        "address": postal_address(
            first_text(place, f"{prefix}_street"),
            place,
            *(f"{prefix}_{part}" for part in ("city", "state", "postcode")),
        ),
        "latitude": place.get(f"{prefix}_latitude"),
        "longitude": place.get(f"{prefix}_longitude"),
    }
