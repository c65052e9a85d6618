"""From an event to what we make of it: the intrinsic part of a score."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from math import log, sqrt

import numpy as np

from app.model.event import KINDS, Event
from app.score import circle, kind, person
from app.score.chance import (
    BASE_SHARE,
    BASE_TALKS,
    CLIP,
    SPREAD,
    TALKS_RANGE,
    Array,
    damped,
    logit,
    mixture,
)
from app.score.facts import Facts, read
from app.score.learned import Coefficients, Correction, coefficients, correct
from app.score.signals import FORM_SIGNALS, SHARE_SIGNALS, Signal
from app.score.signals.time import WORK_KINDS
from app.score.understanding import FAMILIES, Part, Room, Understanding
from scrapers.base import EventStatus

MODEL_VERSION = "3"

IN_FAMILY, ACROSS = 0.6, 0.2  # ρ: correlation of cues in a family, and of families (4.2)
LEAST_PROBABILITY = 0.05  # kinds less likely than this are left out of the mean
WEIGHT, WEIGHT_OF_FAMILY = 8.0, 3.0  # m = 8 + 3 · families with evidence (4.1)
ROUNDS_SPREAD = 6.0  # timed rounds make conversations even (3)
WAITLIST, SOLD_OUT, CALLED_OFF = 0.3, 0.05, 0.001  # h (4.1)
LEAST_TALKS, MOST_TALKS = log(TALKS_RANGE[0]), log(TALKS_RANGE[1])
BASE_LOGIT = logit(BASE_SHARE)
SENSITIVE = 0.05  # what etiquette leaves of grief and illness groups: they are never suggested

_WAITLIST = re.compile(r"\b(?:join the )?wait ?list\b", re.IGNORECASE)
_SOLD_OUT = re.compile(r"\bsold[ -]out\b|\bfully booked\b", re.IGNORECASE)
_CALLED_OFF = re.compile(r"\bcancel(?:l)?ed\b|\bpostponed\b", re.IGNORECASE)
_SENSITIVE = re.compile(
    r"\b(?:grief|bereave\w*|hospice|cancer support|support (?:group|circle)|recovery meeting|"
    r"al-?anon|alcoholics anonymous|sobriety|survivors?' (?:group|circle)|suicide|stillbirth|"
    r"memorial service|funeral|celebration of life|dementia|alzheimer\w*|overdose|chronic illness)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a listing tells of the room, whatever its kind; without `learned` by the rules alone."""

    parts: tuple[Part, ...]
    form: tuple[Part, ...]
    learned: Correction | None = None
    share_more: float = field(init=False)
    talks_more: float = field(init=False)

    def __post_init__(self) -> None:
        """Sum what was learned of the words."""
        share, talks = (self.learned.share, self.learned.talks) if self.learned else ((), ())
        object.__setattr__(self, "share_more", sum(piece.value for piece in share))
        object.__setattr__(self, "talks_more", sum(piece.value for piece in talks))


def understand(event: Event, known: Coefficients | None = None) -> Understanding:
    """Read one event. Pure: the same event gives the same understanding, on any day.

    `known` are the learned coefficients, by default those that are shipped.
    """
    facts = read(event)
    learned = correct(facts, known or coefficients())
    parts, form = share_parts(facts), form_parts(facts, learned.form_scale)
    told = Evidence(parts, form, learned)
    rooms = tuple(_rooms(facts, kind.points(facts) + learned.kinds, told))
    log_odds, circle_phrase = circle.evidence(facts)
    seeking = circle.probability(learned.circle_of(log_odds))
    entry, entry_phrase = _entry(event)
    found = max(rooms, key=lambda room: room.probability).kind
    sensitive = _is_sensitive(event, found)
    gate = circle.gate(seeking) * (SENSITIVE if sensitive else 1.0)
    weight, spread = evidence_weight(facts, parts), spread_of(facts)
    return Understanding(
        model=MODEL_VERSION,
        kind=found,
        rooms=rooms,
        parts=parts,
        form=form,
        learned_share=learned.share,
        learned_talks=learned.talks,
        weight=weight,
        spread=spread,
        entry=entry,
        gate=gate,
        circle=seeking,
        any_field=_any_field(rooms, weight, spread, entry * gate),
        circle_phrase=circle_phrase or learned.circle_phrase,
        withheld=_withheld(seeking, sensitive=sensitive, entry=entry),
        entry_phrase=entry_phrase,
        executives="audience.founders" in facts.hits,
        work=found in WORK_KINDS,
        crafts=person.mask(facts, "craft", "fields"),
        trades=person.mask(facts, "trade", "fields"),
        interests=person.mask(facts, "interests", "interests"),
    )


