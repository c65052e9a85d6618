"""Calendars that ASP.NET pages load as a JSON array (Illinois Pollution Control Board and its kin).

No public documentation; the shape was read from such an answer. The list is whole, no pages. Times
are local US dates ("7/20/2023 11:00:00 AM"); midnight without an end is a day without a time.
"""

from scrapers._nodes import Node, first_text
from scrapers._records import holds, read_records, records, required
from scrapers._text import plain
from scrapers.base import Document, Parsed

_KEYS = ("CalendarId", "StartDateTime", "CalendarTypeDesc")


def recognizes(document: Document) -> bool:
    """An array with the calendar's fields."""
    return holds(document, _KEYS)


def parse(document: Document) -> Parsed:
    """One event for each entry. Raises ParseError if the document is no such calendar."""
    value = required(document, "an ASP.NET calendar", ours=recognizes(document))
    return read_records(document, records(value), _read)


def _read(entry: Node) -> list[Node]:
    kind = first_text(entry, "CalendarTypeDesc")
    shown = plain(first_text(entry, "Description")).partition("\n")[0]
    start, end = first_text(entry, "StartDateTime"), first_text(entry, "EndDateTime")
    return [
        {
            "@type": "Event",
            "identifier": first_text(entry, "CalendarId"),
            "name": shown if kind == "Holiday" and shown else kind,
            "startDate": start,
            "endDate": "" if end == start else end,
            "description": first_text(entry, "Description"),
            "location": first_text(entry, "Location"),
            "keywords": [kind],
            "eventStatus": "EventCancelled" if _is_cancelled(entry) else "",
        }
    ]


def _is_cancelled(entry: Node) -> bool:
    return first_text(entry, "Cancelled").lower() not in ("", "n", "no", "false", "0")
