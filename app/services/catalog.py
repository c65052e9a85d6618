"""The events that lie ahead, as arrays in memory: what a ranked list is made from.

The database is the truth; a catalog is a copy that follows it by the revision that every change of
an event gets. Ranking a person's list then is a pass over arrays, whatever the number of events.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from functools import reduce
from itertools import islice
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from app.model.event import KINDS, Event
from app.model.learnt import NOTHING, Learnt
from app.model.user import Profile
from app.score import Candidates, Chances, Understanding, score_many
from app.score.candidates import Taught
from app.score.learn import groups_of
from app.score.person import topic_bit
from app.score.words import fold
from app.store import counters, events
from app.store.codec import decode
from app.store.database import Database, Session
from scrapers.base import AttendanceMode, EventStatus

MODES = tuple(AttendanceMode)
KEEP_PAST = timedelta(hours=24)
PART = 5000  # events whose understandings are in memory at once
KEPT_STANDINGS = 32  # people whose chances of all events are kept: 3 MB each for 100,000 events
UNKNOWN_PRICE = -1
SHOWN, CIRCLE, NEVER = 0, 1, 2  # whether an event is suggested: yes, on request, not at all

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Columns:
    """One entry for each event, in no particular order. Instants are seconds since 1970 UTC.

    Coordinates are NaN where unknown, `price` is the least price in cents or UNKNOWN_PRICE.
    `minute` is the local minute of the day of the start, -1 for all-day events.
    """

    start: Integers
    end: Integers
    added: Integers
    revision: Integers
    latitude: Floats
    longitude: Floats
    within_km: Floats
    price: Integers
    kind: Integers
    mode: Integers
    series: Integers
    venue: Integers
    organizer: Integers
    slot: Integers
    run: Integers
    weekday: Integers
    minute: Integers
    withheld: Integers
    listed: Booleans


@dataclass(frozen=True, slots=True)
class Standing:
    """All events before one person: their chances, and their rows in order, best first."""

    chances: Chances
    best: Integers


class Codes:
    """Numbers for the names of groups, given as they come and kept: columns hold numbers."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}

    def give(self, group: str, name: str) -> int:
        """The number of a name, from now on; not for several threads at once."""
        return self._numbers.setdefault((group, name), len(self._numbers))

    def find(self, group: str, name: str) -> int:
        """The number of a name, -1 if no event has it."""
        return self._numbers.get((group, name), -1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The catalog at one revision; it never changes."""

    revision: int
    ids: tuple[UUID, ...]
    texts: tuple[str, ...]  # what a text search looks into, case-folded
    columns: Columns
    candidates: Candidates
    codes: Codes
    _standings: dict[tuple[Profile, Learnt], Standing] = field(
        default_factory=dict, init=False, compare=False
    )

    def __len__(self) -> int:
        return len(self.ids)

    def standing(self, profile: Profile, learnt: Learnt = NOTHING) -> Standing:
        """How all events stand before a person; equal chances by their start. Kept for a few."""
        found = self._standings.get((profile, learnt))
        if found is None:
            taught = Taught(self._ratios(learnt), learnt) if learnt != NOTHING else None
            chances = score_many(self.candidates, profile, taught)
            best = np.lexsort((self.columns.start, -chances.your_field))
            if len(self._standings) >= KEPT_STANDINGS:
                self._standings.clear()
            found = self._standings[profile, learnt] = Standing(chances, best)
        return found

    def _ratios(self, learnt: Learnt) -> Floats:
        """For each event the log of all rates that were learned of its groups."""
        logs = np.zeros(len(self))
        for (group, name), ratio in learnt.ratios:
            if group == "topic":
                here = (self.candidates.interests & topic_bit(name)) != 0
            elif group == "kind":
                here = self.columns.kind == (KINDS.index(name) if name in KINDS else -1)
            else:
                here = getattr(self.columns, group) == self.codes.find(group, name)
            logs[here] += np.log(ratio.value)
        return logs


class Catalog:
    """Follows the database; safe to use from several threads."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        self._codes = Codes()
        self._lock = Lock()
        self._followed = False

    def at(self, session: Session, now: datetime) -> Snapshot:
        """The catalog as the session sees it. Reads only what changed since the last look.

        While another thread is reading a change, everybody else gets what was before it: a large
        feed takes most of a second, in which the event loop must not wait. Where somebody
        `follows`, it is as of their last look.
        """
        revision = counters.current(session)
        snapshot = self._snapshot
        if snapshot is not None and snapshot.revision == self.seen(revision):
            return snapshot
        if not self._lock.acquire(blocking=snapshot is None) and snapshot is not None:
            return snapshot
        try:
            return self._advance(session, revision, now)
        finally:
            self._lock.release()

    def seen(self, revision: int) -> int:
        """The revision that a reader is shown where the database has this one."""
        snapshot = self._snapshot  # may be empty, which is no revision to pass over
        return snapshot.revision if self._followed and snapshot is not None else revision

    @contextmanager
    def followed(self) -> Iterator[None]:
        """While it lasts readers get the catalog as it is: somebody calls `catch_up` in a thread."""
        self._followed = True
        try:
            yield
        finally:
            self._followed = False

    def catch_up(self, database: Database, now: datetime) -> None:
        """Read what changed, if there is a catalog at all."""
        with database.read() as session, self.held():
            self.follow(session, now)

    @contextmanager
    def held(self) -> Iterator[None]:
        """While it lasts everybody gets the catalog as it was: for whoever is about to change it."""
        with self._lock:
            yield

    def follow(self, session: Session, now: datetime) -> None:
        """Read what changed, if there is a catalog at all; for the holder."""
        if self._snapshot is not None:
            self._advance(session, counters.current(session), now)

    def _advance(self, session: Session, revision: int, now: datetime) -> Snapshot:
        old = self._snapshot
        if old is not None and old.revision == revision:
            return old
        known = old.revision if old else -1
        horizon = now - KEEP_PAST
        rows = iter(events.changed_after(session, known, horizon))
        parts = [] if old is None else [old]
        while some := list(islice(rows, PART)):
            parts.append(self._build(some, revision))
        fresh = _joined(parts, horizon) if parts else self._build([], revision)
        self._snapshot = replace(fresh, revision=revision)
        return self._snapshot

    def _build(self, rows: Iterable[events.Scored], revision: int) -> Snapshot:
        ids: list[UUID] = []
        texts: list[str] = []
        facts: list[tuple[float, ...]] = []
        understandings: list[Understanding] = []
        for row in rows:
            event = decode(row.payload, Event)
            understanding = decode(row.understanding, Understanding)
            ids.append(event.id)
            texts.append(search_text(event))
            facts.append(self._facts(event, understanding, row))
            understandings.append(understanding)
        return Snapshot(
            revision,
            tuple(ids),
            tuple(texts),
            _columns(facts),
            Candidates.of(understandings),
            self._codes,
        )

    def _facts(
        self, event: Event, understanding: Understanding, row: events.Scored
    ) -> tuple[float, ...]:
        local, price = event.local_start, event.price
        groups = dict(groups_of(event, understanding.kind))
        latitude, longitude = (event.location.point if event.location else None) or (np.nan, np.nan)
        return (
            event.start.timestamp(),
            end_of(event).timestamp(),
            row.created_at.timestamp(),
            row.revision,
            latitude,
            longitude,
            event.within_km,
            UNKNOWN_PRICE if price.minimum is None else price.minimum,
            KINDS.index(understanding.kind),
            MODES.index(event.event_attendance_mode),
            self._codes.give("series", event.series or str(event.id)),
            *(
                self._codes.give(name, groups.get(name, ""))
                for name in ("venue", "organizer", "slot")
            ),
            self._codes.give("run", _run(event)),
            local.isoweekday(),
            -1 if event.all_day else local.hour * 60 + local.minute,
            _withheld(understanding),
            row.gone_since is None
            and not row.hidden
            and event.event_status is not EventStatus.CANCELLED,
        )


def end_of(event: Event) -> datetime:
    """When an event is over (UTC); two hours after its start where nobody says."""
    if event.end is not None:
        return event.end
    if event.all_day:  # the whole day where it is, also one of 23 or 25 hours (CASES B7)
        return event.local_start + timedelta(days=1)
    return event.start + timedelta(hours=2)


def _run(event: Event) -> str:
    """What the dates of an exhibition share, however its source lists them: name, place and hour."""
    hour = "" if event.all_day else f"{event.local_start:%H:%M}"
    return f"{fold(event.name)}|{fold(event.location.name) if event.location else ''}|{hour}"


def _withheld(understanding: Understanding) -> int:
    if not understanding.withheld:
        return SHOWN
    return CIRCLE if understanding.withheld == "circle" else NEVER


def search_text(event: Event) -> str:
    """What a text search looks into: name, host and place, case-folded."""
    place = event.location
    parts = (
        event.name,
        event.organizer.name if event.organizer else "",
        place.name if place else "",
        place.address if place else "",
        " ".join(event.categories),
    )
    return " ".join(part for part in parts if part).casefold()


def _columns(facts: list[tuple[float, ...]]) -> Columns:
    matrix = np.array(facts, dtype=np.float64).reshape(len(facts), len(fields(Columns)))
    return Columns(
        *(
            _typed(field.name, column)
            for field, column in zip(fields(Columns), matrix.T, strict=True)
        )
    )


def _typed(name: str, column: Floats) -> Any:
    if name in ("latitude", "longitude", "within_km"):
        return column
    return column > 0 if name == "listed" else column.astype(np.int64)


def _joined(parts: list[Snapshot], horizon: datetime) -> Snapshot:
    """All events of the parts that are not over, each as the last part has it."""
    last = {id_: n for n, part in enumerate(parts) for id_ in part.ids}
    kept = []
    for n, part in enumerate(parts):
        newest = np.fromiter((last[id_] == n for id_ in part.ids), np.bool_, len(part))
        rows = np.flatnonzero(newest & (part.columns.end >= horizon.timestamp()))
        kept.append(part if len(rows) == len(part) else _taken(part, rows))
    columns = Columns(
        *(
            np.concatenate([getattr(part.columns, field.name) for part in kept])
            for field in fields(Columns)
        )
    )
    return Snapshot(
        revision=parts[-1].revision,
        ids=tuple(id_ for part in kept for id_ in part.ids),
        texts=tuple(text for part in kept for text in part.texts),
        columns=columns,
        candidates=reduce(Candidates.join, (part.candidates for part in kept)),
        codes=parts[-1].codes,
    )


def _taken(snapshot: Snapshot, rows: Integers) -> Snapshot:
    return replace(
        snapshot,
        ids=tuple(snapshot.ids[row] for row in rows),
        texts=tuple(snapshot.texts[row] for row in rows),
        columns=Columns(
            *(getattr(snapshot.columns, field.name)[rows] for field in fields(Columns))
        ),
        candidates=snapshot.candidates.take(rows),
    )
