"""A venue of the registry: what is known of one real place, and who said where it is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.model.place import Point

# Who says where an event is: its own listing, other listings of its venue, a geocoder, a person, or
# nobody more exactly than "in this city".
FEED, VENUE, GEOCODER, PERSON, CITY_CENTRE = PROVENANCES = (
    "feed",
    "venue",
    "geocoder",
    "person",
    "city_centre",
)


@dataclass(frozen=True, slots=True)
class PlaceCorrection:
    """What a person puts in the place of what was learned; empty leaves it as it is."""

    name: str = ""
    address: str = ""
    point: Point | None = None


NOTHING_CORRECTED = PlaceCorrection()


@dataclass(frozen=True, slots=True)
class Site:
    """One real place, as listings and people tell it.

    `words`, `street`, `town` and `short` are its reading (`find.places.Venue`); `city` is the slug
    of a pack or "". `point` is what was learned, from `origin` (FEED or GEOCODER, "" if unknown)
    with the `trust` (0..100) of its source. `until` is the start of the latest event there.
    """

    id: UUID
    time_zone: str
    city: str = ""
    name: str = ""
    address: str = ""
    words: frozenset[str] = frozenset()
    street: str = ""
    town: frozenset[str] = frozenset()
    short: str = ""
    point: Point | None = None
    origin: str = ""
    trust: int = 0
    until: datetime | None = None
    correction: PlaceCorrection = NOTHING_CORRECTED

    @property
    def known_name(self) -> str:
        """Its name, a person's word first; the address where it has none."""
        return self.correction.name or self.name or self.known_address

    @property
    def known_address(self) -> str:
        """Its address, a person's word first; "" if unknown."""
        return self.correction.address or self.address

    @property
    def known_point(self) -> Point | None:
        """Degrees, a person's word first; None if unknown."""
        return self.correction.point or self.point

    @property
    def provenance(self) -> str:
        """Who said where it is: PERSON, FEED, GEOCODER, or "" where nobody did."""
        return PERSON if self.correction.point else self.origin
