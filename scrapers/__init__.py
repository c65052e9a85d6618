"""Bytes to listings: one small module for each format and platform.

`SCRAPERS` is the whole registry, most specific first; a new platform is one line here.
"""

from scrapers import (
    add_to_calendar,
    boarddocs,
    calml,
    events_manager,
    growthzone,
    ical,
    licences,
    microformats,
    overpass,
    places,
    rss,
    schema_org,
    squarespace,
    ticketsolve,
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
    "add_to_calendar": add_to_calendar,
    "events_manager": events_manager,
    "growthzone": growthzone,
    "squarespace": squarespace,
    "tribe": tribe,
    "wix": wix,
    "microformats": microformats,
    "schema_org": schema_org,
    "overpass": overpass,
    "licences": licences,
    "places": places,
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
