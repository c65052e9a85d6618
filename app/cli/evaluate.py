"""`gomeet evaluate`: measuring the scores against judged records, no database."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from app.cli.score import AsJson, Lines, RecordsFile, fail
from app.model.event import Event
from app.score import understand
from app.score.chance import Array
from app.score.evaluate import evaluate
from app.score.learned import Coefficients
from app.score.record import Record
from app.score.report import Circles, Figure, Kinds, Report


def register(root: typer.Typer) -> None:
    """Add the command to the root of the command line."""
    root.command("evaluate")(evaluate_file)


def evaluate_file(
    file: RecordsFile,
    train: Annotated[
        Path | None,
        typer.Option(help="Judged records of other cities, to fit a baseline on their words."),
    ] = None,
    json: AsJson = False,
    plots: Annotated[
        Path | None, typer.Option(help="Also draw two plots (PNG) into this folder.")
    ] = None,
) -> None:
    """Measure the scores against judged records, beside simple baselines (SCORING.md 12)."""
    lines = Lines(file)
    pairs = list(lines)
    if not pairs:
        lines.finish()
        fail(f"{file} holds no records, so there is nothing to measure.")
    records, events = [record for record, _ in pairs], [event for _, event in pairs]
    others = {"rules alone": _rules(events)}
    if train:
        others |= _words(Lines(train), records)
    report = evaluate(records, events, [understand(event) for event in events], others)
    if plots:
        _plot(report, plots)
    if json:
        print(msgspec.json.encode(msgspec.to_builtins(report)).decode())
    else:
        _print(report)
    lines.finish()


def _rules(events: list[Event]) -> Array:
    rules = Coefficients.none()
    return np.array([understand(event, rules).any_field for event in events])


def _words(train: Lines, records: list[Record]) -> Mapping[str, Array]:
    """Orders by the words alone, learned from the records of other cities."""
    try:
        from app.cli.word_baselines import orders
    except ImportError:
        fail("--train needs scikit-learn: install it (pip install scikit-learn) or leave it out.")
    return orders([record for record, _ in train], records)


def _print(report: Report) -> None:
    console = Console() if sys.stdout.isatty() else Console(width=200)
    if report.ranking:
        console.print(_rankings(report))
        console.print(
            f"Free events: {report.free_in_top_10:.0%} of the top tens, {report.free_in_lists:.0%} "
            f"of the lists. With every ratio drawn from its range {report.stability:.0%} of a top "
            "ten stay."
        )
    for name, circles, kinds in (
        ("gomeet", report.circles, report.kinds),
        ("one judge against the other", report.ceiling.circles, report.ceiling.kinds),
    ):
        if circles:
            console.print(f"Circles, {name}: {_circles(circles)}")
        if kinds:
            console.print(f"Kinds, {name}: {_kinds(kinds)}")
    if report.kinds:
        console.print(_confusion(report.kinds.confusion))


def _figure(value: Figure) -> str:
    return f"{value.value:.2f} ({value.low:.2f}–{value.high:.2f})"


def _circles(circles: Circles) -> str:
    return (
        f"{circles.count} judged, ROC area {_figure(circles.roc_area)}, average precision "
        f"{_figure(circles.average_precision)}, precision at recall 0.95 "
        f"{_figure(circles.precision_at_recall_95)}; at the gate precision "
        f"{circles.precision_at_gate:.2f}, recall {circles.recall_at_gate:.2f}; "
        f"{circles.in_top_10} in the top tens."
    )


def _kinds(kinds: Kinds) -> str:
    return f"accuracy {_figure(kinds.accuracy)}, macro-F1 {_figure(kinds.macro_f1)}."


def _rankings(report: Report) -> Table:
    table = Table(title=f"{report.records} judged records, {report.lists} lists, 95 % intervals")
    for heading in ("order", "nDCG@10", "pairs", "τ-b", "good in top 5", "free", "we gain", "p"):
        table.add_column(heading)
    rows = {"gomeet": report.ranking, **report.baselines, **report.ablations}
    rows["one judge against the other"] = report.ceiling.ranking
    for name, row in rows.items():
        if row is None:
            continue
        gain = report.gains.get(name)
        table.add_row(
            name,
            _figure(row.ndcg_at_10),
            _figure(row.pairwise_accuracy),
            f"{row.kendall_tau.value:.2f}",
            f"{row.good_in_top_5:.2f}",
            f"{row.ndcg_at_10_free:.2f}",
            _figure(gain.difference) if gain else "",
            f"{gain.p_value:.3f}" if gain else "",
        )
    return table


def _confusion(confusion: dict[str, dict[str, int]]) -> Table:
    table = Table(title="Judged kind, and what we found")
    table.add_column("judged")
    table.add_column("found")
    for judged, row in sorted(confusion.items()):
        counts = sorted(row.items(), key=lambda item: -item[1])
        table.add_row(judged, ", ".join(f"{name} {count}" for name, count in counts))
    return table


def _plot(report: Report, folder: Path) -> None:
    try:
        from app.cli.plots import draw
    except ImportError:
        fail("Plots need matplotlib: install it (pip install matplotlib) or leave out --plots.")
    else:
        draw(report, folder)
