"""Eventbrite's API v3: the events of an organization or organizer.

https://www.eventbrite.com/platform/api — 50 events a page; the next one by a `continuation` token,
in older answers by its number; 1000 requests an hour. A private token (`GOMEET_EVENTBRITE_KEY`)
opens the owner's organizations only, since the public search was closed in 2020; everybody else
reads the organizers' pages, which carry schema.org events. Drafts, unlisted and invitation-only
events are marked private.
"""

from scrapers._json import (
    json_with,
    next_page,
    read_json,
    read_records,
    record,
    records,
    whole_number,
)
from scrapers._nodes import Node, first_text
from scrapers.base import AddressRule, Document, Parsed, ParseError, Request

ADDRESSES = (
    AddressRule(
        "Eventbrite",
        r"www\.eventbriteapi\.com/v3/(?:organizations|organizers|venues|series)/\d+/events\b",
        "eventbrite",
        "",
        0.95,
    ),
    AddressRule(
        "Eventbrite",
        r"(?:www\.)?eventbrite\.(?:com|[a-z]{2}|com?\.[a-z]{2})/(?:[oedb]|cc)/[^/?#]+",
        "schema_org",
    ),
)


def recognizes(document: Document) -> bool:
    """A page of events with Eventbrite's pagination or addresses."""
    answer = json_with(document, b'"events"', b'"pagination"', b'"organization_id"')
    return any("organization_id" in event for event in records(answer, "events"))


def parse(document: Document) -> Parsed:
    """All events of the page. Raises ParseError if it is no list of Eventbrite's API."""
    answer = read_json(document)
    if not record(answer, "pagination"):
        raise ParseError("This is not a list of Eventbrite's API.")
    return read_records(document, records(answer, "events"), _node, follow=_next(document, answer))


def _next(document: Document, answer: object) -> tuple[Request, ...]:
    page = record(answer, "pagination")
    if page.get("has_more_items") is not True:
        return ()
    if token := first_text(page, "continuation"):
        return next_page(document, continuation=token)
    number = whole_number(page.get("page_number"))
    return next_page(document, page=number + 1) if number else ()


def _is_private(event: Node) -> bool:
    hidden = event.get("listed") is False or event.get("invite_only") is True
    return hidden or first_text(event, "status") == "draft"


def _node(event: Node) -> Node:
    start, end = record(event, "start"), record(event, "end")
    series = first_text(event, "series_id")
    return {
        "identifier": first_text(event, "id"),
        "name": first_text(record(event, "name"), "text", "html"),
        "startDate": _moment(event, "hide_start_date", start),
        "endDate": _moment(event, "hide_end_date", end),
        "timeZone": first_text(start, "timezone"),
        "eventStatus": "EventCancelled" if _is_cancelled(event) else "",
        "description": first_text(record(event, "description"), "html", "text")
        or first_text(event, "summary"),
        "url": first_text(event, "url"),
        "image": first_text(record(event, "logo", "original"), "url")
        or first_text(record(event, "logo"), "url"),
        "location": _location(event),
        "organizer": first_text(record(event, "organizer"), "name"),
        "keywords": [
            first_text(record(event, part), "short_name", "name")
            for part in ("category", "subcategory", "format")
        ],
        "offers": _offer(event),
        "superEvent": {"@type": "EventSeries", "@id": series} if series else {},
        "private": _is_private(event),
    }


def _moment(event: Node, hidden: str, said: Node) -> str:
    """The wall clock at the event; the day alone where its organizer hides the time."""
    local = first_text(said, "local")
    return local.partition("T")[0] if event.get(hidden) is True else local


def _is_cancelled(event: Node) -> bool:
    """By its status or, once its day has passed, by the word in its sales status."""
    code = first_text(record(event, "event_sales_status"), "message_code")
    return first_text(event, "status") in ("canceled", "cancelled") or code == "event_cancelled"


def _location(event: Node) -> Node:
    if event.get("online_event") is True:
        return {"@type": "VirtualLocation", "url": first_text(event, "url")}
    venue = record(event, "venue")
    address = record(venue, "address")
    return {
        "@type": "Place",
        "name": first_text(venue, "name"),
        "address": first_text(address, "localized_address_display"),
        "latitude": venue.get("latitude"),
        "longitude": venue.get("longitude"),
    }


def _offer(event: Node) -> Node:
    tickets = record(event, "ticket_availability")
    low, high = (record(tickets, f"{end}_ticket_price") for end in ("minimum", "maximum"))
    free = event.get("is_free") is True
    return {
        "@type": "AggregateOffer",
        "lowPrice": "0" if free else first_text(low, "major_value"),
        "highPrice": "0" if free else first_text(high, "major_value"),
        "priceCurrency": first_text(low, "currency") or first_text(event, "currency"),
        "availability": "SoldOut" if tickets.get("is_sold_out") is True else "",
        "url": first_text(event, "url"),
    }
