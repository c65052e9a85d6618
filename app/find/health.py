"""How a source is, in plain words: for the page, the table of `gomeet sources check`, the operator.

A source that gives nothing is not the same as one that cannot be reached (CASES A11, A14), and a
suspicion is never acted upon without a person (CASES B5, B6).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.find.time_rule import LOCAL_AS_UTC, TIME_RULES, UTC_AS_LOCAL, corrected_all
from scrapers.base import Listing

# From good to bad; a step downwards is worth one message to the operator.
STATES = (
    "new",
    "ok",
    "quiet",
    "wrong_zone_suspect",
    "dropped",
    "failing",
    "blocked",
    "not_a_calendar",
    "gone",
)

_NIGHT = range(1, 6)  # starts at 01:00 to 05:59
_NIGHT_SHARE = 0.25
_NIGHT_AT_LEAST = 5
_WAKING = range(8, 24)
_MENDING = {
    "": "is its time zone right?",
    LOCAL_AS_UTC: "its times seem to be local ones, labelled as UTC.",
    UTC_AS_LOCAL: "its times seem to be UTC, labelled as local ones.",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is stored of a source: outcome and counts of the last poll, times aware UTC.

    `upcoming` counts the visible listings still to come, `usual` those when it was last well.
    `unreadable` says that the last body was no calendar, `zone_suspect` and
    `mending_rule` what `night_starts` found; `error` is the sentence that the last poll failed with.
    `of_places` says that the source tells of new places rather than of events.
    """

    outcome: str = ""
    last_ok_at: datetime | None = None
    failures: int = 0
    next_due_at: datetime | None = None
    upcoming: int = 0
    usual: int = 0
    unreadable: bool = False
    zone_suspect: bool = False
    mending_rule: str = ""
    paused: bool = False
    error: str = ""
    of_places: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """One of STATES, why in a sentence, and when it is tried next."""

    state: str
    cause: str
    next_try: str = ""

    @property
    def message(self) -> str:
        """Cause and next try, for a person."""
        return f"{self.cause} {self.next_try}".rstrip()


def worse(state: str, other: str) -> bool:
    """Whether one of STATES is a step down from another."""
    return STATES.index(state) > STATES.index(other)


@dataclass(frozen=True, slots=True)
class NightStarts:
    """Timed listings of a source, how many begin in the small hours, and what would mend most.

    `rule`, of TIME_RULES, is the correction that puts the most starts into the waking day; empty
    where nothing is suspected, or no rule leaves less than half of the night starts.
    """

    timed: int
    night: int
    rule: str = ""

    @property
    def suspect(self) -> bool:
        """Whether so many night starts are more likely a wrong zone than a habit of the town."""
        return self.night >= _NIGHT_AT_LEAST and self.night >= _NIGHT_SHARE * self.timed


def health(facts: Facts, *, now: datetime) -> Health:
    """The state of a source, worst matter first, with the time of the next try in the sentence."""
    state, cause = _state(facts)
    return Health(state, cause, _next_try(facts, state, now))


def night_starts(listings: Iterable[Listing], zone: str) -> NightStarts:
    """Count the starts between 01:00 and 05:59 on the wall clock of `zone` (CASES B5, B6)."""
    timed = [listing for listing in listings if not listing.all_day]
    hours = _hours(timed, zone)
    found = NightStarts(len(timed), _night(hours))
    return replace(found, rule=_mending_rule(timed, zone)) if found.suspect else found


def _hours(listings: Iterable[Listing], zone: str) -> Counter[int]:
    local = ZoneInfo(zone)
    return Counter(listing.start.astimezone(local).hour for listing in listings)


def _night(hours: Counter[int]) -> int:
    return sum(hours[hour] for hour in _NIGHT)


def _mending_rule(timed: list[Listing], zone: str) -> str:
    by_rule = {
        rule: _hours(corrected_all(timed, rule, source_zone=zone), zone) for rule in TIME_RULES
    }
    best = max(TIME_RULES, key=lambda rule: sum(by_rule[rule][hour] for hour in _WAKING))
    return best if 2 * _night(by_rule[best]) < _night(by_rule[""]) else ""


def _state(facts: Facts) -> tuple[str, str]:
    match facts.outcome:
        case "":
            return "new", "Not read yet."
        case "gone":
            return "gone", "The publisher has taken this calendar away (410)."
        case "blocked":
            return "blocked", "The site refuses our requests, though it may open in a browser."
        case "keyless":
            return "blocked", facts.error
        case "suspicious" | "broken" if facts.unreadable or facts.last_ok_at is None:
            return "not_a_calendar", "What stands at this address is not a calendar."
        case "suspicious":
            return "dropped", (
                f"It suddenly shows far fewer events than its usual {facts.usual}; "
                "nothing was removed."
            )
        case "broken" | "temporary":
            return "failing", "It cannot be read at the moment; its events stay as they were."
        case _:
            return _well(facts)


def _well(facts: Facts) -> tuple[str, str]:
    if facts.of_places:
        return "ok", "It tells of new places, which stand below the events."
    if not facts.upcoming:
        return "quiet", "It answers, and announces no coming events."
    if facts.zone_suspect:
        cause = f"Many of its events begin at night: {_MENDING[facts.mending_rule]}"
        return "wrong_zone_suspect", cause
    events = "1 coming event." if facts.upcoming == 1 else f"{facts.upcoming:,} coming events."
    return "ok", events


def _next_try(facts: Facts, state: str, now: datetime) -> str:
    if facts.paused:
        return "Paused."
    if facts.next_due_at is None:
        return "It is not asked again until you say so." if state == "gone" else ""
    return f"Next try {_in_words(facts.next_due_at - now)}."


def _in_words(wait: timedelta) -> str:
    minutes = max(0, round(wait.total_seconds() / 60))
    if minutes < 2:
        return "in a moment"
    if minutes < 90:
        return f"in {minutes} minutes"
    hours = round(minutes / 60)
    return f"in {hours} hours" if hours < 48 else f"in {round(hours / 24)} days"
