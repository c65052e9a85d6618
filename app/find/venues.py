"""Which venue of the registry a listing speaks of, what is learned of it, and where it is then.

A spelling alone is no identity: branches of a chain share a name, two venues may share a door, and
a group may give its own home as the place of every event (CASES F1). What cannot be told apart
founds nothing and is guessed nowhere.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from app.find.places import (
    DISTRUST_FROM,
    Venue,
    distinct_venues,
    name_overlap,
    venue_of,
)
from app.find.words import venue_weight, words_of
from app.model.event import Event
from app.model.place import Point, distance_between
from app.model.venue import CITY_CENTRE, FEED, VENUE, Site
from scrapers.base import Place

APART_KM = 1.0  # two places further apart are not one venue; a campus is smaller
_ALIKE = 0.6  # names that share less are two
_TIE = 0.05


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a listing says it is; `city` is the slug of the pack that its source is in, or ""."""

    place: Place
    time_zone: str
    city: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """A city of which no more is known than that an event is in it."""

    words: frozenset[str]
    centre: Point
    radius_km: float


@lru_cache(maxsize=8192)
def keys_of(spot: Spot) -> frozenset[str]:
    """Under which keys a spot is looked for: of each venue that it may be, at least one.

    One with a street is looked for by its words only among the venues that have none.
    """
    kind = "bare" if venue_of(spot.place).street else "word"
    return _doors(spot) | _words(spot, kind)


def filing_of(spot: Spot) -> frozenset[str]:
    """Under which keys a venue that a spot speaks of is filed."""
    bare = frozenset() if venue_of(spot.place).street else _words(spot, "bare")
    return _doors(spot) | _words(spot, "word") | bare


def _doors(spot: Spot) -> frozenset[str]:
    own, point = venue_of(spot.place), spot.place.point
    if own.vague:
        return frozenset()
    street = [f"{spot.time_zone}|street|{own.street}"] if own.street else []
    return frozenset([_text_key(spot), *street, *([_point_key(point)] if point else [])])


def _words(spot: Spot, kind: str) -> frozenset[str]:
    own = venue_of(spot.place)
    words = {word for word in own.name - own.town if venue_weight(word) == 1.0}
    words |= {own.short} if len(own.short) > 2 else set()
    return frozenset(f"{spot.time_zone}|{kind}|{word}" for word in words)


