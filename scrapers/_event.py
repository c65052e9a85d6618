"""One schema.org `Event` node to listings: the single reader behind every syntax and platform."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scrapers import _schedule
from scrapers._dates import Span, month_first, read_moment, read_span
from scrapers._html import absolute, is_cut
from scrapers._locations import read_locations
from scrapers._nodes import (
    Found,
    Node,
    completed,
    first_text,
    last_part,
    nodes,
    text,
    types_of,
    values,
)
from scrapers._offers import read_offers
from scrapers._status import title_status
from scrapers._text import one_line, plain
from scrapers._time import find_zone
from scrapers.base import (
    MAX_LISTINGS,
    AttendanceMode,
    BadComponent,
    Document,
    EventStatus,
    Listing,
    Organization,
    Parsed,
    Place,
    Problem,
    Request,
    read_each,
)

MAX_NAMES = 50
MAX_SCHEDULES = 10

_STATUSES = {
    "eventscheduled": EventStatus.SCHEDULED, "confirmed": EventStatus.SCHEDULED,
    "eventcancelled": EventStatus.CANCELLED, "eventcanceled": EventStatus.CANCELLED,
    "cancelled": EventStatus.CANCELLED, "canceled": EventStatus.CANCELLED,
    "eventpostponed": EventStatus.POSTPONED, "postponed": EventStatus.POSTPONED,
    "eventrescheduled": EventStatus.RESCHEDULED, "rescheduled": EventStatus.RESCHEDULED,
    "eventmovedonline": EventStatus.MOVED_ONLINE, "movedonline": EventStatus.MOVED_ONLINE,
}  # fmt: skip
_MODES = {
    "offlineeventattendancemode": AttendanceMode.OFFLINE, "offline": AttendanceMode.OFFLINE,
    "onlineeventattendancemode": AttendanceMode.ONLINE, "online": AttendanceMode.ONLINE,
    "mixedeventattendancemode": AttendanceMode.MIXED, "mixed": AttendanceMode.MIXED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """What a node is read against: its document, base address, zone, and the nodes by `@id`."""

    document: Document
    base: str
    index: dict[str, Node] = field(default_factory=dict)
    own_url: str = ""  # of a web page: the address of an event that is alone on it

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the source; UTC if it names none that exists."""
        return find_zone(self.document.time_zone) or ZoneInfo("UTC")

    @property
    def dollar(self) -> str:
        """The currency of a bare "$" at the source, "" where that is not clear."""
        return "USD" if month_first(self.zone) or self.zone.key == "UTC" else ""


def read_events(
    found: list[Found],
    page: Page,
    *,
    problems: list[Problem] | None = None,
    title: str = "",
    follow: tuple[Request, ...] = (),
    truncated: bool | None = None,
) -> Parsed:
    """The distinct event nodes of a document to what a scraper gives.

    `problems` are those met before; a component that was lost there counts as well. `truncated`
    says whether the nodes are not all; by default they are not if the document is longer than what
    is read of markup.
    """
    pairs = [(f"{item.place} {_label(item.node)}".strip(), item) for item in found[:MAX_LISTINGS]]
    total = 0

    def read(item: Found) -> list[Listing]:
        nonlocal total  # schedules multiply: once the page is full, no more is expanded
        listings = read_event(item, page) if total <= MAX_LISTINGS else []
        total += len(listings)
        return listings

    listings, bad = read_each(pairs, read)
    kept = list(dict.fromkeys(listings))
    if len(found) == 1:
        kept = [replace(listing, url=listing.url or page.own_url) for listing in kept]
    return Parsed(
        listings=tuple(kept[:MAX_LISTINGS]),
        problems=(*(problems or ()), *bad),
        follow=follow,
        components=len(found) + sum(problem.lost for problem in problems or ()),
        title=title,
        truncated=max(len(found), len(kept)) > MAX_LISTINGS
        or (is_cut(page.document) if truncated is None else truncated),
    )


def _label(node: Node) -> str:
    name = one_line(first_text(node, "name"), 60)
    return f"'{name}'" if name else ""


def read_event(found: Found, page: Page) -> list[Listing]:
    """The listings of one event node: one, or one for each occurrence of its schedules.

    Only those that touch the document's window are given. Raises BadComponent with `no_name`,
    `no_start` or `schedule_unsupported`.
    """
    node = completed(found, page.index)
    name, marked = title_status(one_line(first_text(node, "name", "summary", "headline", "title")))
    if not name:
        raise BadComponent("no_name", "the event has no name")
    schedules = nodes(node, "eventSchedule", "schedule")[:MAX_SCHEDULES]
    spans = _scheduled(schedules, node, page) if schedules else [_single(node, page)]
    spans = [span for span in spans if _in_window(span, page.document)]
    if not spans:
        return []
    listing = _listing(node, name, marked, spans[0], page)
    if schedules:
        listing = replace(listing, series=_series_key(node, listing))
    return [
        replace(
            listing,
            start=span.start,
            end=span.end,
            all_day=span.all_day,
            time_zone=span.time_zone,
            notes=tuple(dict.fromkeys((*span.notes, *found.notes))),
            recurrence_id=_recurrence_id(span) if schedules else "",
        )
        for span in spans
    ]


