"""The weekly letter: who is due, what stands in it, and into the outbox exactly once."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.errors import Unavailable
from app.model.user import User
from app.plan import periods
from app.plan.periods import Period
from app.publish.digest import MAX_PICKS, Digest, Pick, Rendered, render_digest
from app.publish.links import event_links
from app.publish.message import build_message, message_id_of
from app.services import calendar, check_in, rank, unsubscribe
from app.services.resources import Resources
from app.store import outbox, users
from app.store.database import Session

log = logging.getLogger(__name__)

LATEST = timedelta(hours=48)  # an older letter is of no use any more (SECURITY.md 4.5)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it would go out."""

    rendered: Rendered
    message: bytes
    message_id: str


def plan_due(world: Resources, now: datetime) -> int:
    """Queue every letter that is due; how many were queued. Harmless to repeat."""
    return sum(plan(world, user, now) for user, _ in due(world, now))


def due(world: Resources, now: datetime) -> list[tuple[User, Period]]:
    """Whose letter is due, and of which week, as far as nobody has decided on it."""
    with world.database.read() as session:
        people = [user for user in users.every(session) if user.profile.digest_enabled]
        latest = [(user, _latest(user, now)) for user in people]
        return [
            (user, period)
            for user, period in latest
            if period.week not in outbox.digest_periods(session, user.id)
        ]


def plan(world: Resources, user: User, now: datetime) -> bool:
    """Queue one person's latest letter, if it is still undecided; whether there was one."""
    try:
        return _plan(world, user, now)
    except Unavailable:
        raise
    except Exception:  # one person's trouble must not cost the others their letter (X30)
        log.exception("the letter of %s could not be planned", user.id)
        return False


def _plan(world: Resources, user: User, now: datetime) -> bool:
    period = _latest(user, now)
    with world.database.read() as session:
        if period.week in outbox.digest_periods(session, user.id):
            return False
        joined = users.row(session, user.id).created_at
        fresh = period.due_at > joined and now - period.due_at <= LATEST
        letter = compose(world, session, user, period, now) if fresh else None
    state = "queued" if letter else "empty" if fresh else "skipped"
    with world.database.write() as session:
        check_in.relearn(session, user.id, now)  # once a week, for evenings count less as they age
        if not outbox.record_digest(
            session, user.id, period.week, due_at=period.due_at, state=state, now=now
        ):
            return False  # another process was quicker
        if letter is not None:
            outbox.put(
                session,
                dedupe_key=f"digest|{user.id}|{period.week}",
                user_id=user.id,
                topic=unsubscribe.TOPIC,
                recipient=user.email,
                message=letter.message,
                now=now,
            )
    return letter is not None


def _latest(user: User, now: datetime) -> Period:
    profile = user.profile
    zone = ZoneInfo(profile.time_zone)
    return periods.latest_due(now, zone, profile.digest_weekday, profile.digest_hour)


def preview(world: Resources, user: User, now: datetime) -> Letter | None:
    """The letter as it would go out now, without queueing it; None where there is nothing."""
    period = Period(_latest(user, now).week, now)
    with world.database.read() as session:
        return compose(world, session, user, period, now)


def compose(
    world: Resources, session: Session, user: User, period: Period, now: datetime
) -> Letter | None:
    """Pick, render and serialize the letter of one period; None where there is nothing to tell."""
    zone = ZoneInfo(user.profile.time_zone)
    first_day = period.due_at.astimezone(zone).date()
    until = periods.instant(first_day + timedelta(days=7), 0, zone)
    found, others = _picks(world, session, user, now, until)
    base = world.settings.base_url
    token = world.keys.unsubscribe_token(user.id, unsubscribe.TOPIC)
    unsubscribe_url = f"{base}/unsubscribe/{token}"
    rendered = render_digest(
        Digest(
            recipient_name=user.name,
            week=period.week,
            picks=tuple(_pick(item, base) for item in found),
            preferences_url=f"{base}/#/me",
            unsubscribe_url=unsubscribe_url,
            field=user.profile.field,
            others=others,
            list_url=f"{base}/#/week",
            untold=len(check_in.due(session, user.id, now)),
            untold_url=f"{base}/#/mine",
        )
    )
    if rendered is None:
        return None
    message_id = message_id_of(f"digest.{period.week}.{user.id}", base)
    message = build_message(
        rendered,
        world.settings.mail_from,
        user.email,
        message_id=message_id,
        unsubscribe_url=unsubscribe_url,
        date=now,
    )
    return Letter(rendered, message, message_id)


def _picks(
    world: Resources, session: Session, user: User, now: datetime, until: datetime
) -> tuple[list[rank.Suggestion], int]:
    """The best undecided events of the week at free times, one of each series; how many more."""
    catalog = world.catalog.at(session, now)
    found, total = rank.most_promising(session, user, catalog, now, until, free=True)
    live = [item for item in found if item.event.start > now]
    seen: dict[str, rank.Suggestion] = {}
    for item in live:
        seen.setdefault(item.event.series or item.event.name.casefold(), item)
    best = list(seen.values())[:MAX_PICKS]
    return best, max(0, total - len(best))


def _pick(item: rank.Suggestion, base: str) -> Pick:
    event = item.event
    ics_url = f"{base}/api/v1/events/{event.id}.ics"
    return Pick(
        event=event,
        score=item.score,
        links=event_links(event, ics_url),
        details_url=calendar.event_page(base, event.id),
        distance_km=item.distance_km,
    )


def find_user(session: Session, name: str) -> User:
    """The person with this address or id. Raises NotFound."""
    try:
        return users.get(session, UUID(name))
    except ValueError:
        return users.find(session, name)
