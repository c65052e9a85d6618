"""Fit the learned part of the score on judged records and write `app/score/coefficients`.

    python -m bench.fit_score train.jsonl [--check] [--dev dev.jsonl]

Beside the judged records it reads the invented listings of `bench/examples`. Every coefficient is
shrunk towards the hand-made tables (ridge on the difference, SCORING.md 4.2). `--check` first
compares by cross-validation, one city left out at a time, and prints the figures; nothing else is
looked at for choosing. Needs scikit-learn's companion SciPy.
"""

import argparse
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from app.model.event import KINDS, Event
from app.score import circle, kind
from app.score.chance import Array, gradient
from app.score.evaluate import evaluate
from app.score.facts import Facts, read
from app.score.features import features
from app.score.learned import Coefficients
from app.score.record import Record, event_of, read_record
from app.score.report import Report
from app.score.understand import (
    Evidence,
    evidence_weight,
    form_parts,
    is_firm,
    room,
    share_parts,
    spread_of,
    understand,
)
from bench.invented import digest_of_examples, examples

# Chosen by leaving out one city at a time.
KIND_RIDGE, SHARE_RIDGE, CIRCLE_RIDGE, TABLE_RIDGE = 1.0, 8.0, 5.0, 1.0
BINS = 0.02  # weight of the judges' bins of share and talk beside the grade
WHOLE, THIN = 1.0, 0.3  # weight of each record, and once more with its title, date and hour alone
EXAMPLE = 0.99  # weight of an invented listing
TEMPER = (
    0.3  # of the kinds' frequencies, which are those of the judged cities, this much is left out
)
LEAST_RECORDS = 3  # a feature must occur in so many
TARGETS = np.array([0.04, 0.24, 0.50, 0.80])  # chance that a grade stands for
SHARES = dict(zip("abcde", (0.03, 0.10, 0.22, 0.40, 0.60), strict=True))
TALKS = dict(zip("abcde", (0.3, 1.8, 4.2, 7.5, 11.0), strict=True))

_ADDRESS = re.compile(r"\S*[./@_]\S+")
_WORD = re.compile(r"\b[a-z0]{2,}\b")
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Data:
    """Judged records and everything the fit needs of them, row by row."""

    records: list[Record]
    events: list[Event]
    cities: npt.NDArray[np.str_]
    found: list[dict[str, float]]
    points: Array  # hand-made log-odds of the kinds
    circle: Array  # hand-made log-odds of a circle
    share: Array  # log-odds of the share by the tables, for each kind
    talks: Array
    firm: Array  # what is certain of the talks, in logarithms
    weight: Array
    spread: Array
    importance: Array
    common: frozenset[str]  # words that are no names

    def part(self, rows: Bools) -> "Data":
        at = np.flatnonzero(rows)
        return Data(
            [self.records[n] for n in at],
            [self.events[n] for n in at],
            self.cities[at],
            [self.found[n] for n in at],
            self.points[at],
            self.circle[at],
            self.share[at],
            self.talks[at],
            self.firm[at],
            self.weight[at],
            self.spread[at],
            self.importance[at],
            self.common,
        )


def load(path: Path, more: Sequence[Record] = ()) -> Data:
    """The records, after them each once more as a thin listing, and then further ones."""
    records = [read_record(line) for line in path.read_bytes().splitlines()]
    events, others = [event_of(each) for each in records], [event_of(each) for each in more]
    return _data(
        [*records, *records, *more],
        [*events, *map(_thin, events), *others],
        np.concatenate([np.repeat([WHOLE, THIN], len(records)), np.full(len(others), EXAMPLE)]),
    )


def _thin(event: Event) -> Event:
    return replace(event, description="", organizer=None, location=None, categories=(), url="")


def _data(records: list[Record], events: list[Event], importance: Array) -> Data:
    facts = [read(event) for event in events]
    rooms = np.array([_rooms(each) for each in facts])
    return Data(
        records=records,
        events=events,
        cities=np.array([record.city for record in records]),
        found=[features(each) for each in facts],
        points=np.array([kind.points(each) for each in facts]),
        circle=np.array([circle.evidence(each)[0] for each in facts]),
        share=rooms[:, :, 0],
        talks=rooms[:, :, 1],
        firm=np.array([_firm(each) for each in facts]),
        weight=np.log([evidence_weight(each, share_parts(each)) for each in facts]),
        spread=np.log([spread_of(each) for each in facts]),
        importance=importance,
        common=_common_words(events, importance == EXAMPLE),
    )


