"""The person we serve."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.model.learnt import NOTHING, Learnt
from app.model.place import Point

TravelMode = Literal["walk", "bike", "transit", "car"]
SENIORITIES = ("entry", "mid", "senior", "manager", "director")


@dataclass(frozen=True, slots=True)
class Profile:
    """What somebody told us of themselves; every field is optional.

    `field` is the line of work looked for, in the person's own words ("software engineering").
    Distances in km, hours and evenings out per week, money in whole cents of `currency` per week.
    `digest_weekday` is ISO (1 Monday .. 7 Sunday), `digest_hour` local (0..23) in `time_zone`.
    """

    home_name: str = ""
    latitude: float | None = None
    longitude: float | None = None
    time_zone: str = "UTC"
    reach_km: float = 25.0
    interests: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    field: str = ""
    seniority: str = "mid"
    weekly_evenings: int = 4
    weekly_hours: float = 10.0
    weekly_budget: int | None = None
    currency: str = "USD"
    travel_mode: TravelMode = "transit"
    digest_enabled: bool = True
    digest_weekday: int = 1
    digest_hour: int = 8

    @property
    def home(self) -> Point | None:
        """The home (latitude, longitude) in degrees, None where it is unknown."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class User:
    """An account: our id, the name and address for letters, the profile, and what the person's
    check-ins taught.
    """

    id: UUID
    name: str
    email: str
    profile: Profile
    learnt: Learnt = NOTHING
