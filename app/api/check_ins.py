"""How evenings went: ten seconds each, all of it optional."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import AfterValidator, Field

from app.api import present, schemas
from app.api.conditional import answer_body
from app.api.deps import Me, Now, World, Write
from app.model.event import Event
from app.services import check_in
from app.store import check_ins
from app.store.check_ins import Told

router = APIRouter(prefix="/check-ins", tags=["check-ins"])


TALKED = (0, 1.5, 4, 8, 13)


def _coded(talked: float) -> float:
    if talked not in TALKED:
        message = f"must be one of {', '.join(map(str, TALKED))}"
        raise ValueError(message)
    return talked


class CheckInIn(schemas.Received):
    """What you tell; leave out what you do not know. `talked` 1.5 stands for one or two people, 4
    for three to five, 8 for six to ten, 13 for more; `hirers` 3 for three or more.
    """

    went: bool
    talked: Annotated[float, AfterValidator(_coded)] | None = None
    hirers: Annotated[int, Field(ge=0, le=3)] | None = None
    met_hirer: bool | None = None
    in_field: bool | None = None
    again: bool | None = None


class PastEvent(schemas.Sent):
    """An event that is over."""

    id: UUID
    name: str
    start: datetime
    local_start: str
    time_zone: str
    location: schemas.PlaceOut | None


class CheckInOut(schemas.Sent):
    """What you told, and the chance that we had given it (0..1, for any field)."""

    event: PastEvent
    went: bool
    talked: float | None
    hirers: int | None
    met_hirer: bool | None
    in_field: bool | None
    again: bool | None
    chance: float
    told_at: datetime


class CheckInPage(schemas.Sent):
    """What you told, the latest event first, and what you may tell of: `due`."""

    items: list[CheckInOut]
    due: list[PastEvent]


@router.get(
    "",
    responses={200: {"model": CheckInPage}, 304: {"description": "unchanged"}},
    summary="How your evenings went, and which ones we would like to hear of",
)
async def list_check_ins(request: Request, world: World, me: Me, now: Now) -> Response:
    """`due` are events that you chose, that were over in the last two weeks, and untold."""
    with world.database.read() as session:
        told = check_ins.of_user(session, me.user_id)
        waiting = check_in.due(session, me.user_id, now)
    page = CheckInPage(
        items=[_out(each) for each in told], due=[_event(event) for event, _ in waiting]
    )
    return answer_body(request, page)


@router.put("/{event_id}", summary="Tell how it went")
def put_check_in(session: Write, me: Me, now: Now, event_id: UUID, body: CheckInIn) -> CheckInOut:
    """Telling again replaces what you told; the list learns from it at once."""
    answers = check_in.Answers(**body.model_dump())
    return _out(check_in.check_in(session, me.user_id, event_id, answers, now))


@router.delete("/{event_id}", status_code=204, summary="Take back what you told")
def delete_check_in(session: Write, me: Me, now: Now, event_id: UUID) -> None:
    """The list forgets what it learned from it; doing it again changes nothing."""
    check_in.take_back(session, me.user_id, event_id, now)


def _out(told: Told) -> CheckInOut:
    said = told.check_in
    return CheckInOut(
        event=_event(told.event),
        went=said.went,
        talked=said.talked,
        hirers=said.hirers,
        met_hirer=said.met_hirer,
        in_field=said.in_field,
        again=said.again,
        chance=said.forecast.chance,
        told_at=told.told_at,
    )


def _event(event: Event) -> PastEvent:
    return PastEvent(
        id=event.id,
        name=event.name,
        start=event.start,
        local_start=present.local(event.local_start, all_day=event.all_day),
        time_zone=event.time_zone,
        location=present.place(event.location),
    )
