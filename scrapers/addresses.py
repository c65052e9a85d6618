"""Which feeds an address leads to, by its form alone: nothing is fetched.

A platform that needs a reader of its own says its addresses in its module, as `ADDRESSES`; one that
publishes an open format needs nothing but a line here.
"""

import re
from functools import cache

from scrapers import (
    bandsintown,
    eventbrite,
    luma,
    predicthq,
    seatgeek,
    songkick,
    ticketmaster,
    tickettailor,
)
from scrapers.base import AddressRule, Feed

OPEN_FORMATS = (
    AddressRule("iCalendar", r"[^?#]+\.ics(?:[?#].*)?$", "ical", confidence=0.95),
    AddressRule("RSS", r"[^?#]+\.(?:rss|atom)(?:[?#].*)?$", "rss", confidence=0.7),
)

# Ticket shops whose pages carry schema.org events.
TICKET_PAGES = (
    AddressRule("DICE", r"(?:www\.)?dice\.fm/(?:venue|promoters?|artist|browse)/", "schema_org"),
    AddressRule("See Tickets", r"(?:www\.|wl\.)?seetickets\.(?:com|us)/", "schema_org", "", 0.7),
    AddressRule("OutSavvy", r"(?:www\.)?outsavvy\.com/(?:organiser|event)/", "schema_org"),
)

TICKETING = (
    *ticketmaster.ADDRESSES,
    *seatgeek.ADDRESSES,
    *bandsintown.ADDRESSES,
    *songkick.ADDRESSES,
    *eventbrite.ADDRESSES,
    *predicthq.ADDRESSES,
    *tickettailor.ADDRESSES,
    *luma.ADDRESSES,
    *TICKET_PAGES,
)

RULES: tuple[AddressRule, ...] = (*OPEN_FORMATS, *TICKETING)


def feeds_at(address: str) -> tuple[Feed, ...]:
    """The feeds of an http(s) address, most certain first; each address once."""
    scheme, _, rest = address.partition("://")
    found: dict[str, Feed] = {}
    for rule, pattern in _compiled():
        if (match := pattern.match(rest)) is None:
            continue
        url = f"{scheme}://{match.expand(rule.feed)}" if rule.feed else address
        feed = Feed(url, rule.scraper, rule.platform, rule.confidence)
        if url not in found or found[url].confidence < feed.confidence:
            found[url] = feed
    return tuple(sorted(found.values(), key=lambda feed: -feed.confidence))


@cache
def _compiled() -> tuple[tuple[AddressRule, re.Pattern[str]], ...]:
    return tuple((rule, re.compile(rule.pattern)) for rule in RULES)
