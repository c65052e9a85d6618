"""What a week is made of: the events that could be in it, and the limits of one person."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.model.place import distance_km
from app.model.user import TravelMode
from app.plan.travel import travel

ALL_DAY_HOURS = 3.0  # what one stays at something that lasts all day
ASSUMED_CENTS = 1000  # of an unknown price: it is not free for the plan, and not refused either


@dataclass(frozen=True, slots=True)
class Candidate:
    """One event as the plan sees it.

    Instants aware; `day` is the local date of the start; `chance` 0..1; `place` degrees (latitude,
    longitude); `home_km` straight from home; `price` whole cents; None is unknown. `group` names
    whoever brings the same people each time (series, else organizer; empty: nobody else).
    `visits` counts earlier evenings in the same series, `going` the others of this installation
    who go. A `fixed` event is accepted already.
    """

    id: UUID
    name: str
    start: datetime
    end: datetime
    day: date
    chance: float
    place: tuple[float, float] | None = None
    online: bool = False
    home_km: float | None = None
    price: int | None = None
    kind: str = "other"
    group: str = ""
    visits: int = 0
    going: int = 0
    fixed: bool = False
    all_day: bool = False

    @property
    def cents(self) -> int:
        """The price to reckon with."""
        return ASSUMED_CENTS if self.price is None else self.price


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person gives a week: `hours` with travel, `budget` whole cents (None: no limit).

    Nobody is sent where `crowd` others go already (None: no matter how many).

    `busy` are (start, end) instants that are taken; nothing is kept of what for.
    """

    evenings: int = 4
    hours: float = 10.0
    budget: int | None = None
    reach_km: float = 25.0
    mode: TravelMode = "transit"
    crowd: int | None = None
    busy: tuple[tuple[datetime, datetime], ...] = ()


def way_home(event: Candidate, mode: TravelMode) -> float:
    """Hours between home and the event, one way."""
    return 0.0 if event.online else travel(event.home_km, mode).total_seconds() / 3600


def hours(event: Candidate, mode: TravelMode) -> float:
    """Hours that the event takes with the way there and back."""
    stay = (event.end - event.start).total_seconds() / 3600
    return (ALL_DAY_HOURS if event.all_day else stay) + 2 * way_home(event, mode)


def way_between(first: Candidate, second: Candidate) -> float | None:
    """Km in a straight line from one event to the next; None where a place is unknown.

    Whoever takes part online is at home.
    """
    if first.online or second.online:
        return (
            0.0
            if first.online and second.online
            else (first.home_km if second.online else second.home_km)
        )
    if first.place is None or second.place is None:
        return None
    return distance_km(*first.place, *second.place)
