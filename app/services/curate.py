"""Hide, pin and correct events, series and sources, and take it back.

What is decided is kept by facts that outlive our rows (`model.curation`), so it survives that every
event is wiped and read anew. A person's own choices stay as they are, whatever is hidden.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.errors import Conflict, Invalid
from app.find.clean import clean_line, clean_link
from app.model import curation as kinds
from app.model.curation import Correction, Mark, Said
from app.model.event import Event
from app.services import merge
from app.store import curation, events
from app.store.codec import decode, encode
from app.store.database import Session
from app.store.events import Voice
from app.store.ids import new_id
from app.store.tables import CurationRow

TITLE_LIMIT = 200  # characters, as an account's own texts
MAX_BURST = timedelta(days=7)


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
    """Take a decision (of ACTS) on an event, its series, its source or a burst of its source.

    `source_id` says whose, where several sources list the event; a burst is what the source brought
    within `hours` of this event. `by` is an account, None the operator. Raises NotFound, Conflict
    where the event has no such thing, and Invalid naming the field.
    """
    event = decode(events.get(session, event_id).payload, Event)
    voices = [each for each in events.voices(session, [event_id])[event_id] if not each.hidden]
    if not voices:
        raise Conflict("No source lists this event any more: there is nothing to decide on.")
    correction = _clean(correction or Correction())
    if act == kinds.CORRECT and correction == Correction():
        raise Invalid("Name what is to be corrected: name, url or place_name.", "correction")
    if act != kinds.HIDE and scope in (kinds.SOURCE, kinds.BURST):
        raise Invalid("Only hiding is meant for a whole source, or for a burst of one.", "scope")
    row = CurationRow(
        id=new_id(),
        act=act,
        scope=scope,
        fields=encode(correction),
        label=event.name,
        decided_by=by,
        decided_at=now,
        undone_at=None,
    )
    marks = _marks(session, voices, scope, source_id, timedelta(hours=hours))
    curation.add(session, row, marks)
    merge.elect_anew(session, curation.events_hit(session, marks), now)
    return row


def undo(session: Session, curation_id: UUID, now: datetime) -> None:
    """Take a decision back; doing it twice changes nothing. Raises NotFound."""
    row = curation.get(session, curation_id)
    if row.undone_at is not None:
        return
    row.undone_at = now
    session.flush()
    marks = curation.marks_of(session, curation_id)
    merge.elect_anew(session, curation.events_hit(session, marks), now)


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
        return [mark for voice in voices for mark in merge.said(voice).marks()]
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
