"""Choose an event, turn one down, or take a decision back."""

import logging
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.model.event import Event
from app.publish.ical import changed
from app.services.rank import explained
from app.store import check_ins, choices, curation, events, users
from app.store.codec import decode, encode
from app.store.database import Session
from app.store.events import Scored
from app.store.tables import ChoiceRow
from scrapers.base import EventStatus

log = logging.getLogger(__name__)


def uid_of(event_id: UUID) -> str:
    """The UID of an event in anybody's calendar: feed and single file share it."""
    return f"{event_id}@gomeet"


def choose(session: Session, user_id: UUID, event_id: UUID, state: str, now: datetime) -> ChoiceRow:
    """Record the decision; the same decision again changes nothing. Raises NotFound.

    A chosen event is copied with the score as it was shown, so that neither a feed nor a better
    model can take it away. Polls that change the event come before or after, never between. Of an
    event that was merged into another, the other is meant.
    """
    event_id = curation.survivor(session, event_id)
    events.hold(session, event_id)
    row = choices.get(session, user_id, event_id)
    if row is not None and row.state == state:
        return row
    if row is None:
        row = _new(session, user_id, event_id, state, now)
        choices.put(session, row)
    else:
        row.state, row.chosen_at, row.changed_at = state, now, now
        row.score = _score(session, user_id, events.get(session, event_id))
        row.sequence += 1
        row.faded = False
    users.touch(session, [user_id])
    return row


def withdraw(session: Session, user_id: UUID, event_id: UUID, now: datetime) -> None:
    """Take a decision back; doing it twice, or without a decision, changes nothing."""
    event_id = curation.survivor(session, event_id)
    row = choices.get(session, user_id, event_id)
    if row is not None and row.state != choices.WITHDRAWN:
        row.state, row.changed_at = choices.WITHDRAWN, now
        users.touch(session, [user_id])


def _new(session: Session, user_id: UUID, event_id: UUID, state: str, now: datetime) -> ChoiceRow:
    stored = events.get(session, event_id)
    event = decode(stored.payload, Event)
    cancelled = event.event_status is EventStatus.CANCELLED
    return ChoiceRow(
        user_id=user_id,
        event_id=event_id,
        state=state,
        uid=uid_of(event_id),
        sequence=0,
        snapshot=stored.payload,
        score=_score(session, user_id, stored),
        chosen_at=now,
        changed_at=now,
        gone_since=stored.gone_since,
        cancelled_at=now if cancelled else None,
        faded=False,
    )


def _score(session: Session, user_id: UUID, stored: Scored) -> str:
    """The score as it is shown to the person at this moment."""
    ((_, score),) = explained([stored], users.get(session, user_id))
    return encode(score)


def carry_over(
    session: Session,
    now: datetime,
    *,
    changed_events: dict[UUID, Event],
    gone: dict[UUID, datetime | None],
) -> None:
    """Bring what sources changed, or stopped listing, to everybody who decided on it.

    `gone` maps events to the instant since which no source lists them, None when one does again.
    The snapshot follows the event; SEQUENCE rises only where a reader sees a difference.
    """
    concerned = choices.of_events(session, changed_events.keys() | gone.keys())
    touched: set[UUID] = set()
    for row in concerned:
        before = (row.snapshot, row.gone_since)
        if row.event_id in changed_events:
            _follow(row, changed_events[row.event_id], now)
        if row.event_id in gone:
            row.gone_since = gone[row.event_id]
        if before != (row.snapshot, row.gone_since):
            row.changed_at = now
            touched.add(row.user_id)
    users.touch(session, sorted(touched))


def move_over(session: Session, old_id: UUID, new_id: UUID, now: datetime) -> None:
    """Let what people decided and told of one event hold for the one it was merged into.

    The calendar's entry goes on under its UID. Who chose both keeps one entry, that of the new.
    """
    there = {row.user_id: row for row in choices.of_events(session, [new_id])}
    for row in choices.of_events(session, [old_id]):
        other = there.get(row.user_id)
        if other is not None and row.state == choices.CHOSEN and other.state == choices.CHOSEN:
            row.state, row.changed_at = choices.WITHDRAWN, now
            users.touch(session, [row.user_id])
        elif other is None or row.state == choices.CHOSEN:
            if other is not None:
                session.delete(other)
                session.flush()
            _rehome(session, row, new_id, now)


def move_back(
    session: Session, old_id: UUID, new_id: UUID, *, merged_at: datetime, now: datetime
) -> None:
    """Undo `move_over` of that instant: what came from the old event, by its UID, is its again."""
    there = {row.user_id: row for row in choices.of_events(session, [old_id])}
    for row in choices.of_events(session, [new_id]):
        if row.uid == uid_of(old_id) and row.user_id not in there:
            _rehome(session, row, old_id, now)
    for row in there.values():
        if row.state == choices.WITHDRAWN and row.changed_at == merged_at:
            choose(session, row.user_id, old_id, choices.CHOSEN, now)


def _rehome(session: Session, row: ChoiceRow, event_id: UUID, now: datetime) -> None:
    stored = events.get(session, event_id)
    check_ins.move(session, row.user_id, row.event_id, event_id)
    row.event_id, row.gone_since, row.changed_at = event_id, stored.gone_since, now
    _follow(row, decode(stored.payload, Event), now)
    users.touch(session, [row.user_id])


def _follow(row: ChoiceRow, event: Event, now: datetime) -> None:
    # How many dates the series has is for the model; it is no change of this event.
    previous = _snapshot(row)
    if previous is not None:
        if replace(previous, dates_in_window=0) == replace(event, dates_in_window=0):
            return
        if changed(previous, event):
            row.sequence += 1
    row.snapshot = encode(event)
    if event.event_status is not EventStatus.CANCELLED:
        row.cancelled_at, row.faded = None, False
    elif row.cancelled_at is None:
        row.cancelled_at = now


def _snapshot(row: ChoiceRow) -> Event | None:
    """What the person has; None where it is spoilt, which must not hold up the poll of a source."""
    try:
        return decode(row.snapshot, Event)
    except ValueError:
        log.exception("the choice of event %s cannot be read; it follows the event", row.event_id)
        return None