@dataclass(slots=True)
class Register:
    """The part of the registry that one transaction needs: what is known, and what it learns.

    `sites` and `filed` (key to ids) hold at least what is filed under the keys of the spots asked
    for. Afterwards `new`, `changed` and `moved` (whose events must be told) are ids, `aliases` the
    keys to file with the spelling, and `absorbed` maps a venue to the one it turned out to be.
    """

    now: datetime
    new_id: Callable[[], UUID]
    sites: dict[UUID, Site] = field(default_factory=dict)
    filed: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    settled: dict[Spot, UUID | None] = field(default_factory=dict)
    new: set[UUID] = field(default_factory=set)
    changed: set[UUID] = field(default_factory=set)
    moved: set[UUID] = field(default_factory=set)
    aliases: dict[tuple[str, UUID], str] = field(default_factory=dict)
    absorbed: dict[UUID, UUID] = field(default_factory=dict)

    def settle(self, spot: Spot, trust: int, start: datetime) -> UUID | None:
        """The venue that a listing of this trust, starting then, speaks of; None if unknowable."""
        if spot in self.settled:
            id_ = self.current(self.settled[spot])
        else:
            id_ = self._recognized(spot)
            self.settled[spot] = id_
            if id_ is not None:
                self._learn(id_, spot, trust)
        if id_ is not None:
            site = self.sites[id_]
            self._keep(replace(site, until=max(filter(None, (site.until, start)))))
        return id_

    def current(self, id_: UUID | None) -> UUID | None:
        """What a venue turned out to be."""
        while id_ in self.absorbed:
            id_ = self.absorbed[id_]
        return id_

    def _recognized(self, spot: Spot) -> UUID | None:
        own = venue_of(spot.place)
        if own.vague:
            return None
        exact = self.filed.get(_text_key(spot), set())
        near = {id_ for key in keys_of(spot) for id_ in self.filed.get(key, ())}
        found = sorted((self.sites[id_] for id_ in near), key=lambda site: site.id.int)
        point = None if self._distrusts(spot, own) else spot.place.point
        fits = {
            site.id: _fit(spot, own, site, point, spelled_so=site.id in exact) for site in found
        }
        best = max(fits.values(), default=0.0)
        if not best:
            return self._found(spot, own)
        return self._elected(own, [site for site in found if fits[site.id] >= best - _TIE])

    def _found(self, spot: Spot, own: Venue) -> UUID:
        id_ = self.new_id()
        self.new.add(id_)
        self.sites[id_] = Site(id_, spot.time_zone, spot.city, words=own.name, short=own.short)
        return id_

    def _elected(self, own: Venue, sites: list[Site]) -> UUID | None:
        """Of several that fit: with a street the one that has it; else the one still in use.

        A venue known by its name alone and one known by its door alone are one, once a listing
        names both.
        """
        if len(sites) == 1:
            return sites[0].id
        if own.street:
            chosen = min(sites, key=lambda site: (not site.street, not site.words, site.id))
            for site in sites:
                if site is not chosen and not (site.street and site.words):
                    self._absorb(site.id, chosen.id)
            return chosen.id
        in_use = [site for site in sites if site.until and site.until >= self.now]
        return in_use[0].id if len(in_use) == 1 else None

    def _absorb(self, loser: UUID, winner: UUID) -> None:
        self._keep(absorbing(self.sites[winner], self.sites.pop(loser)))
        self.absorbed[loser] = winner
        self.moved.add(winner)
        for ids in self.filed.values():
            if loser in ids:
                ids.discard(loser)
                ids.add(winner)

    def _learn(self, id_: UUID, spot: Spot, trust: int) -> None:
        own, site, place = venue_of(spot.place), self.sites[id_], spot.place
        self._keep(
            replace(
                site,
                name=site.name or (place.name if own.name else ""),
                address=site.address or (place.address or place.name if own.street else ""),
                words=site.words or own.name,
                short=site.short or own.short,
                street=site.street or own.street,
                town=site.town or own.town,
                city=site.city or spot.city,
            )
        )
        for key in filing_of(spot):
            if id_ not in self.filed[key]:
                self.filed[key].add(id_)
                self.aliases[key, id_] = _spelled(place) if key == _text_key(spot) else ""
        self._hear_point(id_, spot, own, trust)

    def _hear_point(self, id_: UUID, spot: Spot, own: Venue, trust: int) -> None:
        point, site = spot.place.point, self.sites[id_]
        if point is None:
            return
        if self._distrusts(spot, own):
            self._forget_point(point)
        elif site.point is None or site.origin != FEED or trust > site.trust:
            self._keep(replace(site, point=point, origin=FEED, trust=trust))
            if point != site.point:
                self.moved.add(id_)

    def _distrusts(self, spot: Spot, own: Venue) -> bool:
        """Whether venues without anything in common were said to be at this very point (F1)."""
        if spot.place.point is None:
            return False
        there = self.filed.get(_point_key(spot.place.point), set())
        if len(there) < DISTRUST_FROM - 1:
            return False
        readings = [own, *(_reading(self.sites[id_]) for id_ in sorted(there))]
        return distinct_venues(readings) >= DISTRUST_FROM

    def _forget_point(self, point: Point) -> None:
        key = _point_key(point)
        for id_ in self.filed.get(key, ()):
            site = self.sites[id_]
            if site.origin == FEED and site.point and _point_key(site.point) == key:
                self._keep(replace(site, point=None, origin="", trust=0))
                self.moved.add(id_)

    def _keep(self, site: Site) -> None:
        if self.sites.get(site.id) != site:
            self.sites[site.id] = site
            self.changed.add(site.id)


