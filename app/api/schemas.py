"""What goes over the wire, named as in docs/api-contract.md. Unknown is null, never zero."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from app.find.clean import clean_line
from app.model.user import TravelMode


def _cleaned(text: str) -> str:
    return clean_line(text, 200)


def _telling(text: str) -> str:
    if not text:
        message = "must not be empty"
        raise ValueError(message)
    return text


# Cleaned as the text of feeds is: PostgreSQL would refuse NUL, a mail's header a line break (E11).
ShortText = Annotated[str, Field(max_length=200), AfterValidator(_cleaned)]
SomeText = Annotated[ShortText, Field(min_length=1), AfterValidator(_telling)]
Word = Annotated[SomeText, Field(max_length=60)]


class Sent(BaseModel):
    """A body that we send."""

    model_config = ConfigDict(frozen=True)


class Received(BaseModel):
    """A body that we receive: unknown fields and non-finite numbers are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Problem(Sent):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[dict[str, str]] | None = None


class PlaceOut(Sent):
    """schema.org Place; degrees WGS 84.

    `provenance` is who gave the coordinates: feed, venue (another listing of it), geocoder, person,
    city_centre, or "". The place lies within `within_km` of them, 0 where they are its own.
    """

    name: str
    address: str
    latitude: float | None
    longitude: float | None
    provenance: str = ""
    within_km: float = 0.0
    venue_id: UUID | None = None


class OrganizerOut(Sent):
    """schema.org Organization."""

    name: str
    url: str


class PriceOut(Sent):
    """Whole cents of `currency`."""

    free: bool | None
    min: int | None
    max: int | None
    currency: str
    sold_out: bool


class ScoreOut(Sent):
    """Chances are 0-1; `headline` is the strongest reason in words.

    `low` and `high` are the 10th and 90th percentile of `any_field`, `your_low` and `your_high` of
    `your_field`.
    """

    any_field: float
    your_field: float
    low: float
    high: float
    your_low: float
    your_high: float
    confidence: str
    circle: float
    circle_phrase: str
    hirers: float
    headline: str


class EventSummary(Sent):
    """One event as a list shows it."""

    id: UUID
    name: str
    start: datetime
    end: datetime | None
    time_zone: str
    local_start: str
    local_end: str | None
    all_day: bool
    location: PlaceOut | None
    distance_km: float | None
    organizer: OrganizerOut | None
    price: PriceOut
    event_status: str
    event_attendance_mode: str
    kind: str
    categories: list[str]
    url: str
    image: str
    series: str
    dates: int
    sources: list[str]
    score: ScoreOut
    choice: str | None
    busy: bool


class EventPage(Sent):
    """One page of the ranked list; `total` counts all that match."""

    items: list[EventSummary]
    next_cursor: str | None
    total: int


class ReasonOut(Sent):
    """One signed contribution in percentage points, with the listing's own words."""

    family: str
    signal: str
    points: float
    text: str
    phrase: str
    basis: str


class ListingOut(Sent):
    """What one source says."""

    id: int
    source: str
    source_id: UUID
    url: str
    name: str
    start: datetime
    seen_at: datetime


class LinksOut(Sent):
    """Ways into a calendar."""

    ics: str
    google: str
    outlook: str
    office365: str
    yahoo: str


class EventExtra(Sent):
    """What a single event has beyond its summary."""

    description: str
    virtual_location: str
    performers: list[str]
    listings: list[ListingOut]
    reasons: list[ReasonOut]
    start_points: float
    your_reasons: list[ReasonOut]
    your_start_points: float
    advice: str
    links: LinksOut


class EventDetail(EventSummary, EventExtra):
    """One event with everything; `start_points + sum of points = 100 * any_field`."""


class VenueOut(Sent):
    """One venue of the registry; `spellings` are those of listings."""

    id: UUID
    name: str
    address: str
    latitude: float | None
    longitude: float | None
    provenance: str
    city: str
    spellings: list[str]


class VenuePage(Sent):
    """Venues by name."""

    items: list[VenueOut]


class VenuePatch(Received):
    """What a person puts right; what is not given stays, "" or null takes it back."""

    name: ShortText = ""
    address: ShortText = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None


