"""Ticket Tailor's API: the events of a box office, each an occurrence of its series.

https://developers.tickettailor.com — at most 100 events a page, the next one by its link; 5000
requests in half an hour. Prices are in whole cents. A box office's own key opens it; the public
page of a box office carries schema.org events. Drafts, hidden and private events are marked so.
"""

from scrapers._json import json_with, next_page, price, read_json, read_records, record, records
from scrapers._nodes import Node, first_text
from scrapers.base import AddressRule, Document, Parsed, ParseError

ADDRESSES = (
    AddressRule("Ticket Tailor", r"api\.tickettailor\.com/v1/events\b", "tickettailor", "", 0.95),
    AddressRule(
        "Ticket Tailor", r"(?:www\.tickettailor\.com/events|buytickets\.at)/[^/?#]+", "schema_org"
    ),
)


def recognizes(document: Document) -> bool:
    """A list of events with their series."""
    answer = json_with(document, b'"event_series_id"', b'"data"')
    return any("event_series_id" in event for event in records(answer, "data"))


def parse(document: Document) -> Parsed:
    """All events of the page. Raises ParseError if it is no list of Ticket Tailor's."""
    answer = read_json(document)
    if not isinstance(record(answer).get("data"), list):
        raise ParseError("This is not an answer of Ticket Tailor's API.")
    link = record(answer, "links").get("next")
    return read_records(
        document,
        records(answer, "data"),
        _node,
        follow=next_page(document, link) if link else (),
    )


def _is_private(event: Node) -> bool:
    hidden = _yes(event, "private") or _yes(event, "hidden")
    return hidden or first_text(event, "status") == "draft"


def _yes(node: Node, key: str) -> bool:
    """Ticket Tailor writes "true" and "false" as words."""
    return node.get(key) is True or first_text(node, key) == "true"


def _node(event: Node) -> Node:
    series = first_text(event, "event_series_id")
    return {
        "identifier": first_text(event, "id"),
        "name": first_text(event, "name"),
        "startDate": _moment(event, "start"),
        "endDate": _moment(event, "end"),
        "timeZone": first_text(event, "timezone"),
        "eventStatus": first_text(event, "status"),
        "description": first_text(event, "description"),
        "url": first_text(event, "url"),
        "image": first_text(record(event, "images"), "header", "thumbnail"),
        "location": _location(event),
        "offers": [_offer(ticket, event) for ticket in records(event, "ticket_types")],
        "superEvent": {"@type": "EventSeries", "@id": series} if series else {},
        "private": _is_private(event),
    }


def _moment(event: Node, end: str) -> str:
    said = record(event, end)
    day, clock = first_text(said, "date"), first_text(said, "time")
    return first_text(said, "iso") or (f"{day}T{clock}" if clock else day)


def _location(event: Node) -> Node:
    venue = record(event, "venue")
    if _yes(event, "online_event"):
        return {"@type": "VirtualLocation", "url": first_text(event, "online_link", "url")}
    return {
        "@type": "Place",
        "name": first_text(venue, "name"),
        "address": {
            "postalCode": first_text(venue, "postal_code"),
            "addressCountry": first_text(venue, "country"),
        },
    }


def _offer(ticket: Node, event: Node) -> Node:
    sold_out = first_text(ticket, "status") == "sold_out" or _yes(event, "unavailable")
    return {
        "@type": "Offer",
        "price": price(ticket.get("price")),
        "priceCurrency": first_text(event, "currency").upper(),
        "availability": "SoldOut" if sold_out else "InStock",
        "url": first_text(event, "checkout_url", "url"),
    }
