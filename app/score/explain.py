"""The whole score of an event for a person; its reasons add up to the number shown."""

from collections.abc import Iterable, Sequence
from functools import cache
from math import exp, log

import numpy as np

from app.model.score import Reason, Score
from app.model.user import Profile
from app.score import person, reasons
from app.score.candidates import Candidates, personal_rooms
from app.score.chance import BASE_WEIGHT, SPREAD, TALKS_RANGE, Array, Rooms, chance, contributions
from app.score.kind import Kind, kind_table
from app.score.understanding import FAMILIES, Understanding

DRAWS = 200
_SEED = 20260917
_SHARE, _TALKS, _FIT, _WEIGHT, _SPREAD, _ENTRY = range(6)  # coordinates of a room


@cache
def _draws() -> Array:
    return np.random.default_rng(_SEED).standard_normal((2, DRAWS, 1))


@cache
def _kinds() -> dict[str, Kind]:
    return {row.name: row for row in kind_table()}


def explain(event: Understanding, profile: Profile) -> Score:
    """The score of one event: `explain_many` of a list of one."""
    return explain_many([event], profile)[0]


def explain_many(events: Sequence[Understanding], profile: Profile) -> list[Score]:
    """Scores with reasons, range and advice, for the few events that are shown."""
    if not events:
        return []
    at = person.lens(profile)
    many = Candidates.of(events)
    yours = personal_rooms(many, at)
    anybody = Rooms(
        many.share, many.talks, np.zeros_like(many.share), many.weight, many.spread, many.entry
    )
    start, slopes = contributions(anybody)
    _, your_slopes = contributions(yours)
    your_chance = np.add.reduceat(chance(yours) * many.probability, many.first)
    low, high = _range(events, many, anybody, many.any_field)
    your_low, your_high = _range(events, many, yours, your_chance)
    fits = _fits(many, at)
    result = []
    for n, event in enumerate(events):
        rooms = slice(many.first[n], many.first[n] + len(event.rooms))
        here = list(_reasons(event, slopes[:, rooms], []))
        personal = _personal(at, fits[:, n], yours.talks[rooms] - many.talks[rooms])
        result.append(
            Score(
                any_field=event.any_field,
                your_field=float(your_chance[n]),
                low=float(low[n]),
                high=float(high[n]),
                confidence=reasons.confidence(event.weight),
                kind=event.kind,
                circle=event.circle,
                reasons=_sorted(here),
                start_points=100 * start,
                your_reasons=_sorted(_reasons(event, your_slopes[:, rooms], personal)),
                your_start_points=100 * start,
                your_low=float(your_low[n]),
                your_high=float(your_high[n]),
                circle_phrase=event.circle_phrase,
                hirers=_hirers(event),
                advice=reasons.advice(event, max(event.rooms, key=lambda room: room.probability)),
            )
        )
    return result


def _sorted(found: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(found, key=lambda reason: -abs(reason.points)))


def _hirers(event: Understanding) -> float:
    """E = h·μ·q: people who hire that one talks with, on average (SCORING.md 4.1)."""
    met = sum(room.probability * exp(room.talks) / (1 + exp(-room.share)) for room in event.rooms)
    return event.entry * event.gate * met


def _range(
    events: Sequence[Understanding], many: Candidates, rooms: Rooms, middle: Array
) -> tuple[Array, Array]:
    """10th and 90th percentile over fixed draws of every ratio from its range (SCORING.md 6)."""
    first, second = _draws()
    deviations = [(room.share_deviation, room.talks_deviation) for e in events for room in e.rooms]
    of_share, of_talks = np.array(deviations).T
    shape = (DRAWS, len(of_share))
    drawn = Rooms(
        share=rooms.share + first * of_share,
        talks=np.clip(rooms.talks + second * of_talks, *np.log(TALKS_RANGE)),
        fit=np.broadcast_to(rooms.fit, shape),
        weight=np.broadcast_to(rooms.weight, shape),
        spread=np.broadcast_to(rooms.spread, shape),
        entry=np.broadcast_to(rooms.entry, shape),
    )
    values = np.add.reduceat(chance(drawn) * many.probability, many.first, axis=1)
    low, high = np.percentile(values, (10, 90), axis=0)
    return np.minimum(low, middle), np.maximum(high, middle)


