"""Tell the operator which sources got worse: one letter for all of them, each worsening once."""

from datetime import UTC, datetime
from uuid import UUID

from app.find.turns import HOLD, STEADY, WELL
from app.publish.message import build_message, message_id_of
from app.publish.source_letter import Recovery, Trouble, render_source_letter
from app.services import sources
from app.services.resources import Resources
from app.store import outbox, states
from app.store.database import Session

TOPIC = "sources"
WINDOW_HOURS = 6  # one letter in each quarter of the day (UTC), however many sources get worse


def report(world: Resources, now: datetime) -> bool:
    """Queue the letter, if there is one to write; whether there was. Harmless to repeat.

    What it tells is marked as told in the transaction that queues it: a crash leaves both or
    neither, and of two processes only one gets each worsening.
    """
    if not world.settings.operator_email:
        return False
    key = f"{TOPIC}.{_window(now)}"
    with world.database.write() as session:
        if outbox.holds(session, key):
            return False
        worse = states.take_troubles(session, WELL, now - HOLD, now)
        if not worse:
            return False
        outbox.put(
            session,
            dedupe_key=key,
            user_id=None,
            topic=TOPIC,
            recipient=world.settings.operator_email,
            message=_letter(world, session, key, worse, now),
            now=now,
        )
    return True


def _window(now: datetime) -> str:
    moment = now.astimezone(UTC)
    return f"{moment:%Y%m%d}.{moment.hour // WINDOW_HOURS}"


def _letter(
    world: Resources,
    session: Session,
    key: str,
    worse: list[tuple[UUID, datetime]],
    now: datetime,
) -> bytes:
    well = states.take_recoveries(session, WELL, now - STEADY, now)
    base = world.settings.base_url
    rendered = render_source_letter(
        [_trouble(session, source_id, since, now) for source_id, since in worse],
        [_recovery(session, source_id, since, now) for source_id, since in well],
        f"{base}/#/sources",
    )
    return build_message(
        rendered,
        world.settings.mail_from,
        world.settings.operator_email,
        message_id=message_id_of(key, base),
        unsubscribe_url=None,
        date=now,
    )


def _trouble(session: Session, source_id: UUID, since: datetime, now: datetime) -> Trouble:
    found = sources.overview(session, source_id, now)
    present = states.history(session, source_id)[0]
    return Trouble(found.row.name, present.state, since, present.cause, found.health.next_try)


def _recovery(session: Session, source_id: UUID, since: datetime, now: datetime) -> Recovery:
    return Recovery(sources.overview(session, source_id, now).row.name, since)
