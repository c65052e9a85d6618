"""Songkick: its API's answers (calendars of venues, artists and cities).

https://www.songkick.com/developer — 50 events a page, pages from 1; no new keys are given out, so
that the pages of its site, which carry schema.org events, are the way for everybody else.
"""

import re

from scrapers._json import (
    json_with,
    numbered_page,
    read_json,
    read_records,
    record,
    records,
    without_keys,
)
from scrapers._nodes import Node, first_text
from scrapers.base import AddressRule, Document, Parsed, ParseError

ADDRESSES = (
    AddressRule(
        "Songkick", r"api\.songkick\.com/api/3\.0/.*\bcalendar\.json", "songkick", "", 0.95
    ),
    AddressRule(
        "Songkick",
        r"(?:www\.)?songkick\.com/(?:venues|artists|concerts|festivals|metro[-_]areas)/\d+",
        "schema_org",
        "",
        0.9,
    ),
)

_DATE = re.compile(r"\s*\((?:[A-Z][a-z]+ )?\d{1,2},? ?(?:[A-Z][a-z]+ )?\d{4}\)\s*\Z")


def recognizes(document: Document) -> bool:
    """A page of results with events."""
    answer = json_with(document, b'"resultsPage"', b'"event"')
    return bool(records(answer, "resultsPage", "results", "event"))


def parse(document: Document) -> Parsed:
    """All events of the page. Raises ParseError if it is no answer of Songkick."""
    page = record(read_json(document), "resultsPage")
    if not page:
        raise ParseError("This is not an answer of Songkick's API.")
    events = records(page, "results", "event")
    follow = numbered_page(
        document, page.get("page"), page.get("perPage"), page.get("totalEntries")
    )
    return read_records(document, events, _node, follow=follow)


def _node(event: Node) -> Node:
    venue = record(event, "venue")
    start = record(event, "start")
    return {
        "identifier": first_text(event, "id"),
        "name": _DATE.sub("", first_text(event, "displayName")),
        "startDate": _moment(start),
        "endDate": _moment(record(event, "end")),
        "timeZone": first_text(record(venue, "metroArea"), "timezone"),
        "eventStatus": first_text(event, "status"),
        "url": without_keys(first_text(event, "uri")),
        "location": _place(venue, record(event, "location")),
        "performer": [first_text(act, "displayName") for act in records(event, "performance")],
        "keywords": [first_text(event, "type")],
        "offers": {"@type": "Offer", "url": without_keys(first_text(event, "ticketsUri"))},
    }


def _moment(said: Node) -> str:
    """The wall clock at the venue; the day alone where no time is told."""
    day, clock = first_text(said, "date"), first_text(said, "time")
    if not day:
        return first_text(said, "datetime")
    return f"{day}T{clock}" if clock else day


def _place(venue: Node, city: Node) -> Node:
    """The venue, or the city alone while the venue is not known."""
    name = first_text(venue, "displayName")
    return {
        "@type": "Place",
        "name": "" if name == "Unknown venue" else name,
        "address": first_text(city, "city"),
        "latitude": venue.get("lat") or city.get("lat"),
        "longitude": venue.get("lng") or city.get("lng"),
    }
