"""Bedework, an open calendar of universities: the feeder's JSON (`bwEventList`).

Documentation: https://www.bedework.org/ (the public feeder, `/feeder/main/listEvents.do` with the skin
`list-json`). The list is whole for the days it was asked for. Each time tells its day, its local
clock, its UTC instant and its zone.
"""

from scrapers._nodes import Node, first_text
from scrapers._records import child, holds, read_records, records, required, texts
from scrapers.base import AddressRule, Document, Parsed

ADDRESSES = (AddressRule("Bedework", r"[^/]+/feeder/.*list-json.*", "bedework", confidence=0.95),)
_KEYS = ("guid", "summary", "start")


def recognizes(document: Document) -> bool:
    """A list of the feeder."""
    return holds(document, _KEYS, "bwEventList", "events")


def parse(document: Document) -> Parsed:
    """One event for each of the list. Raises ParseError if the document is not the feeder's."""
    value = required(document, "Bedework", ours=recognizes(document))
    return read_records(document, records(value, "bwEventList", "events"), _read)


def _read(event: Node) -> list[Node]:
    location = child(event, "location")
    contact = child(event, "contact")
    start, zone = _moment(child(event, "start"))
    end, _ = _moment(child(event, "end"))
    guid, occurrence = first_text(event, "guid"), first_text(event, "recurrenceId")
    node: Node = {
        "@type": "Event",
        "identifier": f"{guid} {occurrence}".strip(),
        "name": first_text(event, "summary"),
        "startDate": start,
        "endDate": end,
        "endDayIncluded": False,  # as in iCalendar, which Bedework stores
        "timeZone": zone,
        "description": first_text(event, "description"),
        "url": first_text(event, "eventlink", "link"),
        "location": ", ".join(
            filter(None, (first_text(location, key) for key in ("address", "subaddress")))
        ),
        "organizer": first_text(contact, "name"),
        "offers": first_text(event, "cost"),
        "keywords": texts(event, "categories", "value"),
        "eventStatus": first_text(event, "status"),
    }
    if occurrence:
        node["superEvent"] = {"@type": "EventSeries", "@id": guid}
    return [node]


def _moment(moment: Node) -> tuple[str, str]:
    """A day, or an instant with the zone it is told in."""
    if first_text(moment, "allday") == "true" or moment.get("allday") is True:
        return (first_text(moment, "unformatted", "utcdate", "datetime")[:8], "")
    return first_text(moment, "utcdate"), first_text(moment, "timezone")
