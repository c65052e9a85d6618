"""What every scraper takes and gives: bytes in, listings out.

A scraper is a module with two functions, `recognizes` and `parse`. Both are pure: no socket, no
clock, no database. "Now" is `Document.retrieved_at`, so a recurring series expands over a bounded
window and a golden file stays true.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

WINDOW_BEFORE = timedelta(days=1)
WINDOW_AFTER = timedelta(days=400)

MAX_LISTINGS = 5000
MAX_OCCURRENCES = 500


class ParseError(Exception):
    """The document as a whole is not what this scraper reads; nothing could be taken from it."""


class BadComponent(Exception):  # noqa: N818 -- a verdict on the input, not on us
    """One component cannot become a listing; `code` is stable, the message is for a person."""

    def __init__(self, code: str, cause: str) -> None:
        super().__init__(cause)
        self.code = code


class EventStatus(StrEnum):
    """schema.org `EventStatusType`, in lower case with underscores."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    RESCHEDULED = "rescheduled"
    MOVED_ONLINE = "moved_online"


class AttendanceMode(StrEnum):
    """schema.org `EventAttendanceModeEnumeration`; `UNKNOWN` where the source does not say."""

    OFFLINE = "offline"
    ONLINE = "online"
    MIXED = "mixed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Document:
    """One retrieved representation of a source.

    `retrieved_at` is aware (UTC); `time_zone` is the IANA zone of the source, used for times that
    name none. Occurrences outside `window_start`..`window_end` are not listed.
    """

    url: str
    content: bytes
    retrieved_at: datetime
    time_zone: str = "UTC"
    content_type: str = ""
    options: dict[str, str] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None

    @property
    def window_start(self) -> datetime:
        """First instant of interest, aware; by default one day before retrieval."""
        return self.since or self.retrieved_at - WINDOW_BEFORE

    @property
    def window_end(self) -> datetime:
        """Last instant of interest, aware; by default 400 days after retrieval."""
        return self.until or self.retrieved_at + WINDOW_AFTER


@dataclass(frozen=True, slots=True)
class Place:
    """schema.org `Place`: plain text, WGS 84 degrees, both coordinates or none."""

    name: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def point(self) -> tuple[float, float] | None:
        """(latitude, longitude) in degrees, None where unknown."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class Organization:
    """schema.org `Organization` or `Person` behind an event, by its printed name only."""

    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """schema.org `Offer`: prices in whole cents of `currency` (ISO 4217), 0 when free.

    `price_min` and `price_max` are None where the source does not say.
    """

    price_min: int | None = None
    price_max: int | None = None
    currency: str = ""
    availability: str = ""  # "in_stock", "sold_out", "limited", "pre_order" or "" (unknown)
    url: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What one source says about one occurrence of an event.

    `start` and `end` are aware and stand in `time_zone` (IANA); `end` is exclusive (RFC 5545
    3.6.1) and None where the source names none. With `all_day` only their dates count: midnight
    in `time_zone`. `uid` and `recurrence_id` (ISO 8601) are the publisher's, empty where missing.
    Text is plain: no HTML, no entities.
    """

    name: str
    start: datetime
    time_zone: str
    end: datetime | None = None
    all_day: bool = False
    uid: str = ""
    recurrence_id: str = ""
    sequence: int = 0
    series: str = ""  # same non-empty value on all occurrences of one recurring series
    description: str = ""
    url: str = ""
    image: str = ""
    location: Place | None = None
    virtual_location: str = ""  # URL of a schema.org VirtualLocation, empty if none
    organizer: Organization | None = None
    performers: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    categories: tuple[str, ...] = ()
    event_status: EventStatus = EventStatus.SCHEDULED
    event_attendance_mode: AttendanceMode = AttendanceMode.UNKNOWN
    previous_start_date: datetime | None = None
    private: bool = False  # RFC 5545 CLASS other than PUBLIC: never republished
    notes: tuple[str, ...] = ()  # codes of what was guessed: "zone_guessed", "end_before_start" …


class Evidence(StrEnum):
    """Why a source lets us think that a place is new."""

    LISTED = "listed"  # it stands in a list of places; new only if it was not there before
    APPEARED = "appeared"  # it came into a list that we knew without it
    FIRST_VERSION = "first_version"  # somebody drew it on the map for the first time
    FIRST_LICENCE = "first_licence"
    LIFTED = "lifted"  # it was disused or under construction, and is no longer
    DATED = "dated"  # opening_date or start_date
    COMING_SOON = "coming_soon"
    OPENS = "opens"
    SOFT_OPENING = "soft_opening"
    GRAND_OPENING = "grand_opening"
    NOW_OPEN = "now_open"


