"""Many understood events against one person: one vectorised pass (SCORING.md 5)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from app.model.user import Profile
from app.score import person
from app.score.chance import TALKS_RANGE, Array, Rooms, mixture
from app.score.understanding import Understanding


@dataclass(frozen=True, slots=True)
class Candidates:
    """Understood events as arrays. `first` is where the rooms of each event begin, `event` to which
    event each room belongs. Of each room: `probability`, the coordinates of `Rooms`, and the same
    once more as plain numbers (share `p`, conversations `mu`, `m`, `inverse_k`, chance to get in
    `h`), so that the pass over all of them need not raise each again. The rest is of each event.
    """

    first: npt.NDArray[np.int64]
    event: npt.NDArray[np.int64]
    probability: Array
    share: Array
    talks: Array
    weight: Array
    spread: Array
    entry: Array
    p: Array
    mu: Array
    m: Array
    inverse_k: Array
    h: Array
    any_field: Array
    executives: npt.NDArray[np.bool_]
    work: npt.NDArray[np.bool_]
    withheld: npt.NDArray[np.bool_]
    crafts: npt.NDArray[np.int64]
    trades: npt.NDArray[np.int64]
    interests: npt.NDArray[np.int64]

    @classmethod
    def of(cls, events: Sequence[Understanding]) -> "Candidates":
        """Gather the arrays; keep the result as long as the events do not change."""
        counts = np.array([len(each.rooms) for each in events], dtype=np.int64)
        rooms = [room for each in events for room in each.rooms]
        event = np.repeat(np.arange(len(events)), counts)
        share = np.array([room.share for room in rooms])
        talks = np.array([room.talks for room in rooms])
        weight = np.array([each.weight for each in events])[event]
        spread = np.array([each.spread for each in events])[event]
        entry = np.array([each.entry * each.gate for each in events])[event]
        return cls(
            first=_begins(counts),
            event=event,
            probability=np.array([room.probability for room in rooms]),
            share=share,
            talks=talks,
            weight=np.log(weight),
            spread=np.log(spread),
            entry=np.log(entry),
            p=1 / (1 + np.exp(-share)),
            mu=np.exp(talks),
            m=weight,
            inverse_k=1 / spread,
            h=entry,
            any_field=np.array([each.any_field for each in events]),
            executives=np.array([each.executives for each in events], dtype=bool),
            work=np.array([each.work for each in events], dtype=bool),
            withheld=np.array([bool(each.withheld) for each in events], dtype=bool),
            crafts=np.array([each.crafts for each in events], dtype=np.int64),
            trades=np.array([each.trades for each in events], dtype=np.int64),
            interests=np.array([each.interests for each in events], dtype=np.int64),
        )

    def take(self, events: npt.NDArray[np.int64]) -> "Candidates":
        """Only these events, in this order."""
        counts = np.bincount(self.event, minlength=len(self.any_field))[events]
        rooms = np.repeat(self.first[events] - _begins(counts), counts) + np.arange(counts.sum())
        values = {name: getattr(self, name)[rooms] for name in _OF_ROOM}
        values |= {name: getattr(self, name)[events] for name in _OF_EVENT}
        return Candidates(_begins(counts), np.repeat(np.arange(len(events)), counts), **values)

    def join(self, other: "Candidates") -> "Candidates":
        """These events and then the other ones."""
        values = {
            name: np.concatenate([getattr(self, name), getattr(other, name)])
            for name in (*_OF_ROOM, *_OF_EVENT)
        }
        return Candidates(
            np.concatenate([self.first, other.first + len(self.event)]),
            np.concatenate([self.event, other.event + len(self.any_field)]),
            **values,
        )


_PLAIN = ("p", "mu", "m", "inverse_k", "h")
_OF_ROOM = ("probability", "share", "talks", "weight", "spread", "entry", *_PLAIN)
_OF_EVENT = tuple(
    field.name for field in fields(Candidates) if field.name not in ("first", "event", *_OF_ROOM)
)


def _begins(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where each event's rooms begin, given how many it has."""
    begins: npt.NDArray[np.int64] = np.cumsum(counts) - counts
    return begins


@dataclass(frozen=True, slots=True)
class Chances:
    """Chances of many events, 0..1, in the order of the candidates."""

    any_field: Array
    your_field: Array
    withheld: npt.NDArray[np.bool_]

    def best(self, count: int) -> npt.NDArray[np.int64]:
        """The places of the best suggested events for this person, best first.

        Equal chances keep the order of the candidates; withheld events are left out.
        """
        value = np.where(self.withheld, -1.0, self.your_field)
        count = min(count, int(len(value) - self.withheld.sum()))
        if count <= 0:
            return np.zeros(0, dtype=np.int64)
        least = np.partition(value, len(value) - count)[len(value) - count]
        near = np.flatnonzero(value >= least)
        chosen: npt.NDArray[np.int64] = near[np.argsort(-value[near], kind="stable")][:count]
        return chosen


def personal_rooms(events: Candidates, at: person.Lens) -> Rooms:
    """The rooms as this person would meet them: fit of field and seniority, likes and dislikes."""
    talks = events.talks
    if at.likes or at.dislikes:
        factor = person.interest_factor(at, events.interests)[events.event]
        talks = np.clip(talks + np.log(factor), *np.log(TALKS_RANGE))
    return Rooms(
        share=events.share,
        talks=talks,
        fit=np.log(_fit(events, at))[events.event],
        weight=events.weight,
        spread=events.spread,
        entry=events.entry,
    )


def _fit(events: Candidates, at: person.Lens) -> Array:
    fields = person.field_fit(at, events.crafts, events.trades, events.work)
    return fields * person.seniority_fit(at, events.executives)


def score_many(events: Candidates, profile: Profile) -> Chances:
    """The chances of all candidates for one person."""
    at = person.lens(profile)
    if not len(events.first):
        return Chances(events.any_field, events.any_field, events.withheld)
    talks = events.mu
    if at.likes or at.dislikes:
        factor = person.interest_factor(at, events.interests)[events.event]
        talks = np.clip(talks * factor, *TALKS_RANGE)
    q = events.p * _fit(events, at)[events.event]
    values = mixture(q, talks, events.m, events.inverse_k, events.h) * events.probability
    return Chances(events.any_field, np.add.reduceat(values, events.first), events.withheld)
