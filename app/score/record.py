"""A judged record (one JSON object a line) into an `Event`; labels are never read here."""

import math
from datetime import UTC, date, datetime, time
from typing import Annotated
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from app.errors import Invalid
from app.model.event import KINDS, Event
from scrapers.base import Organization, Place


class Judgement(msgspec.Struct, frozen=True):
    """What one judge said of a listing."""

    kind: str = ""
    share: str = ""
    talk: str = ""
    grade: float = 0.0
    circle: float = 0.0


class Record(msgspec.Struct, frozen=True):
    """A listing as stored in a judged file; the labels are optional."""

    id: Annotated[str, msgspec.Meta(min_length=1)]
    title: str
    start: str
    end: str | None = None
    all_day: bool = False
    time_zone: str = "UTC"
    description: str | None = ""
    location: str | None = None
    organizer: str | None = ""
    categories: list[str] | None = None
    url: str | None = ""
    dates_in_window: int | None = 1
    city: str = ""
    city_week: str | None = msgspec.field(default=None, name="list")
    grade: float | None = None
    circle: float | None = None
    kinds: tuple[str, ...] = ()
    judges: tuple[Judgement, ...] = ()


def read_record(line: str | bytes) -> Record:
    """One line of a judged file. Raises Invalid with one sentence where it cannot be read."""
    try:
        record = msgspec.json.decode(line, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"not a record: {error}") from error
    if unknown := set(record.kinds) - set(KINDS):
        raise Invalid(f"unknown kind {min(unknown)!r}", "kinds")
    if record.grade is not None and not (math.isfinite(record.grade) and 0 <= record.grade <= 3):
        raise Invalid("a grade lies between 0 and 3", "grade")
    return record


def event_of(record: Record) -> Event:
    """The event of a record. Raises Invalid for a date or zone that cannot be read."""
    zone = _zone(record.time_zone)
    place = record.location
    return Event(
        id=uuid5(NAMESPACE_URL, record.id),
        name=record.title,
        start=_instant(record.start, zone, "start"),
        end=_instant(record.end, zone, "end") if record.end else None,
        time_zone=record.time_zone,
        all_day=record.all_day,
        description=record.description or "",
        url=record.url or "",
        location=Place(name=place) if place else None,
        organizer=Organization(name=record.organizer) if record.organizer else None,
        categories=tuple(record.categories or ()),
        dates_in_window=record.dates_in_window or 1,
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(f"unknown time zone {name!r}", "time_zone") from error


def _instant(text: str, zone: ZoneInfo, field: str) -> datetime:
    """A date or date-time of ISO 8601; without an offset it is local time of the zone."""
    try:
        if len(text) == 10:
            moment = datetime.combine(date.fromisoformat(text), time(), zone)
        else:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid(f"{text!r} is no date or time of ISO 8601", field) from error
