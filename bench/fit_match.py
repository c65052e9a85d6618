"""Fit the coefficients of app/find/match.toml on judged pairs.

    python -m bench.fit_match ../shared/judged/pairs.jsonl

Ridge-penalised logistic regression by Newton's method. Prints merges and recall at several
thresholds, each city decided by a model fitted on the others, then the table fitted on all.
"""

import sys
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from app.cli.match import Pair, read_pairs
from app.find.deduplicate import guards
from app.find.likeness import Features, features, sketch

Array = NDArray[np.float64]

RIDGE = 1.0
THRESHOLDS = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)


class _City(msgspec.Struct):
    city: str = ""


class _Cities(msgspec.Struct):
    a: _City


def fit(rows: Array, labels: Array) -> Array:
    """Intercept and coefficients; the intercept is not penalised."""
    design = np.c_[np.ones(len(rows)), rows]
    ridge = np.eye(design.shape[1]) * RIDGE
    ridge[0, 0] = 1e-3
    weights = np.zeros(design.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (chance - labels) + ridge @ weights
        curve = design.T @ (design * (chance * (1 - chance))[:, None]) + ridge
        step = np.linalg.solve(curve, slope)
        weights -= step
        if abs(step).max() < 1e-9:
            break
    return weights


def predict(rows: Array, weights: Array) -> Array:
    """Probability of each row."""
    chances: Array = 1 / (1 + np.exp(-(weights[0] + rows @ weights[1:])))
    return chances


def across(rows: Array, labels: Array, groups: NDArray[np.str_]) -> Array:
    """Probability of each row by a model that has not seen its city."""
    chances = np.zeros(len(labels))
    for group in np.unique(groups):
        held = groups == group
        chances[held] = predict(rows[held], fit(rows[~held], labels[~held]))
    return chances


def report(name: str, chances: Array, guarded: NDArray[np.bool_], labels: Array) -> None:
    """Print merges, right, wrong and recall at each threshold."""
    for threshold in THRESHOLDS:
        merged = (chances >= threshold) & ~guarded
        right, wrong = (merged & (labels == 1)).sum(), (merged & (labels == 0)).sum()
        recall = right / (labels == 1).sum()
        print(
            f"{name} {threshold:.2f}: {merged.sum()} merges, {right} right, {wrong} wrong, recall {recall:.3f}"
        )


def main(path: Path) -> None:
    """Read, fit, report."""
    pairs: list[Pair] = []
    rows, guarded = [], []
    for _, found in read_pairs(path):
        if isinstance(found, str):
            continue
        a, b = sketch(found[1]), sketch(found[2])
        row = features(a, b)
        pairs.append(found[0])
        rows.append(row)
        guarded.append(bool(guards(a, b, row)))
    cities = [
        msgspec.json.decode(line, type=_Cities).a.city for line in path.read_bytes().splitlines()
    ]
    table, labels = np.array(rows), np.array([pair.same or 0.0 for pair in pairs])
    held_out = across(table, labels, np.array(cities))
    weights = fit(table, labels)
    report("held out", held_out, np.array(guarded), labels)
    report("fitted", predict(table, weights), np.array(guarded), labels)
    print(f"intercept = {weights[0]:.2f}\n[coefficients]")
    for name, weight in zip(Features._fields, weights[1:], strict=True):
        print(f"{name} = {weight:.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