def _rooms(facts: Facts) -> list[tuple[float, float]]:
    told = Evidence(share_parts(facts), form_parts(facts))
    rooms = (room(facts, place, 1.0, told) for place in range(len(KINDS)))
    return [(each.share, each.talks) for each in rooms]


def _common_words(events: list[Event], invented: Bools) -> frozenset[str]:
    """Words that two listings write in lower case outside an address on the net, or that stand in
    two invented ones.
    """
    seen = Counter(
        word
        for event, free in zip(events, invented, strict=True)
        for word in set(_WORD.findall(_all_words(event) if free else _prose(event)))
    )
    return frozenset(word for word, count in seen.items() if count >= 2)


def _all_words(event: Event) -> str:
    organizer = event.organizer.name if event.organizer else ""
    return f"{event.name} {organizer} {event.description}".lower()


def _prose(event: Event) -> str:
    return _ADDRESS.sub(" ", event.description)


def _firm(facts: Facts) -> float:
    return sum(part.value for part in form_parts(facts) if is_firm(part.signal, facts))


def vocabulary(data: Data) -> dict[str, int]:
    data = data.part(data.importance != THIN)
    records = Counter(name for row in data.found for name in row)
    kept = [
        name
        for name, count in records.items()
        if count >= LEAST_RECORDS and _common(name, data.common)
    ]
    return {name: row for row, name in enumerate(sorted(kept))}


def _common(name: str, words: frozenset[str]) -> bool:
    """Whether a feature consists of common words, so of no name of a person or a town."""
    view, _, rest = name.partition(":")
    named = view in {"t", "d", "o", "v", "u"}
    return not named or all(word == "0" or word in words for word in rest.split())


def matrix(data: Data, rows: dict[str, int]) -> sparse.csr_matrix:
    cells = [
        (n, rows[name], value)
        for n, row in enumerate(data.found)
        for name, value in row.items()
        if name in rows
    ]
    at, columns, values = zip(*cells, strict=True)
    return sparse.csr_matrix((values, (at, columns)), shape=(len(data.found), len(rows)))


def _minimum(loss: Callable[[Array], tuple[float, Array]], size: int, steps: int) -> Array:
    start = np.zeros(size)
    found: Array = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps}).x
    return found


def _softmax(values: Array) -> Array:
    raised = np.exp(values - values.max(axis=1, keepdims=True))
    result: Array = raised / raised.sum(axis=1, keepdims=True)
    return result


def fit_kinds(cells: sparse.csr_matrix, data: Data) -> tuple[Array, Array]:
    """Multinomial logistic regression with the hand-made points as offset."""
    shape = (cells.shape[1], len(KINDS))
    judged = np.zeros((len(data.records), len(KINDS)))
    for n, record in enumerate(data.records):
        for name in record.kinds:
            judged[n, KINDS.index(name)] += data.importance[n] / len(record.kinds)

    def loss(flat: Array) -> tuple[float, Array]:
        weights, base = flat[: -len(KINDS)].reshape(shape), flat[-len(KINDS) :]
        likely = _softmax(data.points + cells @ weights + base)
        value = -(judged * np.log(likely + 1e-12)).sum()
        value += KIND_RIDGE / 2 * (weights**2).sum() + 0.05 * (base**2).sum()
        wrong = judged.sum(axis=1, keepdims=True) * likely - judged
        slope = (cells.T @ wrong + KIND_RIDGE * weights).ravel()
        return float(value), np.concatenate([slope, wrong.sum(axis=0) + 0.1 * base])

    found = _minimum(loss, shape[0] * shape[1] + len(KINDS), 60)
    often = np.log(np.maximum(judged.sum(axis=0), 1.0))
    return found[: -len(KINDS)].reshape(shape), found[-len(KINDS) :] - TEMPER * often


def likely_kinds(cells: sparse.csr_matrix, data: Data) -> Array:
    """Probabilities of the kinds, each city by a fit that has not seen it."""
    result = np.zeros_like(data.points)
    for city in sorted(set(data.cities) - {""}):
        rest, own = data.cities != city, data.cities == city
        weights, base = fit_kinds(cells[rest], data.part(rest))
        result[own] = _softmax(data.points[own] + cells[own] @ weights + base)
    return result