def absorbing(winner: Site, loser: Site) -> Site:
    """The winner with what only the loser knew."""
    better = loser if winner.point is None and loser.point else winner
    return replace(
        winner,
        name=winner.name or loser.name,
        address=winner.address or loser.address,
        words=winner.words or loser.words,
        short=winner.short or loser.short,
        street=winner.street or loser.street,
        town=winner.town or loser.town,
        city=winner.city or loser.city,
        point=better.point,
        origin=better.origin,
        trust=better.trust,
        until=max(filter(None, (winner.until, loser.until)), default=None),
    )


def located(event: Event, site: Site | None, area: Area | None) -> Event:
    """The event where its venue is, with who says so; in the middle of its city if nobody does.

    Coordinates of its own that its venue does not have were distrusted (CASES F1). A place that
    nobody names stays without any, and so does one in another town than the source's (CASES F3).
    """
    place = event.location
    if place is None:
        return event
    if site is None:
        if place.point:
            return replace(event, located_by=FEED)
        return _in_the_middle(event, place, area)
    event = replace(event, venue_id=site.id)
    right = site.correction
    place = replace(place, name=right.name or place.name, address=right.address or place.address)
    far = distance_between(place.point, site.point)
    if not right.point and site.origin == FEED and far is not None and far <= APART_KM:
        return replace(event, location=place, located_by=FEED)
    point, by = site.known_point, site.provenance
    if point is None:
        return _in_the_middle(event, _at(place, None), area)
    return replace(event, location=_at(place, point), located_by=VENUE if by == FEED else by)


def _in_the_middle(event: Event, place: Place, area: Area | None) -> Event:
    own = venue_of(place)
    named = (own.town and area and own.town <= area.words) or (not own.vague and not own.town)
    if area is None or not named:
        return replace(event, location=place)
    return replace(
        event,
        location=_at(place, area.centre),
        located_by=CITY_CENTRE,
        within_km=area.radius_km,
    )


def _at(place: Place, point: Point | None) -> Place:
    latitude, longitude = point or (None, None)
    return replace(place, latitude=latitude, longitude=longitude)


def _fit(spot: Spot, own: Venue, site: Site, point: Point | None, *, spelled_so: bool) -> float:
    """How well a spot fits a venue, 0 to 1; 0 if they are two."""
    if _elsewhere(spot, own, site, point):
        return 0.0
    if spelled_so:
        return 1.0
    right = site.correction
    readings = [_reading(site)]
    if right.name or right.address:
        readings.append(venue_of(Place(site.known_name, right.address)))
    return max(_likeness(spot, own, site, other) for other in readings)


def _likeness(spot: Spot, own: Venue, site: Site, other: Venue) -> float:
    overlap = name_overlap(own, other)
    if own.street and other.street:
        two_at_one_door = overlap is not None and overlap < 0.5
        return float(own.street == other.street and not two_at_one_door)
    if overlap is None:
        return 0.0
    if not _telling(own, other):  # "Public Library": every town has one
        at_home = bool(own.town & other.town) or bool(spot.city and spot.city == site.city)
        return float(own.name == other.name and at_home)
    return overlap if overlap >= _ALIKE else 0.0


def _elsewhere(spot: Spot, own: Venue, site: Site, point: Point | None) -> bool:
    """Whether town, city or coordinates say that the two are not in one place."""
    if own.town and site.town:
        if own.town.isdisjoint(site.town):
            return True
    elif spot.city and site.city and spot.city != site.city:
        return True
    if own.street and own.street == site.street:
        return False
    far = distance_between(point, site.point if site.origin == FEED else site.correction.point)
    return far is not None and far > APART_KM


def _telling(a: Venue, b: Venue) -> bool:
    if any(venue_weight(word) == 1.0 for word in a.name & b.name):
        return True
    return any(len(one.short) > 2 and one.short in two.name for one, two in ((a, b), (b, a)))


def _reading(site: Site) -> Venue:
    return Venue(site.words, site.street, site.town, site.short)


def _text_key(spot: Spot) -> str:
    return f"{spot.time_zone}|text|{' '.join(words_of(_spelled(spot.place)))}"


def _point_key(point: Point) -> str:
    return f"at|{point[0]:.5f},{point[1]:.5f}"


def _spelled(place: Place) -> str:
    parts: Iterable[str] = (place.name, "" if place.address in place.name else place.address)
    return ", ".join(part for part in parts if part)
