"""LibCal (Springshare), the events of libraries: API 1.1 `/1.1/events` and `/ajax/calendar/list`.

Documentation: https://ask.springshare.com/libcal/faq/1407 (API 1.1; it wants a token). The list that
a calendar page loads itself needs none: `c` is the calendar, -1 all of them, `date=0000-00-00` all
coming days, at most 35 events a page by `perpage` and `page`, `total_results` tells how many there
are. Times there are local without a zone; those of the API carry their offset.
"""

from scrapers._nodes import Node, first_text
from scrapers._records import (
    answer,
    child,
    days,
    first,
    has_keys,
    number,
    query_of,
    read_records,
    records,
    required,
    texts,
    with_query,
)
from scrapers.base import AddressRule, Document, Parsed, Request

_LIST = "ajax/calendar/list?c=-1&date=0000-00-00&perpage=35&page=1"
ADDRESSES = (
    AddressRule("LibCal", r"[^/]+/ajax/calendar/list\?.+", "libcal", confidence=0.95),
    AddressRule(
        "LibCal",
        r"(?P<host>[^/]+\.libcal\.com)/(?:calendars?(?:/[\w-]*)?|event/\d+)?/?(?:\?.*)?$",
        "libcal",
        rf"\g<host>/{_LIST}",
        0.85,  # of one calendar its own subscription is better
    ),
)
_LISTED = ("title", "startdt", "enddt")
_API = ("title", "start", "end", "allday", "campus")


def recognizes(document: Document) -> bool:
    """The list of a calendar page, also an empty one, or an answer of the API."""
    value = answer(document)
    if has_keys(value, ("total_results", "results", "perpage")):
        return True
    return has_keys(first(value), _LISTED) or has_keys(first(value, "events"), _API)


def parse(document: Document) -> Parsed:
    """One event for each entry. Raises ParseError if the document is not LibCal's."""
    value = required(document, "LibCal", ours=recognizes(document))
    found = records(value, "results") or records(value, "events")
    if not found and isinstance(value, list):
        found = records(value)
    return read_records(
        document, found, _read, following=_following(first(value), document, len(found))
    )


def _following(value: Node, document: Document, size: int) -> Request | None:
    """The next page of the list; which page this is stands in the address alone."""
    page = number(query_of(document.url).get("page")) or 1
    per_page = number(value.get("perpage")) or size
    more = size and page * per_page < number(value.get("total_results"))
    return with_query(document, page=page + 1) if more else None


def _read(event: Node) -> list[Node]:
    start, end = first_text(event, "startdt", "start"), first_text(event, "enddt", "end")
    online = event.get("online_event") is True
    node: Node = {
        "@type": "Event",
        "identifier": first_text(event, "id"),
        "name": first_text(event, "title"),
        "startDate": start,
        "endDate": end,
        "description": first_text(event, "description", "shortdesc"),
        "url": _link(event),
        "image": first_text(event, "featured_image"),
        "location": [
            {"@type": "Place", "name": _place(event)} if _place(event) else {},
            {"@type": "VirtualLocation", "url": event.get("online_join_url")} if online else {},
        ],
        "organizer": first_text(child(event, "owner") or child(event, "calendar"), "name"),
        "offers": first_text(event, "registration_cost"),
        "keywords": [
            *texts(event, "categories_arr"),
            *texts(event, "category"),
            *texts(event, "audiences"),
        ],
    }
    whole_day = event.get("all_day") is True or event.get("allday") is True
    return [node | days(start, end) if whole_day else node]


def _link(event: Node) -> str:
    link = event.get("url")
    return first_text(link, "public") if isinstance(link, dict) else first_text(event, "url")


def _place(event: Node) -> str:
    """Room and building; the API tells both as objects, the list as text."""
    said = [first_text(event, key) for key in ("location", "campus")]
    return ", ".join(dict.fromkeys(filter(None, said)))
