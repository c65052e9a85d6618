"""What the model makes of a poll's events, ahead of the transaction that stores them.

To read an event takes as long as to store ten. Whatever is read ahead of a transaction is time in
which nobody waits for its lock; what turns out otherwise inside it is read there.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from app.find.identity import content_hash, fingerprint, loose_fingerprint
from app.find.merge import Copy, merge_listings
from app.find.words import words_of
from app.model.event import Event
from app.score import understand
from app.services.homes import hashed_blocks
from app.store.codec import encode
from app.store.tables import SourceRow
from scrapers.base import Listing

SERIES_WINDOW = timedelta(weeks=8)
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Noted:
    """The columns of a listing that say what it says, and the matcher's keys for it."""

    columns: dict[str, object]
    blocks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads each event and each listing once. `dates` is how many dates of the coming weeks each title has."""

    dates: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _listings: dict[Listing, Noted] = field(default_factory=dict)
    _events: dict[Event, str] = field(default_factory=dict)

    @classmethod
    def of(cls, listings: Iterable[Listing], now: datetime) -> "Reader":
        """For the events of one document, in which the dates of a series stand together."""
        until = now + SERIES_WINDOW
        return cls(Counter(words_of(each.name) for each in listings if each.start < until))

    def draft(self, listing: Listing, source: SourceRow) -> Event:
        """The event that the listing founds if no other source speaks of it, without identity."""
        copy = Copy(listing, source.trust / 100, source.name)
        dates = self.dates[words_of(listing.name)] or 1
        return merge_listings([copy], event_id=_NOBODY, dates_in_window=dates)

    def understanding(self, event: Event) -> str:
        """What the model makes of the event, whatever its identity, as it is stored.

        As text it is small, and nothing that the interpreter's garbage collector has to visit.
        """
        content = _as_read(event)
        found = self._events.get(content)
        if found is None:
            found = self._events[content] = encode(understand(content))
        return found

    def recall(self, event: Event, understanding: str) -> None:
        """Take what is stored of an event for read: where it only moves, nothing is read again."""
        self._events.setdefault(_as_read(event), understanding)

    def noted(self, listing: Listing) -> Noted:
        """What is stored of the listing, and under which keys it is filed."""
        found = self._listings.get(listing)
        if found is None:
            found = self._listings[listing] = _noted(listing)
        return found

    def read_ahead(self, listings: Iterable[Listing], source: SourceRow) -> None:
        """Read these listings and the events that they would found alone."""
        for listing in listings:
            self.noted(listing)
            self.understanding(self.draft(listing, source))


def _as_read(event: Event) -> Event:
    """The event without what the model does not read: who it is, and where exactly."""
    place = event.location
    return replace(
        event,
        id=_NOBODY,
        location=place and replace(place, latitude=None, longitude=None),
        venue_id=None,
        located_by="",
        within_km=0.0,
    )


def _noted(listing: Listing) -> Noted:
    columns: dict[str, object] = {
        "fingerprint": fingerprint(listing),
        "loose_fingerprint": loose_fingerprint(listing),
        "content_hash": content_hash(listing),
        "start_at": listing.start,
        "payload": encode(listing),
    }
    return Noted(columns, tuple(hashed_blocks(listing)))
