"""Where new listings belong: among the events that other sources brought, or nowhere yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from uuid import UUID

from app.find.deduplicate import Candidate, block_keys, match
from app.find.deduplicate import Decision as Match
from app.find.identity import fingerprint
from app.find.likeness import sketch
from app.store import events
from app.store.database import Session
from app.store.events import StoredListing
from scrapers.base import Listing


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
    joined: set[UUID] = field(default_factory=set)

    def find(
        self, listing: Listing, blocks: Iterable[int], venue_id: UUID | None
    ) -> tuple[UUID, Match | None] | None:
        """The event with the decision, None if the listing, at this venue, founds one of its own."""
        same = self.own.get(fingerprint(listing))
        if same is not None:
            return same, None
        near = {event_id for block in blocks for event_id in self.neighbours.get(block, ())}
        candidates = [copy for event_id in near - self.taken for copy in self.copies[event_id]]
        found = match(sketch(listing, venue_id), self.source, candidates) if candidates else None
        return (UUID(found[0]), found[1]) if found else None

    def settle(self, listing: Listing, event_id: UUID) -> None:
        """Remember where the listing went."""
        self.own[fingerprint(listing)] = event_id
        self.taken.add(event_id)
        self.joined.add(event_id)


def homes_near(
    session: Session,
    source_id: UUID,
    stored: Mapping[str, StoredListing],
    blocks: Mapping[str, Iterable[int]],
) -> Homes:
    """What a source's new listings, filed under these blocks, may belong to."""
    every = {block for some in blocks.values() for block in some}
    neighbours = events.blocked(session, every, not_of=source_id)
    near = {event_id for some in neighbours.values() for event_id in some}
    return Homes(
        source=str(source_id),
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
    )


def hashed_blocks(listing: Listing) -> set[int]:
    """The matcher's keys as signed 64-bit numbers, which a database compares fastest."""
    return {
        int.from_bytes(
            blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True
        )
        for key in block_keys(listing)
    }
