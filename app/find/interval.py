"""When to ask a source again: as often as it changes, as rarely as it asks, never not at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# SECURITY.md section 3; hints of publishers are clamped to the same bounds (CASES A6).
SHORTEST, LONGEST = 15 * MINUTE, 7 * DAY
FIRST = 4 * HOUR
# Without a hint a calendar that never changes is still looked at once a day: people cancel late.
LONGEST_UNASKED = DAY
FIRST_RETRY = 15 * MINUTE
RETRY_AFTER_SHORTEST = MINUTE
SUSPICIOUS_LONGEST = DAY
JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Pace:
    """What decides the next poll.

    `interval` is the last regular one (None at first); `failures` counts the failed polls in a
    row including this one; `max_age` and `refresh` are the publisher's hints (Cache-Control, RFC
    7986 REFRESH-INTERVAL or RSS ttl) and `retry_after` the server's demand, in seconds.
    """

    outcome: str
    interval: timedelta | None = None
    changed: bool = False
    failures: int = 0
    max_age: float | None = None
    refresh: float | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The next poll (aware; None until the user acts) and the regular interval to remember."""

    at: datetime | None
    interval: timedelta


def next_due(pace: Pace, *, now: datetime, jitter: float) -> Due:
    """When the source is due again.

    A changed answer halves the interval, an unchanged one stretches it by half; a publisher's hint
    is its floor. Failures double the wait from a quarter of an hour up to seven days, and
    Retry-After is honoured; a missing key is looked for every few hours; only 410 stops, until the
    user acts. `jitter` (0 to 1, the caller's
    random number) delays by up to a tenth, so that sources do not march in step.
    """
    regular = _regular(pace)
    if pace.outcome == "gone":
        return Due(None, regular)
    if pace.outcome == "keyless":  # the operator alone can mend it
        return Due(now + FIRST * (1 + JITTER * jitter), regular)
    wait = backed_off(pace.failures, FIRST_RETRY, LONGEST) if pace.failures else regular
    if pace.outcome == "suspicious":
        wait = min(wait, SUSPICIOUS_LONGEST)
    if pace.retry_after is not None:
        asked = _clamp(pace.retry_after, RETRY_AFTER_SHORTEST)
        wait = max(asked, wait) if pace.failures > 1 else asked
    return Due(now + wait * (1 + JITTER * jitter), regular)


def _regular(pace: Pace) -> timedelta:
    interval = pace.interval or FIRST
    if pace.failures:
        return interval
    if pace.interval:
        interval = interval / 2 if pace.changed else interval * 3 / 2
    hints = [_clamp(hint, SHORTEST) for hint in (pace.max_age, pace.refresh) if hint is not None]
    floor = max(hints, default=SHORTEST)
    return max(floor, min(interval, LONGEST_UNASKED))


def backed_off(failures: int, first: timedelta, longest: timedelta) -> timedelta:
    """The wait after so many failures in a row, 1 and more: `first`, doubled by each up to `longest`."""
    # Beyond ten doublings any ceiling of ours is reached; a larger exponent would only overflow.
    return min(first * 2.0 ** min(failures - 1, 10), longest)


def _clamp(seconds: float, shortest: timedelta) -> timedelta:
    bounded = min(max(seconds, shortest.total_seconds()), LONGEST.total_seconds())
    return timedelta(seconds=bounded)
