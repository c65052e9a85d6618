"""What a set of events is worth to one person's week (SCORING.md 10)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import exp, log

from app.plan.candidates import Candidate, Limits, hours

SAME_PEOPLE = 0.8  # c: how soon a second evening with the same people adds little
PER_HOUR = 0.02
PER_CENT = 0.002 / 100
REGULAR = 0.15  # for each person expected to be met again
AGAIN = 1 / 3  # of those met on one visit, how many are there the next time (judgement)
MOST_VISITS = 3  # the bonus grows this long, then stays (FEATURES "The regular's bonus")
CERTAIN = 0.99  # no chance counts for more
TIES = 1e-3  # how far the seed moves equals, so that not everybody goes to the same one of them


@dataclass(frozen=True, slots=True)
class Worth:
    """Weights of events by position: `gain` is -ln(1 - chance), `net` bonus less cost."""

    gain: tuple[float, ...]
    net: tuple[float, ...]
    group: tuple[int, ...]  # whose number; the same people have the same

    def of(self, chosen: Iterable[int]) -> float:
        """The worth of a set: concave within a group, added up across groups."""
        items = sorted(chosen)
        shared = sum(map(concave, self.gains(items).values()))
        return shared + sum(self.net[item] for item in items)

    def gains(self, chosen: Iterable[int]) -> dict[int, float]:
        """The added gains of each group that is in the set."""
        found: dict[int, float] = {}
        for item in chosen:
            found[self.group[item]] = found.get(self.group[item], 0.0) + self.gain[item]
        return found


def worth_of(events: Sequence[Candidate], limits: Limits, seed: int) -> Worth:
    """Weigh all candidates; the same seed moves the same equals."""
    gain = tuple(-log(1 - min(event.chance, CERTAIN)) * _nudge(event, seed) for event in events)
    net = tuple(
        bonus(event.visits) - PER_HOUR * hours(event, limits.mode) - PER_CENT * event.cents
        for event in events
    )
    return Worth(gain, net, _groups(events))


def concave(gain: float) -> float:
    """What the added gains of one group are worth together."""
    return SAME_PEOPLE * (1 - exp(-gain / SAME_PEOPLE))


def bonus(visits: int) -> float:
    """What coming back is worth: nothing before the first visit, more up to the third."""
    return REGULAR * AGAIN * min(visits, MOST_VISITS)


def chance_of_week(events: Iterable[Candidate]) -> float:
    """The chance of a talk with at least one person who hires, 0..1.

    Groups are independent of each other; within one a further evening adds only what `concave`
    leaves of it, since many of the people are the same.
    """
    kept = list(events)
    together: dict[int, list[float]] = {}
    for event, group in zip(kept, _groups(kept), strict=True):
        together.setdefault(group, []).append(-log(1 - min(event.chance, CERTAIN)))
    total = sum(
        max(gains) + concave(sum(gains)) - concave(max(gains)) for gains in together.values()
    )
    return 1 - exp(-total)


def _groups(events: Sequence[Candidate]) -> tuple[int, ...]:
    numbers: dict[str, int] = {}
    return tuple(numbers.setdefault(event.group or str(event.id), len(numbers)) for event in events)


def _nudge(event: Candidate, seed: int) -> float:
    drawn = blake2b(f"{seed}|{event.id}".encode(), digest_size=4).digest()
    return 1 + TIES * int.from_bytes(drawn, "big") / 2**32
