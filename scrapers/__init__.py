"""Bytes to listings: one small module for each format and platform.

`SCRAPERS` is the whole registry, most specific first; a new platform is one line here.
"""

from scrapers import (
    add_to_calendar,
    arema,
    bandsintown,
    boarddocs,
    calml,
    eventbrite,
    events_manager,
    growthzone,
    ical,
    luma,
    meetup,
    microformats,
    predicthq,
    resident_advisor,
    rss,
    schema_org,
    seatgeek,
    songkick,
    squarespace,
    superboletos,
    ticketmaster,
    ticketsolve,
    tickettailor,
    tribe,
    wix,
    xcal,
)
from scrapers.base import Document, Listing, Parsed, ParseError, Problem, Request, Scraper

SCRAPERS: dict[str, Scraper] = {
    "ical": ical,
    "xcal": xcal,
    "boarddocs": boarddocs,
    "calml": calml,
    "ticketsolve": ticketsolve,
    "rss": rss,
    "ticketmaster": ticketmaster,
    "seatgeek": seatgeek,
    "bandsintown": bandsintown,
    "songkick": songkick,
    "eventbrite": eventbrite,
    "predicthq": predicthq,
    "tickettailor": tickettailor,
    "resident_advisor": resident_advisor,
    "superboletos": superboletos,
    "arema": arema,
    "luma": luma,
    "meetup": meetup,
    "add_to_calendar": add_to_calendar,
    "events_manager": events_manager,
    "growthzone": growthzone,
    "squarespace": squarespace,
    "tribe": tribe,
    "wix": wix,
    "microformats": microformats,
    "schema_org": schema_org,
}


def recognize(document: Document) -> str | None:
    """Name of the first scraper that claims the document, or None."""
    return next((name for name, scraper in SCRAPERS.items() if scraper.recognizes(document)), None)


__all__ = [
    "SCRAPERS",
    "Document",
    "Listing",
    "ParseError",
    "Parsed",
    "Problem",
    "Request",
    "Scraper",
    "recognize",
]
