"""Listings into events: apply a poll's decision, match across sources, elect the merged fields.

Runs inside the writing transaction of its caller. The catalog's number is advanced first, which
also puts writers in line: two polls that bring the same event at once find each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from app.errors import Conflict
from app.find.apply_poll import Decision, Known
from app.find.deduplicate import Candidate, block_keys, match
from app.find.deduplicate import Decision as Match
from app.find.identity import content_hash, fingerprint, loose_fingerprint
from app.find.likeness import sketch
from app.find.merge import Copy, merge_listings
from app.find.words import words_of
from app.model.event import Event
from app.score import MODEL_VERSION, understand
from app.services.choose import carry_over
from app.store import counters, events
from app.store.codec import decode, encode
from app.store.database import Session
from app.store.events import StoredListing, Voice
from app.store.ids import new_id
from app.store.tables import SourceRow
from scrapers.base import Listing

SERIES_WINDOW = timedelta(weeks=8)


@dataclass(frozen=True, slots=True)
class _Moment:
    """When a change is made: the instant and the catalog's number for it."""

    now: datetime
    revision: int


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
) -> None:
    """Store what a poll means. Nothing is deleted, and nothing at all happens without change."""
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
    at = _Moment(now, counters.advance(session))
    current = {**stored, **{item.new_key: stored[item.old_key] for item in decision.rekeyed}}
    touched = _update_known(session, current, decision, now)
    touched |= _add_new(session, source, stored, decision.new, at)
    _elect(session, touched, at)


def silence(session: Session, event_ids: Sequence[UUID], now: datetime) -> None:
    """Elect these events anew after a voice of theirs is gone for good."""
    if event_ids:
        _elect(session, event_ids, _Moment(now, counters.advance(session)))


def split(session: Session, listing_id: int, now: datetime) -> UUID:
    """Undo a merge: the listing gets an event of its own and stays apart from the other.

    Gives the new event's id. Choices stay with the old event, which keeps its other voices.
    Raises NotFound, or Conflict where there is nothing to undo.
    """
    event_id, listing = events.home_of(session, listing_id)
    if len(events.voices(session, [event_id])[event_id]) < 2:
        raise Conflict("This listing is alone in its event: there is nothing to undo.")
    at = _Moment(now, counters.advance(session))
    alone = merge_listings([Copy(listing, 0.0, "")], event_id=new_id())
    events.add(session, [_row(alone, at) | {"created_at": now, "gone_since": None}])
    events.update_listings(session, [{"id": listing_id, "event_id": alone.id}])
    events.keep_apart(session, listing_id, event_id, now)
    _elect(session, [event_id], at)
    return alone.id


def _update_known(
    session: Session, current: Mapping[str, StoredListing], decision: Decision, now: datetime
) -> set[UUID]:
    """Bring known listings up to date; ids of the events that may look different now."""
    events.update_listings(
        session,
        [{"id": current[item.new_key].id, "key": item.new_key} for item in decision.rekeyed],
    )
    events.update_listings(
        session,
        [
            {"id": current[key].id, **_columns(listing), "changed_at": now}
            for key, listing in decision.changed.items()
        ],
    )
    refiled = {current[key].id: listing for key, listing in decision.changed.items()}
    events.remove_blocks(session, refiled)
    _file(session, refiled.items())
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


@dataclass(slots=True)
class _Homes:
    """Finds the event that a new listing of one source belongs to.

    An event has one voice of each source, unless two listings of it are equal in name, start and
    place (CASES D5).
    """

    source: str
    own: dict[str, UUID]  # fingerprint to event, of the listings of this source
    taken: set[UUID]
    neighbours: Mapping[int, set[UUID]]
    copies: Mapping[UUID, list[Candidate]]  # all listings of the neighbouring events
    joined: set[UUID] = field(default_factory=set)

    def find(self, listing: Listing, blocks: Iterable[int]) -> tuple[UUID, Match | None] | None:
        """The event with the decision, None if the listing founds an event of its own."""
        same = self.own.get(fingerprint(listing))
        if same is not None:
            return same, None
        near = {event_id for block in blocks for event_id in self.neighbours.get(block, ())}
        candidates = [copy for event_id in near - self.taken for copy in self.copies[event_id]]
        found = match(sketch(listing), self.source, candidates) if candidates else None
        return (UUID(found[0]), found[1]) if found else None

    def settle(self, listing: Listing, event_id: UUID) -> None:
        """Remember where the listing went."""
        self.own[fingerprint(listing)] = event_id
        self.taken.add(event_id)
        self.joined.add(event_id)


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
    blocks = {key: _hashed(listing) for key, listing in new.items()}
    homes = _homes(session, source, stored, blocks)
    dates = _dates_of_names(new.values(), at.now)
    founded: dict[UUID, Event] = {}
    rows: list[dict[str, object]] = []
    merged: dict[str, tuple[UUID, Match]] = {}
    for key, listing in new.items():
        event_id, found = homes.find(listing, blocks[key]) or (new_id(), None)
        if event_id not in homes.taken and found is None:
            founded[event_id] = merge_listings(
                [Copy(listing, source.trust / 100, source.name)],
                event_id=event_id,
                dates_in_window=dates[words_of(listing.name)] or 1,
            )
        if found is not None:
            merged[key] = (event_id, found)
        homes.settle(listing, event_id)
        rows.append(_new_listing(source.id, event_id, key, listing, at.now))
    fresh = {"created_at": at.now, "gone_since": None}
    events.add(session, [_row(event, at) | fresh for event in founded.values()])
    ids = dict(zip(new, events.add_listings(session, rows), strict=True))
    events.add_blocks(
        session, [{"key": block, "listing_id": ids[key]} for key in new for block in blocks[key]]
    )
    events.add_decisions(session, [_decision(ids[key], *merged[key], at.now) for key in merged])
    return {event_id for event_id in homes.joined if event_id not in founded}