def _fits(many: Candidates, at: person.Lens) -> Array:
    fields = person.field_fit(at, many.crafts, many.trades, many.work)
    return np.log(np.stack([fields, person.seniority_fit(at, many.executives)]))


Personal = list[tuple[str, str, int, Array | float]]


def _personal(at: person.Lens, fits: Array, liking: Array) -> Personal:
    """What the person moves: name, words, coordinate and distance (for each room or for all)."""
    found: Personal = []
    if at.field:
        says = f"of the people who hire here, about {100 * exp(fits[0]):.0f} % are of use for {at.field}"
        found.append(("fit.field", says, _FIT, float(fits[0])))
        level = f"about {100 * exp(fits[1]):.0f} % of them may hire at your level"
        found.append(("fit.seniority", level, _FIT, float(fits[1])))
    if np.any(liking):
        says = (
            "you like such evenings and stay longer" if liking.max() > 0 else "it is not your thing"
        )
        found.append(("interest.match", says, _TALKS, liking))
    return found


def _reasons(event: Understanding, slopes: Array, personal: Personal) -> Iterable[Reason]:
    """Every part of the way from the average event to this one, in percentage points."""
    weights = 100 * np.array([room.probability for room in event.rooms])
    slopes = slopes * weights
    yield from _kind_reasons(event, slopes)
    for part in event.parts:
        scale = [room.scales[FAMILIES.index(part.family)] for room in event.rooms]
        points = part.value * float(slopes[_SHARE] @ scale)
        yield reasons.signal_reason(part.signal, part.family, points, part.phrase, part.basis)
    spread = log(event.spread) - log(SPREAD)
    for part in event.form:
        points = part.value * float(slopes[_TALKS] @ [room.form_scale for room in event.rooms])
        if part.signal == "form.rounds":
            points += spread * float(slopes[_SPREAD].sum())
        yield reasons.signal_reason(part.signal, "form", points, part.phrase, part.basis)
    yield from _learned_reasons(event, slopes)
    yield from _plain_reasons(event, slopes)
    for name, says, coordinate, distance in personal:
        yield reasons.plain_reason(name, float(np.sum(slopes[coordinate] * distance)), says)


def _kind_reasons(event: Understanding, slopes: Array) -> Iterable[Reason]:
    row = _kinds()[event.kind]
    share = float(slopes[_SHARE] @ [room.kind_share for room in event.rooms])
    talks = float(slopes[_TALKS] @ [room.kind_talks for room in event.rooms])
    yield reasons.kind_share_reason(row, share)
    yield reasons.kind_talks_reason(row, talks)


def _learned_reasons(event: Understanding, slopes: Array) -> Iterable[Reason]:
    """What was learned, one reason for the share and the talk of the same words."""
    share, talks = float(slopes[_SHARE].sum()), float(slopes[_TALKS].sum())
    points: dict[str, float] = {}
    for slope, pieces in ((share, event.learned_share), (talks, event.learned_talks)):
        for piece in pieces:
            points[piece.phrase] = points.get(piece.phrase, 0.0) + slope * piece.value
    for phrase, moved in points.items():
        yield reasons.learned_reason(phrase, moved)


def _plain_reasons(event: Understanding, slopes: Array) -> Iterable[Reason]:
    hours = float(slopes[_TALKS] @ [room.hours * room.form_scale for room in event.rooms])
    if hours:
        longer = "longer" if hours > 0 else "shorter"
        yield reasons.plain_reason("form.hours", hours, f"it is {longer} than usual")
    weight = (log(event.weight) - log(BASE_WEIGHT)) * float(slopes[_WEIGHT].sum())
    if weight:
        says = (
            "the listing says much" if weight > 0 else "the listing says little, so we are careful"
        )
        yield reasons.plain_reason("evidence.weight", weight, says)
    entry = float(slopes[_ENTRY].sum())
    if event.entry != 1:
        says = "you may not get in"
        yield reasons.plain_reason(
            "entry.chance", entry * log(event.entry), says, event.entry_phrase
        )
    if event.gate != 1:
        yield reasons.plain_reason("circle.gate", entry * log(event.gate), *_gate_words(event))


def _gate_words(event: Understanding) -> tuple[str, str]:
    if event.withheld == "grief":
        return "it is no place to look for contacts; we never suggest it", ""
    if event.withheld == "circle":
        return "it is made for people who look for work", event.circle_phrase
    return "it may be mostly job seekers", event.circle_phrase
