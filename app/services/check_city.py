"""Read every source of a pack over the network, politely, and store nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from app.cities import City, PackSource
from app.services.read_source import read
from app.services.resources import Resources
from app.store import sources


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of reading one source: `scraper` read `events` coming ones, or `cause` says why
    not. `outcome` is "ok", "empty" (well-formed, nothing ahead) or the kind of failure."""

    source: PackSource
    outcome: str
    scraper: str | None
    events: int
    cause: str


async def check(world: Resources, city: City, now: datetime) -> AsyncIterator[Checked]:
    """Each source as it is done; the gateway keeps its limits and every robots.txt.

    Pages in which discovery must find the events are read too: perhaps some scraper knows them.
    """
    for finished in asyncio.as_completed([_check(world, city, one, now) for one in city.sources]):
        yield await finished


async def _check(world: Resources, city: City, one: PackSource, now: datetime) -> Checked:
    row = sources.draft(
        url=one.url,
        name=one.name,
        time_zone=city.time_zone,
        scraper=one.scraper,
        trust=one.trust,
        now=now,
    )
    reading = await read(world, row, now)
    events = sum(listing.start > now for listing in reading.answer.listings)
    outcome = reading.answer.failure or ("ok" if events else "empty")
    return Checked(one, outcome, reading.scraper, events, reading.error)
