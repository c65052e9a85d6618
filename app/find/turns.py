"""What the operator has still to learn of a source: one message per worsening, none for a flicker.

A source's states follow each other as turns. When one begins it is decided here whether it is news;
`services.tell_operator` tells what is, once it has lasted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.find.health import worse

WELL = "ok"
STEADY = timedelta(hours=12)  # well for less, and what comes back is still the same trouble
HOLD = timedelta(hours=1)  # four tries: what passes sooner was a hiccup


@dataclass(frozen=True, slots=True)
class Turn:
    """A state that a source came into at `since` (aware UTC).

    `told_at` is when the operator learned of it or need not, None while it is news.
    """

    state: str
    since: datetime
    told_at: datetime | None = None


def known_since(history: Sequence[Turn], state: str, now: datetime) -> datetime | None:
    """Since when the operator knows what it means that a source comes into `state` at `now`.

    `history` has the newest first. None where it is news: worse than what was told last, or well
    again after something that was told.
    """
    if not history and state in (WELL, "quiet"):
        return now  # a first reading is no change
    return _known_well(history, now) if state == WELL else _known_trouble(history, state, now)


def _known_well(history: Sequence[Turn], now: datetime) -> datetime | None:
    told = next((turn for turn in history if turn.told_at), None)
    if told is None:
        return now
    return told.told_at if told.state == WELL else None


def _known_trouble(history: Sequence[Turn], state: str, now: datetime) -> datetime | None:
    """When this state was told in the present trouble, or a worse one that it comes from."""
    until, well_between = now, False
    for turn in history:
        if turn.state == WELL:
            if turn.told_at or until - turn.since >= STEADY:
                return None
            well_between = True
        elif turn.told_at and (
            turn.state == state or (not well_between and worse(turn.state, state))
        ):
            return turn.told_at
        until = turn.since
    return None
