"""What a signal is: one piece of evidence, its number and where the number comes from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import log

from app.score.cues import table
from app.score.facts import Facts

DEFENDED = 3.3  # a defended range spans about 3.3 standard deviations (SCORING.md 2)


@dataclass(frozen=True, slots=True)
class Signal:
    """One cue of a family.

    `ratio` multiplies the odds that somebody present takes part in hiring (in the family `form`:
    the mean number of new conversations); `range` is what we would defend; `basis` is D, S, M or
    J (SCORING.md), `source` where the number stands; `says` completes "because …"; `advice` is one
    thing to do about it. `applies` gives the listing's own words that show it, or None.
    """

    id: str
    family: str
    ratio: float
    range: tuple[float, float]
    basis: str
    source: str
    says: str
    applies: Callable[[Facts], str | None]
    advice: str = ""
    cue: bool = False
    log_ratio: float = field(init=False)  # natural logarithm
    deviation: float = field(init=False)  # standard deviation of it, from the defended range

    def __post_init__(self) -> None:
        """Take the logarithms once."""
        low, high = self.range
        object.__setattr__(self, "log_ratio", log(self.ratio))
        object.__setattr__(self, "deviation", log(high / low) / DEFENDED)


def from_cues(family: str) -> tuple[Signal, ...]:
    """The signals of a cue file: each applies where one of its phrases stands."""
    return tuple(_signal(family, name, entry) for name, entry in table(family).items())


def _signal(family: str, name: str, entry: dict[str, object]) -> Signal:
    cue = f"{family}.{name}"
    return Signal(
        id=cue,
        family=family,
        ratio=_number(entry.get("ratio", entry.get("times"))),
        range=(_number(entry["low"]), _number(entry["high"])),
        basis=str(entry["basis"]),
        source=str(entry["source"]),
        says=str(entry["says"]),
        advice=str(entry.get("advice", "")),
        applies=lambda facts: facts.phrase(cue),
        cue=True,
    )


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"a cue file holds {value!r} where a number belongs")
    return float(value)
