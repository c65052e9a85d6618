"""LiveWhale, the calendar of many universities: `/live/json/events`.

Makers: https://www.livewhale.com; the fields were read from public programs. The plain list holds at most
1,000 events, which is reported when it is reached; with `/paginate` or `/page/N` in the path an
answer is `{meta, data}`. Times are UTC with the calendar's zone beside them; flags are 1 or null.
Addresses of staff (`contact_info`, `registration_owner_email`) are never read.
"""

import re
from dataclasses import replace

from scrapers._nodes import Node, first_text
from scrapers._records import (
    answer,
    days,
    first,
    has_keys,
    number,
    read_records,
    records,
    required,
    texts,
)
from scrapers.base import AddressRule, Document, Parsed, Request

ADDRESSES = (
    AddressRule("LiveWhale", r"[^/]+/live/json/events(?:[/?].*)?$", "livewhale", confidence=0.95),
    AddressRule(
        "LiveWhale",
        r"(?P<host>[^/]+\.(?:livewhale|lwcal)\.(?:net|com))(?!/live/)(?:[/?].*)?$",
        "livewhale",
        r"\g<host>/live/json/events/paginate",
    ),
)
_KEYS = ("title", "date_utc", "is_all_day")
_MOST = 1000
_PAGE = re.compile(r"/page/\d+|/paginate\b")


def recognizes(document: Document) -> bool:
    """A list of events with LiveWhale's fields, plain or in pages."""
    value = answer(document)
    return has_keys(first(value, "data") or first(value), _KEYS)


def parse(document: Document) -> Parsed:
    """One event for each of the list. Raises ParseError if the document is not LiveWhale's."""
    value = required(document, "LiveWhale", ours=recognizes(document))
    found = records(value, "data") or records(value)
    following = _following(first(value, "meta"), document)
    parsed = read_records(document, found, _read, following=following)
    whole = "meta" in first(value) or len(found) < _MOST
    return parsed if whole else replace(parsed, truncated=True)


def _following(meta: Node, document: Document) -> Request | None:
    """The next page; its number stands in the path."""
    page, total = number(meta.get("page")), number(meta.get("total_pages"))
    if not 0 < page < total or not document.url.startswith("http"):
        return None
    path, mark, query = document.url.partition("?")
    return Request(f"{_PAGE.sub('', path).rstrip('/')}/page/{page + 1}{mark}{query}")


def _read(event: Node) -> list[Node]:
    online = _is_set(event, "is_online")
    start, end = first_text(event, "date_utc"), first_text(event, "date2_utc")
    node: Node = {
        "@type": "Event",
        "identifier": first_text(event, "id"),
        "name": first_text(event, "title"),
        "startDate": f"{start}Z" if start else first_text(event, "date_iso"),
        "endDate": f"{end}Z" if end else first_text(event, "date2_iso"),
        "timeZone": first_text(event, "timezone"),
        "description": first_text(event, "description", "summary"),
        "url": first_text(event, "url"),
        "image": first_text(event, "thumbnail"),
        "location": [
            _place(event),
            {"@type": "VirtualLocation", "url": event.get("online_url")} if online else {},
        ],
        "organizer": first_text(event, "group_title", "group"),
        "offers": first_text(event, "cost"),
        "keywords": [name for key in ("event_types", "tags") for name in texts(event, key)],
        "eventStatus": "EventCancelled" if _is_set(event, "is_canceled") else "",
    }
    whole_day = _is_set(event, "is_all_day")
    local = days(first_text(event, "date_iso", "date_utc"), first_text(event, "date2_iso"))
    return [node | local if whole_day else node]


def _is_set(event: Node, key: str) -> bool:
    return event.get(key) not in (None, False, 0, "", "0")


def _place(event: Node) -> Node:
    return {
        "@type": "Place",
        "name": first_text(event, "location_title", "location"),
        "latitude": event.get("location_latitude"),
        "longitude": event.get("location_longitude"),
    }
