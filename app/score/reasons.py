"""The words of a score: one signed reason for each piece of evidence, and one thing to do.

Pure wording and rounding; the points come from `explain`.
"""

from collections.abc import Sequence
from functools import cache
from math import exp, floor

from app.model.learnt import Group, Ratio
from app.model.score import Reason
from app.score.kind import Kind
from app.score.signals import FORM_SIGNALS, SHARE_SIGNALS, Signal
from app.score.understanding import Room, Understanding

_BASES = {
    "D": "surveys show",
    "S": "studies show",
    "M": "as far as we recall",
    "J": "we guess",
    "L": "learned from judged listings",
}
_ETIQUETTE = {
    "faith_community": "Come for the gathering itself; do not pitch.",
    "support_health": "Come for the event itself; do not pitch.",
    "civic_public": "Come for the matter itself; talk before or after the meeting.",
}
_BY_KIND = {
    "spectator_show": "Come early and stay on a little: the talk is before and after.",
    "class_workshop": "Take a place beside somebody you do not know.",
    "volunteering": "Sign up alone; the shift gives you people to talk with.",
    "sport_play": "Come alone and stay for the drink afterwards.",
    "art_literary": "Ask the person beside you what brought them here.",
    "opening_market_festival": "Talk with the hosts; they often own or run the place.",
    "professional_talk": "Ask one question and stay for the quarter of an hour afterwards.",
}
_GENERAL = "Come alone and early; say hello to whoever stands alone."
CONFIDENCE = ((14.0, "thin"), (22.0, "fair"))


@cache
def _signals() -> dict[str, Signal]:
    return {signal.id: signal for signal in (*SHARE_SIGNALS, *FORM_SIGNALS)}


def confidence(weight: float) -> str:
    """`thin`, `fair` or `good`, by the evidence weight m (SCORING.md 6)."""
    return next((label for limit, label in CONFIDENCE if weight < limit), "good")


def quoted(says: str, phrase: str, basis: str) -> str:
    """One reason in words: what it says, the listing's own phrase, how we know."""
    words = f"{says}: “{phrase}”" if phrase else says
    return f"{words} ({_BASES[basis]})"


def signal_reason(signal_id: str, family: str, points: float, phrase: str, basis: str) -> Reason:
    """The reason of a signal of the cue tables."""
    says = _signals()[signal_id].says
    return Reason(family, signal_id, points, quoted(says, phrase, basis), phrase, basis)


def kind_share_reason(kind: Kind, points: float) -> Reason:
    """What the kind says of who comes."""
    more = "more" if points >= 0 else "fewer"
    says = f"{kind.rooms} draw {more} people who take part in hiring"
    return Reason("kind", "kind.share", points, quoted(says, "", kind.basis), "", kind.basis)


def kind_talks_reason(kind: Kind, points: float) -> Reason:
    """What the kind says of how many new people one talks with."""
    number = exp(kind.talks)
    if number < 0.75:
        says = f"{kind.rooms} leave little chance to talk with new people"
    else:
        people = "1 new person" if round(number) == 1 else f"{number:.0f} new people"
        says = f"{kind.rooms} usually let you talk with about {people}"
    return Reason("kind", "kind.talks", points, quoted(says, "", kind.basis), "", kind.basis)


def learned_reason(phrase: str, points: float) -> Reason:
    """What judged listings with the same words taught, or with the same wording as a whole."""
    better = "better" if points >= 0 else "worse"
    what = "such words" if phrase else "such wording, place and hour"
    says = f"rooms with {what} were judged {better} than the rules say"
    return Reason("learned", "learned.words", points, quoted(says, phrase, "L"), phrase, "L")


def plain_reason(family: str, points: float, says: str, phrase: str = "") -> Reason:
    """A reason that no signal stands behind (hours, evidence, entry, circle, fit)."""
    words = f"{says}: “{phrase}”" if phrase else says
    return Reason(family.partition(".")[0], family, points, words, phrase, "J")


_OF_GROUP = {
    "kind": "at such events",
    "topic": "at evenings about {}",
    "venue": "here",
    "slot": "at such an hour ({})",
    "organizer": "with these hosts",
    "series": "in this series",
}


def lesson(group: Group, ratio: Ratio) -> str:
    """What the person's own visits say of a group of events."""
    visits = "1 visit" if ratio.visits == 1 else f"{ratio.visits} visits"
    where = _OF_GROUP[group[0]].format(group[1])
    if abs(ratio.value - 1) < 0.05:
        return f"your {visits} {where} met about as many people who hire as expected"
    if ratio.value < 1:
        return f"your {visits} {where} met fewer people who hire than expected"
    return f"your {visits} {where} met {ratio.value:.1f} times as many people who hire as expected"


def advice(event: Understanding, room: Room) -> str:
    """One thing to do about it: etiquette first, then what the form suggests."""
    if event.kind in _ETIQUETTE:
        return _ETIQUETTE[event.kind]
    strongest = max(event.form, key=lambda part: abs(part.value), default=None)
    if strongest and (says := _signals()[strongest.signal].advice):
        return says
    return _BY_KIND.get(room.kind, _GENERAL)


def percent(chance: float) -> str:
    """A chance for people: two digits at most, honest at both ends (SCORING.md 6)."""
    if chance < 0.03:
        return "very unlikely"
    return "over 90 %" if chance > 0.9 else f"{100 * chance:.0f} %"


def whole_points(start: float, points: Sequence[float]) -> tuple[int, list[int]]:
    """Whole points that add up to the rounded sum, by largest remainder (SCORING.md 7)."""
    exact = [start, *points]
    floors = [floor(value) for value in exact]
    missing = round(sum(exact)) - sum(floors)
    by_remainder = sorted(range(len(exact)), key=lambda n: floors[n] - exact[n])
    for n in by_remainder[:missing]:
        floors[n] += 1
    return floors[0], floors[1:]


def lines(start: float, reasons: Sequence[Reason]) -> list[str]:
    """An explanation as lines of text whose whole points add up; parts of no point are left out."""
    first, rest = whole_points(start, [reason.points for reason in reasons])
    shown = [
        f"{points:+3d}  {reason.text}"
        for points, reason in zip(rest, reasons, strict=True)
        if points
    ]
    total = first + sum(rest)
    return [f"{first:3d}  an average public event", *shown, f"={total:2d} %"]
