"""Which change of a source's state is news to the operator."""

from datetime import datetime, timedelta

import pytest

from app.find.turns import Turn, known_since
from tests.conftest import NOW


def told(state: str, hours: float) -> Turn:
    return Turn(state, before(hours), before(hours - 0.5))


def untold(state: str, hours: float) -> Turn:
    return Turn(state, before(hours))


def before(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("history", "state", "news"),
    [
        ([], "ok", False),
        ([], "quiet", False),
        ([], "not_a_calendar", True),
        ([told("ok", 50)], "failing", True),
        ([told("failing", 5), told("ok", 50)], "blocked", True),
        ([told("blocked", 5), told("ok", 50)], "failing", False),
        ([untold("blocked", 0.5), told("ok", 50)], "failing", True),
        ([told("failing", 5), told("ok", 50)], "ok", True),
        ([untold("failing", 0.5), told("ok", 50)], "ok", False),
        ([untold("ok", 3), told("failing", 5), told("ok", 50)], "failing", False),
        ([untold("ok", 3), told("blocked", 5), told("ok", 50)], "failing", True),
        ([untold("ok", 20), told("failing", 30), told("ok", 50)], "failing", True),
        ([told("ok", 3), told("failing", 20), told("ok", 50)], "failing", True),
        ([told("ok", 30)], "quiet", True),
    ],
)
def test_only_what_got_worse_is_news_and_no_flicker(
    history: list[Turn], state: str, news: bool
) -> None:
    assert (known_since(history, state, NOW) is None) is news
