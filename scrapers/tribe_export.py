"""The Events Calendar (WordPress) as its own tools pass events on.

Two shapes: the answer of Event Aggregator (`data.events`, one record for each occurrence) and a
post with its meta fields (`_EventStartDate` and its like), as exports and imports write it. Both
are open source at https://github.com/the-events-calendar/the-events-calendar.
"""

from scrapers._nodes import Node, first_text
from scrapers._records import (
    answer,
    at,
    child,
    days,
    has_keys,
    holds,
    number,
    read_records,
    records,
    required,
)
from scrapers.base import Document, Parsed

_RELAYED = ("title", "start_date", "start_hour")


def recognizes(document: Document) -> bool:
    """An answer of Event Aggregator, or one post of the type `tribe_events`."""
    return holds(document, _RELAYED, "data", "events") or _is_post(answer(document))


def parse(document: Document) -> Parsed:
    """One event for each record. Raises ParseError if the document is neither of the two."""
    value = required(document, "The Events Calendar", ours=recognizes(document))
    if _is_post(value):
        return read_records(document, records(value), _read_post)
    return read_records(document, records(value, "data", "events"), _read_relayed)


def _is_post(value: object) -> bool:
    return (
        has_keys(value, ("post_title", "meta_input")) and at(value, "post_type") == "tribe_events"
    )


def _read_relayed(event: Node) -> list[Node]:
    venue = child(event, "venue")
    start, end = _clock(event, "start"), _clock(event, "end")
    node: Node = {
        "@type": "Event",
        "identifier": first_text(event, "uid"),
        "name": first_text(event, "title"),
        "startDate": start,
        "endDate": end,
        "timeZone": first_text(event, "timezone"),
        "description": first_text(event, "description"),
        "url": first_text(event, "url"),
        "location": {**venue, "@type": "Place", "name": first_text(venue, "venue")},
    }
    return [node | days(start, end) if event.get("all_day") == "yes" else node]


def _clock(event: Node, edge: str) -> str:
    day = first_text(event, f"{edge}_date")
    hour, minute = number(event.get(f"{edge}_hour")), number(event.get(f"{edge}_minute"))
    return f"{day} {hour:02}:{minute:02}" if day else ""


def _read_post(post: Node) -> list[Node]:
    meta = child(post, "meta_input")
    start, end = first_text(meta, "_EventStartDate"), first_text(meta, "_EventEndDate")
    node: Node = {
        "@type": "Event",
        "identifier": first_text(post, "guid"),
        "name": first_text(post, "post_title"),
        "startDate": start,
        "endDate": end,
        "timeZone": first_text(meta, "_EventTimezone", "_EventTimezoneAbbr"),
        "description": first_text(post, "post_content"),
        "url": first_text(meta, "_EventURL") or first_text(post, "guid"),
        "eventStatus": first_text(meta, "_tribe_events_status"),
        "private": first_text(post, "post_status") != "publish",
    }
    return [node | days(start, end) if first_text(meta, "_EventAllDay") == "yes" else node]
