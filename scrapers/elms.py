"""Chicago's Electronic Legislative Management System: meetings of the city council.

Documentation: https://api.chicityclerkelms.chicago.gov/index.html (`/meeting`). At most 100 meetings
a page by `skip` and `top`, newest first; `meta` tells how many there are. Dates are instants in UTC.
"""

from scrapers._nodes import Node, first_text
from scrapers._records import (
    answer,
    at,
    first,
    holds,
    number,
    read_records,
    records,
    required,
    with_query,
)
from scrapers.base import AddressRule, Document, Parsed, Request

ADDRESSES = (
    AddressRule("Chicago eLMS", r"api\.chicityclerkelms\.chicago\.gov/meeting/?(?:\?.*)?$", "elms"),
    AddressRule(
        "Chicago eLMS",
        r"chicityclerkelms\.chicago\.gov/(?:[Mm]eetings?|[Cc]alendar)/?(?:\?.*)?$",
        "elms",
        "api.chicityclerkelms.chicago.gov/meeting?sort=date%20desc&top=100",
    ),
)
_KEYS = ("meetingId", "body", "date")
_ZONE = "America/Chicago"


def recognizes(document: Document) -> bool:
    """A page of meetings."""
    return holds(document, _KEYS, "data") and at(answer(document), "meta") is not None


def parse(document: Document) -> Parsed:
    """One event for each meeting. Raises ParseError if the document is not eLMS'."""
    value = required(document, "Chicago's eLMS", ours=recognizes(document))
    following = _following(value, document)
    return read_records(
        document, records(value, "data"), _read, time_zone=_ZONE, following=following
    )


def _following(value: object, document: Document) -> Request | None:
    """The next page; lists run from the future back, so none behind the window is asked for."""
    meta = first(value, "meta")
    oldest = first_text(records(value, "data")[-1], "date")[:10]
    after = number(meta.get("skip")) + number(meta.get("top"))
    if not 0 < after < number(meta.get("count")) or oldest < f"{document.window_start:%Y-%m-%d}":
        return None
    return with_query(document, skip=after)


def _read(meeting: Node) -> list[Node]:
    body, link = first_text(meeting, "body"), first_text(meeting, "videoLink")
    return [
        {
            "@type": "Event",
            "identifier": first_text(meeting, "meetingId"),
            "name": body,
            "startDate": first_text(meeting, "date"),
            "description": first_text(meeting, "comment"),
            "url": "https://chicityclerkelms.chicago.gov/Meeting/?meetingId="
            + first_text(meeting, "meetingId"),
            "location": [
                first_text(meeting, "location"),
                {"@type": "VirtualLocation", "url": link} if link else {},
            ],
            "organizer": body,
            "eventStatus": first_text(meeting, "status"),
        }
    ]
