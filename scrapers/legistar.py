"""Legistar (Granicus), public meetings of cities: `https://webapi.legistar.com/v1/{client}/events`.

Documentation: https://webapi.legistar.com/Help. At most 1,000 meetings an answer, by OData's `$top`
and `$skip`, which `ADDRESSES` orders newest first; some cities want a token. `EventDate` has no
time, `EventTime` is the local clock ("5:30 PM") or empty.
"""

from scrapers._dates import joined, read_clock_times
from scrapers._nodes import Found, Node, first_text
from scrapers._records import (
    holds,
    number,
    query_of,
    read_records,
    records,
    required,
    with_query,
)
from scrapers.base import AddressRule, Document, Parsed, Request

_PAGE = 1000
_CLIENT = r"(?P<client>[\w-]+)"
ADDRESSES = (
    AddressRule(
        "Legistar",
        rf"webapi\.legistar\.com/v1/{_CLIENT}/events/?(?:\?.*)?$",
        "legistar",
        confidence=0.95,
    ),
    AddressRule(
        "Legistar",
        rf"(?!webapi\.){_CLIENT}\.legistar\.com(?:/(?:[Cc]alendar|[Dd]efault)\.aspx)?/?(?:\?.*)?$",
        "legistar",
        r"webapi.legistar.com/v1/\g<client>/events?$orderby=EventDate+desc&$top=200",
    ),
)
_KEYS = ("EventId", "EventBodyName", "EventDate", "EventTime")


def recognizes(document: Document) -> bool:
    """An array of meetings with the API's fields."""
    return holds(document, _KEYS)


def parse(document: Document) -> Parsed:
    """One event for each meeting. Raises ParseError if the document is not Legistar's."""
    value = required(document, "Legistar", ours=recognizes(document))
    found = records(value)
    return read_records(document, found, _read, following=_following(found, document))


def _following(found: list[Node], document: Document) -> Request | None:
    """The next page of a full one, while its last meeting is not behind the window."""
    query = query_of(document.url)
    size = number(query.get("$top")) or _PAGE
    oldest = first_text(found[-1], "EventDate")[:10]
    if len(found) < size or oldest < f"{document.window_start:%Y-%m-%d}":
        return None
    return with_query(document, **{"$skip": number(query.get("$skip")) + len(found)})


def _read(meeting: Node) -> list[Node | Found]:
    body = first_text(meeting, "EventBodyName")
    clock, _ = read_clock_times(first_text(meeting, "EventTime"))
    status = first_text(meeting, "EventAgendaStatusName").lower()
    node: Node = {
        "@type": "Event",
        "identifier": first_text(meeting, "EventId"),
        "name": body,
        "startDate": joined(first_text(meeting, "EventDate")[:10], clock),
        "description": first_text(meeting, "EventComment"),
        "url": first_text(meeting, "EventInSiteURL"),
        "location": first_text(meeting, "EventLocation"),
        "organizer": body,
        "keywords": ["public meeting"],
        "eventStatus": "EventCancelled" if _is_cancelled(meeting, status) else "",
    }
    return [node if clock else Found(node, notes=("time_unknown",))]


def _is_cancelled(meeting: Node, status: str) -> bool:
    """A clerk writes it into the status, the time or the beginning of the comment or the place."""
    said = [status, *(first_text(meeting, key).lower() for key in ("EventTime", "EventLocation"))]
    comment = first_text(meeting, "EventComment").lower()
    return any("cancel" in text for text in said) or comment.startswith(
        ("cancel", "meeting cancel")
    )
