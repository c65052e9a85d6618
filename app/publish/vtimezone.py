"""VTIMEZONE components with a rule for each half of the year (RFC 5545 3.6.5; case G8).

Why not `icalendar.Timezone.from_tzid`: it lists dates (RDATE), which Outlook ignores ([MS-STANOICAL]
2.2.47 reads DTSTART, RRULE and the offsets only), and it puts the spring onset an hour late.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

# Years of evidence before dates are called a rule: "fourth" and "last" Sunday differ within them.
_EVIDENCE_YEARS = 12
_STEP = timedelta(days=7)  # shorter than any spell of one offset (Ramadan in Morocco: 30 days)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class _Observance:
    """One way the clock runs after an onset; offsets from UTC."""

    before: timedelta
    after: timedelta
    name: str

    @property
    def kind(self) -> str:
        """By direction, not by tzdata's flag: Dublin's winter is no DAYLIGHT to any reader."""
        return "DAYLIGHT" if self.after > self.before else "STANDARD"


@lru_cache(maxsize=512)
def vtimezone(tzid: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """Unfolded lines of the VTIMEZONE of an IANA zone, right for both years and all between.

    Raises ZoneInfoNotFoundError (a KeyError) or ValueError for an unknown zone.
    """
    zone = ZoneInfo(tzid)
    until = max(last_year, first_year + _EVIDENCE_YEARS)
    onsets: dict[_Observance, list[datetime]] = {}
    for instant, observance in _transitions(zone, first_year - 1, until):
        local = (instant + observance.before).replace(tzinfo=None)
        onsets.setdefault(observance, []).append(local)
    lines = [
        line
        for observance, dates in _with_beginning(zone, first_year, onsets).items()
        for line in _lines(observance, dates, until)
    ]
    return ("BEGIN:VTIMEZONE", f"TZID:{tzid}", *lines, "END:VTIMEZONE")


def _transitions(
    zone: ZoneInfo, first_year: int, last_year: int
) -> Iterator[tuple[datetime, _Observance]]:
    """Every change of the zone's clock within these years: the UTC instant and what follows it."""
    start, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    steps = [start + _STEP * i for i in range((end - start) // _STEP + 1)]
    for left, right in pairwise(steps):
        if _clock(zone, left) != _clock(zone, right):
            instant = _bisect(zone, left, right)
            yield instant, _observance(zone, instant - timedelta(seconds=1), instant)


def _clock(zone: ZoneInfo, instant: datetime) -> tuple[timedelta, str]:
    local = instant.astimezone(zone)
    return local.utcoffset() or timedelta(), local.tzname() or ""


def _bisect(zone: ZoneInfo, left: datetime, right: datetime) -> datetime:
    """First second of the new clock between two instants whose clocks differ."""
    old = _clock(zone, left)
    while right - left > timedelta(seconds=1):
        middle = left + (right - left) // 2
        middle = middle.replace(microsecond=0)
        left, right = (middle, right) if _clock(zone, middle) == old else (left, middle)
    return right


def _observance(zone: ZoneInfo, before: datetime, after: datetime) -> _Observance:
    return _Observance(_clock(zone, before)[0], *_clock(zone, after))


def _with_beginning(
    zone: ZoneInfo, first_year: int, onsets: dict[_Observance, list[datetime]]
) -> dict[_Observance, list[datetime]]:
    """Add the observance in force at the beginning, where no onset before `first_year` gives it."""
    if any(dates[0].year < first_year for dates in onsets.values()):
        return onsets
    new_year = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    return {_observance(zone, new_year, new_year): [datetime(1970, 1, 1)], **onsets}  # noqa: DTZ001 -- local by definition


def _lines(observance: _Observance, dates: list[datetime], until: int) -> Iterator[str]:
    yield f"BEGIN:{observance.kind}"
    yield f"DTSTART:{dates[0]:%Y%m%dT%H%M%S}"
    if rule := _rule(dates, until):
        yield f"RRULE:{rule}"
    elif len(dates) > 1:
        yield "RDATE:" + ",".join(f"{date:%Y%m%dT%H%M%S}" for date in dates[1:])
    yield f"TZNAME:{observance.name}"
    yield f"TZOFFSETFROM:{_offset(observance.before)}"
    yield f"TZOFFSETTO:{_offset(observance.after)}"
    yield f"END:{observance.kind}"


def _rule(dates: list[datetime], until: int) -> str:
    """The yearly rule behind the dates ("second Sunday of March"), empty if there is none."""
    years = [date.year for date in dates]
    if len(dates) < 2 or years != list(range(years[0], until + 1)):
        return ""
    if len({(date.month, date.weekday(), date.time()) for date in dates}) > 1:
        return ""
    first = dates[0]
    if all((date + timedelta(days=7)).month != date.month for date in dates):
        nth = -1
    elif len({(date.day - 1) // 7 for date in dates}) == 1:
        nth = (first.day - 1) // 7 + 1
    else:
        return ""
    return f"FREQ=YEARLY;BYMONTH={first.month};BYDAY={nth}{_DAYS[first.weekday()]}"


def _offset(offset: timedelta) -> str:
    """UTC offset as RFC 5545 3.3.14 writes it."""
    seconds = round(offset.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    text = f"{'-' if seconds < 0 else '+'}{hours:02}{rest // 60:02}"
    return text + (f"{rest % 60:02}" if rest % 60 else "")
