"""What people decide on events: hidden, pinned, corrected, merged, split, and taken back."""

from uuid import UUID

from fastapi import APIRouter

from app.api import schemas
from app.api.deps import Me, Now, World, Write
from app.errors import Invalid
from app.model.curation import MERGE, SPLIT, Correction
from app.services import curate
from app.store import curation, users
from app.store.codec import decode
from app.store.tables import CurationRow

router = APIRouter(tags=["curation"])


@router.post(
    "/events/{event_id}/curation", status_code=201, summary="Hide, pin, correct, merge or split"
)
def decide(
    session: Write, me: Me, now: Now, event_id: UUID, body: schemas.CurationIn
) -> schemas.CurationOut:
    """Holds for everybody, and survives that all events are read anew; choices stay."""
    by = me.user_id
    if body.act == MERGE:
        if body.other_id is None:
            raise Invalid("Name the event that this one is the same as.", "other_id")
        row = curate.unite(session, event_id, body.other_id, by=by, now=now)
    elif body.act == SPLIT:
        if body.listing_id is None:
            raise Invalid("Name the listing that tells of another event.", "listing_id")
        row, _ = curate.split(session, event_id, body.listing_id, by=by, now=now)
    else:
        row = curate.decide(
            session,
            event_id,
            act=body.act,
            scope=body.scope,
            source_id=body.source_id,
            hours=body.hours,
            correction=Correction(**body.correction.model_dump()),
            by=by,
            now=now,
        )
    return _out(row, users.get(session, me.user_id).name)


@router.get("/curation", summary="All decisions")
def list_decisions(world: World, _me: Me) -> schemas.CurationPage:
    """Newest first, undone ones too."""
    with world.database.read() as session:
        return schemas.CurationPage(items=[_out(*each) for each in curation.every(session)])


@router.delete("/curation/{curation_id}", status_code=204, summary="Take a decision back")
def undo(session: Write, _me: Me, now: Now, curation_id: UUID) -> None:
    """What was hidden is listed again, what was corrected is as its sources say, what was merged or
    split is as before."""
    curate.undo(session, curation_id, now)


def _out(row: CurationRow, by: str | None) -> schemas.CurationOut:
    correction = decode(row.fields, Correction)
    return schemas.CurationOut(
        id=row.id,
        act=row.act,
        scope=row.scope,
        event_name=row.label,
        correction=schemas.CorrectionBody(
            name=correction.name, url=correction.url, place_name=correction.place_name
        ),
        by=by,
        decided_at=row.decided_at,
        undone_at=row.undone_at,
    )
