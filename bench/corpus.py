"""Read every file of the shared corpus as a user would, and compare with its manifest.

`python -m bench.corpus [FOLDER …]`, folders of the corpus (default: html ics rss). Prints the share
of files whose `components` are as expected, the slowest and largest reads, and what differs.
"""

import csv
import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.shared import SHARED


@dataclass(frozen=True)
class Result:
    path: str
    expected: int
    components: int
    scraper: str | None
    seconds: float
    stderr: str


def main(folders: tuple[str, ...]) -> None:
    if SHARED is None:
        sys.exit("The shared corpus is not on this machine.")
    corpus = SHARED / "corpus"
    with (corpus / "MANIFEST.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["path"].split("/")[0] in folders]
    results = [read(corpus, row["path"], int(row["events_expected"])) for row in rows]
    report(results)


def read(corpus: Path, path: str, expected: int) -> Result:
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "app", "read", str(corpus / path), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begun
    last = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "{}"
    try:
        summary = json.loads(last)
    except ValueError:
        summary = {}
    components = summary.get("components", -1)
    return Result(path, expected, components, summary.get("scraper"), seconds, done.stderr)


def report(results: list[Result]) -> None:
    differing = [item for item in results if item.components != item.expected]
    table = Table("file", "expected", "components", "scraper", title="What differs")
    for item in differing:
        table.add_row(item.path, str(item.expected), str(item.components), str(item.scraper))
    slowest = max(results, key=lambda item: item.seconds)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    tracebacks = sum("Traceback" in item.stderr for item in results)
    console = Console()
    console.print(table)
    console.print(
        f"{len(results) - len(differing)} of {len(results)} as expected "
        f"({(len(results) - len(differing)) / len(results):.1%}); slowest {slowest.path} "
        f"{slowest.seconds:.1f} s; largest process {peak:.0f} MiB; {tracebacks} tracebacks"
    )


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or ("html", "ics", "rss"))
