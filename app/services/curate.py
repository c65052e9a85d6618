"""Hide, pin, correct, merge and split events, and take it back.

What is decided is kept by facts that outlive our rows (`model.curation`), so it survives that every
event is wiped and read anew. A person's own choices stay as they are, whatever is hidden.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from app.errors import Conflict, Invalid, NotFound
from app.find.clean import clean_line, clean_link
from app.model import curation as kinds
from app.model.curation import Bond, Correction, Mark, Said
from app.model.event import Event
from app.services import choose, merge
from app.store import curation, events
from app.store.codec import decode, encode
from app.store.database import Session
from app.store.events import Voice
from app.store.ids import new_id
from app.store.tables import CurationRow

TITLE_LIMIT = 200  # characters, as an account's own texts
MAX_BURST = timedelta(days=7)
NOTHING = Correction()


def decide(
    session: Session,
    event_id: UUID,
    *,
    act: str,
    scope: str = kinds.EVENT,
    source_id: UUID | None = None,
    hours: float = 1.0,
    correction: Correction | None = None,
    by: UUID | None,
    now: datetime,
) -> CurationRow:
    """Hide, pin or correct (`act`) an event, its series, its source or a burst of its source.

    `source_id` says whose, where several sources list the event; a burst is what the source brought
    within `hours` of this event. `by` is an account, None the operator. Raises NotFound, Conflict
    where the event has no such thing, and Invalid naming the field.
    """
    event, every = _listed(session, event_id)
    voices = [voice for voice in every if not voice.hidden]
    correction = _clean(correction or NOTHING)
    if act == kinds.CORRECT and correction == NOTHING:
        raise Invalid("Name what is to be corrected: name, url or place_name.", "correction")
    if act != kinds.HIDE and scope in (kinds.SOURCE, kinds.BURST):
        raise Invalid("Only hiding is meant for a whole source, or for a burst of one.", "scope")
    row = _row(act, event, by, now, scope=scope, correction=correction)
    marks = _marks(session, voices, scope, source_id, timedelta(hours=hours))
    curation.add(session, row, marks)
    merge.elect_anew(session, curation.events_hit(session, marks), now)
    return row


def unite(
    session: Session, event_id: UUID, other_id: UUID, *, by: UUID | None, now: datetime
) -> CurationRow:
    """Say that two events are one: the other's listings and everybody's choices come over.

    Raises NotFound, Invalid for an event and itself, Conflict where no source lists one of them.
    """
    if event_id == other_id:
        raise Invalid("Name another event: this one and itself are one already.", "other_id")
    event, voices = _listed(session, event_id)
    _, others = _listed(session, other_id)
    row = _row(kinds.MERGE, event, by, now)
    row.event_id, row.other_id = event_id, other_id
    sides = _own_marks(voices), _own_marks(others)
    _overrule_splits(session, sides, now)
    merge.unite(session, event_id, other_id, now)
    curation.add(session, row, *sides)
    return row


def split(
    session: Session, event_id: UUID | None, listing_id: int, *, by: UUID | None, now: datetime
) -> tuple[CurationRow, UUID]:
    """Say that a listing (of this event, or of any) tells of another than the rest; that one's id.

    Choices stay with the old event. Raises NotFound, Conflict where the listing is alone.
    """
    home = events.home_of(session, listing_id)
    if event_id not in (None, home):
        raise NotFound("This event has no such listing.")
    event_id = home
    event = decode(events.get(session, event_id).payload, Event)
    voices = events.voices(session, [event_id])[event_id]
    alone = merge.separate(session, [listing_id], event_id, now)
    row = _row(kinds.SPLIT, event, by, now)
    sides = (
        _own_marks(voice for voice in voices if voice.listing_id != listing_id),
        _own_marks(voice for voice in voices if voice.listing_id == listing_id),
    )
    curation.add(session, row, *sides)
    return row, alone


def undo(session: Session, curation_id: UUID, now: datetime) -> None:
    """Take a decision back; doing it twice changes nothing. Raises NotFound."""
    row = curation.get(session, curation_id)
    if row.undone_at is not None:
        return
    row.undone_at = now
    session.flush()
    if row.act in (kinds.MERGE, kinds.SPLIT):
        _unbind(session, row, now)
        return
    marks = curation.marks_of(session, curation_id)
    merge.elect_anew(session, curation.events_hit(session, marks), now)


def _unbind(session: Session, row: CurationRow, now: datetime) -> None:
    """Part what was merged, join what was split, as far as its listings are still there."""
    (bond,) = curation.bonds_of(session, [row.id])
    first, second = (curation.found_by(session, side) for side in bond.sides)
    if not bond.together:
        pairs = {(one, other) for one, _ in first.values() for other, _ in second.values()}
        for event_id, other_id in sorted(pair for pair in pairs if pair[0] != pair[1])[:1]:
            merge.unite(session, event_id, other_id, now)
        return
    for split in curation.overruled_at(session, kinds.SPLIT, row.decided_at):
        split.undone_at = None
    _forget(session, bond)
    keys = (mark for mark in bond.sides[0] if mark.kind == kinds.KEY)
    own = curation.found_by(session, keys)  # a fingerprint may be that of either side by now
    came_from = row.other_id if row.other_id and events.scored(session, [row.other_id]) else None
    for event_id in {event_id for event_id, _ in first.values()}:
        parted = [id_ for id_, (home, _) in second.items() if home == event_id and id_ not in own]
        with suppress(Conflict):  # there is nothing left to part
            back = merge.separate(session, parted, event_id, now, back_to=came_from)
            choose.move_back(session, back, event_id, merged_at=row.decided_at, now=now)


def _forget(session: Session, undone: Bond) -> None:
    """A later merge of the whole shall not go on holding its two parts together."""
    for bond in curation.bonds(session, {mark.source_url for mark in undone.sides[1]}):
        for side in (0, 1):
            if bond.together and not bond.sides[side].isdisjoint(undone.sides[0]):
                parted = bond.sides[side] & undone.sides[1]
                curation.forget_marks(session, bond.id, side, parted)


def _overrule_splits(session: Session, sides: tuple[list[Mark], list[Mark]], now: datetime) -> None:
    """Take back older words that these are two: the last word holds, until it is taken back."""
    urls = {mark.source_url for side in sides for mark in side}
    for bond in curation.bonds(session, urls):
        crossing = any(
            not bond.sides[side].isdisjoint(sides[0])
            and not bond.sides[1 - side].isdisjoint(sides[1])
            for side in (0, 1)
        )
        if crossing and not bond.together:
            curation.get(session, bond.id).undone_at = now


def _listed(session: Session, event_id: UUID) -> tuple[Event, list[Voice]]:
    """The event and who lists it, hidden ones too. Raises NotFound, Conflict where nobody does."""
    event = decode(events.get(session, event_id).payload, Event)
    voices = events.voices(session, [event_id]).get(event_id, [])
    if all(voice.hidden for voice in voices):
        raise Conflict("No source lists this event any more: there is nothing to decide on.")
    return event, voices


def _row(
    act: str,
    event: Event,
    by: UUID | None,
    now: datetime,
    *,
    scope: str = kinds.EVENT,
    correction: Correction = NOTHING,
) -> CurationRow:
    return CurationRow(
        id=new_id(),
        act=act,
        scope=scope,
        fields=encode(correction),
        label=event.name,
        decided_by=by,
        decided_at=now,
        undone_at=None,
    )


def _own_marks(voices: Iterable[Voice]) -> list[Mark]:
    return [mark for voice in voices for mark in merge.said(voice).marks()]


def _clean(said: Correction) -> Correction:
    url = clean_link(said.url)
    if said.url and not url:
        raise Invalid("Give the whole address of a page, beginning with https://.", "correction")
    return Correction(
        clean_line(said.name, TITLE_LIMIT), url, clean_line(said.place_name, TITLE_LIMIT)
    )


def _marks(
    session: Session,
    voices: Sequence[Voice],
    scope: str,
    source_id: UUID | None,
    around: timedelta,
) -> list[Mark]:
    if scope == kinds.EVENT:
        return _own_marks(voices)
    if scope == kinds.SERIES:
        return _series(voices)
    voice = _one_source(voices, source_id)
    if scope == kinds.SOURCE:
        return [kinds.whole(voice.source_url)]
    around = min(around, MAX_BURST)
    since, until = voice.first_seen_at - around, voice.first_seen_at + around
    found = curation.burst(session, voice.source_id, since, until)
    return [
        mark for key, print_ in found for mark in Said(voice.source_url, key, print_, "").marks()
    ]


def _series(voices: Iterable[Voice]) -> list[Mark]:
    marks = [
        Mark(voice.source_url, kinds.SERIES, voice.listing.series)
        for voice in voices
        if voice.listing.series
    ]
    if not marks:
        raise Conflict("This event is not one of a series.")
    return marks


def _one_source(voices: Sequence[Voice], source_id: UUID | None) -> Voice:
    found = [voice for voice in voices if source_id in (None, voice.source_id)]
    if len({voice.source_id for voice in found}) != 1:
        names = ", ".join(dict.fromkeys(voice.source_name for voice in voices))
        raise Invalid(f"Say which source is meant; this event has {names}.", "source_id")
    return found[0]
