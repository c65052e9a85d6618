"""Where a feed item says when its event is, over all modules in use. Never `pubDate` (CASES B18).

Elements are known by their local names, since publishers bind the same module to many namespaces:
RSS event module (`ev:startdate`), xCal in RSS (`xCal:dtstart`, Trumba), Google Base
(`g:event_date_range`), Google data (`gd:when`), Modern Events Calendar (`mec:startDate` and
`mec:startHour`), BiblioCommons (`bc:start_date`), LibCal (`libcal:date` and `libcal:start`) and
CivicPlus (`calendarEvent:EventDates` and `EventTimes`).
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from scrapers._dates import joined, read_clock_times

# Elements that hold a start and an end, each a date with or without a time of day.
_PAIRS = (
    ("dtstart", "dtend"),
    ("start_date", "end_date"),
    ("startdate", "enddate"),
    ("start_time", "end_time"),
    ("starttime", "endtime"),
    ("localstart", "localend"),
    ("eventstartdate", "eventenddate"),
    ("start", "end"),
)
_HOURS = (("starthour", "endhour"), ("starttime", "endtime"), ("start_time", "end_time"))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = (
    rf"(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}\.?\s+{_MONTH}\s+\d{{4}}"
    r"|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})"
)
_LABELED = re.compile(
    rf"\b(?:event dates?|dates?|when)\s*:\s*(?:[a-z]{{3,9}},?\s+)?(?P<day>{_DAY})"
    rf"(?:\s*[-–—]\s*(?:[a-z]{{3,9}},?\s+)?(?P<last>{_DAY}))?(?P<rest>[^|]{{0,60}})",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"<\w+\s[^<>]{0,200}?\bclass\s*=\s*[\"'][^\"'<>]{0,100}?\b(?P<name>dt-?start|dt-?end)\b"
    r"[^<>]{0,200}?\b(?:title|datetime)\s*=\s*[\"'](?P<value>[^\"'<>]{8,64})[\"']",
    re.IGNORECASE,
)
_IN_TITLE = re.compile(
    rf"\s*(?:[—–|@(]|\s-)\s*(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}},?\s+"
    rf"(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:,?\s+(?P<year>\d{{4}}))?"
    r"(?:,\s*(?P<times>[^—–|)]{1,30}?))?\s*(?:\)|[—–|]\s*(?P<place>.*))?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """When an item says its event is, as texts for `_dates`; and what its title held beside it."""

    start: str
    end: str = ""
    title: str = ""
    place: str = ""
    notes: tuple[str, ...] = ()


def from_elements(texts: dict[str, str]) -> Said | None:
    """The dates that the item's own elements name, or None if none does.

    `texts` are the item's elements by lower-case local name. An end without a start is no date.
    """
    if day := texts.get("eventdates"):
        return on_day(day, texts.get("eventtimes", ""))
    if (day := texts.get("date")) and ("start" in texts or "allday" in texts):
        return _day_and_hours(day, day, texts.get("start", ""), texts.get("end", ""))
    if "event_date_range" in texts:
        start, _, end = texts["event_date_range"].partition("/")
        return Said(start, end) if start.strip() else None
    for first, last in _PAIRS:
        if start := texts.get(first, ""):
            end = texts.get(last, "")
            for hour, hour_end in _HOURS:
                if hour != first and hour in texts:
                    return _day_and_hours(start, end, texts[hour], texts.get(hour_end, ""))
            return Said(start, end)
    return None


def from_markup(html: str) -> Said | None:
    """The dates that an hCalendar or h-event in the item's text marks, or None."""
    marked = {
        match["name"].replace("-", ""): match["value"]
        for match in reversed(list(_MARKED.finditer(html[:20_000])))
    }
    return Said(marked["dtstart"], marked.get("dtend", "")) if "dtstart" in marked else None


def from_text(text: str) -> Said | None:
    """A date that the item's text puts behind a label ("Date: …", "When: …"), or None."""
    match = _LABELED.search(text[:5000])
    if match is None:
        return None
    days = match["day"] + (f" - {match['last']}" if match["last"] else "")
    return replace(on_day(days, match["rest"]), notes=("date_from_text",))


def from_title(title: str, published: datetime) -> Said | None:
    """A date in the title: "Open mic — Sat Aug 22, 10:00 AM — Mill Hall", or None.

    A missing year is the one near `published` in which that day falls on that weekday; without a
    weekday, nothing would vouch for it.
    """
    match = _IN_TITLE.search(title[:500])
    if match is None:
        return None
    day = _with_weekday(match, published.date())
    if day is None:
        return None
    said = on_day(day.isoformat(), match["times"] or "")
    name, place = title[: match.start()].strip(), (match["place"] or "").strip()
    return Said(said.start, said.end, name, place, ("date_from_title",))


def _with_weekday(match: re.Match[str], near: date) -> date | None:
    month = _MONTHS.index(match["month"][:3].lower()) + 1
    weekday = _WEEKDAYS.index(match["weekday"].lower())
    years = [int(match["year"])] if match["year"] else [near.year - 1, near.year, near.year + 1]
    days = []
    for year in years:
        try:
            days.append(date(year, month, int(match["day"])))
        except ValueError:
            continue
    fitting = [day for day in days if day.weekday() == weekday]
    return min(fitting, key=lambda day: abs(day - near), default=None)


def on_day(days: str, times: str) -> Said:
    """A day, or a range of days, with the clock times that are said beside it."""
    first, _, last = (part.strip() for part in re.sub(r"\s+[-–—]\s+", "\0", days).partition("\0"))
    start, end = read_clock_times(times)
    return Said(joined(first, start), joined(last or first, end) if last or end else "")


def _day_and_hours(day: str, last: str, start: str, end: str) -> Said:
    return on_day(f"{day.strip()} - {last.strip() or day.strip()}", f"{start} - {end}")
