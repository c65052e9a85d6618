"""The Events Calendar (WordPress) by its REST API v1: `/wp-json/tribe/events/v1/events`.

Documentation: https://docs.theeventscalendar.com/rest-api/ (and `/doc` below the API itself). At
most 50 events a page by default; the next page is named in `next_rest_url`. Times are local, the
zone stands beside them.
"""

from scrapers._nodes import Found, Node, first_text
from scrapers._records import (
    answer,
    at,
    child,
    days,
    has_keys,
    postal_address,
    read_records,
    records,
    required,
    texts,
)
from scrapers.base import AddressRule, Document, Parsed, Request

ADDRESSES = (
    AddressRule("The Events Calendar", r"[^?#]+/tribe/events/v1/events(?:[/?].*)?$", "tribe_rest"),
)
_EVENT = ("global_id", "start_date", "timezone")


def recognizes(document: Document) -> bool:
    """A list of the API, also an empty one, or a single event of it."""
    if b"/events/v1/" not in document.content.replace(b"\\/", b"/"):
        return False
    value = answer(document)
    return has_keys(value, _EVENT) or has_keys(value, ("events", "rest_url", "total"))


def parse(document: Document) -> Parsed:
    """One event for each of the answer. Raises ParseError if it is not the API's."""
    value = required(document, "The Events Calendar", ours=recognizes(document))
    found = records(value) if has_keys(value, _EVENT) else records(value, "events")
    link = at(value, "next_rest_url")
    following = Request(link) if isinstance(link, str) and link else None
    return read_records(document, found, _read, following=following)


def _read(event: Node) -> list[Node | Found]:
    start, end = first_text(event, "start_date"), first_text(event, "end_date")
    virtual = event.get("is_virtual") is True
    node: Node = {
        "@type": "Event",
        "identifier": first_text(event, "global_id"),
        "name": first_text(event, "title"),
        "startDate": start,
        "endDate": end,
        "timeZone": first_text(event, "timezone"),
        "description": first_text(event, "description", "excerpt"),
        "url": first_text(event, "url"),
        "image": first_text(child(event, "image"), "url"),
        "location": [
            _place(child(event, "venue")),
            {"@type": "VirtualLocation", "url": event.get("virtual_url")} if virtual else {},
        ],
        "organizer": _organizer(child(event, "organizer")),
        "offers": _offer(event),
        "keywords": texts(event, "categories") + texts(event, "tags"),
        "eventStatus": first_text(event, "event_status"),
        "private": first_text(event, "status") not in ("publish", ""),
    }
    return [node | days(start, end) if event.get("all_day") is True else node]


def _place(venue: Node) -> Node:
    return venue and {
        "@type": "Place",
        "name": first_text(venue, "venue"),
        "address": postal_address(
            first_text(venue, "address"),
            venue,
            "city",
            "stateprovince" if venue.get("stateprovince") else "state",
            "zip",
            "country",
        ),
        "latitude": venue.get("geo_lat"),
        "longitude": venue.get("geo_lng"),
    }


def _organizer(organizer: Node) -> Node:
    return organizer and {
        "name": first_text(organizer, "organizer"),
        "url": first_text(organizer, "website", "url"),
    }


def _offer(event: Node) -> Node:
    cost = first_text(event, "cost")
    code = first_text(child(event, "cost_details"), "currency_code")
    link = first_text(event, "website")
    return {"@type": "Offer", "price": cost, "priceCurrency": code, "url": link} if cost else {}
