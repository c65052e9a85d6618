"""`gomeet match`: decide pairs of listings without a database."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from app.find.deduplicate import Decision, decide
from app.find.normalize import normalize
from scrapers.base import BadComponent, Listing, Organization, Place


class Half(msgspec.Struct):
    """One listing of a pair, in the format of the judged pairs; times carry their offset."""

    title: str
    start: str
    end: str | None = None
    all_day: bool = False
    time_zone: str = ""
    location: str | None = None
    organizer: str | None = None
    url: str | None = None
    description: str | None = None


class Pair(msgspec.Struct):
    """Two listings of different sources; `same` (1, 0 or 0.5) where somebody judged them."""

    a: Half
    b: Half
    id: str | int = ""
    band: str = ""
    same: float | None = None


@dataclass(slots=True)
class Band:
    """Counts of one band: merges judged right, wrong and open, and pairs judged the same."""

    pairs: int = 0
    same: int = 0
    merged: int = 0
    right: int = 0
    wrong: int = 0

    def add(self, pair: Pair, decision: Decision) -> None:
        """Count one decided pair."""
        self.pairs += 1
        self.same += pair.same == 1
        self.merged += decision.merge
        self.right += decision.merge and pair.same == 1
        self.wrong += decision.merge and pair.same == 0


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("match")(match)


def match(
    pairs: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="Pairs, one JSON a line."),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: id, same, merge, reasons.")
    ] = False,
) -> None:
    """Decide whether the two listings of each pair are one event.

    Without --json a table by band, with precision and recall where the pairs are judged. A line
    that is no pair is named on standard error and skipped; the exit status is then 1.
    """
    bands: defaultdict[str, Band] = defaultdict(Band)
    problems = 0
    for number, found in read_pairs(pairs):
        if isinstance(found, str):
            problems += 1
            typer.echo(f"Line {number} of {pairs.name} was skipped: {found}.", err=True)
            continue
        pair, a, b = found
        decision = decide(a, b)
        bands[pair.band].add(pair, decision)
        if as_json:
            typer.echo(_line(pair, decision))
    if not as_json:
        Console().print(_table(bands))
    if problems:
        raise typer.Exit(1)


def read_pairs(path: Path) -> Iterator[tuple[int, tuple[Pair, Listing, Listing] | str]]:
    """Line number with the pair and its two listings, or with the reason why it is none."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                pair = msgspec.json.decode(line, type=Pair)
                yield number, (pair, listing_of(pair.a), listing_of(pair.b))
            except (msgspec.DecodeError, UnicodeDecodeError, ValueError, BadComponent) as error:
                yield number, str(error).rstrip(".")


def listing_of(half: Half) -> Listing:
    """The listing of one half, normalized as an ingested one would be.

    The offset of `start` stands in for the zone where none is named. Raises ValueError for a time
    that is none and BadComponent for a listing without a title.
    """
    start = datetime.fromisoformat(half.start)
    zone = half.time_zone or _zone_of(start)
    listing = Listing(
        name=half.title,
        start=start,
        end=datetime.fromisoformat(half.end) if half.end else None,
        time_zone=zone,
        all_day=half.all_day or len(half.start) == len("2026-01-31"),
        description=half.description or "",
        url=half.url or "",
        location=Place(half.location) if half.location else None,
        organizer=Organization(half.organizer) if half.organizer else None,
    )
    return normalize(listing, source_zone=zone)


def _zone_of(start: datetime) -> str:
    """A zone with the offset of `start`; the signs of `Etc/GMT` are the other way round."""
    offset = start.utcoffset()
    hours = round(offset.total_seconds() / 3600) if offset else 0
    return f"Etc/GMT{-hours:+d}" if hours else UTC.tzname(None)


def _line(pair: Pair, decision: Decision) -> str:
    answer = {
        "id": pair.id,
        "same": round(decision.same, 4),
        "merge": decision.merge,
        "reasons": decision.reasons,
    }
    return msgspec.json.encode(answer).decode()


def _table(bands: dict[str, Band]) -> Table:
    table = Table("band", "pairs", "same", "merged", "right", "wrong", "precision", "recall")
    for name, band in bands.items():
        table.add_row(name or "all", *_cells(band))
    if len(bands) > 1:
        table.add_section()
        table.add_row("together", *_cells(_sum(bands)))
    return table


def _sum(bands: dict[str, Band]) -> Band:
    names = ("pairs", "same", "merged", "right", "wrong")
    return Band(*(sum(getattr(band, name) for band in bands.values()) for name in names))


def _cells(band: Band) -> list[str]:
    judged = band.right + band.wrong
    return [
        *map(str, (band.pairs, band.same, band.merged, band.right, band.wrong)),
        f"{band.right / judged:.3f}" if judged else "–",
        f"{band.right / band.same:.3f}" if band.same else "–",
    ]
