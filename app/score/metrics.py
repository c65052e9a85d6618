"""Measures of a ranking, of a classifier and of their uncertainty (SCORING.md 12.5, 12.7)."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from app.score.chance import Array

BOOTSTRAPS = 2000
RANDOMIZATIONS = 10_000
_SEED = 7

Indices = npt.NDArray[np.int64]


def ndcg(grades: Array, scores: Array, depth: int = 10) -> float:
    """Normalized discounted cumulative gain, gain 2^grade − 1; nan where no grade is above 0.

    Equal scores share the gain: each of them counts as the mean of its group.
    """
    discount = 1 / np.log2(np.arange(2, min(depth, len(grades)) + 2))
    gains = 2.0**grades - 1
    ideal = np.sort(gains)[::-1][: len(discount)] @ discount
    if ideal == 0:
        return float("nan")
    values, group = np.unique(-scores, return_inverse=True)
    mean = np.bincount(group, gains, len(values)) / np.bincount(group, minlength=len(values))
    return float(mean[np.sort(group)][: len(discount)] @ discount / ideal)


def pairwise(grades: Array, scores: Array) -> float:
    """Share of pairs of different grade in the right order, ties as half; nan without pairs."""
    better = grades[:, None] > grades[None]
    if not better.any():
        return float("nan")
    right = (scores[:, None] > scores[None]) + 0.5 * (scores[:, None] == scores[None])
    return float(right[better].mean())


def kendall(grades: Array, scores: Array) -> float:
    """Kendall's τ-b: agreement of two orders from −1 to 1, ties taken into account."""
    first, second = (np.sign(each[:, None] - each[None]) for each in (grades, scores))
    size = np.sqrt((first**2).sum() * (second**2).sum())
    return float((first * second).sum() / size) if size else float("nan")


def roc_area(positive: npt.NDArray[np.bool_], scores: Array) -> float:
    """Chance that a positive has a higher score than another, ties as half; nan without either."""
    return pairwise(positive.astype(float), scores)


def average_precision(positive: npt.NDArray[np.bool_], scores: Array) -> float:
    """Area under the precision-recall curve, step-wise; nan without positives."""
    precision, recall, _ = curve(positive, scores)
    steps = np.diff(recall, prepend=0.0)
    return float((steps * precision).sum()) if len(recall) else float("nan")


def curve(positive: npt.NDArray[np.bool_], scores: Array) -> tuple[Array, Array, Array]:
    """Precision, recall and threshold for each distinct score, the highest first."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(positive[order])
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    if not positive.any():
        empty = np.zeros(0)
        return empty, empty, empty
    return hits[last] / (last + 1), hits[last] / hits[-1], scores[order][last]


def precision_at_recall(positive: npt.NDArray[np.bool_], scores: Array, least: float) -> float:
    """The best precision of a threshold whose recall is at least `least`; nan without positives."""
    precision, recall, _ = curve(positive, scores)
    reached = precision[recall >= least]
    return float(reached.max()) if len(reached) else float("nan")


def f1_by_label(
    truths: Sequence[tuple[str, ...]], found: Sequence[str], labels: Sequence[str]
) -> dict[str, float]:
    """F1 of each label that occurs; a find is right if it is among the truths of the record."""
    settled = settle(truths, found)
    pairs = list(zip(settled, found, strict=True))
    result = {}
    for label in labels:
        hits = sum(truth == label == guess for truth, guess in pairs)
        named = sum(truth == label for truth, _ in pairs) + sum(
            guess == label for _, guess in pairs
        )
        if any(truth == label for truth, _ in pairs):
            result[label] = 2 * hits / named
    return result


def settle(truths: Sequence[tuple[str, ...]], found: Sequence[str]) -> list[str]:
    """One truth for each record: the find where a judge agrees with it, else the first judge's."""
    return [
        guess if guess in truth else truth[0] for truth, guess in zip(truths, found, strict=True)
    ]


def bootstrap(
    units: int, statistic: Callable[[Indices], float], draws: int = BOOTSTRAPS
) -> tuple[float, float]:
    """95 % percentile interval of a statistic over resampled units (lists or records).

    Draws in which it is not defined do not count; NaN where it never is.
    """
    generator = np.random.default_rng(_SEED)
    return _interval(
        np.array([statistic(generator.integers(0, units, units)) for _ in range(draws)])
    )


def bootstrap_mean(values: Array, draws: int = BOOTSTRAPS) -> tuple[float, float]:
    """`bootstrap` of the mean of what is known (not NaN) among the values, all draws at once."""
    drawn = values[np.random.default_rng(_SEED).integers(0, len(values), (draws, len(values)))]
    known = ~np.isnan(drawn)
    some = known.any(axis=1)
    sums = np.where(known, drawn, 0.0).sum(axis=1)[some]
    return _interval(sums / known.sum(axis=1)[some])


def _interval(values: Array) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.percentile(known, (2.5, 97.5))
    return float(low), float(high)


def randomization(differences: Array, draws: int = RANDOMIZATIONS) -> float:
    """Two-sided p-value of paired differences whose signs are flipped at random (12.7)."""
    known = differences[~np.isnan(differences)]
    signs = np.random.default_rng(_SEED).choice((-1.0, 1.0), (draws, len(known)))
    as_far = np.abs(signs @ known) >= abs(known.sum()) - 1e-12
    return float((as_far.sum() + 1) / (draws + 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for their number by Holm's step-down, in the same order."""
    order = sorted(range(len(p_values)), key=lambda n: p_values[n])
    result, worst = [0.0] * len(p_values), 0.0
    for rank, n in enumerate(order):
        worst = max(worst, min(1.0, (len(p_values) - rank) * p_values[n]))
        result[n] = worst
    return result