class CorrectionBody(Received):
    """What stands in the place of what sources say; empty leaves it as it is."""

    name: ShortText = ""
    url: Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$", max_length=2000)] = ""
    place_name: ShortText = ""


class CurationIn(Received):
    """A decision on an event, its series, its source, or what the source brought within `hours`.

    `source_id` says whose, where several sources list the event. To merge, `other_id` is the same
    event once more; to split, `listing_id` is the listing of it that tells of another.
    """

    act: Literal["hide", "pin", "correct", "merge", "split"]
    scope: Literal["event", "series", "source", "burst"] = "event"
    source_id: UUID | None = None
    hours: Annotated[float, Field(gt=0, le=168)] = 1.0
    correction: CorrectionBody = CorrectionBody()
    other_id: UUID | None = None
    listing_id: Annotated[int, Field(ge=1, lt=2**31)] | None = None


class CurationOut(Sent):
    """A decision, kept when undone; `by` is null for the operator or an account that is gone."""

    id: UUID
    act: str
    scope: str
    event_name: str
    correction: CorrectionBody
    by: str | None
    decided_at: datetime
    undone_at: datetime | None


class CurationPage(Sent):
    """All decisions, newest first."""

    items: list[CurationOut]


class ChoiceIn(Received):
    """A decision."""

    state: Literal["chosen", "dismissed"]


class ChoiceOut(Sent):
    """A decision with the event as it is published now; `gone_since` when no source lists it."""

    event_id: UUID
    state: str
    chosen_at: datetime
    updated_at: datetime
    event: EventSummary
    gone_since: datetime | None
    note: str


class ChoicePage(Sent):
    """All decisions."""

    items: list[ChoiceOut]


class DigestOut(Sent):
    """When the weekly mail comes; `next_at` is null while it is switched off."""

    enabled: bool
    weekday: int
    hour: int
    next_at: datetime | None


class MeOut(Sent):
    """Who is signed in."""

    id: UUID
    name: str
    email: str
    digest: DigestOut


class ProfileBody(Received):
    """What you tell us of yourself. Home in degrees (WGS 84), money in whole cents of `currency`
    a week, `digest_weekday` 1 (Monday) to 7, `digest_hour` local."""

    home_name: ShortText = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    time_zone: Annotated[str, StringConstraints(max_length=64)] = "UTC"
    reach_km: Annotated[float, Field(gt=0, le=20_000)] = 25.0
    interests: Annotated[list[Word], Field(max_length=50)] = []
    dislikes: Annotated[list[Word], Field(max_length=50)] = []
    field: ShortText = ""
    seniority: Literal["entry", "mid", "senior", "manager", "director"] = "mid"
    weekly_evenings: Annotated[int, Field(ge=0, le=14)] = 4
    weekly_hours: Annotated[float, Field(ge=0, le=168)] = 10.0
    weekly_budget: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] = "USD"
    travel_mode: TravelMode = "transit"
    digest_enabled: bool = True
    digest_weekday: Annotated[int, Field(ge=1, le=7)] = 1
    digest_hour: Annotated[int, Field(ge=0, le=23)] = 8


class ClientOut(Sent):
    """How to subscribe with one calendar program, and how long it waits between looks."""

    name: str
    url: str
    steps: list[str]
    delay: str


class CalendarOut(Sent):
    """The secret subscription address; `qr_svg` is an SVG document."""

    url: str
    webcal_url: str
    qr_svg: str
    clients: list[ClientOut]


