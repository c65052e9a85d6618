"""What `gomeet evaluate` reports (SCORING.md 12.5): figures, with 95 % bootstrap intervals."""

from dataclasses import dataclass


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
    kendall_tau: Figure
    good_in_top_5: float
    ndcg_at_10_free: float


@dataclass(frozen=True, slots=True)
class Gain:
    """By how much our nDCG@10 is above another order's, list by list.

    `p_value` is of a paired randomization test, corrected for the number of comparisons (Holm).
    """

    difference: Figure
    p_value: float


@dataclass(frozen=True, slots=True)
class Circles:
    """How well job-seeker circles are kept out; `curve` is (threshold, precision, recall)."""

    count: int
    roc_area: Figure
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
class Ceiling:
    """One judge measured against the other, as we are against both: how well one could do."""

    ranking: Ranking | None
    circles: Circles | None
    kinds: Kinds | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything `gomeet evaluate` prints; a part is None where the labels for it are missing.

    `gains` are over the baselines. `free_in_top_10` is the share of free events among the tops of
    the lists, `free_in_lists` among all. `stability` is how many of a list's top ten stay there
    (0–1, median) when every ratio is drawn anew from its range.
    """

    model: str
    records: int
    lists: int
    ranking: Ranking | None
    baselines: dict[str, Ranking]
    gains: dict[str, Gain]
    ablations: dict[str, Ranking]
    ceiling: Ceiling
    circles: Circles | None
    kinds: Kinds | None
    by_list: dict[str, float]
    free_in_top_10: float
    free_in_lists: float
    stability: float
    rank_correlation: dict[str, float]
