"""Whether what we foretold came true, with honest intervals (SCORING.md 9)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.model.check_in import CheckIn

CHECKED_FROM = 30  # check-ins from which chances are recalibrated
EQUAL_BINS = ((500, 10), (100, 5))  # check-ins, bins of equal counts; fewer: by fifths of the scale
INTERCEPT_SD, SLOPE_SD = 0.7, 0.3
NEWTON_STEPS = 25
Z90 = 1.645
_CLIP = 0.01  # a chance is never taken for certain

Outcome = tuple[float, bool]  # the chance foretold, and whether it happened
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bin:
    """Visits of like chances: what was said on average, and how often it happened.

    `low` and `high` bound the true share with 90 % (Jeffreys).
    """

    said: float
    happened: int
    visits: int
    low: float
    high: float

    @property
    def sentence(self) -> str:
        """For a person."""
        return (
            f"When we said about {100 * self.said:.0f} %, "
            f"it happened {self.happened} of {self.visits} times."
        )


@dataclass(frozen=True, slots=True)
class Half:
    """One half of a chance, summed over the visits that tell it: as foretold and as it came."""

    said: float
    happened: float
    visits: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well the chances did. Scores are NaN without check-ins.

    `brier` and `log_loss` are means (less is better), `skill` the part of the Brier score of the
    constant base rate that we took away. `gap` is the mean chance minus the share that happened,
    with its 90 % interval. `talks` compares conversations, `share` people who hire among the people
    talked with: which half is wrong.
    """

    checked: int
    brier: float
    skill: float
    log_loss: float
    gap: float
    gap_interval: Interval
    intercept: float
    slope: float
    bins: tuple[Bin, ...]
    talks: Half
    share: Half

    @property
    def sentence(self) -> str:
        """The one thing to say first."""
        if self.checked < CHECKED_FROM:
            missing = CHECKED_FROM - self.checked
            return (
                "Not yet checked against your own visits: "
                f"{missing} more check-in{'s' if missing > 1 else ''} to go."
            )
        return max(self.bins, key=lambda each: each.visits).sentence


def outcomes(check_ins: Iterable[CheckIn], *, raw: bool = False) -> list[Outcome]:
    """What was foretold and came, of all visits that say whether it did; `raw`: before it was
    recalibrated, which is what to recalibrate from.
    """
    return [
        (each.forecast.raw if raw else each.forecast.chance, each.met)
        for each in check_ins
        if each.met is not None
    ]


def recalibration(told: Sequence[Outcome]) -> tuple[float, float]:
    """Intercept and slope that turn the logits of our chances into what happened.

    Posterior mode under α ~ N(0, 0.7²) and β ~ N(1, 0.3²), by Newton steps; (0, 1) without data.
    """
    if not told:
        return 0.0, 1.0
    x = _logits([chance for chance, _ in told])
    y = np.array([float(came) for _, came in told])
    design = np.stack([np.ones_like(x), x], axis=1)
    precision = np.diag([1 / INTERCEPT_SD**2, 1 / SLOPE_SD**2])
    prior = np.array([0.0, 1.0])
    at = prior.copy()
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-design @ at))
        slope = design.T @ (y - p) - precision @ (at - prior)
        curvature = design.T @ (design * (p * (1 - p))[:, None]) + precision
        step = np.linalg.solve(curvature, slope)
        at = at + step
        if np.abs(step).max() < 1e-10:
            break
    return float(at[0]), float(at[1])


def recalibrated(
    chances: npt.NDArray[np.float64], intercept: float, slope: float
) -> npt.NDArray[np.float64]:
    """σ(intercept + slope · logit) of chances within 0 and 1; the ends stay what they are."""
    inside = (chances > 0) & (chances < 1)
    logits = np.log(np.where(inside, chances, 0.5)) - np.log1p(-np.where(inside, chances, 0.5))
    result: npt.NDArray[np.float64] = np.where(
        inside, 1 / (1 + np.exp(-(intercept + slope * logits))), chances
    )
    return result


def calibration(check_ins: Iterable[CheckIn]) -> Calibration:
    """All figures, of the visits among these check-ins."""
    visited = [each for each in check_ins if each.went]
    told = sorted(outcomes(visited))
    said = np.array([chance for chance, _ in told])
    came = np.array([float(each) for _, each in told])
    intercept, slope = recalibration(told)
    brier, base = _mean((said - came) ** 2), _mean((came - _mean(came)) ** 2)
    spread = Z90 * float(np.sqrt(((said * (1 - said)).sum()) / len(told) ** 2)) if told else np.nan
    gap = _mean(said - came)
    return Calibration(
        checked=len(told),
        brier=brier,
        skill=1 - brier / base if base else float("nan"),
        log_loss=_mean(-np.log(np.where(came > 0, _inside(said), 1 - _inside(said)))),
        gap=gap,
        gap_interval=(gap - spread, gap + spread),
        intercept=intercept,
        slope=slope,
        bins=_bins(told),
        talks=_talks(visited),
        share=_share(visited),
    )


def beta_interval(successes: float, failures: float) -> Interval:
    """The middle 90 % of Beta(successes + ½, failures + ½): Jeffreys' interval of a share."""
    # With x = sin² t the density is sin^2s · cos^2f, which has no poles at the ends.
    edges = np.linspace(0, np.pi / 2, 2001)
    middle = (edges[1:] + edges[:-1]) / 2
    density = 2 * successes * np.log(np.sin(middle)) + 2 * failures * np.log(np.cos(middle))
    mass = np.concatenate([[0.0], np.cumsum(np.exp(density - density.max()))])
    low, high = np.sin(np.interp((0.05, 0.95), mass / mass[-1], edges)) ** 2
    # At the ends the interval is closed on that side, or nothing at all could not be said of it.
    return (0.0 if successes == 0 else float(low)), (1.0 if failures == 0 else float(high))


def _bins(told: Sequence[Outcome]) -> tuple[Bin, ...]:
    """`told` is sorted."""
    count = next((bins for least, bins in EQUAL_BINS if len(told) >= least), 0)
    if count:
        parts = [list(part) for part in np.array_split(np.arange(len(told)), count)]
        groups = [[told[n] for n in part] for part in parts]
    else:
        by_fifth: dict[int, list[Outcome]] = {}
        for each in told:
            by_fifth.setdefault(min(4, int(each[0] * 5)), []).append(each)
        groups = list(by_fifth.values())
    return tuple(_bin(group) for group in groups)


def _bin(group: Sequence[Outcome]) -> Bin:
    happened = sum(came for _, came in group)
    low, high = beta_interval(happened, len(group) - happened)
    return Bin(sum(said for said, _ in group) / len(group), happened, len(group), low, high)


def _talks(visited: Iterable[CheckIn]) -> Half:
    told = [(each.forecast.talks, each.talked) for each in visited if each.talked is not None]
    return Half(sum(said for said, _ in told), sum(came for _, came in told), len(told))


def _share(visited: Iterable[CheckIn]) -> Half:
    """People who hire: expected among those talked with, and met."""
    told = [
        (each.talked * each.forecast.share, each.hirers)
        for each in visited
        if each.talked is not None and each.hirers is not None
    ]
    return Half(sum(said for said, _ in told), sum(came for _, came in told), len(told))


def _logits(chances: Sequence[float]) -> npt.NDArray[np.float64]:
    inside = _inside(np.array(chances))
    result: npt.NDArray[np.float64] = np.log(inside) - np.log1p(-inside)
    return result


def _inside(chances: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.clip(chances, _CLIP, 1 - _CLIP)


def _mean(values: npt.NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")
