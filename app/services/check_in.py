"""Check in after an event, take it back, and learn from all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.errors import Invalid
from app.model.check_in import CheckIn, Forecast
from app.model.event import Event
from app.model.score import Score
from app.model.user import User
from app.score import Understanding
from app.score.explain import CHECKED
from app.score.learn import groups_of, learn
from app.score.person import topics
from app.services import rank
from app.services.catalog import end_of
from app.store import check_ins, choices, events, users
from app.store.check_ins import Told
from app.store.codec import decode
from app.store.database import Session
from app.store.tables import ChoiceRow
from scrapers.base import EventStatus

ASKED_FOR = timedelta(days=14)  # after an event: later nobody remembers how many people it were


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person tells; fields as in `CheckIn`."""

    went: bool
    talked: float | None = None
    hirers: int | None = None
    met_hirer: bool | None = None
    in_field: bool | None = None
    again: bool | None = None


def check_in(
    session: Session, user_id: UUID, event_id: UUID, answers: Answers, now: datetime
) -> Told:
    """Keep what a person tells of an event, and learn from it; telling it again replaces it.

    Raises NotFound for an event that is none, Invalid for one that has not begun.
    """
    user = users.get(session, user_id)
    earlier = check_ins.get(session, user_id, event_id)
    row = choices.get(session, user_id, event_id)
    event, forecast, groups = (
        (earlier.event, earlier.check_in.forecast, earlier.check_in.groups)
        if earlier
        else _foretold(session, user, event_id, row)
    )
    if event.start > now:
        raise Invalid("This event has not begun yet: check in when you were there.", "event_id")
    told = Told(
        CheckIn(
            event_id=event_id,
            start=event.start,
            went=answers.went,
            forecast=forecast,
            talked=answers.talked if answers.went else None,
            hirers=answers.hirers if answers.went else None,
            met_hirer=answers.met_hirer if answers.went else None,
            in_field=answers.in_field if answers.went else None,
            again=answers.again,
            groups=groups,
        ),
        event,
        now,
    )
    check_ins.put(session, user_id, told)
    relearn(session, user_id, now)
    return told


def take_back(session: Session, user_id: UUID, event_id: UUID, now: datetime) -> None:
    """Forget a check-in and what it taught; doing it twice changes nothing."""
    if check_ins.remove(session, user_id, event_id):
        relearn(session, user_id, now)


def relearn(session: Session, user_id: UUID, now: datetime) -> None:
    """Learn anew from all that the person told: older evenings count less from day to day."""
    told = check_ins.of_user(session, user_id)
    learnt = learn([each.check_in for each in told], now)
    if learnt != users.get(session, user_id).learnt:
        users.set_learnt(session, user_id, learnt)


def due(session: Session, user_id: UUID, now: datetime) -> Sequence[tuple[Event, datetime]]:
    """What the person chose, that is over, and that nothing was told of; the latest first.

    With each event the instant it was over.
    """
    told = {each.check_in.event_id for each in check_ins.of_user(session, user_id)}
    over = [
        (event, end_of(event))
        for row in choices.of_user(session, user_id)
        if row.state == choices.CHOSEN and row.event_id not in told
        for event in _readable(row)
    ]
    asked = [
        (event, end)
        for event, end in over
        if now - ASKED_FOR <= end <= now and event.event_status is not EventStatus.CANCELLED
    ]
    return sorted(asked, key=lambda each: each[1], reverse=True)


def _readable(row: ChoiceRow) -> list[Event]:
    """The event as chosen; nothing of a row that is spoilt (CASES G16)."""
    try:
        return [decode(row.snapshot, Event)]
    except ValueError:
        return []


def _raw(said: Score) -> float:
    """The chance before the person's own visits corrected it."""
    moved = sum(each.points for each in said.reasons if each.signal == CHECKED)
    return said.any_field - moved / 100


def _foretold(
    session: Session, user: User, event_id: UUID, row: ChoiceRow | None
) -> tuple[Event, Forecast, tuple[tuple[str, str], ...]]:
    """The event, what was said of it before, and what it shares with others."""
    stored = events.get(session, event_id)
    ((event, now_said),) = rank.explained([stored], user)
    read = decode(stored.understanding, Understanding)
    said = now_said
    if row is not None and row.state == choices.CHOSEN:
        event, shown = decode(row.snapshot, Event), decode(row.score, Score)
        said = shown if shown.talks else now_said  # before version 6 it was not kept
    return (
        event,
        Forecast(said.any_field, said.talks, said.share, _raw(said)),
        groups_of(event, read.kind, topics(read.interests)),
    )
