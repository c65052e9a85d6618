"""The ranked list: filter the catalog, score it for one person, take a page, explain it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import numpy as np

from app.model.event import KINDS, Event
from app.model.place import EARTH_KM, Point, distance_between
from app.model.score import Score
from app.model.user import Profile, User
from app.score import Chances, Understanding, explain_many
from app.score.learn import groups_of
from app.score.person import topics
from app.services.catalog import (
    CIRCLE,
    MODES,
    SHOWN,
    UNKNOWN_PRICE,
    Booleans,
    Columns,
    Floats,
    Integers,
    Snapshot,
    end_of,
)
from app.store import busy, choices, events
from app.store.busy import Span
from app.store.codec import decode
from app.store.database import Session
from app.store.tables import ChoiceRow

Sort = Literal["score", "start", "added"]
LOOK_AT = 40  # the best that a letter and a week choose among
LEAST_CHANCE = 0.05  # below it nothing is proposed unasked
RUN = 5  # dates of one name, place and hour from which they are one line a week
HOUR, WEEK = 3_600, 7 * 86_400  # seconds
SERIES_SHARE = 2  # dates of one series among the best (SCORING.md 12.8: a series floods a list)


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody asks for. Instants aware, distance km, price cents, score 0..1.

    `near` is (latitude, longitude) in degrees; with `km` it keeps what lies or may lie within, and
    what has no known place. An unknown price is neither free nor below any limit. Without
    `every_date` a run of many dates (an exhibition) shows its next one of each week. `busy` are the
    person's taken (start, end), in order and apart; `hide_busy` leaves out what meets them.
    """

    since: datetime
    until: datetime | None = None
    near: Point | None = None
    km: float | None = None
    kinds: tuple[str, ...] = ()
    text: str = ""
    free: bool | None = None
    price_max: int | None = None
    attendance_mode: str = ""
    min_score: float = 0.0
    weekdays: tuple[int, ...] = ()
    evenings: bool = False
    include_circles: bool = False
    hide_decided: bool = False
    every_date: bool = False
    busy: Sequence[Span] = ()
    hide_busy: bool = False
    sort: Sort = "score"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One event as it stands before one person."""

    event: Event
    score: Score
    distance_km: float | None
    sources: Sequence[str] = field(default=())
    choice: str | None = None
    gone_since: datetime | None = None
    dates: int = 1
    busy: bool = False


class Shown(NamedTuple):
    """The revision of an event, how many dates of its run match (one of a week stands for all),
    and whether the person is taken at that time.
    """

    revision: int
    dates: int
    busy: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """All that matches, best first: rows of the snapshot; of each row of the snapshot, its dates.

    `taken` are the times at which the person is busy.
    """

    snapshot: Snapshot
    rows: Integers
    dates: Integers
    taken: Sequence[Span]

    def page(
        self, after: UUID | None, offset: int, limit: int
    ) -> tuple[dict[UUID, Shown], int | None]:
        """One page and the offset of the next; `after` wins over `offset` if still there."""
        begin = self._behind(after, offset)
        end = begin + limit
        rows = self.rows[begin:end]
        revisions, dates = self.snapshot.columns.revision[rows], self.dates[rows]
        busy = _busy(self.snapshot.columns, rows, self.taken)
        columns = (revisions.tolist(), dates.tolist(), busy.tolist())
        page = {
            self.snapshot.ids[row]: Shown(*shown)
            for row, *shown in zip(rows, *columns, strict=True)
        }
        return page, end if end < len(self.rows) else None

    def _behind(self, after: UUID | None, offset: int) -> int:
        near = range(max(0, offset - 200), min(len(self.rows), offset + 200))
        found = (place for place in near if self.snapshot.ids[self.rows[place]] == after)
        return next(found, offset - 1) + 1


def rank(
    snapshot: Snapshot, user: User, query: Query, decided: dict[UUID, str] | None = None
) -> Ranking:
    """Everything that matches the query, in the order asked for. `decided` maps ids to choices."""
    standing = snapshot.standing(user.profile, user.learnt)
    chances = standing.chances
    keep = _matching(snapshot, query, chances)
    if query.hide_busy:
        rows = np.flatnonzero(keep)
        keep[rows] = ~_busy(snapshot.columns, rows, query.busy)
    if query.hide_decided and decided:
        keep &= np.fromiter((id_ not in decided for id_ in snapshot.ids), np.bool_, len(snapshot))
    dates = np.ones(len(snapshot), np.int64)
    if not query.every_date:
        keep, dates = _once_a_week(snapshot, keep, dates)
    if query.sort == "score":
        best = standing.best[keep[standing.best]]
        return Ranking(snapshot, _uncrowded(snapshot, best), dates, query.busy)
    rows = np.flatnonzero(keep)
    rows = rows[_order(snapshot, chances, query.sort, rows)]
    return Ranking(snapshot, rows, dates, query.busy)


def most_promising(
    session: Session,
    user: User,
    snapshot: Snapshot,
    since: datetime,
    until: datetime,
    *,
    free: bool = False,
) -> tuple[list[Suggestion], int]:
    """The best undecided events within the person's reach; how many match in all.

    They are not over at `since` and begin before `until`, aware instants; with `free`, at times
    that the person's own calendars leave open.
    """
    profile = user.profile
    query = Query(
        since=since,
        until=until,
        near=profile.home,
        km=profile.reach_km,
        min_score=LEAST_CHANCE,
        hide_decided=True,
        busy=busy.taken(session, user.id) if free else (),
        hide_busy=free,
    )
    ranking = rank(snapshot, user, query, choices.states(session, user.id))
    page, _ = ranking.page(None, 0, LOOK_AT)
    return suggestions(session, user, list(page)), len(ranking.rows)


def suggestions(session: Session, user: User, ids: Sequence[UUID]) -> list[Suggestion]:
    """These events with scores, sources and the person's choices, in the order asked for.

    Whether the person is busy is left open.
    """
    names = events.source_names(session, ids)
    states = choices.states(session, user.id, ids)
    rows = events.scored(session, ids)
    found = []
    for row, (event, score) in zip(rows, explained(rows, user), strict=True):
        distance = distance_from(user.profile, event)
        sources, choice = names.get(row.id, ()), states.get(row.id)
        found.append(Suggestion(event, score, distance, sources, choice, row.gone_since))
    return found


def explained(rows: Sequence[events.Scored], user: User) -> list[tuple[Event, Score]]:
    """These events with their scores for this person, what their check-ins taught included."""
    found = [decode(row.payload, Event) for row in rows]
    read = [decode(row.understanding, Understanding) for row in rows]
    groups = [
        groups_of(event, each.kind, topics(each.interests))
        for event, each in zip(found, read, strict=True)
    ]
    return list(zip(found, explain_many(read, user.profile, groups, user.learnt), strict=True))


def distance_from(profile: Profile, event: Event) -> float | None:
    """Km from the person's home to the event; None where either is unknown."""
    return distance_between(profile.home, event.location.point if event.location else None)


