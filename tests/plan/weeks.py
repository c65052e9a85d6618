"""Invented weeks: as hypothesis draws them, and as the bench does."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from app.plan.candidates import Candidate, Limits

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
KINDS = ("business_mixer", "professional_talk", "food_drink", "volunteering", "other")


def event(number: int, **given: Any) -> Candidate:
    """A free evening of two hours at home's door, on the day of its number."""
    start = given.pop("start", MONDAY + timedelta(days=number % 7, hours=18))
    values: dict[str, Any] = {
        "id": UUID(int=number + 1),
        "name": f"Evening {number}",
        "start": start,
        "end": start + timedelta(hours=2),
        "day": date(start.year, start.month, start.day),
        "chance": 0.3,
        "place": (41.9, -70.9),
        "home_km": 2.0,
        "price": 0,
    }
    return Candidate(**(values | given))


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    """Up to fourteen events of one week, some of them accepted."""
    return [_drawn(draw, number) for number in range(draw(st.integers(0, 14)))]


def _drawn(draw: st.DrawFn, number: int) -> Candidate:
    start = MONDAY + timedelta(minutes=15 * draw(st.integers(0, 7 * 96 - 1)))
    far = draw(st.none() | st.floats(0, 40))
    return event(
        number,
        start=start,
        end=start + timedelta(minutes=15 * draw(st.integers(1, 24))),
        chance=draw(st.floats(0, 1)),
        place=None if far is None else (41.9 + far / 111, -70.9),
        home_km=far,
        online=draw(st.booleans()),
        price=draw(st.none() | st.integers(0, 6000)),
        kind=draw(st.sampled_from(KINDS)),
        group=draw(st.sampled_from(("", "chamber", "library", "founders"))),
        visits=draw(st.integers(0, 5)),
        fixed=draw(st.sampled_from((False, False, False, True))),
        all_day=draw(st.sampled_from((False, False, False, False, True))),
    )


limits = st.builds(
    Limits,
    evenings=st.integers(0, 7),
    hours=st.floats(0, 40),
    budget=st.none() | st.integers(0, 10_000),
    reach_km=st.floats(1, 50),
    mode=st.sampled_from(("walk", "bike", "transit", "car")),
    busy=st.lists(
        st.integers(0, 160).map(
            lambda hour: (MONDAY + timedelta(hours=hour), MONDAY + timedelta(hours=hour + 3))
        ),
        max_size=3,
    ).map(tuple),
)
