"""What the model makes of a poll's events, ahead of the transaction that stores them.

To read an event takes as long as to store ten. Whatever is read ahead of a transaction is time in
which nobody waits for its lock; what turns out otherwise inside it is read there.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from app.find.merge import Copy, merge_listings
from app.find.words import words_of
from app.model.event import Event
from app.score import Understanding, understand
from app.store.tables import SourceRow
from scrapers.base import Listing

SERIES_WINDOW = timedelta(weeks=8)
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads each event once. `dates` is how many dates of the coming weeks each title has."""

    dates: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _known: dict[Event, Understanding] = field(default_factory=dict)

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

    def understanding(self, event: Event) -> Understanding:
        """What the model makes of the event, whatever its identity."""
        content = replace(event, id=_NOBODY)
        found = self._known.get(content)
        if found is None:
            found = self._known[content] = understand(content)
        return found

    def read_ahead(self, listings: Iterable[Listing], source: SourceRow) -> None:
        """Forget what was read before, and read the events that these listings found alone."""
        self._known.clear()
        for listing in listings:
            self.understanding(self.draft(listing, source))
