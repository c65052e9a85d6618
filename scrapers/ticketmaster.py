"""Ticketmaster's Discovery API v2: `events` of its search.

https://developer.ticketmaster.com/products-and-docs/apis/discovery-api/v2/ — 5000 requests a day
and 5 a second for a key; at most 200 events a page; no more than the first 1000 of one search
("deep paging"), so that a large city wants one source for each kind or month. The key is the
operator's (`GOMEET_TICKETMASTER_KEY`) and is put on at the door.
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
from scrapers._nodes import Node, first_text, text
from scrapers.base import AddressRule, Document, Parsed, ParseError, Problem

ADDRESSES = (
    AddressRule(
        "Ticketmaster", r"app\.ticketmaster\.com/discovery/v2/events\b", "ticketmaster", "", 0.95
    ),
)

DEEPEST = 1000
_OFF = ("cancelled", "canceled", "postponed")


def recognizes(document: Document) -> bool:
    """A page of search results whose events have Discovery's dates."""
    answer = json_with(document, b'"_embedded"', b'"localDate"')
    return any("dates" in event for event in records(answer, "_embedded", "events"))


def parse(document: Document) -> Parsed:
    """All events of the page but test data. Raises ParseError if it is no answer of Discovery."""
    answer = read_json(document)
    if not record(answer, "page") and not record(answer, "_embedded"):
        raise ParseError("This is not an answer of Ticketmaster's Discovery API.")
    events = [event for event in records(answer, "_embedded", "events") if not event.get("test")]
    link, too_deep = text(record(answer, "_links", "next").get("href")), _is_deepest(answer)
    return read_records(
        document,
        events,
        _node,
        follow=() if too_deep else next_page(document, link.partition("{")[0]),
        problems=(_DEEP,) if link and too_deep else (),
        truncated=bool(link) and too_deep,
    )


_DEEP = Problem(
    "next page",
    "page_limit",
    f"Ticketmaster gives no more than {DEEPEST} events of one search; narrow it by date or kind",
)


def _is_deepest(answer: object) -> bool:
    """Whether the page after this one would reach beyond what a search gives."""
    page = record(answer, "page")
    number, size = whole_number(page.get("number")), whole_number(page.get("size"))
    return ((number or 0) + 2) * (size or 20) > DEEPEST


def _node(event: Node) -> Node:
    dates, inside = record(event, "dates"), record(event, "_embedded")
    venue: Node = next(iter(records(inside, "venues")), {})
    start, before = record(dates, "start"), _moment(record(dates, "initialStartDate"))
    status = first_text(record(dates, "status"), "code").lower()
    return {
        "identifier": first_text(event, "id"),
        "name": first_text(event, "name"),
        # A day that is put off to nobody knows when still tells of the day that it was.
        "startDate": _moment(start) or (before if status in _OFF else ""),
        "endDate": _moment(record(dates, "end")),
        "previousStartDate": before,
        "timeZone": first_text(dates, "timezone") or first_text(venue, "timezone"),
        "eventStatus": status,
        "description": "\n\n".join(
            filter(None, (first_text(event, "info"), first_text(event, "pleaseNote")))
        ),
        "url": first_text(event, "url"),
        "image": _image(event),
        "location": _place(venue),
        "organizer": first_text(record(event, "promoter"), "name"),
        "performer": [first_text(act, "name") for act in records(inside, "attractions")],
        "keywords": _keywords(event),
        "offers": [_offer(span, event) for span in records(event, "priceRanges")],
        "notes": ("time_to_be_announced",) if _has_no_time(start) else (),
    }


def _moment(said: Node) -> str:
    """The wall clock at the venue; a day alone where the time is not set; "" if no day is."""
    if said.get("dateTBD") is True or said.get("dateTBA") is True:
        return ""
    day, clock = first_text(said, "localDate"), first_text(said, "localTime")
    if not day:
        return first_text(said, "dateTime")
    return day if _has_no_time(said) or not clock else f"{day}T{clock}"


def _has_no_time(said: Node) -> bool:
    return said.get("timeTBA") is True or said.get("noSpecificTime") is True


def _place(venue: Node) -> Node:
    point = record(venue, "location")
    return {
        "@type": "Place",
        "name": first_text(venue, "name"),
        "address": {
            "streetAddress": first_text(record(venue, "address"), "line1"),
            "addressLocality": first_text(record(venue, "city"), "name"),
            "addressRegion": first_text(record(venue, "state"), "stateCode", "name"),
            "postalCode": first_text(venue, "postalCode"),
        },
        "latitude": point.get("latitude"),
        "longitude": point.get("longitude"),
    }


def _keywords(event: Node) -> list[str]:
    kinds = (
        first_text(record(kind, part), "name")
        for kind in records(event, "classifications")
        for part in ("segment", "genre", "subGenre")
    )
    return [kind for kind in kinds if kind not in ("", "Undefined", "Other")]


def _offer(span: Node, event: Node) -> Node:
    return {
        "@type": "AggregateOffer",
        "lowPrice": span.get("min"),
        "highPrice": span.get("max"),
        "priceCurrency": first_text(span, "currency"),
        "url": first_text(event, "url"),
    }


def _image(event: Node) -> str:
    """The widest picture; one of the performers before one that stands for a whole genre."""

    def rank(image: Node) -> tuple[bool, int]:
        return image.get("fallback") is not True, whole_number(image.get("width")) or 0

    return first_text(max(records(event, "images"), key=rank, default={}), "url")
