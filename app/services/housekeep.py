"""What has to be tidied now and then."""

from datetime import datetime, timedelta

from app.model.event import Event
from app.score import MODEL_VERSION, understand
from app.services.resources import Resources
from app.store import choices, counters, events, paces, users
from app.store.codec import decode, encode

FADE_AFTER = timedelta(days=14)  # of a cancelled mark in a feed (CASES E2)
FORGET_AFTER = timedelta(days=365)
BATCH = 500


def tidy(world: Resources, now: datetime) -> None:
    """Let old marks fade and forget what is long over and nobody's. Harmless to repeat."""
    with world.database.write() as session:
        users.touch(session, choices.fade_cancelled(session, now - FADE_AFTER))
        events.forget_listings(session, now - FORGET_AFTER)
        events.forget_orphans(session, now - FORGET_AFTER)
        paces.forget(session)


def understand_anew(world: Resources) -> int:
    """Read again, in batches, the events that another version of the model understood."""
    total = 0
    while True:
        with world.database.write() as session:
            rows = events.outdated(session, MODEL_VERSION, BATCH)
            if not rows:
                return total
            revision = counters.advance(session)
            events.set_understandings(
                session,
                [
                    {
                        "b_id": row.id,
                        "understanding": encode(understand(decode(row.payload, Event))),
                        "model_version": MODEL_VERSION,
                        "revision": revision,
                    }
                    for row in rows
                ],
            )
        total += len(rows)
