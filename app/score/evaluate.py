"""How good the scores are against judged records, beside what simple rules reach (SCORING.md 12).

Labels are judgements of a careful reader, so these figures say nothing of calibration.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.model.event import KINDS, Event
from app.score import baselines, metrics
from app.score.chance import Array
from app.score.record import Record
from app.score.understanding import Understanding

DEPTH = 10
RECALL = 0.95
GOOD = 2.0  # grade from which an event is a good suggestion
_DRAWS = 500


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well one order of the lists does."""

    ndcg_at_10: Figure
    pairwise_accuracy: Figure
    good_in_top_5: float
    ndcg_at_10_free: float


@dataclass(frozen=True, slots=True)
class Circles:
    """How well job-seeker circles are kept out; `curve` is (threshold, precision, recall)."""

    count: int
    average_precision: Figure
    precision_at_recall_95: Figure
    precision_at_gate: float
    recall_at_gate: float
    in_top_10: int
    curve: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Kinds:
    """How well the kind is recognised; `confusion` is {judged: {found: count}}."""

    accuracy: Figure
    macro_f1: Figure
    f1: dict[str, float]
    confusion: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything `gomeet evaluate` prints; a part is None where the labels for it are missing.

    `free_in_top_10` is the share of free events among the tops of the lists.
    """

    model: str
    records: int
    lists: int
    ranking: Ranking | None
    baselines: dict[str, Ranking]
    ablations: dict[str, Ranking]
    ceiling: Ranking | None
    circles: Circles | None
    kinds: Kinds | None
    by_list: dict[str, float]
    free_in_top_10: float
    rank_correlation: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Lists:
    """The graded records that belong to a list, as arrays of places in the file."""

    members: tuple[npt.NDArray[np.int64], ...]
    names: tuple[str, ...]
    grades: Array
    free: npt.NDArray[np.bool_]


def evaluate(
    records: Sequence[Record],
    events: Sequence[Event],
    found: Sequence[Understanding],
) -> Report:
    """Compare understandings with the labels of the records they were made from."""
    lists = _lists(records, found)
    scores = np.array([each.any_field for each in found])
    ranked = len(lists.members) > 0
    return Report(
        model=found[0].model if found else "",
        records=len(records),
        lists=len(lists.members),
        ranking=_ranking(lists, scores) if ranked else None,
        baselines=_all(lists, baselines.simple_orders(events, found)) if ranked else {},
        ablations=_all(lists, baselines.ablated_orders(found)) if ranked else {},
        ceiling=_ceiling(records, lists) if ranked else None,
        circles=_circles(records, found, lists),
        kinds=_kinds(records, found),
        by_list=_by_list(lists, scores),
        free_in_top_10=_free_share(lists, scores),
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


def _all(lists: _Lists, orders: Mapping[str, Array]) -> dict[str, Ranking]:
    return {name: _ranking(lists, scores) for name, scores in orders.items()}


def _ranking(lists: _Lists, scores: Array, grades: Array | None = None) -> Ranking:
    truth = lists.grades if grades is None else grades
    gains = np.array([metrics.ndcg(truth[at], scores[at], DEPTH) for at in lists.members])
    order = np.array([metrics.pairwise(truth[at], scores[at]) for at in lists.members])
    tops = [at[np.argsort(-scores[at], kind="stable")][:5] for at in lists.members]
    free = [at[lists.free[at]] for at in lists.members]
    return Ranking(
        ndcg_at_10=_mean(gains),
        pairwise_accuracy=_mean(order),
        good_in_top_5=float(np.mean([(truth[top] >= GOOD).mean() for top in tops])),
        ndcg_at_10_free=_nanmean([metrics.ndcg(truth[at], scores[at]) for at in free if len(at)]),
    )


def _nanmean(values: Sequence[float] | Array) -> float:
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    return float(known.mean()) if len(known) else float("nan")


def _mean(by_list: Array) -> Figure:
    low, high = metrics.bootstrap(len(by_list), lambda drawn: _nanmean(by_list[drawn]))
    return Figure(_nanmean(by_list), low, high)


def _by_list(lists: _Lists, scores: Array) -> dict[str, float]:
    values = [metrics.ndcg(lists.grades[at], scores[at], DEPTH) for at in lists.members]
    return dict(zip(lists.names, values, strict=True))


def _free_share(lists: _Lists, scores: Array) -> float:
    tops = [at[np.argsort(-scores[at], kind="stable")][:DEPTH] for at in lists.members]
    return _nanmean([lists.free[top].mean() for top in tops])


def _ceiling(records: Sequence[Record], lists: _Lists) -> Ranking | None:
    """The order of the second judge against the first one's grades; None with one judge."""
    if not all(len(records[place].judges) > 1 for at in lists.members for place in at):
        return None
    first = np.array([r.judges[0].grade if r.judges else 0.0 for r in records])
    second = np.array([r.judges[1].grade if len(r.judges) > 1 else 0.0 for r in records])
    return _ranking(lists, second, first)


def _circles(
    records: Sequence[Record], found: Sequence[Understanding], lists: _Lists
) -> Circles | None:
    if any(record.circle is None for record in records):
        return None
    positive = np.array([(record.circle or 0.0) >= 0.5 for record in records])
    if not positive.any():
        return None
    scores = np.array([each.circle for each in found])
    gated = np.array([each.withheld == "circle" for each in found])
    chances = np.array([each.any_field for each in found])
    tops = [at[np.argsort(-chances[at], kind="stable")][:DEPTH] for at in lists.members]
    precision, recall, thresholds = metrics.curve(positive, scores)
    return Circles(
        count=int(positive.sum()),
        average_precision=_over(positive, scores, metrics.average_precision),
        precision_at_recall_95=_over(positive, scores, _precision),
        precision_at_gate=float(positive[gated].mean()) if gated.any() else float("nan"),
        recall_at_gate=float(gated[positive].mean()),
        in_top_10=int(sum(positive[top].sum() for top in tops)),
        curve=tuple(zip(thresholds.tolist(), precision.tolist(), recall.tolist(), strict=True)),
    )


def _precision(positive: npt.NDArray[np.bool_], scores: Array) -> float:
    return metrics.precision_at_recall(positive, scores, RECALL)


def _over(
    positive: npt.NDArray[np.bool_],
    scores: Array,
    measure: Callable[[npt.NDArray[np.bool_], Array], float],
) -> Figure:
    low, high = metrics.bootstrap(
        len(scores), lambda drawn: measure(positive[drawn], scores[drawn]), _DRAWS
    )
    return Figure(measure(positive, scores), low, high)


def _kinds(records: Sequence[Record], found: Sequence[Understanding]) -> Kinds | None:
    if not records or not all(record.kinds for record in records):
        return None
    truths, guesses = [record.kinds for record in records], [each.kind for each in found]
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
    accuracy = metrics.bootstrap(len(right), lambda drawn: float(right[drawn].mean()), _DRAWS)
    return Kinds(
        accuracy=Figure(float(right.mean()), *accuracy),
        macro_f1=Figure(
            float(np.mean(list(f1.values()))), *metrics.bootstrap(len(right), macro, 200)
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
