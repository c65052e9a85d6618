"""Listings into events: apply a poll's decision, match across sources, elect the merged fields.

Runs inside the writing transaction of its caller. The catalog's number is advanced first, which
also puts writers in line: two polls that bring the same event at once find each other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from app.errors import Conflict
from app.find.apply_poll import Decision, Known
from app.find.curate import Verdict, judge
from app.find.deduplicate import Decision as Match
from app.find.merge import Copy, merge_listings
from app.model.curation import FINGERPRINT, KEY, Mark, Said
from app.model.event import Event
from app.score import MODEL_VERSION
from app.services.choose import carry_over, move_over
from app.services.homes import BY_A_PERSON, homes_near
from app.services.places import Places
from app.services.reader import Reader
from app.store import counters, curation, events
from app.store.codec import decode, encode
from app.store.database import Session
from app.store.events import StoredListing, Voice
from app.store.ids import new_id
from app.store.tables import SourceRow
from scrapers.base import Listing


@dataclass(frozen=True, slots=True)
class _Moment:
    """When a change is made: the instant and the catalog's number for it, and what is known of
    the events concerned.
    """

    now: datetime
    revision: int
    reader: Reader = field(default_factory=Reader)
    places: Places = field(default_factory=Places)


def known(stored: Mapping[str, StoredListing]) -> dict[str, Known]:
    """Stored listings as the pure decision wants them."""
    return {
        key: Known(
            key=item.key,
            fingerprint=item.fingerprint,
            loose_fingerprint=item.loose_fingerprint,
            content_hash=item.content_hash,
            start=item.start,
            missing_fetches=item.missing_fetches,
            missing_since=item.missing_since,
            hidden=item.hidden,
        )
        for key, item in stored.items()
    }


def apply(
    session: Session,
    source: SourceRow,
    stored: Mapping[str, StoredListing],
    decision: Decision,
    now: datetime,
    *,
    reader: Reader | None = None,
) -> None:
    """Store what a poll means. `reader` may know the events already.

    Nothing is deleted, and nothing at all happens without change.
    """
    if not any(
        (
            decision.new,
            decision.changed,
            decision.missing,
            decision.shown_again,
            decision.rekeyed,
        )
    ):
        return
    reader = reader or Reader.of(decision.new.values(), now)
    at = _Moment(now, counters.advance(session), reader)
    at.places.hear(session, source, [*decision.changed.values(), *decision.new.values()], now)
    current = {**stored, **{item.new_key: stored[item.old_key] for item in decision.rekeyed}}
    _keep_decisions(session, source, current, decision, at)
    touched = _update_known(session, current, decision, at)
    joined = _add_new(session, source, current, decision.new, at)
    _elect(session, touched | joined, at)


def elect_anew(session: Session, event_ids: Sequence[UUID], now: datetime) -> None:
    """Elect these events anew after a voice of theirs is gone, or weighs more or less."""
    if event_ids:
        _elect(session, event_ids, _Moment(now, counters.advance(session)))


def separate(
    session: Session,
    listing_ids: Collection[int],
    event_id: UUID,
    now: datetime,
    *,
    back_to: UUID | None = None,
) -> UUID:
    """Give some listings of an event one of their own, or the one they came from; its id.

    Choices stay with the old event, which keeps its other voices, but for those that came over.
    Raises Conflict where no voice would stay, or none leaves.
    """
    voices = events.voices(session, [event_id])[event_id]
    leaving = [voice for voice in voices if voice.listing_id in listing_ids]
    if not leaving or not _heard([voice for voice in voices if voice not in leaving]):
        raise Conflict("This listing is alone in its event: there is nothing to undo.")
    at = _Moment(now, counters.advance(session))
    if back_to is None:
        alone = merge_listings([Copy(leaving[0].listing, 0.0, "")], event_id=new_id())
        events.add(session, [_row(alone, at) | _fresh(at)])
    own = back_to or alone.id
    _move(session, leaving, own)
    events.undo_merges(session, listing_ids, event_id, now)
    _elect(session, [event_id, own], at)
    return own


def unite(session: Session, event_id: UUID, other_id: UUID, now: datetime) -> None:
    """Make two events one: the listings of the other, and what people decided on it, come over."""
    at = _Moment(now, counters.advance(session))
    coming = events.voices(session, [other_id])[other_id]
    _move(session, coming, event_id)
    events.add_decisions(
        session, [_decision(voice.listing_id, event_id, BY_A_PERSON, now) for voice in coming]
    )
    _elect(session, [event_id, other_id], at)
    move_over(session, other_id, event_id, now)


def _move(session: Session, voices: Iterable[Voice], event_id: UUID) -> None:
    rows: list[dict[str, object]] = [
        {"id": voice.listing_id, "event_id": event_id} for voice in voices
    ]
    events.update_listings(session, rows)


def _keep_decisions(
    session: Session,
    source: SourceRow,
    current: Mapping[str, StoredListing],
    decision: Decision,
    at: _Moment,
) -> None:
    """Let what people decided go with listings that change what they are found by."""
    marked = curation.marked(session, source.url)
    renamed = [(KEY, item.old_key, item.new_key) for item in decision.rekeyed]
    redated = [
        (FINGERPRINT, current[key].fingerprint, _fingerprint(listing, at))
        for key, listing in (decision.changed.items() if marked else ())
    ]
    moves = {Mark(source.url, kind, old): new for kind, old, new in renamed + redated if old != new}
    curation.follow(session, {mark: new for mark, new in moves.items() if mark in marked})


def _fingerprint(listing: Listing, at: _Moment) -> str:
    return str(at.reader.noted(listing).columns[FINGERPRINT])


def _update_known(
    session: Session, current: Mapping[str, StoredListing], decision: Decision, at: _Moment
) -> set[UUID]:
    """Bring known listings up to date; ids of the events that may look different now."""
    events.update_listings(
        session,
        [{"id": current[item.new_key].id, "key": item.new_key} for item in decision.rekeyed],
    )
    noted = {current[key].id: at.reader.noted(each) for key, each in decision.changed.items()}
    events.update_listings(
        session,
        [
            {"id": current[key].id, **_said(listing, at), "changed_at": at.now}
            for key, listing in decision.changed.items()
        ],
    )
    events.remove_blocks(session, noted)
    events.add_blocks(
        session,
        [{"key": block, "listing_id": id_} for id_, each in noted.items() for block in each.blocks],
    )
    _mark(session, current, decision)
    concerned = {*decision.changed, *decision.hidden, *decision.shown_again}
    return {current[key].event_id for key in concerned}


def _mark(session: Session, current: Mapping[str, StoredListing], decision: Decision) -> None:
    """Note which listings are missing, and which are there again."""
    absent: list[dict[str, object]] = [
        {
            "id": current[item.key].id,
            "missing_fetches": item.missing_fetches,
            "missing_since": item.missing_since,
            "hidden": item.hidden,
        }
        for item in decision.missing
    ]
    present: list[dict[str, object]] = [
        {"id": current[key].id, "missing_fetches": 0, "missing_since": None, "hidden": False}
        for key in decision.shown_again
    ]
    events.update_listings(session, absent + present)


def _add_new(
    session: Session,
    source: SourceRow,
    stored: Mapping[str, StoredListing],
    new: Mapping[str, Listing],
    at: _Moment,
) -> set[UUID]:
    """Insert new listings and the events they found; ids of older events that gained a voice."""
    if not new:
        return set()
    blocks = {key: at.reader.noted(listing).blocks for key, listing in new.items()}
    homes = homes_near(session, source, stored, blocks)
    founded: dict[UUID, Event] = {}
    rows: list[dict[str, object]] = []
    merged: dict[str, tuple[UUID, Match]] = {}
    for key, listing in new.items():
        venue_id = at.places.venue_of(listing)
        known_by = Said(source.url, key, _fingerprint(listing, at), listing.series)
        event_id, found = homes.find(listing, known_by, blocks[key], venue_id) or (new_id(), None)
        if event_id not in homes.taken and found is None:
            draft = replace(at.reader.draft(listing, source), id=event_id)
            founded[event_id] = at.places.placed(draft, venue_id, source.url)
        if found is not None:
            merged[key] = (event_id, found)
        homes.settle(known_by, event_id)
        rows.append(_new_listing(source.id, event_id, key, _said(listing, at), at.now))
    events.add(session, [_row(event, at) | _fresh(at) for event in founded.values()])
    ids = dict(zip(new, events.add_listings(session, rows), strict=True))
    events.add_blocks(
        session,
        [{"key": block, "listing_id": ids[key]} for key in new for block in blocks[key]],
    )
    events.add_decisions(session, [_decision(ids[key], *merged[key], at.now) for key in merged])
    # What is founded stands as its listing says, unless somebody has decided on such a listing.
    decided = curation.rulings(session, [source.url])
    return homes.joined if decided else homes.joined - founded.keys()


def _elect(session: Session, event_ids: Iterable[UUID], at: _Moment) -> None:
    """Elect the fields of these events anew and tell whoever chose them."""
    ids = sorted(set(event_ids))
    before = {row.id: row for row in events.scored(session, ids)}
    changed: dict[UUID, Event] = {}
    gone: dict[UUID, datetime | None] = {}
    rows: list[dict[str, object]] = []
    voices = events.voices(session, ids)
    at.places.know(session, {voice.venue_id for some in voices.values() for voice in some})
    urls = {voice.source_url for some in voices.values() for voice in some}
    rulings = curation.rulings(session, urls)
    for event_id in ids:
        old, heard = before[event_id], _heard(voices.get(event_id, []))
        verdict = judge([said(voice) for voice in heard], rulings)
        stood = decode(old.payload, Event)
        if old.model_version == MODEL_VERSION:
            at.reader.recall(stood, old.understanding)
        event = _elected(stood, heard, verdict, at.places)
        gone_since = None if heard else old.gone_since or at.now
        hidden = verdict.hidden if heard else old.hidden
        if encode(event) != old.payload:
            changed[event_id] = event
        if gone_since != old.gone_since:
            gone[event_id] = gone_since
        if event_id in changed or event_id in gone or hidden != old.hidden:
            rows.append(_row(event, at) | {"gone_since": gone_since, "hidden": hidden})
    events.replace(session, rows)
    carry_over(session, at.now, changed_events=changed, gone=gone)


def said(voice: Voice) -> Said:
    """By what people's decisions find the listing again."""
    return Said(voice.source_url, voice.key, voice.fingerprint, voice.listing.series)


