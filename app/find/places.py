"""Which venue a location speaks of: one venue has many spellings, and one street many venues."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from app.find.attendance import location_parts
from app.find.words import REGION_CODES, REGION_NAMES, initials, total, venue_weight, words_of
from scrapers.base import Listing, Place

_LONG_REGION_NAMES = re.compile(
    r"\b(?:new (?:hampshire|jersey|mexico|york)|(?:north|south) (?:carolina|dakota)|west virginia"
    r"|rhode island|british columbia|nova scotia|new brunswick)\b",
    re.IGNORECASE,
)
_COUNTRY = re.compile(r"^(?:usa|us|united states(?: of america)?|canada)$", re.IGNORECASE)
_POSTCODE = re.compile(r"\b(?:\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d)\b")
_STREET = re.compile(
    r"(?<![\w#])(?P<number>\d{1,5})\s+(?:(?:n|s|e|w|north|south|east|west)\b\.?\s+)?(?P<street>[a-z]\w+|\d{1,3}(?:st|nd|rd|th)\b)",
    re.IGNORECASE,
)
_STREET_ALONE = re.compile(
    r"(?:[\w.]+ ){1,3}(?:street|avenue|ave|road|rd|boulevard|blvd|drive|highway|hwy)\.?",
    re.IGNORECASE,
)
_SEGMENTS = re.compile(r"[,|;\n]|\s[-–—>]\s|:\s|[()]")
DISTRUST_FROM = 3  # different places under one pair of coordinates


@dataclass(frozen=True, slots=True)
class Venue:
    """A location, read: words of the venue's name, the street address, the town's words.

    `street` is number and first word of the street ("185 clingman"), "" if unknown. A `vague`
    location names no more than a town, a county or nothing; it may be anywhere in it.
    """

    name: frozenset[str] = frozenset()
    street: str = ""
    town: frozenset[str] = frozenset()
    short: str = ""  # initials of the name: "dpac"
    online: bool = False

    @property
    def vague(self) -> bool:
        """Whether nothing tells this place from others of the town."""
        return not self.street and not self.name


NOWHERE = Venue()


def venue_of(place: Place | None) -> Venue:
    """Read a place; name and address may stand in either field, or both in one."""
    if place is None:
        return NOWHERE
    name, address = place.name, place.address
    return read_venue(name if address in name else f"{name}, {address}")


@lru_cache(maxsize=8192)
def read_venue(text: str) -> Venue:
    """Read one location text: "Grey Eagle, 185 Clingman Ave, Asheville, NC 28801"."""
    physical, online = location_parts(text)
    if not physical:
        return Venue(online=online)
    before, street, town = _split(text)
    name = [word for part in before for word in words_of(part) if _names(word)]
    if street and not any(venue_weight(word) == 1.0 for word in name):
        name = []  # "Room 208, 276 East Napa Street"
    if not street and not town and len(before) > 1 and is_region(before[-1]):
        return Venue(town=frozenset(name))
    return Venue(frozenset(name), street, frozenset(town), initials(name), online)


def is_region(text: str) -> bool:
    """Whether the text is a state or province as people write it: "NC", "N.C.", "Calif.".

    ", An Evening" names none (CASES F2): codes count in capitals only.
    """
    bare = text.strip().replace(".", "")
    if bare in REGION_CODES or _LONG_REGION_NAMES.fullmatch(bare):
        return True
    return bare[:1].isupper() and bare.casefold() in REGION_NAMES


def same_venue(a: Venue, b: Venue) -> float | None:
    """How surely two locations are one place, 0 to 1; None if that cannot be known."""
    if a.vague or b.vague:
        return None
    if a.street and a.street == b.street:
        return 1.0
    names = name_overlap(a, b)
    if names is None:
        return 0.0 if a.street and b.street else None
    if a.street and b.street:
        return names * 0.8
    return names


def name_overlap(a: Venue, b: Venue) -> float | None:
    """Share of the shorter venue name found in the other, words of the towns nearly left out."""
    if not a.name or not b.name:
        return None
    if any(len(one.short) > 2 and one.short in other.name for one, other in ((a, b), (b, a))):
        return 1.0
    towns = a.town | b.town

    def weight(word: str) -> float:
        return venue_weight(word) * (0.3 if word in towns else 1.0)

    shared = total(a.name & b.name, weight)
    left = sorted((total(a.name - b.name, weight), total(b.name - a.name, weight)))
    return shared / (shared + left[0] + 0.25 * left[1]) if shared else 0.0


def distrusted_coordinates(listings: Iterable[Listing]) -> frozenset[tuple[float, float]]:
    """Coordinates that a source gives to three or more different venues (CASES F1).

    They are the group's home, not the places of its events.
    """
    places: defaultdict[tuple[float, float], set[Place]] = defaultdict(set)
    for listing in listings:
        place = listing.location
        if place and place.point:
            places[place.point].add(place)
    return frozenset(
        at
        for at, named in places.items()
        if len(named) >= DISTRUST_FROM and distinct_venues(map(venue_of, named)) >= DISTRUST_FROM
    )


def without_coordinates(listing: Listing, distrusted: frozenset[tuple[float, float]]) -> Listing:
    """The listing, its place without coordinates if they are among the distrusted ones."""
    place = listing.location
    if not place or place.point not in distrusted:
        return listing
    return replace(listing, location=replace(place, latitude=None, longitude=None))


def distinct_venues(venues: Iterable[Venue]) -> int:
    """How many venues some readings are, counted no further than DISTRUST_FROM."""
    distinct: list[Venue] = []
    for venue in venues:
        if not venue.vague and all((same_venue(venue, one) or 0.0) < 0.5 for one in distinct):
            distinct.append(venue)
        if len(distinct) >= DISTRUST_FROM:
            break
    return len(distinct)


def _split(text: str) -> tuple[list[str], str, list[str]]:
    """Parts that name the venue, the street, the words of the town."""
    text = _POSTCODE.sub(" ", text)
    street = _STREET.search(text)
    if street and _is_street(street, text):
        head, tail = text[: street.start()], text[street.end() :]
        key = f"{int(street['number'])} {words_of(street['street'])[0]}"
    else:
        head, tail, key = text, "", ""
    parts = _parts(head)
    after = [part for part in _parts(tail)[1:] if not is_region(part)]
    town = list(words_of(after[0])) if after else []
    if not key and len(parts) > 2 and is_region(parts[-1]):
        town = list(words_of(parts[-2]))
        parts = parts[:-2]
    if not key and parts and _STREET_ALONE.fullmatch(parts[0]):
        return [], "", list(words_of(" ".join(parts[1:])))
    if key or town or len(parts) == 1:
        parts = [part for part in parts if not is_region(part)]
    return parts, key, town


def _names(word: str) -> bool:
    return venue_weight(word) > 0 and not word.isdigit()


def _parts(text: str) -> list[str]:
    """Segments between commas, dashes and brackets; "Asheville NC" counts as two."""
    parts: list[str] = []
    for segment in _SEGMENTS.split(text):
        part = segment.strip(" .-#*")
        head, _, last = part.rpartition(" ")
        parts += [head, last] if head and last in REGION_CODES else [part]
    return [part for part in parts if part and not _COUNTRY.match(part)]


def _is_street(found: re.Match[str], text: str) -> bool:
    """ "Room 208, …" and "Studio 54 Club" are not addresses; a street has a word after a number."""
    before = text[: found.start()].rstrip()
    return not re.search(
        r"\b(?:room|suite|studio|ste|floor|hall|bldg|highway|hwy|route|us|sr)$",
        before,
        re.IGNORECASE,
    )
