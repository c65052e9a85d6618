"""Put venues right, say that two are one, look unknown ones up, and tell their events.

What people decide stands with the venue, which stays when sources and events go.
"""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from app import cities
from app.errors import Conflict, Invalid, Unavailable
from app.find.clean import clean_line
from app.find.venues import Spot, absorbing, filing_of
from app.model.place import Point
from app.model.venue import GEOCODER, PlaceCorrection, Site
from app.services import merge
from app.services.resources import Resources
from app.store import leases, venues
from app.store.database import Session
from scrapers.base import Place

if TYPE_CHECKING:
    from app.gateways.geocode import Geocoder

log = logging.getLogger(__name__)

TOLD_AT_ONCE = 20  # venues in one transaction
ASKED_AT_ONCE = 5  # questions of one tick
NOT_FOUND = timedelta(days=30)  # until the same is asked again: maps grow
AWAY = timedelta(hours=1)  # until a question that got no answer is asked again
TEXT_LIMIT = 200
_LEASE, _holder = "geocoder", uuid4().hex


def correct(session: Session, venue_id: UUID, right: PlaceCorrection, now: datetime) -> Site:
    """Let a person's word on a venue hold from now on; empty fields take an earlier one back.

    Raises NotFound, and Invalid for a point that is nowhere.
    """
    if right.point and not (abs(right.point[0]) <= 90 and abs(right.point[1]) <= 180):
        raise Invalid("There is no such place on earth: give degrees.", "latitude")
    right = replace(
        right,
        name=clean_line(right.name, TEXT_LIMIT),
        address=clean_line(right.address, TEXT_LIMIT),
    )
    site = replace(venues.get(session, venue_id), correction=right)
    venues.replace(session, [site])
    spot = Spot(Place(right.name, right.address), site.time_zone, site.city)
    venues.file(session, {(key, site.id): "" for key in filing_of(spot)})
    venues.ask_after(session, site.id, None if site.known_point else now)
    merge.elect_anew(session, venues.events_at(session, venue_id), now)
    return site


def join(session: Session, loser: UUID, winner: UUID, now: datetime) -> Site:
    """Say that two venues are one; what both know is kept, the winner's word first.

    Raises NotFound, Conflict for a venue with itself.
    """
    if loser == winner:
        raise Conflict("A venue is one with itself already.")
    gone, kept = venues.get(session, loser), venues.get(session, winner)
    site = absorbing(kept, gone)
    venues.replace(session, [site])
    venues.absorb(session, loser, winner)
    merge.elect_anew(session, venues.events_at(session, winner), now)
    return site


def tell_events(world: Resources, now: datetime) -> int:
    """Tell the events of venues that were found elsewhere; how many venues. Harmless to repeat."""
    with world.database.read() as session:
        if not venues.moved(session, 1):
            return 0
    with world.database.write() as session:
        moved = venues.moved(session, TOLD_AT_ONCE)
        venues.mark_moved(session, moved, moved=False)
        told = sorted({event for id_ in moved for event in venues.events_at(session, id_)})
        merge.elect_anew(session, told, now)
    return len(moved)


async def look_up(world: Resources, now: datetime, *, pause: float = 1.0) -> int:
    """Ask the geocoder, if there is one, about a handful of venues; how many it found.

    One process at a time, with `pause` seconds between two questions: what the public service asks
    for (CASES F4). What is not found is no place, and is asked again in a month (CASES F3);
    a service that is away ends the round and costs nothing else (F4).
    """
    if not world.settings.geocoder_url:
        return 0
    from app.gateways.geocode import Geocoder  # geopy takes long to load, and few ask one

    geocoder = Geocoder(world.client, world.settings.geocoder_url, now, pause=pause)
    found = 0
    for site in await asyncio.to_thread(_unasked, world, now):
        try:
            point = await _located(geocoder, site)
        except Unavailable as error:
            log.warning("%s", error)
            await asyncio.to_thread(_answered, world, site.id, None, now + AWAY)
            return found
        found += point is not None
        await asyncio.to_thread(_answered, world, site.id, point, now + NOT_FOUND)
    return found


def _unasked(world: Resources, now: datetime) -> list[Site]:
    with world.database.read() as session:
        if not venues.unasked(session, now, 1):
            return []
    with world.database.write() as session:
        if leases.acquire(session, _LEASE, _holder, now) is None:
            return []
        return venues.unasked(session, now, ASKED_AT_ONCE)


async def _located(geocoder: "Geocoder", site: Site) -> Point | None:
    """Where the service says it is; None for a venue of which nobody says in which town it is."""
    city = cities.find(site.city) if site.city else None
    if city is None and not site.town:
        return None
    text = site.known_address or site.known_name
    if city is None:
        return await geocoder.locate(text, None, 0)
    if city.name.casefold() not in text.casefold() and not site.town:
        text = f"{text}, {city.title}"
    return await geocoder.locate(text, (city.latitude, city.longitude), city.radius_km)


def _answered(world: Resources, venue_id: UUID, point: Point | None, again: datetime) -> None:
    """Keep an answer for ever, unless somebody who knows better was quicker."""
    with world.database.write() as session:
        site = venues.sites(session, [venue_id]).get(venue_id)
        if site is None:
            return
        known = site.known_point is not None
        venues.ask_after(session, venue_id, None if known or point else again)
        if point and not known:
            venues.replace(session, [replace(site, point=point, origin=GEOCODER)])
            venues.mark_moved(session, [venue_id], moved=True)
