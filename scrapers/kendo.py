"""Telerik Kendo UI Scheduler: the list of events that its grid reads, as civic sites publish it.

Documentation: https://docs.telerik.com/kendo-ui/api/javascript/data/schedulerevent (the fields) and
https://docs.telerik.com/aspnet-mvc/html-helpers/scheduling/scheduler/overview (`/Date(ms)/`, an
instant). The list is whole; there are no pages. Recurrences are RFC 5545 rules.
"""

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from scrapers._html import absolute
from scrapers._nodes import Node, first_text
from scrapers._records import answer, holds, instant, records, required
from scrapers._time import find_zone
from scrapers._vevents import Property, escaped, moment, read_vevents
from scrapers.base import Document, Parsed

_KEYS = ("Title", "Start", "End", "IsAllDay", "RecurrenceRule")
_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/", re.ASCII)


def recognizes(document: Document) -> bool:
    """An array of scheduler events, or the same under `Data`."""
    return holds(document, _KEYS) or holds(document, _KEYS, "Data")


def parse(document: Document) -> Parsed:
    """One event for each entry, series expanded. Raises ParseError if it is no such list."""
    value = required(document, "a Kendo scheduler", ours=recognizes(document))
    found = records(value, "Data") if isinstance(answer(document), dict) else records(value)
    zone = find_zone(document.time_zone) or ZoneInfo("UTC")
    return read_vevents(document, (_event(item, zone, document.url) for item in found), "")


def _event(item: Node, zone: ZoneInfo, base: str) -> Iterator[Property]:
    home = find_zone(first_text(item, "StartTimezone")) or zone
    all_day = item.get("IsAllDay") is True
    yield "UID", escaped(first_text(item, "Id", "ID", "TaskID"))
    yield "SUMMARY", escaped(first_text(item, "Title"))
    yield moment("DTSTART", _moment(item, "Start"), home, all_day=all_day)
    yield moment("DTEND", _moment(item, "End"), home, all_day=all_day)
    yield "DESCRIPTION", escaped(first_text(item, "Description"))
    yield "LOCATION", escaped(first_text(item, "Location"))
    yield "URL", absolute(base, first_text(item, "EventUrl", "Url"))
    yield "RRULE", first_text(item, "RecurrenceRule").removeprefix("RRULE:")
    yield "EXDATE", first_text(item, "RecurrenceException").removeprefix("EXDATE:")


def _moment(item: Node, key: str) -> str:
    said = first_text(item, key)
    dated = _DATE.fullmatch(said)
    return instant(dated[1]) if dated else said