def share_parts(facts: Facts) -> tuple[Part, ...]:
    """The evidence of the cue tables for the share who hire."""
    return _parts(SHARE_SIGNALS, facts)


def form_parts(facts: Facts, held: float = 1.0) -> tuple[Part, ...]:
    """The evidence of the cue tables for the number of conversations.

    `held` is how much of it holds, by what was learned.
    """
    return _parts(FORM_SIGNALS, facts, held)


def is_firm(signal: str, facts: Facts) -> bool:
    """Whether title or place say outright that it is online: no tendency but a fact.

    A text that mentions a video call may mean one way of two to take part.
    """
    if signal == "form.online_place":
        return True
    return signal == "form.online" and bool({"title", "venue"} & facts.hits[signal].keys())


def evidence_weight(facts: Facts, parts: tuple[Part, ...]) -> float:
    """m: what the listing tells, by the number of families with evidence (4.1)."""
    recognised = any(f"kinds.{name}" in facts.hits for name in KINDS)
    return WEIGHT + WEIGHT_OF_FAMILY * (len({part.family for part in parts}) + recognised)


def spread_of(facts: Facts) -> float:
    """k: timed rounds make conversations even."""
    return ROUNDS_SPREAD if "form.rounds" in facts.hits else SPREAD


def _is_sensitive(event: Event, found: str) -> bool:
    """Whether it is a group of the grieving or the ill: by its title, or a support group by its text."""
    if _SENSITIVE.search(event.name):
        return True
    return found == "support_health" and _SENSITIVE.search(event.description) is not None


def _withheld(seeking: float, *, sensitive: bool, entry: float) -> str:
    if seeking >= circle.HIGH:
        return "circle"
    if sensitive:
        return "grief"
    return "called_off" if entry <= CALLED_OFF else ""


def _parts(signals: Iterable[Signal], facts: Facts, held: float = 1.0) -> tuple[Part, ...]:
    """The signals that apply, each damped among its own family (4.2)."""
    hits = facts.wording.hits
    told = [signal for signal in signals if not signal.cue or signal.id in hits]
    found = [(signal, phrase) for signal in told if (phrase := signal.applies(facts))]
    found.sort(key=lambda each: each[0].family)
    parts: list[Part] = []
    for family, same in groupby(found, key=lambda each: each[0].family):
        cues = list(same)
        rho = ACROSS if family == "form" else IN_FAMILY
        values = damped([signal.log_ratio for signal, _ in cues], rho)
        parts += [
            Part(
                signal.id,
                family,
                value if held == 1 or is_firm(signal.id, facts) else held * value,
                signal.deviation,
                phrase,
                signal.basis,
            )
            for (signal, phrase), value in zip(cues, values, strict=True)
        ]
    return tuple(parts)


def _rooms(facts: Facts, points: Array, told: Evidence) -> Iterable[Room]:
    likely = kind.probabilities(points).tolist()
    order = sorted(range(len(likely)), key=lambda n: -likely[n])
    chosen = [n for n in order if likely[n] >= LEAST_PROBABILITY] or order[:1]
    total = sum(likely[n] for n in chosen)
    for n in chosen:
        yield room(facts, n, likely[n] / total, told)


