"""Google Calendar API v3: the answer of `calendars/{id}/events`.

Documentation: https://developers.google.com/calendar/api/v3/reference/events/list. The API itself
wants a key; a public calendar is iCalendar without one, at `calendar/ical/{id}/public/basic.ics`. At
most 2,500 events a page; series come as rules unless `singleEvents=true`.
"""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from scrapers._nodes import Node, first_text, nodes, text, values
from scrapers._records import answer, at, child, records, required, with_query
from scrapers._time import find_zone
from scrapers._vevents import Property, escaped, moment, read_vevents
from scrapers.base import Document, Parsed


def recognizes(document: Document) -> bool:
    """An answer of the kind `calendar#events`."""
    return at(answer(document), "kind") == "calendar#events"


def parse(document: Document) -> Parsed:
    """One event for each item, series expanded. Raises ParseError if it is no such answer."""
    value = required(document, "the Google Calendar API", ours=recognizes(document))
    named = find_zone(text(at(value, "timeZone")))
    zone = named or find_zone(document.time_zone) or ZoneInfo("UTC")
    events = (_event(item, zone) for item in records(value, "items"))
    parsed = read_vevents(document, events, named.key if named else "")
    token = text(at(value, "nextPageToken"))
    following = with_query(document, pageToken=token) if token else None
    return replace(parsed, follow=(following,) if following else ())


def _event(item: Node, zone: ZoneInfo) -> Iterator[Property]:
    home = find_zone(first_text(child(item, "start"), "timeZone")) or zone
    yield "UID", escaped(first_text(item, "iCalUID", "id"))
    yield "SUMMARY", escaped(first_text(item, "summary"))
    yield moment("DTSTART", _said(item, "start") or _said(item, "originalStartTime"), home)
    yield moment("DTEND", _said(item, "end"), home)
    yield moment("RECURRENCE-ID", _said(item, "originalStartTime"), home)
    yield "DESCRIPTION", escaped(first_text(item, "description"))
    yield "LOCATION", escaped(first_text(item, "location"))
    yield "URL", first_text(item, "htmlLink")
    yield "STATUS", first_text(item, "status").upper()
    yield "SEQUENCE", first_text(item, "sequence").removesuffix(".0")
    yield "CLASS", _class(first_text(item, "visibility"))
    yield "CONFERENCE;VALUE=URI", _meeting(item)
    for rule in values(item, "recurrence"):
        name, _, terms = text(rule).partition(":")
        yield name, terms


def _said(item: Node, edge: str) -> str:
    return first_text(child(item, edge), "dateTime", "date")


def _class(visibility: str) -> str:
    return visibility.upper() if visibility in {"private", "confidential"} else ""


def _meeting(item: Node) -> str:
    ways = nodes(child(item, "conferenceData"), "entryPoints")
    return first_text(item, "hangoutLink") or next((first_text(way, "uri") for way in ways), "")
