"""The registry of venues as one transaction uses it: hear what listings say, then place events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from uuid import UUID

from app import cities
from app.cities import City
from app.find.venues import Area, Register, Spot, keys_of, located
from app.find.words import words_of
from app.model.event import Event
from app.model.venue import Site
from app.store import venues
from app.store.database import Session
from app.store.events import Voice
from app.store.ids import new_id
from app.store.tables import SourceRow
from scrapers.base import Listing


@dataclass(slots=True)
class Places:
    """What a transaction knows of venues. Listings are heard in one query, whatever their number."""

    _known: dict[UUID, Site] = field(default_factory=dict)
    _heard: dict[Listing, UUID | None] = field(default_factory=dict)

    def hear(
        self, session: Session, source: SourceRow, listings: Sequence[Listing], now: datetime
    ) -> None:
        """Recognize the venues that listings of a source speak of, and learn what they say."""
        city = city_of(source.url)
        spots = {each: _spot(each, city) for each in listings}
        keys = {key for spot in set(spots.values()) if spot for key in keys_of(spot)}
        if not keys:
            return
        filed = venues.filed(session, keys)
        register = Register(now, new_id, filed.sites, filed.keys)
        found = {
            each: register.settle(spot, source.trust, each.start) if spot else None
            for each, spot in spots.items()
        }
        for each, id_ in found.items():
            self._heard[each] = register.current(id_)
        keep(session, register)
        self._known.update(register.sites)

    def venue_of(self, listing: Listing) -> UUID | None:
        """The venue that a listing speaks of, None where it was not heard or nobody can tell."""
        return self._heard.get(listing)

    def know(self, session: Session, ids: Iterable[UUID | None]) -> None:
        """Look these venues up, in one query."""
        missing = {id_ for id_ in ids if id_ is not None and id_ not in self._known}
        self._known.update(venues.sites(session, missing))

    def placed(self, event: Event, venue_id: UUID | None, source_url: str) -> Event:
        """The event where its venue is, or in the middle of its source's city."""
        city = city_of(source_url)
        site = self._known.get(venue_id) if venue_id else None
        return located(event, site, _area(city) if city else None)

    def placed_by(self, event: Event, voices: Sequence[Voice]) -> Event:
        """As `placed`, by the voice whose place was elected."""
        place = event.location
        if place is None:
            return event
        for voice in voices:
            said = voice.listing.location
            if said and (said.name, said.address) == (place.name, place.address):
                return self.placed(event, voice.venue_id, voice.source_url)
        return event


def keep(session: Session, register: Register) -> None:
    """Store what a register has learned."""
    venues.add(
        session,
        [register.sites[id_] for id_ in register.new - set(register.absorbed)],
        register.now,
    )
    changed = register.changed & register.sites.keys() - register.new
    venues.replace(session, [register.sites[id_] for id_ in changed])
    aliases = {
        (key, id_): spelling
        for (key, id_), spelling in register.aliases.items()
        if id_ in register.sites
    }
    venues.file(session, aliases)
    for loser, winner in register.absorbed.items():
        venues.absorb(session, loser, winner)
    moved = register.moved & register.sites.keys() - register.new
    venues.mark_moved(session, moved, moved=True)
    for id_ in moved:
        lost = register.sites[id_].known_point is None
        venues.ask_after(session, id_, register.now if lost else None)


@cache
def _cities() -> dict[str, City]:
    return {source.url: city for city in cities.every() for source in city.sources}


def city_of(source_url: str) -> City | None:
    """The shipped pack that a source is in, None if it is in none."""
    return _cities().get(source_url)


def _spot(listing: Listing, city: City | None) -> Spot | None:
    place = listing.location
    return Spot(place, listing.time_zone, city.slug if city else "") if place else None


def _area(city: City) -> Area:
    words = frozenset(words_of(city.name)) | frozenset(words_of(city.state))
    return Area(words, (city.latitude, city.longitude), city.radius_km)
