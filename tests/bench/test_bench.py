"""The bench runs to its end and measures something, so that it does not rot."""

import json
import subprocess
import sys

from bench import year

EVENTS = 200


def test_the_quick_bench_measures_everything() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--size", str(EVENTS), "--json"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (taken,) = json.loads(done.stdout)["sizes"]
    assert taken["ingested"]["listings"] == EVENTS
    assert taken["served"]["events"] > 0.9 * EVENTS, "some are told twice"
    assert all(spent["cpu"] > 0 for spent in taken["ingested"]["polls"].values())
    assert all(rate["per_second"] > 0 for rate in taken["served"]["rates"].values())
    polls = taken["ingested"]["polls"]
    assert polls["304"]["cpu"] < polls["every event changed"]["cpu"] / 5


def test_a_year_is_the_same_every_time_and_all_of_it_is_told() -> None:
    found = year.measure(2)
    assert found == year.measure(2)
    assert all(len(each) == year.WEEKS for each in found["weekly"].values())  # type: ignore[attr-defined] # a dict
