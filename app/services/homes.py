"""Where new listings belong: among the events that other sources brought, or nowhere yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from uuid import UUID

from app.find.bonds import Bonds
from app.find.deduplicate import Candidate, block_keys, match
from app.find.deduplicate import Decision as Match
from app.find.likeness import sketch
from app.model.curation import Said
from app.store import curation, events
from app.store.database import Session
from app.store.events import StoredListing
from app.store.tables import SourceRow
from scrapers.base import Listing

BY_A_PERSON = Match(1.0, merge=True, reasons=("a person said so",))


@dataclass(slots=True)
class Homes:
    """Finds the event that a new listing of one source belongs to.

    An event has one voice of each source, unless two listings of it are equal in name, start and
    place (CASES D5).
    """

    source: str
    own: dict[str, UUID]  # fingerprint to event, of the listings of this source
    taken: set[UUID]
    neighbours: Mapping[int, set[UUID]]
    copies: Mapping[UUID, list[Candidate]]  # all listings of the neighbouring events
    bonds: Bonds
    joined: set[UUID] = field(default_factory=set)

    def find(
        self, listing: Listing, said: Said, blocks: Iterable[int], venue_id: UUID | None
    ) -> tuple[UUID, Match | None] | None:
        """The event with the decision, None if the listing, at this venue, founds one of its own.

        What people merged and split, by what is `said`, comes before all that is alike.
        """
        away = self.bonds.away_from(said)
        merged = self.bonds.home_of(said, away)
        if merged is not None:
            return merged, BY_A_PERSON
        same = self.own.get(said.fingerprint)
        if same is not None and same not in away:
            return same, None
        near = {event_id for block in blocks for event_id in self.neighbours.get(block, ())}
        candidates = [
            copy for event_id in near - self.taken - away for copy in self.copies[event_id]
        ]
        found = match(sketch(listing, venue_id), self.source, candidates) if candidates else None
        return (UUID(found[0]), found[1]) if found else None

    def settle(self, said: Said, event_id: UUID) -> None:
        """Remember where the listing went."""
        self.own[said.fingerprint] = event_id
        self.bonds.settle(said, event_id)
        self.taken.add(event_id)
        self.joined.add(event_id)


def homes_near(
    session: Session,
    source: SourceRow,
    stored: Mapping[str, StoredListing],
    blocks: Mapping[str, Iterable[int]],
) -> Homes:
    """What a source's new listings, filed under these blocks, may belong to."""
    every = {block for some in blocks.values() for block in some}
    neighbours = events.blocked(session, every, not_of=source.id)
    near = {event_id for some in neighbours.values() for event_id in some}
    return Homes(
        source=str(source.id),
        own={item.fingerprint: item.event_id for item in stored.values()},
        taken={item.event_id for item in stored.values()},
        neighbours=neighbours,
        copies={
            event_id: [
                Candidate(
                    str(event_id), str(voice.source_id), sketch(voice.listing, voice.venue_id)
                )
                for voice in voices
            ]
            for event_id, voices in events.voices(session, near).items()
        },
        bonds=_bonds(session, source.url),
    )


def _bonds(session: Session, source_url: str) -> Bonds:
    bonds = curation.bonds(session, [source_url])
    marks = {mark for bond in bonds for side in bond.sides for mark in side}
    found = curation.found_by(session, marks).values()
    return Bonds(bonds, {mark: event_id for event_id, said in found for mark in said.marks()})


def hashed_blocks(listing: Listing) -> set[int]:
    """The matcher's keys as signed 64-bit numbers, which a database compares fastest."""
    return {
        int.from_bytes(
            blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True
        )
        for key in block_keys(listing)
    }