def is_busy(event: Event, taken: Sequence[Span]) -> bool:
    """Whether the event meets a taken time, as the list tells it."""
    start, end = (np.array([int(at.timestamp())]) for at in (event.start, end_of(event)))
    return not event.all_day and bool(_meets(start, end, taken)[0])


def kept(row: ChoiceRow, profile: Profile) -> Suggestion:
    """A decided event as the person's calendar has it: event and score as of the decision."""
    event, score = decode(row.snapshot, Event), decode(row.score, Score)
    return Suggestion(event, score, distance_from(profile, event), (), row.state, row.gone_since)


def _matching(snapshot: Snapshot, query: Query, chances: Chances) -> Booleans:
    columns = snapshot.columns
    keep = columns.listed & (columns.end > query.since.timestamp())
    keep &= chances.your_field >= query.min_score
    keep &= columns.kind != KINDS.index("not_an_event")
    keep &= columns.withheld <= (CIRCLE if query.include_circles else SHOWN)
    if query.until is not None:
        keep &= columns.start < query.until.timestamp()
    if query.kinds:
        keep &= np.isin(columns.kind, [KINDS.index(kind) for kind in query.kinds])
    if query.attendance_mode:
        keep &= columns.mode == [mode.value for mode in MODES].index(query.attendance_mode)
    keep &= _affordable(snapshot, query) & _at_hours(snapshot, query)
    if query.near is not None and query.km is not None:
        distance = _distances(columns.latitude, columns.longitude, query.near)
        keep &= np.isnan(distance) | (distance - columns.within_km <= query.km)
    if query.text:
        keep[keep] = _containing(snapshot, query.text, np.flatnonzero(keep))
    return keep


