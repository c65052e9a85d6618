"""A week planned for one person."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from app.api import present, schemas
from app.api.conditional import answer_body
from app.api.deps import Me, Now, World
from app.services import plan_week

router = APIRouter(prefix="/weeks", tags=["weeks"])

Name = Annotated[str, Path(max_length=20, description="ISO 8601, such as 2026-W48")]


@router.get(
    "/{week}",
    responses={200: {"model": schemas.WeekOut}, 304: {"description": "unchanged"}},
    summary="A week, not a list",
)
def get_week(request: Request, world: World, me: Me, now: Now, week: Name) -> Response:
    """The few events that together promise most within your limits, what you chose among them.

    Each suggestion has one other in its place; every event left out has its reason. Take a
    suggestion with `PUT /choices/{id}`.
    """
    with world.database.read() as session:
        found = plan_week.plan(world, session, me.user_id, week, now)
    return answer_body(request, present.week(found))
