"""How the city words addresses, dates and prices, whatever the format."""

from datetime import date, datetime, timedelta
from email.utils import format_datetime

from app.sample_city.cycle import Occurrence, hours
from app.sample_city.records import Event, Publisher, Venue, city

LOCALITY = "Harbor Falls"
REGION = "MA"
POSTAL_CODE = "02399"  # not in use in the real Massachusetts
CENTER = (41.93, -70.52)  # in the bay, so that no pin stands on anybody's house


def venue_of(event: Event) -> Venue | None:
    """The event's place, None if it has none (online, or not announced)."""
    return city().venues[event.venue] if event.venue else None


def place_name(event: Event) -> str:
    """ "Venue, Room", as printed."""
    venue = venue_of(event)
    return ", ".join(part for part in (venue.name if venue else "", event.room) if part)


def address(venue: Venue) -> str:
    """Street, town, state and code on one line."""
    return f"{venue.street}, {LOCALITY}, {REGION} {POSTAL_CODE}"


def place_line(event: Event) -> str:
    """Name and address on one line; the name alone where the publisher leaves the rest out."""
    venue = venue_of(event)
    parts = [place_name(event), address(venue) if venue and event.address else "", event.online]
    return ", ".join(filter(None, parts))


def long_date(day: date) -> str:
    """ "Thursday, December 3"."""
    return f"{day:%A}, {day:%B} {day.day}"


def clock(moment: datetime) -> str:
    """ "7:30 PM"."""
    return f"{moment.hour % 12 or 12}:{moment:%M} {moment:%p}"


def when(occurrence: Occurrence) -> str:
    """Date and hours for a reader; the city's own zone goes without saying."""
    text = long_date(occurrence.start.date())
    if occurrence.all_day:
        return f"{text}, all day"
    end = f" – {clock(occurrence.end)}" if occurrence.end else ""
    return f"{text}, {clock(occurrence.start)}{end}"


def start_text(occurrence: Occurrence, *, offset: bool = True) -> str:
    """ISO 8601 start: a bare date if only dates count, the wall clock alone without `offset`."""
    return _iso(occurrence, occurrence.start, offset=offset)


def end_text(occurrence: Occurrence, *, offset: bool = True) -> str:
    """ISO 8601 end as `start_text`, "" if there is none; web pages name the last day itself."""
    if occurrence.end is None:
        return ""
    last = occurrence.end - timedelta(days=1) if occurrence.all_day else occurrence.end
    return _iso(occurrence, last, offset=offset)


def _iso(occurrence: Occurrence, moment: datetime, *, offset: bool) -> str:
    if occurrence.all_day:
        return moment.date().isoformat()
    return moment.isoformat() if offset else moment.replace(tzinfo=None).isoformat()


def announced_at(occurrence: Occurrence) -> datetime:
    """When the publisher last touched it: two months ahead, or the morning of a change."""
    if occurrence.changed_on:
        return hours(occurrence.changed_on, "06:00")[0]
    return hours(occurrence.planned.date() - timedelta(days=60), "09:00")[0]


def rfc822(moment: datetime) -> str:
    """A `pubDate`."""
    return format_datetime(moment)


def price(event: Event) -> str:
    """ "Free", "$15", "$15 – $25", or nothing if the publisher does not say."""
    if not event.offers:
        return ""
    if event.sold_out:
        return "Sold out"
    low, high = min(event.offers), max(event.offers)
    if high == 0:
        return "Free"
    return f"{_dollars(low)} – {_dollars(high)}" if low < high else _dollars(low)


def _dollars(amount: float) -> str:
    return f"${amount:.0f}" if amount == int(amount) else f"${amount:.2f}"


def event_path(publisher: Publisher, occurrence: Occurrence) -> str:
    """Path of the page of one date; the dates of a series share the page of the series."""
    event = occurrence.event
    return f"/{publisher.section}/{event.slug if event.series else occurrence.uid}/"


def event_url(base_url: str, publisher: Publisher, occurrence: Occurrence) -> str:
    """Address of the page at `event_path`."""
    return base_url.rstrip("/") + event_path(publisher, occurrence)
