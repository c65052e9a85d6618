"""When it is, on the wall clock of the event's own zone (SCORING.md 2, rows 42 to 49)."""

from collections.abc import Callable

from app.score.facts import Facts
from app.score.signals.base import Signal

WORK_KINDS = frozenset(
    (
        "business_mixer",
        "conference_expo",
        "professional_talk",
        "club_association",
        "hackathon_startup",
        "fundraiser_gala",
        "civic_public",
    )
)
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _is_work(facts: Facts) -> bool:
    return any(f"kinds.{kind}" in facts.hits for kind in WORK_KINDS)


def _slot(
    weekdays: range, low: float, high: float, test: Callable[[Facts], bool]
) -> Callable[[Facts], str | None]:
    def applies(facts: Facts) -> str | None:
        start = facts.start
        if start is None or facts.weekday not in weekdays:
            return None
        hour = start.hour + start.minute / 60
        inside = low <= hour < high and test(facts)
        return f"{_NAMES[facts.weekday]} {start:%H:%M}" if inside else None

    return applies


def _leisure(facts: Facts) -> bool:
    return not _is_work(facts)


def _always(_facts: Facts) -> bool:
    return True


def _affluent(facts: Facts) -> bool:
    return bool({"topic.affluent_sport", "topic.fine_arts"} & facts.hits.keys())


def _ordinary(facts: Facts) -> bool:
    return _leisure(facts) and not _affluent(facts)


_WEEK, _WEEKEND, _ANY = range(5), range(5, 7), range(7)

SIGNALS = (
    Signal(
        "time.early", "time", 1.3, (1.0, 1.7), "J", "SCORING.md 2, row 42",
        "early weekday hours suit people who lead", _slot(_WEEK, 6.5, 9, _always),
    ),
    Signal(
        "time.lunch", "time", 1.15, (0.9, 1.4), "J", "SCORING.md 2, row 43",
        "a weekday lunch suits people in offices", _slot(_WEEK, 11.5, 13, _is_work),
    ),
    Signal(
        "time.day_leisure", "time", 0.55, (0.4, 0.8), "D", "SCORING.md 2, row 44",
        "on weekdays by day leisure is mostly for people who are not at work",
        _slot(_WEEK, 9, 16.5, _leisure),
    ),
    Signal(
        "time.day_work", "time", 1.1, (0.9, 1.3), "J", "SCORING.md 2, row 45",
        "employers pay for the hours", _slot(_WEEK, 9, 16.5, _is_work),
    ),
    Signal(
        "time.evening", "time", 1.1, (0.9, 1.3), "D", "SCORING.md 2, row 46",
        "people come after work", _slot(_WEEK, 16.5, 22, _always),
    ),
    Signal(
        "time.weekend", "time", 1.15, (1.0, 1.4), "D", "SCORING.md 2, row 47",
        "at the weekend people with jobs have time", _slot(_WEEKEND, 6, 22, _ordinary),
    ),
    Signal(
        "time.weekend_golf", "time", 1.4, (1.1, 1.8), "D", "SCORING.md 2, row 48",
        "at the weekend golf courses and museums see people with leading jobs",
        _slot(_WEEKEND, 6, 22, _affluent),
    ),
    Signal(
        "time.night", "time", 0.7, (0.5, 0.9), "J", "SCORING.md 2, row 49",
        "it starts late at night", _slot(_ANY, 22, 24, _always),
    ),
)  # fmt: skip
