"""The operator's letter: which sources got worse, why, when they are tried again, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.publish.digest import Rendered
from app.publish.text import one_line

# What each state of `find.health` is called, and what a person can do about it.
_STATES = {
    "quiet": ("announces nothing", "If it should have events, look whether the page has moved."),
    "wrong_zone_suspect": (
        "may have the wrong time zone",
        "Compare one event with its page, and correct the zone of the source if it is wrong.",
    ),
    "dropped": (
        "lost most of its events",
        "Its events are kept until it is certain. Look at its page if it stays so.",
    ),
    "failing": ("cannot be read", "Nothing need be done unless it lasts: its events are kept."),
    "blocked": (
        "refuses us",
        "Ask the publisher to let this service in, or add another address of the same calendar.",
    ),
    "not_a_calendar": (
        "is no calendar",
        "Open the address in a browser: if it has moved, add the new address and remove this one.",
    ),
    "gone": ("was taken away", "Look for its new address and add that; remove this one."),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """A source that got worse; `since` is aware, the texts are sentences."""

    name: str
    state: str
    since: datetime
    cause: str
    next_try: str


@dataclass(frozen=True, slots=True)
class Recovery:
    """A source that is well again by itself; `since` is aware."""

    name: str
    since: datetime


def render_source_letter(
    worse: Sequence[Trouble], well: Sequence[Recovery], sources_url: str
) -> Rendered:
    """The letter in plain text, by name. Addresses stay on the page: some are secret."""
    count = len(worse)
    subject = "a source needs a look" if count == 1 else f"{count} sources need a look"
    parts = [_told(item) for item in sorted(worse, key=lambda item: item.name)]
    if well:
        parts.append("Well again by themselves:\n" + "\n".join(_well(item) for item in well))
    parts.append(f"All sources: {sources_url}")
    return Rendered(f"Go meet people: {subject}", "", "\n\n".join(parts) + "\n")


def _told(item: Trouble) -> str:
    words, advice = _STATES[item.state]
    return "\n".join(
        [
            f"{one_line(item.name, 120)} {words} (since {_moment(item.since)})",
            f"  {one_line(item.cause, 300)} {item.next_try}".rstrip(),
            f"  {advice}",
        ]
    )


def _well(item: Recovery) -> str:
    return f"  {one_line(item.name, 120)} (since {_moment(item.since)})"


def _moment(moment: datetime) -> str:
    there = moment.astimezone(UTC)
    return f"{there:%A, %B} {there.day}, {there:%H:%M} UTC"
