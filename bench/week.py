"""`python -m bench.week`: a thousand invented weeks, the exact plan beside the fallback's.

What is compared is the worth (SCORING.md 10); a week where nothing is worth while counts as equal.
Seconds are CPU, for the whole plan with its reasons and alternatives.
"""

import argparse
from datetime import UTC, datetime, timedelta
from random import Random
from time import process_time
from uuid import UUID

import msgspec
import numpy as np

from app.plan import exact
from app.plan.candidates import Candidate, Limits
from app.plan.week import Solve, Week, plan_week

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
KINDS = (
    "business_mixer",
    "professional_talk",
    "class_workshop",
    "food_drink",
    "volunteering",
    "other",
)
CANDIDATES = 40
HOSTS = 15


class Compared(msgspec.Struct):
    """Shares are of the exact worth, seconds the median and the worst of a plan."""

    weeks: int
    candidates: int
    mean_share: float
    worst_share: float
    weeks_equal: float
    exact_seconds: tuple[float, float]
    fallback_seconds: tuple[float, float]


def compare(weeks: int) -> Compared:
    random = Random(2026)
    shares, ours, simple = [], [], []
    for seed in range(weeks):
        events, limits = _week(random)
        best, spent = _timed(events, limits, seed, exact.solve)
        other, less = _timed(events, limits, seed, None)
        ours.append(spent)
        simple.append(less)
        shares.append(other.worth / best.worth if best.worth > 1e-9 else 1.0)
    found = np.array(shares)
    return Compared(
        weeks=weeks,
        candidates=CANDIDATES,
        mean_share=float(found.mean()),
        worst_share=float(found.min()),
        weeks_equal=float((found > 1 - 1e-6).mean()),
        exact_seconds=(float(np.median(ours)), max(ours)),
        fallback_seconds=(float(np.median(simple)), max(simple)),
    )


def _timed(
    events: list[Candidate], limits: Limits, seed: int, solve: Solve | None
) -> tuple[Week, float]:
    begun = process_time()
    found = plan_week(events, limits, seed=seed, exact=solve)
    return found, process_time() - begun


def _week(random: Random) -> tuple[list[Candidate], Limits]:
    limits = Limits(
        evenings=random.randint(1, 5),
        hours=random.uniform(4, 20),
        budget=random.choice((None, 0, 2500, 6000)),
        mode=random.choice(("walk", "bike", "transit", "car")),
    )
    return [_event(random, number) for number in range(CANDIDATES)], limits


def _event(random: Random, number: int) -> Candidate:
    start = MONDAY + timedelta(days=random.randrange(7), minutes=15 * random.randint(32, 84))
    place = (41.9 + random.uniform(-0.2, 0.2), -70.9 + random.uniform(-0.2, 0.2))
    return Candidate(
        id=UUID(int=number),
        name=f"Evening {number}",
        start=start,
        end=start + timedelta(minutes=random.choice((60, 90, 120, 180))),
        day=start.date(),
        chance=random.betavariate(1.5, 5),
        place=place,
        home_km=111 * float(np.hypot(place[0] - 41.9, 0.74 * (place[1] + 70.9))),
        price=random.choice((0, 0, 0, None, 1000, 2500, 4000)),
        kind=random.choice(KINDS),
        group=f"host {random.randrange(HOSTS)}",
        visits=random.choice((0, 0, 0, 0, 1, 2, 3)),
        fixed=random.random() < 0.03,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=1000)
    print(msgspec.json.format(msgspec.json.encode(compare(parser.parse_args().weeks))).decode())