def _busy(columns: Columns, rows: Integers, taken: Sequence[Span]) -> Booleans:
    """Which of these rows meet a taken time; a whole day does not, for it leaves hours to choose."""
    return _meets(columns.start[rows], columns.end[rows], taken) & (columns.minute[rows] >= 0)


def _meets(start: Integers, end: Integers, taken: Sequence[Span]) -> Booleans:
    begins = np.array([begin.timestamp() for begin, _ in taken])
    ends = np.array([end.timestamp() for _, end in taken])
    last = np.searchsorted(begins, end) - 1  # the last that begins before the event ends
    meets = last >= 0
    meets[meets] = ends[last[meets]] > start[meets]
    return meets


def _affordable(snapshot: Snapshot, query: Query) -> Booleans:
    price = snapshot.columns.price
    keep = np.ones(len(snapshot), np.bool_)
    if query.free is not None:
        keep &= (price == 0) if query.free else (price > 0)
    if query.price_max is not None:
        keep &= (price != UNKNOWN_PRICE) & (price <= query.price_max)
    return keep


def _at_hours(snapshot: Snapshot, query: Query) -> Booleans:
    columns = snapshot.columns
    keep = np.ones(len(snapshot), np.bool_)
    if query.weekdays:
        keep &= np.isin(columns.weekday, query.weekdays)
    if query.evenings:
        keep &= columns.minute >= 17 * 60
    return keep


def _containing(snapshot: Snapshot, text: str, rows: Integers) -> Booleans:
    words = text.casefold().split()
    return np.fromiter(
        (all(word in snapshot.texts[row] for word in words) for row in rows), np.bool_, len(rows)
    )


def _distances(latitude: Floats, longitude: Floats, near: Point) -> Floats:
    phi, home = np.radians(latitude), np.radians(near[0])
    half = np.sin((phi - home) / 2) ** 2
    half += np.cos(home) * np.cos(phi) * np.sin(np.radians(longitude - near[1]) / 2) ** 2
    distances: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return distances


def _order(snapshot: Snapshot, chances: Chances, sort: Sort, rows: Integers) -> Integers:
    start = snapshot.columns.start[rows]
    score = chances.your_field[rows]
    if sort == "start":
        return np.lexsort((-score, start))
    return np.lexsort((-score, -snapshot.columns.added[rows]))


def _once_a_week(snapshot: Snapshot, keep: Booleans, dates: Integers) -> tuple[Booleans, Integers]:
    """Of runs the next date and one of each week after it (FEATURES 21: sixty days are nine rows).

    Beside it, how many dates each row stands for.
    """
    rows = np.flatnonzero(keep)
    columns = snapshot.columns
    counts = np.bincount(columns.run[rows])[columns.run[rows]] if len(rows) else rows
    often = rows[counts >= RUN]
    if not len(often):
        return keep, dates
    keep, dates = keep.copy(), dates.copy()
    dates[often] = counts[counts >= RUN]
    run, start = columns.run[often], columns.start[often]
    next_of = np.full(run.max() + 1, start.max())
    np.minimum.at(next_of, run, start)
    # An hour to spare, for the night in which the clocks change.
    week = (start - next_of[run] + HOUR) // WEEK
    order = np.lexsort((start, week, run))
    first = np.r_[True, (np.diff(run[order]) != 0) | (np.diff(week[order]) != 0)]
    keep[often[order[~first]]] = False
    return keep, dates


def _uncrowded(snapshot: Snapshot, rows: Integers) -> Integers:
    """The same rows, those of a series behind that has its share of places already."""
    crowding = _repeats(snapshot.columns.series[rows]) >= SERIES_SHARE
    return np.concatenate([rows[~crowding], rows[crowding]])


def _repeats(series: Integers) -> Integers:
    """For each place, how often its series stood before it."""
    order = np.argsort(series, kind="stable")
    ordered = series[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]]
    begin = np.maximum.accumulate(np.where(first, np.arange(len(ordered)), 0))
    repeats = np.empty(len(series), np.int64)
    repeats[order] = np.arange(len(ordered)) - begin
    return repeats
