"""SeatGeek's Platform API v2: `events`.

https://platform.seatgeek.com — at most 5000 events a page (`per_page`), pages from 1. The client id
is the operator's (`GOMEET_SEATGEEK_KEY`) and is put on at the door. Times that are not set stand
there as 03:30, with `time_tbd`; days that are not, with `date_tbd`.
"""

from scrapers._json import (
    json_with,
    numbered_page,
    read_json,
    read_records,
    record,
    records,
    whole_number,
)
from scrapers._nodes import Node, first_text
from scrapers.base import AddressRule, Document, Parsed, ParseError

ADDRESSES = (AddressRule("SeatGeek", r"api\.seatgeek\.com/2/events\b", "seatgeek", "", 0.95),)


def recognizes(document: Document) -> bool:
    """A page of events that say whether their time is to be decided."""
    answer = json_with(document, b'"datetime_local"', b'"events"')
    return any(
        "datetime_tbd" in event or "time_tbd" in event for event in records(answer, "events")
    )


def parse(document: Document) -> Parsed:
    """All events of the page. Raises ParseError if it is no answer of SeatGeek."""
    answer = read_json(document)
    if not isinstance(record(answer).get("events"), list):
        raise ParseError("This is not an answer of SeatGeek's API.")
    meta = record(answer, "meta")
    follow = numbered_page(document, meta.get("page"), meta.get("per_page"), meta.get("total"))
    return read_records(document, records(answer, "events"), _node, follow=follow)


def _node(event: Node) -> Node:
    venue = record(event, "venue")
    untimed = event.get("time_tbd") is True or event.get("datetime_tbd") is True
    start = first_text(event, "datetime_local")
    if event.get("date_tbd") is True:
        start = ""
    return {
        "identifier": first_text(event, "id"),
        "name": first_text(event, "title"),
        "startDate": start.partition("T")[0] if untimed else start,
        "endDate": f"{end}Z" if (end := first_text(event, "enddatetime_utc")) else "",
        "timeZone": first_text(venue, "timezone"),
        "eventStatus": first_text(event, "status"),
        "description": first_text(event, "description"),
        "url": first_text(event, "url"),
        "image": next((first_text(act, "image") for act in records(event, "performers")), ""),
        "location": _place(venue),
        "performer": [first_text(act, "name") for act in records(event, "performers")],
        "keywords": [first_text(kind, "name") for kind in records(event, "taxonomies")],
        "offers": _offer(event),
        "notes": ("time_to_be_announced",) if untimed else (),
    }


def _place(venue: Node) -> Node:
    point = record(venue, "location")
    return {
        "@type": "Place",
        "name": first_text(venue, "name"),
        "address": {
            "streetAddress": first_text(venue, "address"),
            "addressLocality": first_text(venue, "city"),
            "addressRegion": first_text(venue, "state"),
            "postalCode": first_text(venue, "postal_code"),
        },
        "latitude": point.get("lat"),
        "longitude": point.get("lon"),
    }


def _offer(event: Node) -> Node:
    """What its sellers ask, in US dollars; nothing where nobody offers a ticket."""
    stats = record(event, "stats")
    if not whole_number(stats.get("lowest_price")):
        return {}
    return {
        "@type": "AggregateOffer",
        "lowPrice": stats.get("lowest_price"),
        "highPrice": stats.get("highest_price"),
        "priceCurrency": "USD",
        "url": first_text(event, "url"),
    }
