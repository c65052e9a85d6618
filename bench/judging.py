"""How long judging takes: understanding an event, the personal pass, fifty explanations.

The bare pass is the cheapest NumPy work over the same matrix: one multiply, one exponential and one
sum for each room. Understanding an event (once, when it changes) is timed apart.
"""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import UUID

import msgspec
import numpy as np

from app.model.event import Event
from app.model.user import Profile
from app.score import Candidates, explain_many, score_many, understand
from scrapers.base import Organization, Place

DIFFERENT = 500
SHOWN = 50
ROUNDS = 5
PERSON = Profile(field="software engineering", seniority="senior", interests=("wine", "music"))
NAMES = (
    "Chamber Business After Hours", "Data Science Meetup with Pizza", "Jazz Trio at the Mill",
    "Saturday Food Pantry Shift", "Wine Tasting and Supper", "Toddler Storytime", "City Council",
    "Rotary Club Luncheon", "Watercolor for Beginners", "Tech Career Fair", "Trivia Night",
)  # fmt: skip


class Judged(msgspec.Struct):
    """Seconds: to understand one event; for a bare pass over all, the chances of all for one
    person, and the same with the best fifty explained.
    """

    understanding: float
    bare: float
    personal: float
    whole: float


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


def measure(count: int) -> Judged:
    """Measure some different events, repeated as if `count` were stored."""
    made = events(min(count, DIFFERENT))
    found = [understand(event) for event in made]
    each = best(lambda: [understand(event) for event in made], 2) / len(made)
    many = repeated(Candidates.of(found), count // len(made))

    def whole() -> None:
        top = score_many(many, PERSON).best(SHOWN)
        explain_many([found[n % len(found)] for n in top], PERSON)

    return Judged(
        understanding=each,
        bare=best(lambda: bare(many)),
        personal=best(lambda: score_many(many, PERSON)),
        whole=best(whole),
    )