def _homes(
    session: Session,
    source: SourceRow,
    stored: Mapping[str, StoredListing],
    blocks: Mapping[str, set[int]],
) -> _Homes:
    every = {block for some in blocks.values() for block in some}
    neighbours = events.blocked(session, every, not_of=source.id)
    near = {event_id for some in neighbours.values() for event_id in some}
    return _Homes(
        source=str(source.id),
        own={item.fingerprint: item.event_id for item in stored.values()},
        taken={item.event_id for item in stored.values()},
        neighbours=neighbours,
        copies={
            event_id: [
                Candidate(str(event_id), str(voice.source_id), sketch(voice.listing))
                for voice in voices
            ]
            for event_id, voices in events.voices(session, near).items()
        },
    )


def _elect(session: Session, event_ids: Iterable[UUID], at: _Moment) -> None:
    """Elect the fields of these events anew and tell whoever chose them."""
    ids = sorted(set(event_ids))
    before = {row.id: row for row in events.scored(session, ids)}
    changed: dict[UUID, Event] = {}
    gone: dict[UUID, datetime | None] = {}
    rows: list[dict[str, object]] = []
    voices = events.voices(session, ids)
    for event_id in ids:
        old = before[event_id]
        event = _elected(decode(old.payload, Event), voices.get(event_id, []))
        gone_since = None if _heard(voices.get(event_id, [])) else old.gone_since or at.now
        if encode(event) != old.payload:
            changed[event_id] = event
        if gone_since != old.gone_since:
            gone[event_id] = gone_since
        if event_id in changed or event_id in gone:
            rows.append(_row(event, at) | {"gone_since": gone_since})
    events.replace(session, rows)
    carry_over(session, at.now, changed_events=changed, gone=gone)


def _heard(voices: Sequence[Voice]) -> list[Voice]:
    return [voice for voice in voices if not voice.hidden]


def _elected(old: Event, voices: Sequence[Voice]) -> Event:
    """The event as its voices tell it; as it was where nobody speaks any more."""
    heard = _heard(voices)
    if not heard:
        return old
    return merge_listings(
        [Copy(voice.listing, voice.trust / 100, _constant_name(voice)) for voice in heard],
        event_id=old.id,
        dates_in_window=old.dates_in_window,
    )


def _constant_name(voice: Voice) -> str:
    return f"{voice.source_id} {voice.listing_id:012d}"


def _row(event: Event, at: _Moment) -> dict[str, object]:
    return events.row_of(event, understand(event), MODEL_VERSION, revision=at.revision, now=at.now)


def _columns(listing: Listing) -> dict[str, object]:
    return {
        "fingerprint": fingerprint(listing),
        "loose_fingerprint": loose_fingerprint(listing),
        "content_hash": content_hash(listing),
        "start_at": listing.start,
        "payload": encode(listing),
    }


def _new_listing(
    source_id: UUID, event_id: UUID, key: str, listing: Listing, now: datetime
) -> dict[str, object]:
    return {
        "source_id": source_id,
        "event_id": event_id,
        "key": key,
        **_columns(listing),
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
        "decided_by": "matcher",
        "decided_at": now,
        "undone_at": None,
    }


def _file(session: Session, listings: Iterable[tuple[int, Listing]]) -> None:
    events.add_blocks(
        session,
        [
            {"key": block, "listing_id": id_}
            for id_, listing in listings
            for block in _hashed(listing)
        ],
    )


def _hashed(listing: Listing) -> set[int]:
    """The matcher's keys as signed 64-bit numbers, which a database compares fastest."""
    return {
        int.from_bytes(
            blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True
        )
        for key in block_keys(listing)
    }


def _dates_of_names(listings: Iterable[Listing], now: datetime) -> Counter[tuple[str, ...]]:
    """How many dates of the coming eight weeks each title has in these listings."""
    until = now + SERIES_WINDOW
    return Counter(words_of(listing.name) for listing in listings if listing.start < until)
