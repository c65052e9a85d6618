"""One happening, merged from what its sources say of it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from scrapers.base import AttendanceMode, EventStatus, Offer, Organization, Place

KINDS = (
    "business_mixer",
    "conference_expo",
    "professional_talk",
    "club_association",
    "hackathon_startup",
    "class_workshop",
    "food_drink",
    "volunteering",
    "fundraiser_gala",
    "spectator_show",
    "art_literary",
    "sport_play",
    "faith_community",
    "hobby_social",
    "opening_market_festival",
    "family_kids",
    "civic_public",
    "support_health",
    "student_campus",
    "not_an_event",
    "other",
)


@dataclass(frozen=True, slots=True)
class Price:
    """What one pays, over all offers: whole cents of `currency`; None and "" where unknown."""

    free: bool | None = None
    minimum: int | None = None
    maximum: int | None = None
    currency: str = ""
    sold_out: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A schema.org `Event` with one identity of our own.

    `start` and `end` are aware (UTC as stored); `time_zone` is the event's own IANA zone. With
    `all_day` only the local dates count; `end` is exclusive. `dates_in_window` counts the dates of
    the same series in the coming eight weeks. Texts are plain. `located_by` says who gave the
    coordinates (`model.venue.PROVENANCES`, "" without any); the place lies within so many km of
    them, 0 where they are its own.
    """

    id: UUID
    name: str
    start: datetime
    time_zone: str
    end: datetime | None = None
    all_day: bool = False
    description: str = ""
    url: str = ""
    image: str = ""
    location: Place | None = None
    virtual_location: str = ""
    organizer: Organization | None = None
    performers: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    categories: tuple[str, ...] = ()
    event_status: EventStatus = EventStatus.SCHEDULED
    event_attendance_mode: AttendanceMode = AttendanceMode.UNKNOWN
    previous_start_date: datetime | None = None
    series: str = ""
    dates_in_window: int = 1
    venue_id: UUID | None = None
    located_by: str = ""
    within_km: float = 0.0

    @property
    def local_start(self) -> datetime:
        """Start on the wall clock of the event's own zone."""
        return self.start.astimezone(ZoneInfo(self.time_zone))

    @property
    def local_end(self) -> datetime | None:
        """End on the wall clock of the event's own zone, None where unknown."""
        return self.end and self.end.astimezone(ZoneInfo(self.time_zone))

    @property
    def local_date(self) -> date:
        """The calendar date of the start where the event takes place."""
        return self.local_start.date()

    @property
    def price(self) -> Price:
        """The range of all offers in the currency of the first that names a price."""
        priced = [offer for offer in self.offers if offer.price_min is not None]
        sold_out = bool(self.offers) and all(
            offer.availability == "sold_out" for offer in self.offers
        )
        if not priced:
            return Price(sold_out=sold_out)
        currency = priced[0].currency
        same = [offer for offer in priced if offer.currency == currency]
        low = min(offer.price_min or 0 for offer in same)
        high = max(offer.price_max or offer.price_min or 0 for offer in same)
        return Price(high == 0, low, high, currency, sold_out)
