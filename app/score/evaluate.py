"""How good the scores are against judged records, beside what simple rules reach (SCORING.md 12).

Labels are judgements of a careful reader, so these figures say nothing of calibration.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.model.event import KINDS, Event
from app.score import baselines, circle, metrics
from app.score.chance import Array
from app.score.record import Record
from app.score.report import Ceiling, Circles, Figure, Gain, Kinds, Ranking, Report
from app.score.stability import stability
from app.score.understanding import Understanding

DEPTH = 10
RECALL = 0.95
GOOD = 2.0  # grade from which an event is a good suggestion
_DRAWS, _KIND_DRAWS, _GAIN_DRAWS = 500, 200, 10_000

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Lists:
    """The graded records that belong to a list, as arrays of places in the file."""

    members: tuple[npt.NDArray[np.int64], ...]
    names: tuple[str, ...]
    grades: Array
    free: Bools

    def by_list(self, scores: Array, measure: Callable[[Array, Array], float]) -> Array:
        """A measure of each list."""
        return np.array([measure(self.grades[at], scores[at]) for at in self.members])

    def tops(self, scores: Array, depth: int = DEPTH) -> list[npt.NDArray[np.int64]]:
        """The places of the best of each list."""
        return [at[np.argsort(-scores[at], kind="stable")][:depth] for at in self.members]


def evaluate(
    records: Sequence[Record],
    events: Sequence[Event],
    found: Sequence[Understanding],
    others: Mapping[str, Array] | None = None,
) -> Report:
    """Compare understandings with the labels of the records they were made from.

    `others` are scores of the same records by other means, compared as baselines.
    """
    lists = _lists(records, found)
    scores = np.array([each.any_field for each in found])
    ranked = len(lists.members) > 0
    orders = {**baselines.simple_orders(events, found), **(others or {})} if ranked else {}
    ablated = baselines.ablated_orders(found) if ranked else {}
    return Report(
        model=found[0].model if found else "",
        records=len(records),
        lists=len(lists.members),
        ranking=_ranking(lists, scores) if ranked else None,
        baselines={name: _ranking(lists, order) for name, order in orders.items()},
        gains=_gains(lists, scores, orders),
        ablations={name: _ranking(lists, order) for name, order in ablated.items()},
        ceiling=_ceiling(records, lists),
        circles=_our_circles(records, found, lists),
        kinds=_our_kinds(records, found),
        by_list=dict(zip(lists.names, lists.by_list(scores, metrics.ndcg).tolist(), strict=True)),
        free_in_top_10=_nanmean([lists.free[top].mean() for top in lists.tops(scores)]),
        free_in_lists=_nanmean([lists.free[at].mean() for at in lists.members]),
        stability=stability(lists.members, found, DEPTH),
        rank_correlation=_parts(records, found),
    )


def _lists(records: Sequence[Record], found: Sequence[Understanding]) -> _Lists:
    places: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        if record.city_week and record.grade is not None:
            places.setdefault(record.city_week, []).append(place)
    return _Lists(
        members=tuple(np.array(found) for found in places.values()),
        names=tuple(places),
        grades=np.array([record.grade or 0.0 for record in records]),
        free=np.array([any(p.signal == "price.free" for p in each.parts) for each in found]),
    )


def _ranking(lists: _Lists, scores: Array) -> Ranking:
    free = [at[lists.free[at]] for at in lists.members]
    return Ranking(
        ndcg_at_10=_mean(lists.by_list(scores, metrics.ndcg)),
        pairwise_accuracy=_mean(lists.by_list(scores, metrics.pairwise)),
        kendall_tau=_mean(lists.by_list(scores, metrics.kendall)),
        good_in_top_5=_nanmean(
            [(lists.grades[top] >= GOOD).mean() for top in lists.tops(scores, 5)]
        ),
        ndcg_at_10_free=_nanmean(
            [metrics.ndcg(lists.grades[at], scores[at]) for at in free if len(at)]
        ),
    )


def _nanmean(values: Sequence[float] | Array) -> float:
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    return float(known.mean()) if len(known) else float("nan")


def _mean(by_list: Array, draws: int = metrics.BOOTSTRAPS) -> Figure:
    return Figure(_nanmean(by_list), *metrics.bootstrap_mean(by_list, draws))


def _gains(lists: _Lists, ours: Array, orders: Mapping[str, Array]) -> dict[str, Gain]:
    mine = lists.by_list(ours, metrics.ndcg)
    apart = {name: mine - lists.by_list(order, metrics.ndcg) for name, order in orders.items()}
    p_values = metrics.holm([metrics.randomization(each) for each in apart.values()])
    return {
        name: Gain(_mean(each, _GAIN_DRAWS), p_value)
        for (name, each), p_value in zip(apart.items(), p_values, strict=True)
    }


def _ceiling(records: Sequence[Record], lists: _Lists) -> Ceiling:
    """The second judge against the first one, the same way; nothing of it with one judge."""
    if not records or any(len(record.judges) < 2 for record in records):
        return Ceiling(None, None, None)
    first, second = ([record.judges[n] for record in records] for n in (0, 1))
    grades = np.array([judge.grade for judge in second])
    by_first = _Lists(
        lists.members, lists.names, np.array([judge.grade for judge in first]), lists.free
    )
    flags = np.array([judge.circle for judge in second])
    return Ceiling(
        ranking=_ranking(by_first, grades) if lists.members else None,
        circles=_circles(
            np.array([judge.circle >= 0.5 for judge in first]),
            flags,
            flags >= 0.5,
            by_first.tops(grades),
        ),
        kinds=_kinds([(judge.kind,) for judge in first], [judge.kind for judge in second]),
    )


def _our_circles(
    records: Sequence[Record], found: Sequence[Understanding], lists: _Lists
) -> Circles | None:
    if any(record.circle is None for record in records):
        return None
    return _circles(
        np.array([(record.circle or 0.0) >= 0.5 for record in records]),
        np.array([each.circle for each in found]),
        np.array([each.circle >= circle.HIGH for each in found]),
        lists.tops(np.array([each.any_field for each in found])),
    )


def _circles(
    positive: Bools, scores: Array, gated: Bools, tops: list[npt.NDArray[np.int64]]
) -> Circles | None:
    if not positive.any():
        return None
    precision, recall, thresholds = metrics.curve(positive, scores)
    return Circles(
        count=int(positive.sum()),
        roc_area=_over(positive, scores, metrics.roc_area),
        average_precision=_over(positive, scores, metrics.average_precision),
        precision_at_recall_95=_over(positive, scores, _precision),
        precision_at_gate=float(positive[gated].mean()) if gated.any() else float("nan"),
        recall_at_gate=float(gated[positive].mean()),
        in_top_10=int(sum(positive[top].sum() for top in tops)),
        curve=tuple(zip(thresholds.tolist(), precision.tolist(), recall.tolist(), strict=True)),
    )


def _precision(positive: Bools, scores: Array) -> float:
    return metrics.precision_at_recall(positive, scores, RECALL)


def _over(positive: Bools, scores: Array, measure: Callable[[Bools, Array], float]) -> Figure:
    low, high = metrics.bootstrap(
        len(scores), lambda drawn: measure(positive[drawn], scores[drawn]), _DRAWS
    )
    return Figure(measure(positive, scores), low, high)


def _our_kinds(records: Sequence[Record], found: Sequence[Understanding]) -> Kinds | None:
    if not records or not all(record.kinds for record in records):
        return None
    return _kinds([record.kinds for record in records], [each.kind for each in found])


def _kinds(truths: Sequence[tuple[str, ...]], guesses: Sequence[str]) -> Kinds:
    right = np.array([guess in truth for truth, guess in zip(truths, guesses, strict=True)])
    f1 = metrics.f1_by_label(truths, guesses, KINDS)

    def macro(drawn: metrics.Indices) -> float:
        by_label = metrics.f1_by_label(
            [truths[n] for n in drawn], [guesses[n] for n in drawn], KINDS
        )
        return float(np.mean(list(by_label.values())))

    confusion: dict[str, dict[str, int]] = {}
    for truth, guess in zip(metrics.settle(truths, guesses), guesses, strict=True):
        row = confusion.setdefault(truth, {})
        row[guess] = row.get(guess, 0) + 1
    accuracy = metrics.bootstrap_mean(right.astype(float), _DRAWS)
    return Kinds(
        accuracy=Figure(float(right.mean()), *accuracy),
        macro_f1=Figure(
            float(np.mean(list(f1.values()))), *metrics.bootstrap(len(right), macro, _KIND_DRAWS)
        ),
        f1=f1,
        confusion=confusion,
    )


def _parts(records: Sequence[Record], found: Sequence[Understanding]) -> dict[str, float]:
    """Spearman correlation of our share and conversations with the judges' bins (12.5)."""
    judged = [n for n, record in enumerate(records) if record.judges]
    if len(judged) < 3:
        return {}
    share = np.array([baselines.mean_over_rooms(found[n], baselines.share) for n in judged])
    talks = np.array([baselines.mean_over_rooms(found[n], lambda room: room.talks) for n in judged])
    return {
        "share": _spearman(share, np.array([_bin(records[n], "share") for n in judged])),
        "conversations": _spearman(talks, np.array([_bin(records[n], "talk") for n in judged])),
    }


def _bin(record: Record, name: str) -> float:
    return float(np.mean(["abcde".find(getattr(judge, name) or "a") for judge in record.judges]))


def _spearman(first: Array, second: Array) -> float:
    table = np.asarray(np.corrcoef(_ranks(first), _ranks(second)))
    return float(table[0, 1])


def _ranks(values: Array) -> Array:
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    result: Array = (last - (counts - 1) / 2)[group]
    return result
