"""One listing, as a scraper read it, made fit to be stored: clean, bounded, in UTC, consistent.

Scrapers do most of this already; here it is made certain, once, at the border (SECURITY.md 4.3).
It runs for every listing of every poll, so values that are clean already pass untouched.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import isfinite
from zoneinfo import ZoneInfo

from app.find.attendance import attendance_mode, location_parts, says_online
from app.find.clean import clean_line, clean_link, clean_text, settled
from app.find.places import distrusted_coordinates, without_coordinates
from scrapers._text import (
    LOCATION_LIMIT,
    TITLE_LIMIT,
    URL_LIMIT,
    one_line,
)
from scrapers.base import (
    BadComponent,
    EventStatus,
    Listing,
    Offer,
    Organization,
    Place,
    Problem,
    read_each,
)

# Longer than a year is a typing error (or "permanent exhibition"), not the end of an event.
MAX_DURATION = timedelta(days=366)
MAX_LIST = 50  # performers, offers, categories: more is machine noise
_FIRST_YEAR, _LAST_YEAR = 1970, 2200

# A city has some thousands of venues and hosts, and each is named again and again.
_cached = lru_cache(maxsize=4096)

_STATES = {
    "CANCEL": EventStatus.CANCELLED,
    "POSTPO": EventStatus.POSTPONED,
    "RESCHE": EventStatus.RESCHEDULED,
}
_STATE = r"(cancell?ed|postponed|rescheduled)"
# A mark stands apart from the title: "CANCELED – x", "[Postponed] x", "x (CANCELLED)",
# "x - CANCELLED". A title that only holds the word, or is the word, is a title (CASES E5).
_MARKED_STATE = re.compile(
    rf"""^\W*{_STATE}\s*(?:[\]:)!*|]+|\s[-–—]+|[-–—]+\s)[\s:*!–—-]*(?=\S)
    |(?<=\S)\s*[\[(*]+\s*{_STATE}\s*[\])*!]+\s*$
    |(?<=\S)\s+[-–—|]+\s*{_STATE}\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
_NOT_PUBLIC = re.compile(
    r"\W*(?:busy|hold|private|(?:closed for )?(?:an? )?private"
    r" (?:event|party|function|rental|booking|class|hire))\W*",
    re.IGNORECASE,
)


def normalize_all(
    listings: Iterable[Listing], *, source_zone: str
) -> tuple[list[Listing], list[Problem]]:
    """Normalize every listing of one document; a hopeless one costs itself alone.

    `source_zone` is the source's IANA zone, for listings whose own is unknown. Coordinates that the
    document gives to different venues are left out (CASES F1).
    """
    named = (
        (f"listing {number} {listing.name[:60]!r}", listing)
        for number, listing in enumerate(listings, 1)
    )
    good, problems = read_each(
        named, lambda listing: (normalize(listing, source_zone=source_zone),)
    )
    distrusted = distrusted_coordinates(good)
    return [without_coordinates(listing, distrusted) for listing in good], problems


def normalize(listing: Listing, *, source_zone: str) -> Listing:
    """The same listing with clean bounded text, aware UTC times and consistent facts.

    Idempotent. `start` and `end` come out in UTC, `time_zone` is a valid IANA zone (the source's
    where the listing's is unknown); an end before the start is dropped (CASES B9). What was mended
    is added to `notes`. Raises BadComponent if there is no name or no possible start.
    """
    name, status = _status(clean_line(listing.name, TITLE_LIMIT), listing.event_status)
    if not name:
        raise BadComponent("no_name", "the listing has no title")
    zone, notes = _zone(listing.time_zone, source_zone)
    start = _instant(listing.start, listing.time_zone, zone, all_day=listing.all_day)
    end, end_notes = _end(listing, zone, start)
    location, link, online = _location(listing.location)
    virtual = clean_link(listing.virtual_location) or link
    return Listing(
        name=name,
        start=start,
        end=end,
        time_zone=zone,
        all_day=listing.all_day,
        sequence=listing.sequence,
        uid=clean_line(listing.uid, URL_LIMIT),
        recurrence_id=clean_line(listing.recurrence_id, TITLE_LIMIT),
        series=clean_line(listing.series, URL_LIMIT),
        description=clean_text(listing.description),
        url=clean_link(listing.url),
        image=clean_link(listing.image),
        location=location,
        virtual_location=virtual,
        organizer=_organizer(listing.organizer),
        performers=_lines(listing.performers),
        offers=_offers(listing.offers),
        categories=_lines(listing.categories),
        event_status=status,
        event_attendance_mode=attendance_mode(
            listing.event_attendance_mode,
            physical=location is not None,
            remote=online or bool(virtual),
            online_name=location is None and says_online(name),
        ),
        previous_start_date=_previous(listing.previous_start_date, zone),
        private=listing.private or (len(name) < 40 and bool(_NOT_PUBLIC.fullmatch(name))),
        notes=_merged_notes(listing.notes, notes + end_notes),
    )


