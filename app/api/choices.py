"""Decisions on events."""

import logging
from collections.abc import Iterable, Iterator
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api import present, schemas
from app.api.conditional import answer_body
from app.api.deps import Me, Now, World, Write
from app.model.user import Profile
from app.services import choose, rank
from app.services.calendar import GONE
from app.store import choices, users
from app.store.tables import ChoiceRow

log = logging.getLogger(__name__)

router = APIRouter(prefix="/choices", tags=["choices"])


@router.get(
    "",
    responses={200: {"model": schemas.ChoicePage}, 304: {"description": "unchanged"}},
    summary="All your decisions",
)
async def list_choices(request: Request, world: World, me: Me) -> Response:
    """Oldest first, each with the event as your calendar has it."""
    with world.database.read() as session:
        profile = users.get(session, me.user_id).profile
        rows = choices.of_user(session, me.user_id)
    page = schemas.ChoicePage(items=list(_readable(rows, profile)))
    return answer_body(request, page)


@router.put("/{event_id}", summary="Choose an event, or turn it down")
def put_choice(
    session: Write, me: Me, now: Now, event_id: UUID, body: schemas.ChoiceIn
) -> schemas.ChoiceOut:
    """Doing it again changes nothing, so a phone may repeat it."""
    row = choose.choose(session, me.user_id, event_id, body.state, now)
    return _out(row, users.get(session, me.user_id).profile)


@router.delete("/{event_id}", status_code=204, summary="Take a decision back")
def delete_choice(session: Write, me: Me, now: Now, event_id: UUID) -> None:
    """Doing it again, or without a decision, changes nothing."""
    choose.withdraw(session, me.user_id, event_id, now)


def _readable(rows: Iterable[ChoiceRow], profile: Profile) -> Iterator[schemas.ChoiceOut]:
    """All that can be read: one spoilt row must not take the others away (CASES G16)."""
    for row in rows:
        try:
            yield _out(row, profile)
        except ValueError:
            log.exception("the choice of event %s cannot be read", row.event_id)


def _out(row: ChoiceRow, profile: Profile) -> schemas.ChoiceOut:
    return schemas.ChoiceOut(
        event_id=row.event_id,
        state=row.state,
        chosen_at=row.chosen_at,
        updated_at=row.changed_at,
        event=present.summary(rank.kept(row, profile)),
        gone_since=row.gone_since,
        note=GONE if row.gone_since else "",
    )
