"""Any address a person pastes: which calendars it leads to, and what they announce."""

from datetime import UTC

from fastapi import APIRouter

from app.api import present, schemas
from app.api.deps import Me, Now, World
from app.find.discover import Trial
from app.services.discover import Discovery, asking, discover, known_source
from app.store import users
from app.store.tables import SourceRow
from scrapers.base import Listing

MAX_PROBLEMS = 20

router = APIRouter(prefix="/sources", tags=["sources"])


@router.post("/discover", summary="What an address leads to")
async def discover_sources(
    world: World, me: Me, now: Now, body: schemas.DiscoveryIn
) -> schemas.DiscoveryOut:
    """Reads the page and the calendars behind it, at most eight requests a site, forty in all; stores nothing."""
    with world.database.read() as session:
        home = users.get(session, me.user_id).profile.time_zone
    zone = body.time_zone or home
    with asking(world, me.user_id):
        found = await discover(world.client, world.sandbox, body.url, now=now, time_zone=zone)
    with world.database.read() as session:
        known = [known_source(session, trial) for trial in found.found]
    return _out(found, known)


def _out(found: Discovery, known: list[SourceRow | None]) -> schemas.DiscoveryOut:
    return schemas.DiscoveryOut(
        address=found.address,
        message=found.message,
        platforms=list(found.platforms),
        candidates=[
            _candidate(trial, source) for trial, source in zip(found.found, known, strict=True)
        ],
        tried=[schemas.TriedOut(url=each.feed.url, cause=each.refused) for each in found.tried],
    )


def _candidate(trial: Trial, source: SourceRow | None) -> schemas.CandidateOut:
    return schemas.CandidateOut(
        url=trial.lasting_url or trial.url,
        scraper=trial.scraper,
        platform=trial.feed.platform,
        confidence=trial.confidence,
        title=trial.title,
        time_zone=trial.time_zone,
        events=len(trial.listings),
        lost=sum(problem.lost for problem in trial.problems),
        preview=[_preview(listing) for listing in trial.preview],
        problems=[
            schemas.SourceProblem(place=each.place, code=each.code, cause=each.cause)
            for each in trial.problems[:MAX_PROBLEMS]
        ],
        same_as=trial.same_as or None,
        source_id=source.id if source else None,
        source_name=source.name if source else None,
    )


def _preview(listing: Listing) -> schemas.PreviewOut:
    place = listing.location
    return schemas.PreviewOut(
        name=listing.name,
        start=listing.start.astimezone(UTC),
        end=listing.end and listing.end.astimezone(UTC),
        time_zone=listing.time_zone,
        local_start=present.local(listing.start, all_day=listing.all_day),
        local_end=listing.end and present.local(listing.end, all_day=listing.all_day),
        all_day=listing.all_day,
        place=(place.name or place.address) if place else "",
    )
