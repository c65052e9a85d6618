"""Bytes to listings: one small module for each format and platform.

`SCRAPERS` is the whole registry, most specific first; a new platform is one line here.
"""

from scrapers import (
    activity_pub,
    add_to_calendar,
    aem_events,
    asp_calendar,
    boarddocs,
    calml,
    confs_tech,
    elms,
    eventon,
    events_manager,
    gancio,
    google_calendar,
    growthzone,
    ical,
    kendo,
    localist,
    microformats,
    mobilizon,
    nyc_parks,
    rss,
    schema_org,
    squarespace,
    squarespace_json,
    ticketsolve,
    tribe,
    tribe_export,
    tribe_rest,
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
    "tribe_rest": tribe_rest,
    "tribe_export": tribe_export,
    "squarespace_json": squarespace_json,
    "localist": localist,
    "google_calendar": google_calendar,
    "gancio": gancio,
    "mobilizon": mobilizon,
    "activity_pub": activity_pub,
    "eventon": eventon,
    "aem_events": aem_events,
    "elms": elms,
    "nyc_parks": nyc_parks,
    "kendo": kendo,
    "asp_calendar": asp_calendar,
    "confs_tech": confs_tech,
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