class SourceIn(Received):
    """A feed to add; all but the address is found out where possible."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    name: ShortText = ""
    time_zone: Annotated[str, StringConstraints(max_length=64)] = ""
    scraper: Annotated[str, StringConstraints(max_length=40)] | None = None
    trust: Annotated[int, Field(ge=0, le=100)] = 60
    options: Annotated[
        dict[ShortText, Annotated[str, StringConstraints(max_length=300)]],
        Field(max_length=20, description="what the scraper is told, such as columns of a table"),
    ] = {}


class SourcePatch(Received):
    """What may change of a source."""

    paused: bool | None = None
    name: SomeText | None = None
    time_zone: Annotated[str, StringConstraints(max_length=64)] | None = None
    trust: Annotated[int, Field(ge=0, le=100)] | None = None
    time_rule: Literal["", "local_as_utc", "utc_as_local"] | None = None


class SourceProblem(Sent):
    """Something of a feed that could not be read, or only with a guess."""

    place: str
    code: str
    cause: str


class SourceTwin(Sent):
    """Another source that tells the same: `events` coming ones are in both, `text` says so.

    `same` where both addresses lead to one calendar.
    """

    id: UUID
    name: str
    events: int
    same: bool
    text: str


class SourceOut(Sent):
    """A source with its health in plain words; `since` is when it came into this state.

    `time_rule` corrects its times; `time_rule_proposed` is what would mend a suspicion.
    """

    id: UUID
    name: str
    url: str
    scraper: str | None
    time_zone: str
    time_rule: str
    time_rule_proposed: str
    trust: int
    state: str
    since: datetime | None
    message: str
    paused: bool
    last_ok_at: datetime | None
    last_polled_at: datetime | None
    next_due_at: datetime | None
    outcome: str
    events: int
    problems: list[SourceProblem]
    twins: list[SourceTwin]


class SourceState(Sent):
    """A state that a source was in; `until` is null for the present one."""

    state: str
    cause: str
    since: datetime
    until: datetime | None


class SourceDetail(SourceOut):
    """A source with its last states, the newest first."""

    history: list[SourceState]


class SourcePage(Sent):
    """All sources."""

    items: list[SourceOut]


class PageToDiscover(Sent):
    """A page of a city pack whose list of events must be found first."""

    name: str
    url: str


class CityOut(Sent):
    """A city pack: of its `sources`, `added` are among ours and `read` were read at least once.

    `home_offered`: whether the caller has no home yet, so that the centre may be proposed.
    """

    name: str
    title: str
    country: str
    time_zone: str
    latitude: float
    longitude: float
    radius_km: float
    sources: int
    added: int
    read: int
    paused: int
    events: int
    to_discover: list[PageToDiscover]
    home_offered: bool


class CityPage(Sent):
    """All city packs."""

    items: list[CityOut]


class DiscoveryIn(Received):
    """An address as it was pasted; `time_zone` is for times that name none, by default yours."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    time_zone: Annotated[str, StringConstraints(max_length=64)] = ""


class PreviewOut(Sent):
    """An event of a candidate, with the times that the event will have once it is stored."""

    name: str
    start: datetime
    end: datetime | None
    time_zone: str
    local_start: str
    local_end: str | None
    all_day: bool
    place: str


class CandidateOut(Sent):
    """An address that can be added as a source, read once; null says that it is none of yours yet.

    `events` counts what is to come, `lost` what could not be read; `same_as` is a better candidate
    that shows the same events.
    """

    url: str
    scraper: str
    platform: str
    confidence: float
    title: str
    time_zone: str
    events: int
    lost: int
    preview: list[PreviewOut]
    problems: list[SourceProblem]
    same_as: str | None
    source_id: UUID | None
    source_name: str | None


class TriedOut(Sent):
    """An address that was looked at in vain, and why."""

    url: str
    cause: str


class DiscoveryOut(Sent):
    """What an address leads to: candidates, best first, a sentence, and what else was tried."""

    address: str
    message: str
    platforms: list[str]
    candidates: list[CandidateOut]
    tried: list[TriedOut]


class WeekLimits(Sent):
    """What the plan keeps to: evenings and hours a week, `budget` in whole cents."""

    evenings: int
    hours: float
    budget: int | None
    reach_km: float
    travel_mode: TravelMode


class Outing(Sent):
    """One event of a week; `hours` with the way there and back, `adds` to the week's chance."""

    event: EventSummary
    way_minutes: int
    hours: float
    adds: float
    reasons: list[str]
    alternative: EventSummary | None


class LeftOut(Sent):
    """Why an event is not in the week; `other_id` is the one of the week that is in its way."""

    id: UUID
    name: str
    start: datetime
    time_zone: str
    local_start: str
    code: str
    text: str
    other_id: UUID | None


class WeekOut(Sent):
    """The plan of one ISO week; `chance` is that of a talk with at least one person who hires."""

    week: str
    first: date
    last: date
    limits: WeekLimits
    outings: list[Outing]
    left_out: list[LeftOut]
    chance: float
    hours: float
    cents: int
    currency: str
    solver: Literal["exact", "greedy"]