PLACE_KINDS = ("coffee_shop", "bakery", "brewery", "bookshop", "coworking")


@dataclass(frozen=True, slots=True)
class OpeningListing:
    """What one source says about one place that is new, or may turn out to be.

    `kind` is one of PLACE_KINDS, `key` the place's identity within the source. `opens` is the day
    it opened or will, exact to a `precision` of "day", "month" or "year" (then its first day), and
    None where the source does not say. `said` is the day on which the source said so, None where
    unknown. `words` are the source's own.
    """

    name: str
    kind: str
    key: str
    evidence: Evidence
    location: Place | None = None
    opens: date | None = None
    precision: str = "day"
    said: date | None = None
    url: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that could not be read, or only with a guess.

    `place` says where ("VEVENT 12 'Open mic'", "line 40"), `code` is stable and short
    ("no_start", "rrule_unsupported"), `cause` is a sentence for a person. `lost` tells whether a
    component could not become a listing.
    """

    place: str
    code: str
    cause: str
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A further address worth fetching: the next page of a list, the page of one event."""

    url: str
    reason: str = "next_page"  # or "detail"


@dataclass(frozen=True, slots=True)
class Parsed:
    """All that a document says.

    `components` counts the event components, nodes, feed items or records of a table of places
    that the document holds, before recurrence is expanded; equal nodes of a page count once, one
    that could not become a listing still counts and stands in `problems`. `truncated` is set when a limit cut the listings.
    `complete` is False when the document visibly breaks off (no `END:VCALENDAR`).
    """

    listings: tuple[Listing, ...] = ()
    problems: tuple[Problem, ...] = ()
    follow: tuple[Request, ...] = ()
    components: int = 0
    title: str = ""  # the source's own name (X-WR-CALNAME, <title>)
    time_zone: str = ""  # the source's own zone (X-WR-TIMEZONE), IANA, if it names one
    refresh_seconds: int | None = None  # the publisher's hint (RFC 7986 REFRESH-INTERVAL, RSS ttl)
    truncated: bool = False
    complete: bool = True
    openings: tuple[OpeningListing, ...] = ()  # places to try, from tables, maps and news


@dataclass(frozen=True, slots=True)
class AddressRule:
    r"""What an address alone tells: its platform, and where that platform publishes its events.

    `pattern` is a regular expression that is matched against the beginning of the address without
    its scheme ("host/path?query", host in lower case). `feed` is the address of the feed, also
    without scheme, in which `\1` or `\g<name>` stand for groups of the pattern; empty where the
    address is the feed itself. `scraper` reads it. `confidence` (0 to 1) is how sure we are.
    """

    platform: str
    pattern: str
    scraper: str
    feed: str = ""
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that can become a source, as an address or a page led to it.

    `basis` is how it was found: "address" (its form), "link", "embed" or "markup" of a page, "page"
    (an address of the site that is worth a look), "guess".
    """

    url: str
    scraper: str
    platform: str
    confidence: float
    basis: str = "address"


class Scraper(Protocol):
    """A module for one format or platform; registered by one line in `scrapers.SCRAPERS`."""

    def recognizes(self, document: Document) -> bool:
        """Whether this document is ours, judged by its first bytes, type and address; cheap."""
        ...

    def parse(self, document: Document) -> Parsed:
        """Read the whole document. Raises ParseError if it is not ours at all."""
        ...


C = TypeVar("C")
R = TypeVar("R")


def read_each(
    components: Iterable[tuple[object, C]], read: Callable[[C], Iterable[R]]
) -> tuple[list[R], list[Problem]]:
    """Read components one by one, so that a bad one costs itself alone.

    Takes (place, component) pairs and a reader that may raise anything; gives what it made of all
    good components (listings, as a rule) and one `Problem` for each bad one. A place is turned
    into text only for a problem, since finding a title to name is work.
    """
    results: list[R] = []
    problems: list[Problem] = []
    for place, component in components:
        try:
            results.extend(read(component))
        except BadComponent as error:
            problems.append(Problem(str(place), error.code, str(error), lost=True))
        except Exception as error:  # noqa: BLE001 -- hostile input raises anything (SECURITY 4.2)
            cause = f"could not be read ({type(error).__name__})"
            problems.append(Problem(str(place), "unreadable", cause, lost=True))
    return results, problems
