"""How we say when, where, how much and how likely; the same words in mail, feed and links."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from app.model.event import Event
from app.model.score import Reason, Score
from app.publish.text import one_line
from scrapers.base import AttendanceMode, Offer

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$"}
_CHANCES = ((0.6, "Very good chance"), (0.4, "Good chance"), (0.2, "Fair chance"))
_SHORT = timedelta(hours=12)  # an end within it needs no date of its own: "9:00 pm–1:00 am"


def when(event: Event) -> str:
    """Local time where it happens, the zone named beside it (case I6).

    "Tue, Dec 8, 6:00–8:00 pm EST"; an all-day event gives its dates only.
    """
    start, end = event.local_start, event.local_end
    if event.all_day:
        return _all_day(event)
    # Lengths from the instants: in the night the clocks go back, wall clocks mislead.
    length = event.end.astimezone(UTC) - event.start.astimezone(UTC) if event.end else timedelta()
    if end is None or length <= timedelta():
        return f"{_day(start)}, {_clock(start)} {zone_name(start)}"
    if length > _SHORT:
        return f"{_day(start)}, {_clock(start)} – {_day(end)}, {_clock(end)} {zone_name(end)}"
    if zone_name(start) != zone_name(end):  # the clocks change meanwhile
        return f"{_day(start)}, {_clock(start)} {zone_name(start)} – {_clock(end)} {zone_name(end)}"
    same_half = start.strftime("%p") == end.strftime("%p") and start.date() == end.date()
    first = _clock(start).rsplit(" ", 1)[0] if same_half else _clock(start)
    return f"{_day(start)}, {first}–{_clock(end)} {zone_name(end)}"


def _all_day(event: Event) -> str:
    first = event.local_start
    last = (event.local_end or first) - timedelta(days=1)
    if last <= first:
        return f"{_day(first)}, no hour given"
    return f"{_day(first)} – {_day(last)}"


def _day(time: datetime) -> str:
    return f"{time:%a, %b} {time.day}"


def _clock(time: datetime) -> str:
    if (time.hour, time.minute) in {(0, 0), (12, 0)}:
        return "midnight" if time.hour == 0 else "noon"
    return f"{time.hour % 12 or 12}:{time:%M} {'am' if time.hour < 12 else 'pm'}"


def zone_name(time: datetime) -> str:
    """The zone's usual letters, or its offset where it has none ("UTC−03:00")."""
    name = time.tzname() or ""
    if name.isalpha():
        return name
    offset = time.strftime("%z")
    return f"UTC{'−' if offset[0] == '-' else '+'}{offset[1:3]}:{offset[3:5]}"


def place(event: Event) -> str:
    """Where it is, on one line: name and address without saying a thing twice, or "Online"."""
    parts: list[str] = []
    if event.location:
        name = one_line(event.location.name, 200)
        address = one_line(event.location.address, 300)
        inside = name.casefold() in address.casefold()
        parts = [address] if inside else [name, address]
    if event.event_attendance_mode is AttendanceMode.MIXED or (
        not any(parts)
        and (event.virtual_location or event.event_attendance_mode is AttendanceMode.ONLINE)
    ):
        parts.append("online too" if any(parts) else "Online")
    return ", ".join(part for part in parts if part)


def price(offers: Iterable[Offer]) -> str:
    """The price of an event in words; empty where no source says.

    "Free", "$10", "$10 to $25", "Up to £25", "Sold out ($10)". Offers in another currency than
    the first priced one are left out: their numbers do not compare.
    """
    offers = tuple(offers)
    priced = [o for o in offers if o.price_min is not None or o.price_max is not None]
    currency = next((o.currency for o in priced if o.currency), "")
    same = [o for o in priced if o.currency in {currency, ""}]
    low = min((o.price_min for o in same if o.price_min is not None), default=None)
    tops = (o.price_min if o.price_max is None else o.price_max for o in same)
    high = max((top for top in tops if top is not None), default=None)
    words = _range(low, high, currency)
    if offers and all(o.availability == "sold_out" for o in offers):
        return f"Sold out ({words})" if words else "Sold out"
    return words


def _range(low: int | None, high: int | None, currency: str) -> str:
    if low is None:
        return "" if high is None else f"Up to {_money(high, currency)}"
    if high is None or high <= low:
        return "Free" if low == 0 else _money(low, currency)
    first = "Free" if low == 0 else _money(low, currency)
    return f"{first} to {_money(high, currency)}"


def _money(cents: int, currency: str) -> str:
    amount = f"{cents // 100}" if cents % 100 == 0 else f"{cents / 100:.2f}"
    code = one_line(currency, 3)
    symbol = _SYMBOLS.get(code)
    return f"{symbol}{amount}" if symbol else f"{amount} {code}".strip()


def percent(chance: float) -> int:
    """Whole percent of a 0..1 chance; never 0 or 100, for we are never sure."""
    return min(99, max(1, round(100 * chance)))


def chance_words(chance: float) -> str:
    """The chance in words; four steps, so that one learns them."""
    return next((words for least, words in _CHANCES if chance >= least), "Small chance")


def chance_range(score: Score) -> str:
    """The 10th to 90th percentile as "45–70%"."""
    return f"{percent(score.low)}–{percent(score.high)}%"


def top_reasons(score: Score) -> tuple[Reason, ...]:
    """The two that help most and the one that hurts most, of those worth a point (SCORING.md 7)."""
    ranked = sorted(score.reasons, key=lambda reason: -reason.points)
    helpful = [reason for reason in ranked if reason.points >= 1][:2]
    harmful = [reason for reason in ranked if reason.points <= -1][-1:]
    return (*helpful, *harmful)


def reason_words(reason: Reason) -> str:
    """One reason for a person, with the listing's own words where they caused it."""
    text, phrase = one_line(reason.text, 160), one_line(reason.phrase, 80)
    return f"{text} (“{phrase}”)" if phrase and phrase.casefold() not in text.casefold() else text


def signed_points(points: float) -> str:
    """Percentage points as "+33" or "−8"."""
    whole = round(points)
    return f"+{whole}" if whole >= 0 else f"−{-whole}"


def score_text(score: Score) -> str:
    """A score as plain lines, to be stored with a choice and shown in its calendar entry."""
    chance = f"{percent(score.any_field)}% (likely {chance_range(score)})"
    lines = [f"{chance_words(score.any_field)} to talk with someone who hires: {chance}"]
    lines += [f"{signed_points(r.points)} {reason_words(r)}" for r in top_reasons(score)]
    if score.advice:
        lines.append(f"Tip: {one_line(score.advice, 200)}")
    return "\n".join(lines)