def _merged_notes(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(old + new)) if new else old


def _status(name: str, status: EventStatus) -> tuple[str, EventStatus]:
    lower = name.casefold()  # three plain searches are a tenth of the pattern's price
    if not ("cancel" in lower or "postpone" in lower or "reschedule" in lower):
        return name, status
    mark = _MARKED_STATE.search(name)
    if not mark:
        return name, status
    word = next(filter(None, mark.groups()))
    rest = " ".join(f"{name[: mark.start()]} {name[mark.end() :]}".split())
    return rest, _STATES[word[:6].upper()] if status is EventStatus.SCHEDULED else status


@lru_cache(maxsize=1024)
def _known_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, a path, a directory, no zone file
        return None


def _zone(name: str, source_zone: str) -> tuple[str, tuple[str, ...]]:
    if _known_zone(name):
        return name, ()
    return (source_zone if _known_zone(source_zone) else "UTC"), ("zone_guessed",)


def _instant(moment: datetime, named: str, zone: str, *, all_day: bool) -> datetime:
    """UTC of an aware or local time; an all-day date stays that date in `zone` (CASES B7)."""
    if not _FIRST_YEAR <= moment.year < _LAST_YEAR:
        raise BadComponent("start_impossible", f"the year {moment.year} is no time for an event")
    own = _known_zone(named)
    if all_day and own:
        moment = moment.astimezone(own) if moment.tzinfo else moment
    if all_day:
        moment = moment.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=ZoneInfo(zone))
    elif moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)


def _end(listing: Listing, zone: str, start: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    if listing.end is None:
        return None, ()
    try:
        end = _instant(listing.end, listing.time_zone, zone, all_day=listing.all_day)
    except BadComponent:
        return None, ("duration_impossible",)
    if end <= start:
        return None, ("end_before_start",) if end < start else ()
    return (end, ()) if end - start <= MAX_DURATION else (None, ("duration_impossible",))


def _previous(moment: datetime | None, zone: str) -> datetime | None:
    try:
        return moment and _instant(moment, zone, zone, all_day=False)
    except BadComponent:
        return None


@_cached
def _location(place: Place | None) -> tuple[Place | None, str, bool]:
    """The physical place if any, a meeting link that stood in its stead, and "also online"."""
    if place is None:
        return None, "", False
    name, address = _place_text(place.name), _place_text(place.address)
    latitude, longitude = _coordinates(place.latitude, place.longitude)
    physical, online = location_parts(f"{name} {address}")
    if physical or (latitude is not None and not online):
        return Place(name, address, latitude, longitude), "", online
    return None, (clean_link(name) or clean_link(address)) if online else "", online


def _place_text(text: str) -> str:
    if "<" in text:  # locations come with HTML in them more often than titles (CASES F6)
        return settled(lambda dirty: one_line(dirty, LOCATION_LIMIT), text)
    return clean_line(text, LOCATION_LIMIT)


def _coordinates(
    latitude: float | None, longitude: float | None
) -> tuple[float | None, float | None]:
    """Both or none: finite, on the globe, and not the 0/0 of a failed look-up (CASES F3)."""
    if latitude is None or longitude is None or not (isfinite(latitude) and isfinite(longitude)):
        return None, None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None, None
    return (None, None) if abs(latitude) < 1e-3 > abs(longitude) else (latitude, longitude)


@_cached
def _organizer(organizer: Organization | None) -> Organization | None:
    if organizer is None:
        return None
    name = clean_line(organizer.name, TITLE_LIMIT)
    return Organization(name, clean_link(organizer.url)) if name or organizer.url else None


@_cached
def _offers(offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    return tuple(
        replace(offer, url=clean_link(offer.url), currency=clean_line(offer.currency, 3).upper())
        for offer in offers[:MAX_LIST]
    )


@_cached
def _lines(texts: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = (clean_line(text, TITLE_LIMIT) for text in texts[:MAX_LIST])
    return tuple(dict.fromkeys(text for text in cleaned if text))
