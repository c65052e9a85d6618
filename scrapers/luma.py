"""Luma (lu.ma, luma.com): what its site asks for a calendar or a city, and the pages of both.

The interface `api.lu.ma` that the site itself uses is undocumented and free of keys; 50 entries a
page here, the next one by a cursor. A calendar's page names its id, by which the calendar can be
asked for; its iCalendar feed (`/ics/get?entity=calendar&id=cal-…`) needs no reader of its own.
Entries that still wait for approval and private events are marked private.
"""

import json
import re

from scrapers import schema_org
from scrapers._html import html_tree, is_html, title_of
from scrapers._json import json_with, next_page, price, read_json, read_records, record, records
from scrapers._nodes import Node, first_text
from scrapers.base import AddressRule, Document, Parsed, ParseError, Problem, Request

_HOST = r"(?:www\.)?(?:lu\.ma|luma\.com)"
_RESERVED = "(?:home|discover|signin|pricing|create|embed|calendar|api)"
_API = r"api2?\.(?:lu\.ma|luma\.com)"
ADDRESSES = (
    AddressRule("Luma", rf"{_API}/ics/get\?", "ical", "", 0.95),
    AddressRule(
        "Luma", rf"{_API}/(?:calendar/get-items|discover/get-paginated-events)\?", "luma", "", 0.95
    ),
    AddressRule(
        "Luma",
        rf"{_HOST}/(?:embed/)?calendar/(cal-\w+)",
        "ical",
        r"api.lu.ma/ics/get?entity=calendar&id=\1",
        0.95,
    ),
    AddressRule(
        "Luma", rf"{_HOST}/(?!{_RESERVED}(?:[/?#]|$))[\w.-]+/?(?:[?#].*)?$", "luma", "", 0.85
    ),
)

_ID = re.compile(rb'"(?:cal|discplace)-')
_SITE = "https://luma.com/"
_ASK = "https://api.lu.ma/"
_MORE = Problem("next page", "page_limit", "Luma has more events and does not say where")


def recognizes(document: Document) -> bool:
    """A list of entries of Luma, or the page of a calendar or city there."""
    if is_html(document):
        marked = b"__NEXT_DATA__" in document.content and _ID.search(document.content)
        return bool(marked and _asked(_page_data(document)))
    answer = json_with(document, b'"entries"', b'"start_at"', b'"api_id"')
    return any("event" in entry for entry in records(answer, "entries"))


def parse(document: Document) -> Parsed:
    """All entries of the list. A calendar's page gives the request for its list, another page of
    Luma the schema.org events on it. Raises ParseError for everything else.
    """
    if is_html(document):
        if asked := _asked(_page_data(document)):
            return Parsed(follow=(Request(asked),), title=title_of(html_tree(document)))
        return schema_org.parse(document)
    answer = read_json(document)
    if not isinstance(record(answer).get("entries"), list):
        raise ParseError("This is not an answer of Luma.")
    more, cursor = record(answer).get("has_more") is True, first_text(record(answer), "next_cursor")
    return read_records(
        document,
        records(answer, "entries"),
        _node,
        follow=next_page(document, pagination_cursor=cursor) if more and cursor else (),
        problems=(_MORE,) if more and not cursor else (),
        truncated=more and not cursor,
    )


def _page_data(document: Document) -> Node:
    """What the page of a calendar, city or event carries for its first paint."""
    script = next(
        (item for item in html_tree(document).iter("script") if item.get("id") == "__NEXT_DATA__"),
        None,
    )
    try:
        data = json.loads(script.text or "" if script is not None else "")
    except (ValueError, RecursionError):
        return {}
    return record(data, "props", "pageProps", "initialData", "data")


def _asked(data: Node) -> str:
    """The address of the list behind a page, "" where the page is that of one event, or no such."""
    calendar = first_text(record(data, "calendar"), "api_id")
    place = first_text(record(data, "place"), "api_id")
    if "event" in data or not f"{calendar}{place}".replace("-", "").isalnum():
        return ""
    if calendar:
        return (
            f"{_ASK}calendar/get-items?calendar_api_id={calendar}&period=future&pagination_limit=50"
        )
    return f"{_ASK}discover/get-paginated-events?discover_place_api_id={place}&pagination_limit=50"


def _node(entry: Node) -> Node:
    event = record(entry, "event")
    link = first_text(event, "url")
    url = link if "://" in link or not link else _SITE + link
    return {
        "identifier": first_text(event, "api_id") or first_text(entry, "api_id"),
        "name": first_text(event, "name"),
        "startDate": first_text(event, "start_at") or first_text(entry, "start_at"),
        "endDate": first_text(event, "end_at"),
        "duration": first_text(event, "duration_interval"),
        "timeZone": first_text(event, "timezone"),
        "description": first_text(event, "description", "description_short"),
        "url": url,
        "image": first_text(event, "cover_url"),
        "location": _location(event, url),
        "organizer": _organizer(entry, event),
        "keywords": [first_text(tag, "name") for tag in records(entry, "tags")],
        "offers": _offer(record(entry, "ticket_info"), url),
        "private": _is_private(entry, event),
    }


def _is_private(entry: Node, event: Node) -> bool:
    waits = first_text(entry, "status") not in ("", "approved")
    return waits or first_text(event, "visibility") == "private"


def _location(event: Node, url: str) -> Node:
    """Where it is. A host may show the street to guests only; then the city is all there is."""
    kind = first_text(event, "location_type")
    place = record(event, "geo_address_info")
    if not place and kind not in ("", "offline", "missing", "unknown"):
        return {"@type": "VirtualLocation", "url": url}
    point = record(event, "coordinate")
    name = first_text(place, "address")
    address = first_text(place, "full_address", "short_address")
    if not address:
        parts = (first_text(place, key) for key in ("city", "region"))
        address = ", ".join(part for part in parts if part)
    return {
        "@type": "Place",
        "name": "" if name == address else name,
        "address": address,
        "latitude": point.get("latitude"),
        "longitude": point.get("longitude"),
    }


def _organizer(entry: Node, event: Node) -> str:
    """The calendar, if it is more than one person's own, else the first host."""
    calendar = record(entry, "calendar")
    named = "" if calendar.get("is_personal") is True else first_text(calendar, "name")
    host = next((first_text(host, "name") for host in records(entry, "hosts")), "")
    return named or host or first_text(event, "host")


def _offer(tickets: Node, url: str) -> Node:
    low, high = record(tickets, "price"), record(tickets, "max_price")
    free = tickets.get("is_free") is True
    sold_out, few = tickets.get("is_sold_out") is True, tickets.get("is_near_capacity") is True
    return {
        "@type": "AggregateOffer",
        "lowPrice": "0" if free else price(low.get("cents")),
        "highPrice": "0" if free else price(high.get("cents")),
        "priceCurrency": first_text(low, "currency").upper(),
        "availability": "SoldOut" if sold_out else "LimitedAvailability" if few else "",
        "url": url if low or free or sold_out else "",
    }
