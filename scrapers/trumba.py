"""Trumba (also behind 25Live's public calendars): `https://www.trumba.com/calendars/{name}.json`.

Makers: https://www.trumba.com; the fields were read from public programs. At most what `days` and `startdate` ask for, no
pages. Times are local, with the offset beside them; the location is HTML. A calendar is published as
iCalendar and RSS as well, under the same name.
"""

from scrapers._nodes import Node, first_text, nodes
from scrapers._records import child, holds, read_records, records, required
from scrapers.base import AddressRule, Document, Parsed

ADDRESSES = (
    AddressRule(
        "Trumba", r"www\.trumba\.com/calendars/[\w.-]+\.json(?:\?.*)?$", "trumba", "", 0.95
    ),
    AddressRule(
        "Trumba",
        r"(?:www\.)?trumba\.com/calendars/(?P<name>[\w-]+)/?(?:\?.*)?$",
        "trumba",
        r"www.trumba.com/calendars/\g<name>.json?days=120",
    ),
)
_KEYS = ("eventID", "title", "startDateTime")


def recognizes(document: Document) -> bool:
    """An array of Trumba's events."""
    return holds(document, _KEYS)


def parse(document: Document) -> Parsed:
    """One event for each of the array. Raises ParseError if the document is not Trumba's."""
    value = required(document, "Trumba", ours=recognizes(document))
    return read_records(document, records(value), _read)


def _read(event: Node) -> list[Node]:
    start, end = first_text(event, "startDateTime"), first_text(event, "endDateTime")
    custom = {
        first_text(field, "label"): field.get("value") for field in nodes(event, "customFields")
    }
    node: Node = {
        "@type": "Event",
        "identifier": first_text(event, "eventID"),
        "name": first_text(event, "title"),
        "startDate": start and start + first_text(event, "startTimeZoneOffset"),
        "endDate": end and end + first_text(event, "endTimeZoneOffset"),
        "description": first_text(event, "description"),
        "url": first_text(event, "permaLinkUrl", "eventActionUrl"),
        "image": first_text(child(event, "eventImage") or child(event, "detailImage"), "url"),
        "location": [
            first_text(event, "location"),
            {"@type": "VirtualLocation"} if _is_online(event) else {},
        ],
        "organizer": first_text(custom, "Organization/Sponsor", "Sponsor", "Organizer"),
        "offers": first_text(custom, "Cost", "Admission"),
        "keywords": first_text(event, "categoryCalendar").split("|"),
        "eventStatus": "EventCancelled" if event.get("canceled") is True else "",
    }
    if event.get("allDay") is True:  # from midnight to midnight on the local clock
        node |= {"startDate": start, "endDate": end}
    return [node]


def _is_online(event: Node) -> bool:
    return first_text(event, "locationType").lower() == "online"
