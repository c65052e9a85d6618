"""`python -m bench`: one table of what ingest, list and feed cost. See bench/README.md."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bench import ingest, judging, serving
from bench.feeds import FEED_SIZE
from bench.ingest import PARSED, Ingested
from bench.judging import Judged
from bench.serving import Effort, Served

SIZES = (1_000, 10_000, 100_000)
QUICK = (1_000,)
_STAGES = ("parse", "transfer", "normalize", "load", "match", "understand", "write", "rest")


class Measured(msgspec.Struct):
    """Everything of one size."""

    ingested: Ingested
    served: Served
    judged: Judged


class Row(msgspec.Struct):
    """One line of the table: a figure for each size, and what is aimed at."""

    name: str
    figures: list[str]
    aim: str = ""


def measure(sizes: tuple[int, ...], effort: Effort) -> Iterator[Measured]:
    """Measure each size, smallest first, in a folder of its own that is gone afterwards."""
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="gomeet-bench-") as name:
            folder = Path(name)
            ingested = ingest.run(size, folder, FEED_SIZE)
            yield Measured(ingested, serving.measure(folder, effort), judging.measure(size))


def rows(measured: list[Measured]) -> list[Row]:
    """The table, top to bottom."""
    return [
        *_ingest_rows([each.ingested for each in measured]),
        *_serving_rows([each.served for each in measured]),
        *_judging_rows([each.judged for each in measured]),
    ]


def _ingest_rows(taken: list[Ingested]) -> list[Row]:
    def ratios(name: str) -> list[str]:
        return [
            f"{each.polls[name].cpu / each.bare.cpu:.3f} × ({each.polls[name].wall:.1f} s)"
            for each in taken
        ]

    def shares(stages: str) -> list[str]:
        return [
            " ".join(
                f"{getattr(each, stages).get(name, 0) / each.bare_staged:.2f}" for name in _STAGES
            )
            for each in taken
        ]

    return [
        Row("bytes of the feeds", [f"{each.size / 1e6:.1f} MB" for each in taken]),
        Row(
            "bare icalendar", [f"{each.bare.cpu:.1f} s ({each.bare.wall:.1f} s)" for each in taken]
        ),
        *(Row(f"poll: {name}", ratios(name), _poll_aim(name)) for name in taken[0].polls),
        Row(f"first: {' '.join(_STAGES)}", shares("stages")),
        Row(f"changed: {' '.join(_STAGES)}", shares("changed_stages")),
        Row(
            "memory: ingest before, peak",
            [f"{_mib(each.memory_before)}, {_mib(each.memory_peak)}" for each in taken],
        ),
    ]


def _poll_aim(name: str) -> str:
    return "≤ 1.5 ×" if name in PARSED else "≤ 0.02 ×"


def _serving_rows(taken: list[Served]) -> list[Row]:
    aims = {"list, same again": "≥ 0.3 ×", "feed, same again": "≥ 0.8 ×"}
    found = [
        Row("events in the catalog", [f"{each.events:,}" for each in taken]),
        Row("catalog built at start", [f"{each.catalog_seconds:.2f} s" for each in taken]),
        Row("memory: service before it", [_mib(each.memory_before) for each in taken]),
        Row("memory: with the catalog", [_mib(each.memory_ready) for each in taken]),
        Row("memory: peak of service", [_mib(each.memory_peak) for each in taken]),
    ]
    for name in taken[0].rates:
        rates = [each.rates[name] for each in taken]
        figures = [f"{rate.per_second:.0f}/s {rate.to_constant:.2f} ×" for rate in rates]
        found.append(Row(name, figures, aims.get(name, "")))
    busy = [each.busy for each in taken]
    return [
        *found,
        Row("large feed meanwhile", [f"{each.seconds:.1f} s" for each in busy]),
        Row(
            "  API p50 / p95 / worst",
            [_milliseconds(e.p50, e.p95, e.worst) for e in busy],
            "p95 < 300 ms",
        ),
        Row("  loop late by", [_milliseconds(each.lag) for each in busy]),
    ]


def _judging_rows(taken: list[Judged]) -> list[Row]:
    def passes(name: str) -> list[str]:
        return [
            f"{1000 * getattr(each, name):.1f} ms {getattr(each, name) / each.bare:.1f} ×"
            for each in taken
        ]

    return [
        Row("understanding an event", [f"{1000 * each.understanding:.2f} ms" for each in taken]),
        Row("chances of all, to a bare pass", passes("personal")),
        Row("  and the best fifty explained", passes("whole")),
    ]


def _mib(size: int) -> str:
    return f"{size / 2**20:.0f} MiB"


def _milliseconds(*values: float) -> str:
    return " / ".join(f"{value * 1000:.0f}" for value in values) + " ms"


def machine() -> str:
    """What this was measured on, without names."""
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"{platform.system()}, load average {load}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 events only, in seconds")
    parser.add_argument("--json", action="store_true", help="everything measured, as one object")
    parser.add_argument("--size", type=int, action="append", help="events; instead of 1k 10k 100k")
    options = parser.parse_args()
    sizes = tuple(options.size or (QUICK if options.quick else SIZES))
    taken = list(measure(sizes, serving.QUICK if options.quick else Effort()))
    if options.json:
        sys.stdout.write(
            msgspec.json.encode({"machine": machine(), "sizes": taken}).decode() + "\n"
        )
        return
    table = Table("", *(f"{size:,} events" for size in sizes), "aim", title=machine())
    for row in rows(taken):
        table.add_row(row.name, *row.figures, row.aim)
    console = Console() if sys.stdout.isatty() else Console(width=200)
    console.print(table)


if __name__ == "__main__":
    main()
