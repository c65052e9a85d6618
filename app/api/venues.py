"""The registry of venues: where events are, how they are spelled, and what people put right."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.api import schemas
from app.api.deps import Me, Now, World, Write
from app.errors import Invalid
from app.model.venue import PlaceCorrection, Site
from app.services import venues as service
from app.store import venues
from app.store.database import Session

router = APIRouter(prefix="/venues", tags=["venues"])


@router.get("", summary="Venues by name")
def list_venues(
    world: World,
    _me: Me,
    q: schemas.ShortText = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> schemas.VenuePage:
    """Those in whose name `q` stands, with the spellings that listings have for them."""
    with world.database.read() as session:
        return schemas.VenuePage(items=_out(session, venues.search(session, q, limit)))


@router.patch("/{venue_id}", summary="Put a venue right")
def correct_venue(
    session: Write, _me: Me, now: Now, venue_id: UUID, body: schemas.VenuePatch
) -> schemas.VenueOut:
    """Holds for everybody and for every later listing; "" or null takes a correction back."""
    given = body.model_dump(exclude_unset=True)
    right = venues.get(session, venue_id).correction
    point = right.point
    if given.keys() & {"latitude", "longitude"}:
        if (body.latitude is None) != (body.longitude is None):
            raise Invalid("Give both coordinates, or none.", "latitude")
        point = None
        if body.latitude is not None and body.longitude is not None:
            point = body.latitude, body.longitude
    correction = PlaceCorrection(
        given.get("name", right.name), given.get("address", right.address), point
    )
    return _out(session, [service.correct(session, venue_id, correction, now)])[0]


def _out(session: Session, sites: Sequence[Site]) -> list[schemas.VenueOut]:
    spelled = venues.spellings(session, [site.id for site in sites])
    return [
        schemas.VenueOut(
            id=site.id,
            name=site.known_name,
            address=site.known_address,
            latitude=site.known_point[0] if site.known_point else None,
            longitude=site.known_point[1] if site.known_point else None,
            provenance=site.provenance,
            city=site.city,
            spellings=spelled.get(site.id, []),
        )
        for site in sites
    ]