def fit_rooms(cells: sparse.csr_matrix, data: Data, likely: Array) -> tuple[Array, ...]:
    """Corrections of share and talks, so that the chance itself comes near the judged grade."""
    size, kinds = cells.shape[1], len(KINDS)
    used = data.importance * [
        record.grade is not None and (record.circle or 0) < 0.5 for record in data.records
    ]
    binned = used * [bool(record.judges) for record in data.records]
    target = np.interp([record.grade or 0 for record in data.records], range(4), TARGETS)
    share = np.array([_bin(record, "share", SHARES) for record in data.records])
    share, talks = (
        np.log(share / (1 - share)),
        np.log([_bin(r, "talk", TALKS) for r in data.records]),
    )
    shape = data.share.shape
    weight = np.broadcast_to(data.weight[:, None], shape)
    spread = np.broadcast_to(data.spread[:, None], shape)
    zero = np.zeros(shape)
    table = kind.kind_table()
    row_share, row_talks = (np.array([getattr(r, n) for r in table]) for n in ("share", "talks"))
    row_talks = row_talks + data.firm[:, None]
    by_rule, by_form = data.share - row_share, data.talks - row_talks
    cuts = (size, 2 * size, 2 * size + kinds, 2 * size + 2 * kinds)

    def loss(flat: Array) -> tuple[float, Array]:
        w, v, a, b, held = np.split(flat, cuts)
        x = row_share + np.exp(held[0]) * by_rule + (cells @ w)[:, None] + a
        y = row_talks + np.exp(held[1]) * by_form + (cells @ v)[:, None] + b
        slopes = gradient(np.stack([x, y, zero, weight, spread, zero]))
        chance = np.clip((likely * slopes[5]).sum(axis=1), 1e-4, 1 - 1e-4)
        value = -(used * (target * np.log(chance) + (1 - target) * np.log(1 - chance))).sum()
        by_chance = used * (chance - target) / (chance * (1 - chance))
        x_off = (likely * x).sum(axis=1) - share
        y_off = (likely * y).sum(axis=1) - talks
        value += BINS / 2 * (binned * (x_off**2 + y_off**2)).sum()
        by_x = likely * (by_chance[:, None] * slopes[0] + BINS * (binned * x_off)[:, None])
        by_y = likely * (by_chance[:, None] * slopes[1] + BINS * (binned * y_off)[:, None])
        value += SHARE_RIDGE / 2 * (w @ w + v @ v) + TABLE_RIDGE / 2 * (a @ a + b @ b)
        value += held @ held
        return float(value), np.concatenate(
            [
                cells.T @ by_x.sum(axis=1) + SHARE_RIDGE * w,
                cells.T @ by_y.sum(axis=1) + SHARE_RIDGE * v,
                by_x.sum(axis=0) + TABLE_RIDGE * a,
                by_y.sum(axis=0) + TABLE_RIDGE * b,
                [
                    (by_x * by_rule).sum() * np.exp(held[0]) + 2 * held[0],
                    (by_y * by_form).sum() * np.exp(held[1]) + 2 * held[1],
                ],
            ]
        )

    found = _minimum(loss, 2 * size + 2 * kinds + 2, 150)
    share_row, talks_row, kind_share, kind_talks, held = np.split(found, cuts)
    return share_row, talks_row, kind_share, kind_talks, np.exp(held)


def _bin(record: Record, name: str, middles: dict[str, float]) -> float:
    bins = [getattr(judge, name) or "b" for judge in record.judges]
    return float(np.mean([middles[each] for each in bins or "b"]))


def fit_circle(cells: sparse.csr_matrix, data: Data) -> tuple[Array, float, float]:
    """Logistic regression with the scaled hand-made log-odds beside the features."""
    target = np.array([record.circle or 0.0 for record in data.records])
    used = data.importance * [record.circle is not None for record in data.records]
    size = cells.shape[1]

    def loss(flat: Array) -> tuple[float, Array]:
        w, scale, base = flat[:size], 1 + flat[size], flat[size + 1]
        p = 1 / (1 + np.exp(-(cells @ w + scale * data.circle + base)))
        each = target * np.log(p + 1e-12) + (1 - target) * np.log(1 - p + 1e-12)
        value = -(used * each).sum()
        value += CIRCLE_RIDGE / 2 * (w @ w) + 2 * flat[size] ** 2
        wrong = used * (p - target)
        tail = [wrong @ data.circle + 4 * flat[size], wrong.sum()]
        return float(value), np.concatenate([cells.T @ wrong + CIRCLE_RIDGE * w, tail])

    found = _minimum(loss, size + 2, 150)
    return found[:size], float(1 + found[size]), float(found[size + 1])


