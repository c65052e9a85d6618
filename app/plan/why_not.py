"""Why an event is not in the week, in plain words. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from app.plan.candidates import Candidate, Limits, way_home
from app.plan.rows import Code, Row
from app.plan.worth import Worth

Refusal = Literal["far", "crowded", "busy", "all_day", "people", "weak", "less"]
ORDINALS = [
    "a first",
    "a second",
    "a third",
    "a fourth",
    "a fifth",
    "a sixth",
    "a seventh",
    "an eighth",
]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """`code` for programs, `text` for people; `other` is the planned event that is in the way."""

    event: Candidate
    code: Code | Refusal
    text: str
    other: Candidate | None = None


def unsuitable(event: Candidate, limits: Limits) -> WhyNot | None:
    """What keeps an event out whatever else is in the week; an accepted one is never kept out."""
    if event.fixed:
        return None
    if not event.online and event.home_km is not None and event.home_km > limits.reach_km:
        return WhyNot(event, "far", "farther than you like to go")
    if limits.crowd is not None and event.going >= limits.crowd:
        return WhyNot(event, "crowded", "enough of us go there already")
    if event.all_day:
        return WhyNot(event, "all_day", "lasts all day, so it has no hour to plan")
    way = timedelta(hours=way_home(event, limits.mode))
    if any(start < event.end + way and event.start - way < end for start, end in limits.busy):
        return WhyNot(event, "busy", "you are busy at that time")
    return None


def left_out(
    item: int,
    events: Sequence[Candidate],
    rows: Sequence[Row],
    worth: Worth,
    chosen: frozenset[int],
) -> WhyNot:
    """Why a suitable event did not make it beside those that are chosen."""
    event = events[item]
    if worth.of({item}) <= 0:
        return WhyNot(event, "weak", "too small a chance for the hours and the money")
    broken = next(
        (row for row in rows if item in row.weights and row.broken_by(chosen | {item})), None
    )
    if broken is not None:
        rivals = [other for other in sorted(chosen) if other in broken.weights]
        return _against(event, broken, [events[other] for other in rivals])
    same = [other for other in sorted(chosen) if worth.group[other] == worth.group[item]]
    if same:
        return _over(event, "people", "the same people as “{}”", events[same[0]])
    return WhyNot(event, "less", "adds less than it costs in hours and money")


def _against(event: Candidate, row: Row, rivals: Sequence[Candidate]) -> WhyNot:
    """Words for a limit that is used up; a clash and a full day name the event in the way."""
    if row.code == "clash":
        other = rivals[0]
        apart = other.end <= event.start or event.end <= other.start
        words = "no time for the way between it and “{}”" if apart else "overlaps with “{}”"
        return _over(event, "clash", words, other)
    if row.code == "day":
        return _over(event, "day", "you have “{}” that day", rivals[0])
    if row.code == "kind":
        return _over(event, "kind", "the same kind again, after “{}”", rivals[-1])
    return WhyNot(event, row.code, _TEXTS[row.code](len(rivals)))


def _over(event: Candidate, code: Code | Refusal, words: str, other: Candidate) -> WhyNot:
    return WhyNot(event, code, words.format(other.name), other)


def _evening(count: int) -> str:
    named = ORDINALS[count] if count < len(ORDINALS) else "one more"
    return f"would be {named} evening"


_TEXTS: dict[Code, Callable[[int], str]] = {
    "evenings": _evening,
    "hours": lambda _: "over your hours",
    "budget": lambda _: "over your budget",
}
