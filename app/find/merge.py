"""One event out of the listings that describe it: every field from the copy that knows it best.

The fields are elected one by one. The venue's own word beats an aggregator's (trust); where trust
decides nothing, the fuller copy does, then the name of the copy, so that the result is the same in
every run and in every order (CASES D7).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.find.places import venue_of
from app.model.event import Event
from scrapers.base import AttendanceMode, EventStatus, Listing, Offer, Place

_FULL_TEXT = 200  # characters: a longer text of a lesser source is not worth more than this
_WAKING = range(7, 22)


@dataclass(frozen=True, slots=True)
class Copy:
    """One listing with its source's trust (0 to 1; venue above aggregator) and a constant name."""

    listing: Listing
    trust: float
    name: str


def merge_listings(copies: Sequence[Copy], *, event_id: UUID, dates_in_window: int = 1) -> Event:
    """The canonical event of at least one copy; the order of the copies does not matter."""
    ranked = sorted(copies, key=lambda copy: (-copy.trust, copy.name))
    listings = [copy.listing for copy in ranked]
    when = _when(ranked)
    return Event(
        id=event_id,
        name=listings[0].name,
        start=when.start,
        time_zone=when.time_zone,
        end=_end(when, listings),
        all_day=when.all_day,
        description=_fullest(ranked),
        url=_first(listing.url for listing in listings),
        image=_first(listing.image for listing in listings),
        location=_location(listings),
        virtual_location=_first(listing.virtual_location for listing in listings),
        organizer=next((each.organizer for each in listings if each.organizer), None),
        performers=_longest(listing.performers for listing in listings),
        offers=max((listing.offers for listing in listings), key=_price_knowledge),
        categories=tuple(dict.fromkeys(word for each in listings for word in each.categories)),
        event_status=_status(listings),
        event_attendance_mode=_mode(listings),
        previous_start_date=next(
            (each.previous_start_date for each in listings if each.previous_start_date), None
        ),
        series=_first(listing.series for listing in listings),
        dates_in_window=dates_in_window,
    )


def _when(ranked: Sequence[Copy]) -> Listing:
    """The copy whose time is believed: most trust together, then the likelier hour (CASES D6)."""
    timed = [copy for copy in ranked if _has_time(copy.listing)] or list(ranked)
    votes: defaultdict[datetime, float] = defaultdict(float)
    for copy in timed:
        votes[copy.listing.start] += copy.trust * (1.0 if _waking(copy.listing) else 0.5)
    # `max` takes the first of equals, and the copies stand in their constant order.
    return max(timed, key=lambda copy: votes[copy.listing.start]).listing


def _has_time(listing: Listing) -> bool:
    local = listing.start.astimezone(ZoneInfo(listing.time_zone))
    return not listing.all_day and (local.hour, local.minute) != (0, 0)


def _waking(listing: Listing) -> bool:
    return listing.start.astimezone(ZoneInfo(listing.time_zone)).hour in _WAKING


def _end(when: Listing, listings: Sequence[Listing]) -> datetime | None:
    """The believed copy's end, else that of another copy with the same start."""
    if when.end:
        return when.end
    return next((each.end for each in listings if each.start == when.start and each.end), None)


def _fullest(ranked: Sequence[Copy]) -> str:
    """The most trusted text that is full; if none is, the longest."""
    texts = [copy.listing.description for copy in ranked]
    return next((text for text in texts if len(text) >= _FULL_TEXT), max(texts, key=len))


def _location(listings: Sequence[Listing]) -> Place | None:
    """The most trusted place that names a venue, with coordinates of the same venue if need be."""
    places = [listing.location for listing in listings if listing.location]
    if not places:
        return None
    chosen = next((place for place in places if not venue_of(place).vague), places[0])
    if chosen.latitude is not None:
        return chosen
    venue = venue_of(chosen)
    located = (place for place in places if place.latitude is not None and venue_of(place) == venue)
    found = next(located, None)
    return replace(chosen, latitude=found.latitude, longitude=found.longitude) if found else chosen


def _status(listings: Sequence[Listing]) -> EventStatus:
    """A change that any copy tells of: copies that know nothing of it are the stale ones (E4)."""
    changes = (each.event_status for each in listings)
    return next(
        (state for state in changes if state is not EventStatus.SCHEDULED), EventStatus.SCHEDULED
    )


def _mode(listings: Sequence[Listing]) -> AttendanceMode:
    modes = [listing.event_attendance_mode for listing in listings]
    if AttendanceMode.MIXED in modes:
        return AttendanceMode.MIXED
    return next(
        (mode for mode in modes if mode is not AttendanceMode.UNKNOWN), AttendanceMode.UNKNOWN
    )


def _price_knowledge(offers: tuple[Offer, ...]) -> tuple[bool, bool]:
    return any(offer.price_min is not None for offer in offers), bool(offers)


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")


def _longest(values: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return max(values, key=len)
