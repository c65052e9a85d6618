"""The ranked list and single events."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.api import asked, present, schemas
from app.api.conditional import answer, answer_body, answer_file, etag_of
from app.api.deps import Me, Now, World
from app.api.quick import STEP, Kept, KeptRoute, Memory, key_of
from app.errors import Invalid
from app.model.event import KINDS
from app.model.user import Profile, User
from app.publish.ical import file_name
from app.services import calendar, rank
from app.services.resources import Resources
from app.store import busy, choices, events, users
from app.store.database import Session
from app.store.users import Caller

router = APIRouter(prefix="/events", tags=["events"])


class Filters(schemas.Received):
    """The filters of the list. An unknown price or place never passes for free or near."""

    since: Annotated[datetime | None, Query(alias="from", description="from this instant on")] = (
        None
    )
    to: datetime | None = None
    near: Annotated[str | None, Query(description="lat,lon in degrees; default: home")] = None
    km: Annotated[float | None, Query(gt=0, le=20_100, description="default: your reach")] = None
    kind: tuple[str, ...] = ()
    q: Annotated[str, Query(max_length=200)] = ""
    free: bool | None = None
    price_max: Annotated[int | None, Query(ge=0, description="cents")] = None
    attendance_mode: Literal["", "offline", "online", "mixed", "unknown"] = ""
    min_score: Annotated[float, Query(ge=0, le=1)] = 0.0
    weekday: tuple[Annotated[int, Query(ge=1, le=7)], ...] = ()
    evenings: bool = False
    include_circles: bool = False
    every_date: Annotated[bool, Query(description="also each date of a long run")] = False
    undecided: Annotated[bool, Query(description="leave out what you decided on")] = False
    when_free: Annotated[bool, Query(description="only when your own calendars are free")] = False
    sort: Literal["score", "start", "added"] = "score"
    limit: Annotated[int, Query(ge=1, le=100)] = 50
    cursor: Annotated[str, Query(max_length=200)] = ""


async def list_events(
    request: Request, world: World, me: Me, now: Now, filters: Annotated[Filters, Query()]
) -> Response:
    """What lies ahead, most promising first."""
    memory: Memory = request.app.state.memory
    content, revision = _page(world, memory.items, me, now, filters)
    found = (content, etag_of(content))
    if revision == world.catalog.seen(me.catalog_revision):  # else it is just being changed
        memory.answers.put(key_of(request, me, now), found)
    return answer(request, *found)


router.add_api_route(
    "",
    list_events,
    methods=["GET"],
    responses={200: {"model": schemas.EventPage}, 304: {"description": "unchanged"}},
    summary="The ranked list",
    route_class_override=KeptRoute,
)


def _page(
    world: Resources, kept: Kept[bytes], me: Caller, now: datetime, filters: Filters
) -> tuple[bytes, int]:
    """The page, and the revision of the catalog that it shows."""
    begin = datetime.fromtimestamp(
        now.timestamp() // STEP.total_seconds() * STEP.total_seconds(), tz=now.tzinfo
    )
    with world.database.read() as session:
        user = users.get(session, me.user_id)
        query = replace(_query(filters, user.profile, begin), busy=busy.taken(session, user.id))
        decided = choices.states(session, me.user_id) if query.hide_decided else None
        ranking = rank.rank(world.catalog.at(session, now), user, query, decided)
        page, following = ranking.page(*asked.position(filters.cursor), filters.limit)
        items = _items(session, kept, user, page)
    cursor = asked.cursor(next(reversed(page)), following) if following is not None else None
    page_of_all = {"items": items, "next_cursor": cursor, "total": len(ranking.rows)}
    return msgspec.json.encode(page_of_all), ranking.snapshot.revision


def _items(
    session: Session, kept: Kept[bytes], user: User, page: dict[UUID, rank.Shown]
) -> list[msgspec.Raw]:
    """These events as they stand in a list; only those are made that were not shown before."""
    ids = list(page)
    names, states = events.source_names(session, ids), choices.states(session, user.id, ids)
    keys = {
        id_: (id_, at, *names.get(id_, ()), states.get(id_), user.profile, user.learnt)
        for id_, at in page.items()
    }
    shown = {id_: kept.get(key) for id_, key in keys.items()}
    new = [id_ for id_, item in shown.items() if item is None]
    for found in rank.suggestions(session, user, new) if new else ():
        id_ = found.event.id
        item = present.summary(replace(found, dates=page[id_].dates, busy=page[id_].busy))
        shown[id_] = kept.put(keys[id_], item.model_dump_json().encode())
    return [msgspec.Raw(item) for item in shown.values() if item is not None]


@router.get(
    "/{event_id}.ics",
    response_class=Response,
    responses={
        200: {"content": {"text/calendar": {}}},
        304: {"description": "unchanged"},
    },
    summary="One event as a calendar file",
)
async def event_file(request: Request, world: World, event_id: UUID) -> Response:
    """Public facts only, so it needs no token and can stand in a letter."""
    with world.database.read() as session:
        stored = events.get(session, event_id)
    name = file_name(calendar.event_of(stored))
    content = calendar.single(stored, world.settings.base_url)
    return answer_file(request, content, name)


@router.get(
    "/{event_id}",
    responses={200: {"model": schemas.EventDetail}, 304: {"description": "unchanged"}},
    summary="One event with its reasons",
)
async def get_event(request: Request, world: World, me: Me, event_id: UUID) -> Response:
    """Everything about one event, and how its chance comes about."""
    with world.database.read() as session:
        events.get(session, event_id)
        found = rank.suggestions(session, users.get(session, me.user_id), [event_id])[0]
        found = replace(found, busy=rank.is_busy(found.event, busy.taken(session, me.user_id)))
        voices = events.voices(session, [event_id]).get(event_id, [])
    ics_url = f"{world.settings.base_url}/api/v1/events/{event_id}.ics"
    return answer_body(request, present.detail(found, voices, ics_url))


def _query(filters: Filters, profile: Profile, begin: datetime) -> rank.Query:
    unknown = set(filters.kind) - set(KINDS)
    if unknown:
        raise Invalid(f"There is no such kind; there are {', '.join(KINDS)}.", "kind")
    since = filters.since or begin
    if since.tzinfo is None or (filters.to and filters.to.tzinfo is None):
        raise Invalid("Give instants with their offset, such as 2026-12-01T00:00:00Z.", "from")
    return rank.Query(
        since=since,
        until=filters.to,
        near=asked.point(filters.near) if filters.near else profile.home,
        km=filters.km or profile.reach_km,
        kinds=filters.kind,
        text=filters.q,
        free=filters.free,
        price_max=filters.price_max,
        attendance_mode=filters.attendance_mode,
        min_score=filters.min_score,
        weekdays=filters.weekday,
        evenings=filters.evenings,
        include_circles=filters.include_circles,
        every_date=filters.every_date,
        hide_decided=filters.undecided,
        hide_busy=filters.when_free,
        sort=filters.sort,
    )
