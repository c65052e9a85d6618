"""The feeds that are polled."""

from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import Response

from app.api import schemas
from app.api.conditional import answer_body
from app.api.deps import Me, Now, World, Write
from app.services import ingest, sources
from app.store import states
from app.store.tables import StateRow

router = APIRouter(prefix="/sources", tags=["sources"])


@router.get(
    "",
    responses={200: {"model": schemas.SourcePage}, 304: {"description": "unchanged"}},
    summary="All sources with their health",
)
def list_sources(request: Request, world: World, _me: Me, now: Now) -> Response:
    """By name. What is said to be polled is in the list of events from then on."""
    with world.database.read() as session:
        found = sources.overviews(session, now)
    world.catalog.catch_up(world.database, now)
    page = schemas.SourcePage(items=[_out(item) for item in found])
    return answer_body(request, page)


@router.post("", status_code=201, summary="Add a feed")
def add_source(
    world: World, session: Write, _me: Me, now: Now, body: schemas.SourceIn, tasks: BackgroundTasks
) -> schemas.SourceOut:
    """Any calendar, page or feed of events; it is read at once, in the background."""
    row = sources.add(session, world, **body.model_dump(), now=now)
    tasks.add_task(ingest.poll_one, world, row.id, now)
    return _out(sources.overview(session, row.id, now))


@router.get(
    "/{source_id}",
    responses={200: {"model": schemas.SourceDetail}, 304: {"description": "unchanged"}},
    summary="One source",
)
def get_source(request: Request, world: World, _me: Me, now: Now, source_id: UUID) -> Response:
    """With what could not be read of it, and why, and how it was before."""
    with world.database.read() as session:
        found = sources.overview(session, source_id, now)
        history = [_state(row) for row in states.history(session, source_id)]
    world.catalog.catch_up(world.database, now)
    detail = schemas.SourceDetail(**dict(_out(found)), history=history)
    return answer_body(request, detail)


@router.patch("/{source_id}", summary="Pause, rename or correct a source")
def change_source(
    session: Write, _me: Me, now: Now, source_id: UUID, body: schemas.SourcePatch
) -> schemas.SourceOut:
    """Changes only what is given. Another `time_rule` moves its events at once."""
    sources.change(session, source_id, now=now, **body.model_dump(exclude_unset=True))
    return _out(sources.overview(session, source_id, now))


@router.delete("/{source_id}", status_code=204, summary="Remove a source")
def delete_source(session: Write, _me: Me, now: Now, source_id: UUID) -> None:
    """Its listings go; what you chose stays in your calendar."""
    ingest.remove_source(session, source_id, now)


@router.post("/{source_id}/poll", status_code=202, summary="Read a source now")
def poll_source(
    world: World, _me: Me, now: Now, source_id: UUID, tasks: BackgroundTasks
) -> schemas.SourceOut:
    """Does not wait for the result; look at the source again in a moment."""
    with world.database.read() as session:
        found = sources.overview(session, source_id, now)
    tasks.add_task(ingest.poll_one, world, source_id, now)
    return _out(found)


def _state(row: StateRow) -> schemas.SourceState:
    return schemas.SourceState(state=row.state, cause=row.cause, since=row.since, until=row.until)


def _out(found: sources.Overview) -> schemas.SourceOut:
    row = found.row
    return schemas.SourceOut(
        id=row.id,
        name=row.name,
        url=row.url,
        scraper=row.scraper,
        time_zone=row.time_zone,
        time_rule=row.time_rule,
        time_rule_proposed=row.time_rule_proposed,
        trust=row.trust,
        state=found.health.state,
        since=found.since,
        message=found.health.message,
        paused=row.paused,
        last_ok_at=row.last_ok_at,
        last_polled_at=row.last_polled_at,
        next_due_at=row.next_due_at,
        outcome=row.outcome,
        events=found.upcoming,
        problems=[
            schemas.SourceProblem(place=item.place, code=item.code, cause=item.cause)
            for item in found.problems
        ],
        twins=[
            schemas.SourceTwin(
                id=twin.id, name=twin.name, events=twin.events, same=twin.same, text=twin.text
            )
            for twin in found.twins
        ],
    )