def room(facts: Facts, place: int, probability: float, told: Evidence) -> Room:
    """The event as one of a kind, the one at this place of the table.

    Families are damped, then clipped (4.2); then comes what was learned. Conversations stay within
    their range, and the parts still add up.
    """
    row, learned = kind.kind_table()[place], told.learned
    parts, form = told.parts, told.form
    sums = dict.fromkeys(FAMILIES, 0.0)
    for part in parts:
        sums[part.family] += part.value
    raw = [row.share - BASE_LOGIT, *sums.values()]
    scales = _scales(raw, learned.share_scale if learned else 1.0)
    hours = _hours_shift(facts, row) * (learned.form_scale if learned else 1.0)
    extra = sum(p.value for p in form) + hours
    talks = min(row.talks + extra, log(_most_talks(facts)))
    form_scale = (talks - row.talks) / extra if abs(extra) > 1e-9 else 1.0
    kind_share, kind_talks = learned.of_kind(place) if learned else (0.0, 0.0)
    wanted = talks + kind_talks + told.talks_more
    kept = min(max(wanted, LEAST_TALKS), MOST_TALKS) if learned else wanted
    return Room(
        kind=row.name,
        probability=probability,
        share=BASE_LOGIT
        + sum(a * b for a, b in zip(raw, scales, strict=True))
        + told.share_more
        + kind_share,
        share_deviation=_deviation(row.share_deviation, parts, scales),
        talks=kept,
        talks_deviation=_root([row.talks_deviation, *(p.deviation for p in form)]),
        kind_share=raw[0] * scales[0] + kind_share,
        kind_talks=row.talks - log(BASE_TALKS) + kind_talks + (kept - wanted),
        scales=tuple(scales[1:]),
        form_scale=form_scale,
        hours=hours,
    )


def _scales(raw: list[float], held: float) -> list[float]:
    """The factor of the kind and of each family: damped among each other, then clipped (4.2)."""
    moved = damped(raw, ACROSS)
    total = sum(moved)
    kept = CLIP / abs(total) if abs(total) > CLIP else 1.0
    factors = [kept * b / a if a else kept for a, b in zip(raw, moved, strict=True)]
    return [factors[0], *(held * factor for factor in factors[1:])]


def _root(values: Iterable[float]) -> float:
    return sqrt(sum(value * value for value in values))


def _deviation(of_kind: float, parts: tuple[Part, ...], scales: list[float]) -> float:
    by_family = dict(zip(FAMILIES, scales[1:], strict=True))
    return _root([of_kind * scales[0], *(p.deviation * by_family[p.family] for p in parts)])


def _hours_shift(facts: Facts, row: kind.Kind) -> float:
    """(d/d0)^0.5 within 0.5 to 2, as a logarithm; 0 where the duration is unknown."""
    if facts.hours is None:
        return 0.0
    return min(max(0.5 * log(facts.hours / row.hours), log(0.5)), log(2))


def _most_talks(facts: Facts) -> float:
    """A group of N people allows 0.6 (N − 1) new conversations, 0.8 (N − 1) up to eight people."""
    seats = facts.wording.seats
    if seats is None:
        return TALKS_RANGE[1]
    others = max(1, seats - 1)
    return min(TALKS_RANGE[1], others * (0.8 if seats <= 8 else 0.6))


def _entry(event: Event) -> tuple[float, str]:
    """h: whether it takes place and one gets in, with the words that say so."""
    if event.event_status in {EventStatus.CANCELLED, EventStatus.POSTPONED}:
        return CALLED_OFF, event.event_status.value
    states = {offer.availability for offer in event.offers}
    if states == {"sold_out"}:
        return SOLD_OUT, "sold out"
    for pattern, value in ((_CALLED_OFF, CALLED_OFF), (_SOLD_OUT, SOLD_OUT), (_WAITLIST, WAITLIST)):
        if match := pattern.search(event.name):
            return value, match[0]
    return 1.0, ""


def _any_field(rooms: tuple[Room, ...], weight: float, spread: float, entry: float) -> float:
    share, talks, likely = np.array([(r.share, r.talks, r.probability) for r in rooms]).T
    m, inverse_k, h = np.array((weight, 1 / spread, entry)).reshape(3, 1)
    return float(likely @ mixture(1 / (1 + np.exp(-share)), np.exp(talks), m, inverse_k, h))
