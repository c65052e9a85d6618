"""What we say of the room of an event, and why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One signed contribution to a chance.

    `points` are percentage points (exact, unrounded); `phrase` is the listing's own words that
    caused it, empty if none; `text` says it plainly; `basis` is D (computed from data), S (seen in
    a source), M (from memory), J (judgement) or L (learned from judged listings).
    """

    family: str
    signal: str
    points: float
    text: str
    phrase: str = ""
    basis: str = "J"


@dataclass(frozen=True, slots=True)
class Score:
    """The chance of a real conversation with at least one person who hires.

    All chances are 0..1. `start_points + sum(reason.points) == 100 * any_field`, exactly up to
    float rounding; likewise `your_start_points` and `your_reasons` for `your_field`. `low` and
    `high` are the 10th and 90th percentile of `any_field`, `your_low` and `your_high` of
    `your_field`. `confidence` is `thin`, `fair` or
    `good`. `circle` is the probability of a job-seeker circle, `circle_phrase` the words that
    betray it. `hirers` is the expected number of people who hire that one talks with, `talks` that
    of all new people, `share` the part of them who hire, 0..1: all three of the room, for anybody.
    """

    any_field: float
    your_field: float
    low: float
    high: float
    confidence: str
    kind: str
    circle: float
    reasons: tuple[Reason, ...] = ()
    start_points: float = 17.0
    your_reasons: tuple[Reason, ...] = ()
    your_start_points: float = 17.0
    your_low: float = 0.0
    your_high: float = 1.0
    circle_phrase: str = ""
    hirers: float = 0.0
    talks: float = 0.0
    share: float = 0.0
    advice: str = ""