def _single(node: Node, page: Page) -> Span:
    start, end = first_text(node, "startDate"), first_text(node, "endDate")
    if not start:
        raise BadComponent("no_start", "the event has no start date")
    zone = _zone(node, page)
    included = node.get("endDayIncluded") is not False
    span = read_span(start, end, zone, end_day_included=included)
    if span is None:
        raise BadComponent("no_start", f"the start date {start[:64]!r} cannot be read")
    length = _schedule.read_duration(first_text(node, "duration"))
    if span.end is None and length and not span.all_day:
        return replace(span, end=span.start + length)
    return span


def _zone(node: Node, page: Page) -> ZoneInfo:
    """The event's own zone where it names one, else the source's."""
    return find_zone(first_text(node, "timeZone")) or page.zone


def _scheduled(schedules: list[Node], node: Node, page: Page) -> list[Span]:
    start = first_text(node, "startDate")
    spans = [
        span
        for schedule in schedules
        for span in _schedule.expand(schedule, start, page.document, page.zone)
    ]
    return sorted({span.start: span for span in spans}.values(), key=lambda span: span.start)


def _recurrence_id(span: Span) -> str:
    """Which occurrence it is: its date, or its instant in UTC (as the iCalendar scraper says it)."""
    if span.all_day:
        return span.start.date().isoformat()
    return f"{span.start.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def _in_window(span: Span, document: Document) -> bool:
    return (span.end or span.start) >= document.window_start and span.start <= document.window_end


def _listing(node: Node, name: str, marked: EventStatus | None, span: Span, page: Page) -> Listing:
    place, link, mode = read_locations(values(node, "location"), page.base)
    status = _STATUSES.get(last_part(first_text(node, "eventStatus")).lower())
    if status in (None, EventStatus.SCHEDULED):
        status = marked or EventStatus.SCHEDULED
    if status is EventStatus.MOVED_ONLINE and mode is AttendanceMode.UNKNOWN:
        mode = AttendanceMode.ONLINE
    said_mode = last_part(first_text(node, "eventAttendanceMode")).lower()
    return Listing(
        name=name,
        start=span.start,
        time_zone=span.time_zone,
        uid=one_line(first_text(node, "identifier")),
        series=_series(node),
        description=plain(first_text(node, "description", "about", "summary")),
        url=_url(node, page.base),
        image=_image(node, page.base),
        location=place if place and place != Place() else None,
        virtual_location=link,
        organizer=_organizer(node, page.base),
        performers=_names(node, "performer", "performers"),
        offers=read_offers(node, page.base, page.dollar),
        categories=_categories(node),
        event_status=status,
        event_attendance_mode=_MODES.get(said_mode, mode),
        previous_start_date=_previous_start(node, _zone(node, page)),
        private=node.get("private") is True,  # said by platform modules; schema.org has no word
    )


def _previous_start(node: Node, zone: ZoneInfo) -> datetime | None:
    moment = read_moment(first_text(node, "previousStartDate"), zone)
    return moment.at if moment else None


def _series(node: Node) -> str:
    """The key of the EventSeries that the node is an occurrence of; a festival is no series."""
    for parent in nodes(node, "superEvent"):
        if "EventSeries" in types_of(parent):
            return one_line(first_text(parent, "@id", "url", "name"))
    return ""


def _series_key(node: Node, listing: Listing) -> str:
    return one_line(first_text(node, "@id")) or listing.uid or listing.url or listing.name


def _url(node: Node, base: str) -> str:
    return next(
        (
            link
            for key in ("url", "mainEntityOfPage", "sameAs", "@id")
            for value in values(node, key)
            if (link := absolute(base, text(value)))
        ),
        "",
    )


def _image(node: Node, base: str) -> str:
    for value in values(node, "image", "photo", "thumbnailUrl"):
        said = (
            first_text(value, "url", "contentUrl", "@id")
            if isinstance(value, dict)
            else text(value)
        )
        if link := absolute(base, said):
            return link
    return ""


def _organizer(node: Node, base: str) -> Organization | None:
    for value in values(node, "organizer"):
        name = one_line(first_text(value, "name") if isinstance(value, dict) else text(value))
        link = absolute(base, first_text(value, "url", "sameAs")) if isinstance(value, dict) else ""
        if web := absolute("", name):
            name, link = "", link or web
        if name or link:
            return Organization(name, link)
    return None


def _names(node: Node, *keys: str) -> tuple[str, ...]:
    found = (
        one_line(first_text(value, "name") if isinstance(value, dict) else text(value))
        for value in values(node, *keys)
    )
    return tuple(dict.fromkeys(filter(None, found)))[:MAX_NAMES]


def _categories(node: Node) -> tuple[str, ...]:
    """Keywords and genres, and the subtype of Event as it is written ("BusinessEvent")."""
    said = [text(value) for key in ("keywords", "genre", "category") for value in values(node, key)]
    words = [one_line(word) for value in said for word in value.split(",")]
    kinds = [name for name in types_of(node) if name not in ("Event", "Thing")]
    return tuple(dict.fromkeys(filter(None, (*words, *kinds))))[:MAX_NAMES]