def fit(data: Data) -> Coefficients:
    """All coefficients from these records alone."""
    rows = vocabulary(data)
    cells = matrix(data, rows)
    kinds, base = fit_kinds(cells, data)
    share, talks, kind_share, kind_talks, held = fit_rooms(cells, data, likely_kinds(cells, data))
    seeking, scale, circle_base = fit_circle(cells, data)
    return Coefficients(
        tuple(rows), kinds, base, share, talks, seeking, kind_share, kind_talks,
        float(held[0]), float(held[1]), scale, circle_base,
    )  # fmt: skip


def left_out(data: Data) -> Report:
    """Every city scored by a fit on the other cities."""
    found = {}
    whole = data.part(data.importance == WHOLE)
    for city in sorted(set(whole.cities)):
        known = fit(data.part(data.cities != city))
        for n in np.flatnonzero(whole.cities == city):
            found[int(n)] = understand(whole.events[n], known)
    return evaluate(whole.records, whole.events, [found[n] for n in range(len(whole.events))])


def show(name: str, report: Report) -> None:
    ranking, circles, kinds = report.ranking, report.circles, report.kinds
    if not (ranking and circles and kinds):
        raise SystemExit(f"{name}: labels are missing.")
    print(
        f"{name}: nDCG@10 {_text(ranking.ndcg_at_10)}, pairs {_text(ranking.pairwise_accuracy)}, "
        f"circles AP {_text(circles.average_precision)}, P@R95 {_text(circles.precision_at_recall_95)}, "
        f"gate {circles.precision_at_gate:.2f}/{circles.recall_at_gate:.2f}, "
        f"top tens {circles.in_top_10}; kinds {_text(kinds.accuracy)}, F1 {_text(kinds.macro_f1)}; "
        f"rank correlation {report.rank_correlation}",
        flush=True,
    )


def _text(figure: object) -> str:
    value, low, high = (getattr(figure, each) for each in ("value", "low", "high"))
    return f"{value:.3f} ({low:.2f}–{high:.2f})"


def save(known: Coefficients, folder: Path, source: Path, records: int) -> None:
    names = "\n".join(known.names).encode()
    np.savez_compressed(
        folder / "judged.npz",
        names=np.frombuffer(names, dtype=np.uint8),
        kinds=known.kinds.astype(np.float16),
        kinds_base=known.kinds_base.astype(np.float32),
        share=known.share.astype(np.float32),
        talks=known.talks.astype(np.float32),
        circle=known.circle.astype(np.float32),
        kind_share=known.kind_share.astype(np.float32),
        kind_talks=known.kind_talks.astype(np.float32),
        scalars=np.array(
            [known.share_scale, known.form_scale, known.circle_scale, known.circle_base]
        ),
    )
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    (folder / "README.md").write_text(
        PROVENANCE.format(
            rows=len(known.names), records=records, name=source.name, digest=digest,
            kind=KIND_RIDGE, share=SHARE_RIDGE, circle=CIRCLE_RIDGE, table=TABLE_RIDGE,
            temper=TEMPER, invented=len(examples()), invented_digest=digest_of_examples(),
        ),
        encoding="utf-8",
    )  # fmt: skip


PROVENANCE = """# Coefficients of the learned part

`judged.npz` holds {rows} features, fitted by `bench/fit_score.py` on {records} judged records
(`{name}`, SHA-256 `{digest}`) and on {invented} invented listings of `bench/examples`
(SHA-256 `{invented_digest}`), which were written by hand to teach words of rare kinds, of circles
and of rooms that few judged listings show. The judged labels are judgements of language models that
read each listing under a written rubric, not attendance data. No text of a listing is in here: only
single words and pairs of title words that occur in at least three listings and are written in lower
case somewhere, which names of people and towns are not, or stand in two invented listings, with a
number each.

Ridge towards the hand-made tables: kinds {kind}, share and talks {share}, table rows {table},
circles {circle}; {temper} of the logarithm of each kind's frequency is left out, since another city
has others. Chosen by leaving out one city at a time. Loaded with `allow_pickle=False`.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=Path)
    parser.add_argument("--check", action="store_true", help="cross-validate by city first")
    parser.add_argument("--dev", type=Path, help="also measure on these records of other cities")
    parser.add_argument("--out", type=Path, default=Path("app/score/coefficients"))
    chosen = parser.parse_args(arguments)
    data = load(chosen.records, examples())
    if chosen.check:
        show("cities left out", left_out(data))
    known = fit(data)
    save(known, chosen.out, chosen.records, int((data.importance == WHOLE).sum()))
    if chosen.dev:
        other = load(chosen.dev)
        other = other.part(other.importance == WHOLE)
        found = [understand(event, known) for event in other.events]
        show("dev", evaluate(other.records, other.events, found))


if __name__ == "__main__":
    main()
