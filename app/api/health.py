"""For whoever watches the service: alive, ready."""

from fastapi import APIRouter

from app.api.deps import Now, World
from app.services import heartbeat
from app.store import migrate

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(world: World, now: Now) -> dict[str, str]:
    """The database can be written, has the present schema, and the clock ticks; else 503."""
    world.database.probe()
    migrate.check(world.database)
    if world.settings.clock:
        heartbeat.check(world, now)
    return {"status": "ok"}
