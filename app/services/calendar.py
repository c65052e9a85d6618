"""A person's subscribed calendar: from a secret address to bytes that only change with a reason."""

import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from datetime import datetime
from threading import Lock
from uuid import UUID

from app.errors import NotFound
from app.model.event import Event
from app.model.score import Score
from app.publish import ical, wording
from app.publish.ical import Entry, Feed
from app.services.choose import uid_of
from app.store import choices, tokens, users
from app.store.codec import decode
from app.store.database import Database
from app.store.events import Scored
from app.store.tables import ChoiceRow
from app.store.tokens import Keys

log = logging.getLogger(__name__)

GONE = "The source no longer lists this event: have a look at its page before you go."
NO_FEED = "There is no such calendar."


class FeedCache:
    """The last bytes of each person's feed, good for one revision; bounded, thread-safe."""

    def __init__(self, size: int = 1000) -> None:
        self._size = size
        self._feeds: OrderedDict[UUID, tuple[int, Feed]] = OrderedDict()
        self._lock = Lock()

    def get(self, user_id: UUID, revision: int) -> Feed | None:
        """The feed if it was made at exactly this revision."""
        with self._lock:
            kept = self._feeds.get(user_id)
            return kept[1] if kept and kept[0] == revision else None

    def put(self, user_id: UUID, revision: int, feed: Feed) -> None:
        """Keep a feed; the one longest unused makes room."""
        with self._lock:
            self._feeds[user_id] = (revision, feed)
            self._feeds.move_to_end(user_id)
            while len(self._feeds) > self._size:
                self._feeds.popitem(last=False)


def feed_of(database: Database, keys: Keys, cache: FeedCache, token: str, base_url: str) -> Feed:
    """The feed behind a secret token. Raises NotFound, the same for every wrong token."""
    owner = None
    if tokens.looks_like(tokens.FEED, token):
        owner = users.feed_owner(database, keys.hash_of(token))
    if owner is None:
        raise NotFound(NO_FEED)
    user_id, revision = owner
    kept = cache.get(user_id, revision)
    if kept is not None:
        return kept
    with database.read() as session:
        rows = choices.published(session, user_id)
    feed = ical.feed(_entries(rows, base_url), "Go meet people")
    cache.put(user_id, revision, feed)
    return feed


def _entries(rows: Iterable[ChoiceRow], base_url: str) -> Iterator[Entry]:
    """All that can be read: one spoilt row must not take the calendar away (CASES G16)."""
    for row in rows:
        try:
            yield entry(row, base_url)
        except ValueError:
            log.exception("the choice of event %s cannot be read", row.event_id)


def entry(row: ChoiceRow, base_url: str) -> Entry:
    """A choice as it stands in the calendar."""
    return Entry(
        uid=row.uid,
        event=decode(row.snapshot, Event),
        created=row.chosen_at,
        last_modified=row.changed_at,
        sequence=row.sequence,
        notes=(GONE,) if row.gone_since else (),
        score=wording.score_text(decode(row.score, Score)),
        details_url=event_page(base_url, row.event_id),
    )


def single(stored: Scored, base_url: str) -> bytes:
    """One event as a file for any calendar: public facts only, nobody's score."""
    event = event_of(stored)
    return ical.single_event(
        Entry(
            uid=uid_of(event.id),
            event=event,
            created=stored.created_at,
            last_modified=stored.changed_at,
            details_url=event_page(base_url, event.id),
        )
    )


def event_of(stored: Scored) -> Event:
    """The event as it is stored."""
    return decode(stored.payload, Event)


def event_page(base_url: str, event_id: UUID) -> str:
    """The address of our page of an event; it holds no secret."""
    return f"{base_url}/#/events/{event_id}"


def visit_file(event: Event, created: datetime, changed: datetime) -> bytes:
    """A visit to a new place as a file for any calendar; its UID is the place's for ever."""
    return ical.single_event(
        Entry(
            uid=f"visit-{uid_of(event.id)}",
            event=event,
            created=created,
            last_modified=changed,
            details_url=event.url,
        )
    )
