"""New places to try, surest first."""

from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.api import asked, present, schemas
from app.api.conditional import answer_body, answer_file
from app.api.deps import Me, Now, World
from app.errors import Invalid
from app.find.openings import hello, suggested_day, suggestion, visit
from app.model.zone import zone_names
from app.publish.ical import file_name
from app.publish.links import event_links
from app.services import calendar, openings
from app.store import users
from app.store.openings import get as stored_opening
from scrapers.base import PLACE_KINDS

NEAR_DAYS = timedelta(days=400)  # from today, in which a visit may lie: longer than any window

router = APIRouter(prefix="/openings", tags=["openings"])


class Filters(schemas.Received):
    """The filters of the list. A place of which nobody says where it is passes for near."""

    near: Annotated[str | None, Query(description="lat,lon in degrees; default: home")] = None
    km: Annotated[float | None, Query(gt=0, le=20_100, description="default: your reach")] = None
    kind: tuple[str, ...] = ()
    limit: Annotated[int, Query(ge=1, le=100)] = 50
    cursor: Annotated[str, Query(max_length=200)] = ""


class VisitOut(schemas.Sent):
    """A suggested visit: a quiet hour in the window, with ways into a calendar."""

    start: datetime
    end: datetime | None
    time_zone: str
    links: schemas.LinksOut


class ProofOut(schemas.Sent):
    """What one source gave us to think that the place is new, in its own words."""

    source: str
    evidence: str
    opens: date | None
    precision: str
    said: date | None
    url: str
    words: str


class OpeningOut(schemas.Sent):
    """A new place: from `first_day` to `last_day` a visit is worth it."""

    id: UUID
    name: str
    kind: str
    location: schemas.PlaceOut | None
    distance_km: float | None
    opens: date | None
    precision: str
    first_day: date
    last_day: date
    confidence: float
    chain: bool
    url: str
    suggestion: str
    hello: str
    visit: VisitOut | None
    proofs: list[ProofOut]


class OpeningPage(schemas.Sent):
    """One page of openings; `total` counts all that match."""

    items: list[OpeningOut]
    next_cursor: str | None
    total: int


@router.get(
    "",
    responses={200: {"model": OpeningPage}, 304: {"description": "unchanged"}},
    summary="New places to try",
)
async def list_openings(
    request: Request, world: World, me: Me, now: Now, filters: Annotated[Filters, Query()]
) -> Response:
    """Coffee shops, bakeries, breweries, bookshops and coworking spaces in their first weeks."""
    if unknown := set(filters.kind) - set(PLACE_KINDS):
        message = f"There is no kind {min(unknown)!r}; there are {', '.join(PLACE_KINDS)}."
        raise Invalid(message, "kind")
    with world.database.read() as session:
        profile = users.get(session, me.user_id).profile
        today = now.astimezone(ZoneInfo(profile.time_zone)).date()
        found = openings.coming(
            session,
            today,
            near=asked.point(filters.near) if filters.near else profile.home,
            km=filters.km or profile.reach_km,
            kinds=filters.kind,
        )
    begin = _begin(found, *asked.position(filters.cursor))
    page, end = found[begin : begin + filters.limit], begin + filters.limit
    out = OpeningPage(
        items=[_out(each, today, profile.time_zone, world.settings.base_url) for each in page],
        next_cursor=asked.cursor(page[-1].opening.id, end) if end < len(found) else None,
        total=len(found),
    )
    return answer_body(request, out)


@router.get(
    "/{opening_id}.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}}, 304: {"description": "unchanged"}},
    summary="A visit as a calendar file",
)
async def visit_file(
    request: Request,
    world: World,
    now: Now,
    opening_id: UUID,
    *,
    day: Annotated[date, Query(description="the day of the visit")],
    zone: Annotated[str, Query(max_length=64, description="IANA time zone of the place")],
) -> Response:
    """Public facts only, so it needs no token; another day moves the visit that was added."""
    if zone not in zone_names():
        raise Invalid("Give a time zone of the IANA list, such as America/New_York.", "zone")
    if abs(day - now.date()) > NEAR_DAYS:
        raise Invalid("Give a day within a year of today.", "day")
    with world.database.read() as session:
        stored = stored_opening(session, opening_id)
    event = visit(stored.opening, day, zone)
    content = calendar.visit_file(event, stored.created_at, stored.changed_at)
    return answer_file(request, content, file_name(event))


def _begin(found: list[openings.Near], after: UUID | None, offset: int) -> int:
    """Where the next page begins: behind the last entry shown, wherever that stands now."""
    places = (place for place, each in enumerate(found, start=1) if each.opening.id == after)
    return next(places, offset)


def _out(found: openings.Near, today: date, zone: str, base_url: str) -> OpeningOut:
    opening = found.opening
    return OpeningOut(
        id=opening.id,
        name=opening.name,
        kind=opening.kind,
        location=present.place(opening.location),
        distance_km=None if found.distance_km is None else round(found.distance_km, 2),
        opens=opening.opens,
        precision=opening.precision,
        first_day=opening.first_day,
        last_day=opening.last_day,
        confidence=opening.confidence,
        chain=opening.chain,
        url=opening.url,
        suggestion=suggestion(opening, today),
        hello=hello(opening),
        visit=_visit(found, today, zone, base_url),
        proofs=[
            ProofOut(
                source=proof.source,
                evidence=proof.evidence,
                opens=proof.opens,
                precision=proof.precision,
                said=proof.said,
                url=proof.url,
                words=proof.words,
            )
            for proof in opening.proofs
        ],
    )


def _visit(found: openings.Near, today: date, zone: str, base_url: str) -> VisitOut | None:
    opening, day = found.opening, suggested_day(found.opening, today)
    if day is None:
        return None
    event = visit(opening, day, zone)
    query = urlencode({"day": day.isoformat(), "zone": zone})
    links = event_links(event, f"{base_url}/api/v1/openings/{opening.id}.ics?{query}")
    return VisitOut(start=event.start, end=event.end, time_zone=zone, links=present.links(links))
