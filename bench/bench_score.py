"""How long ranking takes: personal pass, ranking and fifty explanations, as ratios.

    python bench/bench_score.py [--most 1000000]

The bare pass is the cheapest NumPy work over the same matrix: one multiply, one exponential and one
sum for each room. Understanding an event (once, when it changes) is timed apart.
"""

import argparse
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import UUID

import numpy as np

from app.model.event import Event
from app.model.user import Profile
from app.score import Candidates, Understanding, explain_many, score_many, understand
from scrapers.base import Organization, Place

SHOWN = 50
ROUNDS = 7
PERSON = Profile(field="software engineering", seniority="senior", interests=("wine", "music"))
NAMES = (
    "Chamber Business After Hours", "Data Science Meetup with Pizza", "Jazz Trio at the Mill",
    "Saturday Food Pantry Shift", "Wine Tasting and Supper", "Toddler Storytime", "City Council",
    "Rotary Club Luncheon", "Watercolor for Beginners", "Tech Career Fair", "Trivia Night",
)  # fmt: skip


def events(count: int) -> list[Event]:
    start = datetime(2026, 9, 14, 16, tzinfo=UTC)
    text = "Join us for an evening of talk with neighbors; light refreshments and a reception. " * 6
    return [
        Event(
            id=UUID(int=n),
            name=f"{NAMES[n % len(NAMES)]} {n % 97}",
            start=start + timedelta(hours=7 * n % 500),
            time_zone="America/New_York",
            description=text,
            location=Place(name="Harbor Hall"),
            organizer=Organization(name="Harbor Falls Chamber of Commerce"),
        )
        for n in range(count)
    ]


def best(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Fastest of several runs, in seconds."""
    times = []
    for _ in range(rounds):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return min(times)


def repeated(base: Candidates, times: int) -> Candidates:
    """The same candidates many times over, as if so many events were stored."""
    rooms, size = len(base.event), len(base.first)
    columns = {}
    for each in fields(base):
        values = getattr(base, each.name)
        columns[each.name] = np.tile(values, times)
    columns["first"] = np.concatenate([base.first + n * rooms for n in range(times)])
    columns["event"] = np.concatenate([base.event + n * size for n in range(times)])
    return Candidates(**columns)


def bare(candidates: Candidates) -> float:
    return float((candidates.probability * np.exp(candidates.share)).sum())


def measure(found: list[Understanding], candidates: Candidates) -> None:
    def whole() -> None:
        top = score_many(candidates, PERSON).best(SHOWN)
        explain_many([found[n % len(found)] for n in top], PERSON)

    pass_time = best(lambda: score_many(candidates, PERSON))
    whole_time, bare_time = best(whole), best(lambda: bare(candidates))
    print(
        f"{len(candidates.first):>9,} events {len(candidates.event):>9,} rooms: "
        f"bare {1000 * bare_time:7.2f} ms, personal pass {1000 * pass_time:7.2f} ms "
        f"({pass_time / bare_time:.1f} x bare), with ranking and {SHOWN} explanations "
        f"{1000 * whole_time:7.2f} ms",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000)
    most = parser.parse_args().most
    made = events(1000)
    found = [understand(event) for event in made]
    each = best(lambda: [understand(event) for event in made], 3) / len(made)
    print(f"understanding one event: {1000 * each:.2f} ms")
    base = Candidates.of(found)
    size = 10_000
    while size <= most:
        measure(found, repeated(base, size // len(found)))
        size *= 10


if __name__ == "__main__":
    main()
