"""Many understood events against one person: one vectorised pass (SCORING.md 5)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from app.model.learnt import NOTHING, Learnt
from app.model.user import Profile
from app.score import person
from app.score.calibration import recalibrated
from app.score.chance import TALKS_RANGE, Array, Rooms, mixture
from app.score.understanding import Understanding

MOST_SHARE = 0.95  # of people who hire: whatever was learned, some do not


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


@dataclass(frozen=True, slots=True)
class Taught:
    """What a person's evenings taught of these candidates: the log of each one's rate of people
    who hire beside the foretold, the factor on talk, and how to recalibrate.
    """

    ratios: Array
    learnt: Learnt = NOTHING

    @property
    def talk(self) -> float:
        """The factor on conversations."""
        return self.learnt.talk

    def checked(self, chances: Array) -> Array:
        """Chances as this person's own visits correct them."""
        intercept, slope = self.learnt.intercept, self.learnt.slope
        return chances if (intercept, slope) == (0, 1) else recalibrated(chances, intercept, slope)


@dataclass(frozen=True, slots=True)
class Moves:
    """What moves rooms from anybody's to one person's, in the coordinates of `Rooms`: for each room
    what the rates learned add to the log of its share, and for each event the log of fits, and the
    logs of the factors on talk: liking, and how much this person talks.
    """

    ratios: Array
    fits: Array  # field and seniority, events
    liking: Array
    talk: float


def moves(events: Candidates, at: person.Lens, taught: Taught) -> Moves:
    """What this person and their own evenings move."""
    return Moves(
        ratios=np.log(_taught_share(events, taught) / events.p),
        fits=np.log(
            np.stack(
                [
                    person.field_fit(at, events.crafts, events.trades, events.work),
                    person.seniority_fit(at, events.executives),
                ]
            )
        ),
        liking=np.log(person.interest_factor(at, events.interests)),
        talk=float(np.log(taught.talk)),
    )


def moved_rooms(events: Candidates, moved: Moves, *, personal: bool) -> Rooms:
    """The rooms as this person meets them; not `personal`: whoever is of use, and whatever they
    like.
    """
    talk, fit = np.full_like(events.talks, moved.talk), moved.ratios
    if personal:
        talk = moved.liking[events.event] + talk
        fit = fit + moved.fits.sum(axis=0)[events.event]
    return Rooms(
        share=events.share,
        talks=np.clip(events.talks + talk, *np.log(TALKS_RANGE)),
        fit=fit,
        weight=events.weight,
        spread=events.spread,
        entry=events.entry,
    )


def _taught_share(events: Candidates, taught: Taught) -> Array:
    """Of each room, the part who hire, for anybody: some never do, whatever was learned."""
    moved = events.p * np.exp(taught.ratios)[events.event]
    result: Array = np.minimum(moved, np.maximum(events.p, MOST_SHARE))
    return result


def _fit(events: Candidates, at: person.Lens) -> Array:
    fields = person.field_fit(at, events.crafts, events.trades, events.work)
    return fields * person.seniority_fit(at, events.executives)


def score_many(events: Candidates, profile: Profile, taught: Taught | None = None) -> Chances:
    """The chances of all candidates for one person."""
    at = person.lens(profile)
    if not len(events.first):
        return Chances(events.any_field, events.any_field, events.withheld)
    talks, share = events.mu, events.p
    if taught is not None:
        talks = talks * taught.talk
        share = _taught_share(events, taught)
    any_field = events.any_field
    if taught is not None:
        any_field = taught.checked(_chances(events, share, talks))
    if at.likes or at.dislikes:
        talks = talks * person.interest_factor(at, events.interests)[events.event]
    your_field = _chances(events, share * _fit(events, at)[events.event], talks)
    if taught is not None:
        your_field = taught.checked(your_field)
    return Chances(any_field, your_field, events.withheld)


def _chances(events: Candidates, share: Array, talks: Array) -> Array:
    talks = np.clip(talks, *TALKS_RANGE)
    values = mixture(share, talks, events.m, events.inverse_k, events.h) * events.probability
    result: Array = np.add.reduceat(values, events.first)
    return result
