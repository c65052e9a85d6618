"""`gomeet score`: judging records in files, no database."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer

from app.errors import Invalid
from app.model.event import Event
from app.model.score import Score
from app.model.user import Profile
from app.score import explain, reasons, understand
from app.score.record import Record, event_of, read_record

RecordsFile = Annotated[
    Path, typer.Argument(help="Records, one JSON object a line.", dir_okay=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

ANYBODY = Profile()
_FAULTY = 2


def register(root: typer.Typer) -> None:
    """Add the command to the root of the command line."""
    root.command("score")(score)


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