def _heard(voices: Sequence[Voice]) -> list[Voice]:
    return [voice for voice in voices if not voice.hidden]


def _elected(old: Event, heard: Sequence[Voice], verdict: Verdict, places: Places) -> Event:
    """The event as its voices and people tell it; as it was where nobody speaks any more."""
    if not heard:
        return old
    told = [voice for voice in heard if said(voice) not in verdict.muted] or heard
    event = merge_listings(
        [Copy(voice.listing, voice.trust / 100, _constant_name(voice)) for voice in told],
        event_id=old.id,
        dates_in_window=old.dates_in_window,
    )
    return verdict.applied_to(places.placed_by(event, told))


def _constant_name(voice: Voice) -> str:
    return f"{voice.source_id} {voice.listing_id:012d}"


def _row(event: Event, at: _Moment) -> dict[str, object]:
    return events.row_of(
        event, at.reader.understanding(event), MODEL_VERSION, revision=at.revision, now=at.now
    )


def _fresh(at: _Moment) -> dict[str, object]:
    return {"created_at": at.now, "gone_since": None, "hidden": False}


def _said(listing: Listing, at: _Moment) -> dict[str, object]:
    """The columns of a listing that say what it says, and of which venue."""
    return at.reader.noted(listing).columns | {"venue_id": at.places.venue_of(listing)}


def _new_listing(
    source_id: UUID, event_id: UUID, key: str, columns: dict[str, object], now: datetime
) -> dict[str, object]:
    return {
        "source_id": source_id,
        "event_id": event_id,
        "key": key,
        **columns,
        "first_seen_at": now,
        "changed_at": now,
        "missing_since": None,
        "missing_fetches": 0,
        "hidden": False,
    }


def _decision(listing_id: int, event_id: UUID, found: Match, now: datetime) -> dict[str, object]:
    return {
        "listing_id": listing_id,
        "event_id": event_id,
        "same": found.same,
        "merged": True,
        "reasons": encode(found.reasons),
        "decided_by": "person" if found is BY_A_PERSON else "matcher",
        "decided_at": now,
        "undone_at": None,
    }
