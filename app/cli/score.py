"""`gomeet score` and `gomeet evaluate`: judging records in files, no database."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from app.errors import Invalid
from app.model.event import Event
from app.model.score import Score
from app.model.user import Profile
from app.score import explain, reasons, understand
from app.score.evaluate import Figure, Ranking, Report, evaluate
from app.score.record import Record, event_of, read_record

RecordsFile = Annotated[
    Path, typer.Argument(help="Records, one JSON object a line.", dir_okay=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

ANYBODY = Profile()
_FAULTY = 2


def register(root: typer.Typer) -> None:
    """Add the commands to the root of the command line."""
    root.command("score")(score)
    root.command("evaluate")(evaluate_file)


def score(file: RecordsFile, json: AsJson = False) -> None:
    """Score the records of a file: the chance to talk with somebody who hires, with reasons.

    Unreadable lines are named on standard error and the others still scored; then the exit
    status is 2.
    """
    lines = Lines(file)
    for record, event in lines:
        found = explain(understand(event), ANYBODY)
        print(_as_json(record, found) if json else _as_text(record, found))
    lines.finish()


def evaluate_file(
    file: RecordsFile,
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
    events = [event for _, event in pairs]
    found = [understand(event) for event in events]
    report = evaluate([record for record, _ in pairs], events, found)
    if plots:
        _plot(report, plots)
    if json:
        print(msgspec.json.encode(msgspec.to_builtins(report)).decode())
    else:
        _print_report(report)
    lines.finish()


class Lines:
    """The readable records of a file in order; remembers the faulty lines for the exit status."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.faulty = 0

    def __iter__(self) -> Iterator[tuple[Record, Event]]:
        try:
            with self.file.open("rb") as lines:
                for number, line in enumerate(lines, start=1):
                    yield from self._read(number, line)
        except OSError as error:
            fail(f"{self.file} cannot be read: {error.strerror}.")

    def _read(self, number: int, line: bytes) -> Iterator[tuple[Record, Event]]:
        if not line.strip():
            return
        try:
            record = read_record(line)
            yield record, event_of(record)
        except Invalid as error:
            self.faulty += 1
            print(f"{self.file}, line {number}: {error}.", file=sys.stderr)

    def finish(self) -> None:
        """End with status 2 if a line could not be read."""
        if self.faulty:
            raise typer.Exit(_FAULTY)


def fail(sentence: str) -> NoReturn:
    """Say what is wrong with the input, and end with status 2."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(_FAULTY)


def _as_json(record: Record, found: Score) -> str:
    return msgspec.json.encode({"id": record.id, **as_object(found)}).decode()


def as_object(found: Score) -> dict[str, object]:
    """A score for anybody as a JSON object: numbers, reasons and advice."""
    return {
        "any_field": round(found.any_field, 6),
        "low": round(found.low, 6),
        "high": round(found.high, 6),
        "kind": found.kind,
        "circle": round(found.circle, 6),
        "circle_phrase": found.circle_phrase,
        "confidence": found.confidence,
        "start_points": found.start_points,
        "reasons": found.reasons,
        "advice": found.advice,
    }


def _as_text(record: Record, found: Score) -> str:
    note = " · job-seeker circle" if found.circle >= 0.5 else ""
    return f"{reasons.percent(found.any_field):>13}  {found.kind:<22}  {record.title}{note}"


def _figure(value: Figure) -> str:
    return f"{value.value:.2f} ({value.low:.2f}–{value.high:.2f})"


def _print_report(report: Report) -> None:
    console = Console()
    if report.ranking:
        console.print(_rankings(report, report.ranking))
    if report.circles:
        circles = report.circles
        console.print(
            f"Circles: {circles.count} judged, average precision "
            f"{_figure(circles.average_precision)}, precision at recall 0.95 "
            f"{_figure(circles.precision_at_recall_95)}; at the gate precision "
            f"{circles.precision_at_gate:.2f}, recall {circles.recall_at_gate:.2f}; "
            f"{circles.in_top_10} in the top tens."
        )
    if report.kinds:
        console.print(
            f"Kinds: accuracy {_figure(report.kinds.accuracy)}, "
            f"macro-F1 {_figure(report.kinds.macro_f1)}."
        )
        console.print(_confusion(report.kinds.confusion))


def _rankings(report: Report, ours: Ranking) -> Table:
    table = Table(title=f"{report.records} judged records, {report.lists} lists, 95 % intervals")
    for heading in ("order", "nDCG@10", "pairs", "good in top 5", "nDCG@10, free"):
        table.add_column(heading)
    rows = {"gomeet": ours, **report.baselines, **report.ablations}
    if report.ceiling:
        rows["one judge against the other"] = report.ceiling
    for name, row in rows.items():
        table.add_row(
            name,
            _figure(row.ndcg_at_10),
            _figure(row.pairwise_accuracy),
            f"{row.good_in_top_5:.2f}",
            f"{row.ndcg_at_10_free:.2f}",
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
