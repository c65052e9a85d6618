"""What a person's own evenings taught us of them and of the rooms they go to."""

from dataclasses import dataclass

Group = tuple[str, str]  # what events share: ("kind", "business_mixer"), ("organizer", "…")


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many more people who hire a group of events had than foretold; 1 where nothing is known.

    `hirers` met and `expected` are sums over `visits`, older ones counting less.
    """

    value: float
    hirers: float
    expected: float
    visits: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """`talk` is how much more this person talks than foretold, as a factor.

    `intercept` and `slope` recalibrate chances: σ(intercept + slope · logit), from `checked`
    check-ins that said whether the person met somebody who hires.
    """

    talk: float = 1.0
    ratios: tuple[tuple[Group, Ratio], ...] = ()
    intercept: float = 0.0
    slope: float = 1.0
    checked: int = 0


NOTHING = Learnt()
