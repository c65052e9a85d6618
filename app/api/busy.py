"""One's own calendars, of which the plan knows when one is taken and nothing else."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import Response
from pydantic import StringConstraints

from app.api import schemas
from app.api.conditional import answer_body
from app.api.deps import Me, Now, World, Write
from app.services import busy as service
from app.store import busy
from app.store.codec import decode
from app.store.tables import BusyCalendarRow

router = APIRouter(prefix="/me/busy", tags=["me"])


class BusyCalendarIn(schemas.Received):
    """The private iCalendar address of a calendar of yours, as its program gives it."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class BusyCalendar(schemas.Sent):
    """A calendar of yours, without its address. `times` counts the coming times that are taken as
    of `read_at`, `unread` the entries that could not be read; where the last look went wrong
    `problem` says how, and `next_at` is the next.
    """

    id: UUID
    host: str
    added_at: datetime
    looked_at: datetime | None
    read_at: datetime | None
    next_at: datetime
    problem: str
    times: int
    unread: int


class BusyCalendars(schemas.Sent):
    """In the order in which you added them."""

    items: list[BusyCalendar]


@router.get(
    "",
    responses={200: {"model": BusyCalendars}, 304: {"description": "unchanged"}},
    summary="Your own calendars",
)
def list_busy(request: Request, world: World, me: Me, now: Now) -> Response:
    """How each was read. Nobody is shown its address again, you neither."""
    with world.database.read() as session:
        found = BusyCalendars(items=[_out(row, now) for row in busy.of_user(session, me.user_id)])
    return answer_body(request, found)


@router.post("", status_code=201, summary="Add a calendar of yours")
def add_busy(
    *, world: World, session: Write, me: Me, now: Now, body: BusyCalendarIn, tasks: BackgroundTasks
) -> BusyCalendar:
    """Read at once, in the background, and every hour: for its times, never for what they hold."""
    row = service.add(session, world, me.user_id, body.url, now)
    tasks.add_task(service.look_at_one, world, row.id, now)
    return _out(row, now)


@router.delete("/{calendar_id}", status_code=204, summary="Remove a calendar of yours")
def remove_busy(session: Write, me: Me, calendar_id: UUID) -> None:
    """Its address and its times are forgotten."""
    service.remove(session, me.user_id, calendar_id)


def _out(row: BusyCalendarRow, now: datetime) -> BusyCalendar:
    return BusyCalendar(
        id=row.id,
        host=row.host,
        added_at=row.added_at,
        looked_at=row.looked_at,
        read_at=row.read_at,
        next_at=row.next_at,
        problem=row.problem,
        unread=row.unread,
        times=sum(end > now for _, end in decode(row.times, list[busy.Span])),
    )
