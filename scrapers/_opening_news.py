"""What a news item says about a place that opens: its name, its kind, when, and how surely.

A rule of words, not of meaning: it would rather miss an opening than take a fire for one.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scrapers._dates import read_clock_times
from scrapers._openings import KIND_PATTERNS, kind_of
from scrapers._text import one_line
from scrapers.base import Evidence, OpeningListing, Place

_LOOK_AT = 2000  # characters: what is new stands at the beginning
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?P<weekday>Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?"
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_FULL = re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>20\d\d))?")
_MONTH_ALONE = re.compile(rf"\b(?:in|by|this|early|mid-?|late)\s+{_MONTH}(?:\s+(?P<year>20\d\d))?")
_NEAR = re.compile(
    rf"\b(?:(?P<word>today|tomorrow|yesterday|tonight)|(?:(?P<which>last|next|this|on)\s+){_WEEKDAY})\b",
    re.IGNORECASE,
)

# Strongest first: an item that says two things is believed in the stronger.
_SAYS = (
    (Evidence.GRAND_OPENING, r"grand[- ]opening|ribbon[- ]cutting"),
    (Evidence.SOFT_OPENING, r"soft[- ](?:open(?:ing|s|ed)?|launch)"),
    (
        Evidence.NOW_OPEN,
        (
            r"(?:is|are) (?:now|finally|officially) open|now open|(?:has|have) (?:just |finally )?opened|just opened|newly opened"
            r"|opened (?:its|their|the) doors|opened (?:on|last|this|in|at)"
        ),
    ),
    (
        Evidence.COMING_SOON,
        (
            r"coming soon|opening soon|(?:to|will|set to|plans? to|hopes? to|slated to|scheduled to) (?:be )?open(?:ing)?\b"
            r"|set to open|moves? in(?:to)?|is coming to"
        ),
    ),
    (
        Evidence.OPENS,
        r"opens(?: (?:its|their) doors)?|opening (?:on|at|in|this|next)|opened|debuts",
    ),
)
_SAYS_PATTERNS = tuple(
    (what, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for what, words in _SAYS
)
_NOT_NEW = re.compile(
    r"\bre-?open\w*|\bopen(?:s|ed|ing)? (?:fire|up about|night|act|day|reception|enrollment|registration"
    r"|mic|house|hours|letter|late|early|daily|for (?:bids|business as usual|comment|applications))"
    r"|\bopening (?:hours|night|act|bid|statement|remarks|reception|ceremony of)|\b(?:job|shift) openings?"
    r"|\bopenings? for (?:a |an )?(?:barista|baker|cook|brewer)|\b(?:now )?hiring\b"
    r"|\bclos(?:es|ing|ed|ure)\b|\bshut(?:s|ting|ters?|tered)?\b|\b(?:store|holiday|summer|winter|new) hours\b"
    r"|\bexhibit(?:ion)? opens|\banniversary\b|\bannex\b|\bexpan(?:ds?|ded|ding|sion)\b|\brenovat\w+|\bremodel\w*|\bburgl\w+|\brobbe\w+|\blawsuit\b"
    r"|\b(?:registration|enrol+ment|nominations|applications|polls|sales?|season|festival|trial|inquest"
    r"|investigation|exhibit(?:ion)?|gallery show) (?:to |will )?opens?\b"
    r"|\b(?:not|never|no longer|won't|doesn't) (?:to )?open",
    re.IGNORECASE,
)
_PROPER = r"(?:[A-Z0-9][\w'’.-]*|[&+]|of|the|and|to|a|at|in|de|la|du)"
_NAME = rf"(?P<name>[A-Z0-9][\w'’.-]*(?:\s+(?:{_PROPER})){{0,6}}?)"
_VERB = (
    r"(?:to open|will (?:soon )?open|opens|opened|opening|is (?:now |finally |officially )?(?:open|opening|coming)"
    r"|has (?:just |finally )?opened|set to open|plans to open|hosts?|holds?|celebrates?|announces?|debuts|moves in\w*"
    r"|now open|coming soon|soft[- ]open\w*|grand[- ]opening)"
)
_SUBJECT = re.compile(
    rf"(?:^|[.:!?—–-]\s+|\b[Tt]he |\b[Nn]ew \w+ )?{_NAME}(?:,[^,.]{{3,60}},)?:?\s+{_VERB}\b"
)
_CALLED = re.compile(
    r"\b(?:called|named|dubbed|for|of)\s+(?P<name>[A-Z0-9][\w'’.-]*(?:\s+(?:[A-Z0-9][\w'’.-]*|[&+]|of|the|and)){0,5})"
)
_ADDRESS = re.compile(
    r"\b(?:at|on|to|in|into)\s+(?P<address>\d{1,5}\s+(?:[NSEW]\.?\s+)?(?:[A-Z0-9][\w'.-]*\s+){1,4}?"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Place|Pl|Square|Court|Ct|Highway|Hwy)\b)"
)
_STREET = re.compile(
    r"\b(?:at|on)\s+(?P<address>(?:[A-Z][\w'.-]*\s+){1,3}(?:Street|St|Avenue|Ave|Road|Lane|Boulevard|Square)\b"
    r"|[A-Z]\w+ and [A-Z]\w+)"
)
_TIME = re.compile(
    r"\b(?:at|from|,)\s*(?P<times>\d{1,2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?(?:\s*(?:-|–|to|until)\s*\d{1,2}(?::\d{2})?)?\s*[ap]\.?m\.?|noon)",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"^(?:the|a|an|new|local|downtown|this|that|owners?|it|they)$", re.IGNORECASE)
_IS_STREET = re.compile(r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Boulevard|Square|Drive)\.?")
_ENDS = re.compile(r"[.!?]\s+(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class News:
    """An opening that an item tells of; `time` is what a grand opening's clock says, or ""."""

    opening: OpeningListing
    time: str = ""


def read_news(title: str, text: str, published: datetime, url: str, key: str) -> News | None:
    """What an item says about a new place of our kinds, or None.

    `published` is aware; relative dates ("on Friday") count from its day. A date without a year is
    the one nearest to it. The text is plain.
    """
    title, body = one_line(title), " ".join(text[:_LOOK_AT].split())
    if _NOT_NEW.search(title):
        return None
    sentence = next(
        (
            each
            for each in (title, *_ENDS.split(body))
            if _saying(each) and not _NOT_NEW.search(each)
        ),
        "",
    )
    kind = kind_of(title) or kind_of(body[:400])
    name = _name(title, body)
    if not sentence or not kind or not name:
        return None
    whole = f"{title}. {body}"
    evidence = _saying(title) or _saying(sentence)
    if evidence is None:
        return None
    day, precision = _when(whole, published.date()) or (None, "day")
    opening = OpeningListing(
        name=name,
        kind=kind,
        key=key or url or title,
        evidence=_as_of(evidence, day, published.date()),
        location=_place(name, whole),
        opens=day,
        precision=precision,
        said=published.date(),
        url=url,
        words=one_line(sentence, 240),
    )
    return News(opening, _time(whole) if evidence is Evidence.GRAND_OPENING and day else "")


def _saying(text: str) -> Evidence | None:
    return next((what for what, pattern in _SAYS_PATTERNS if pattern.search(text)), None)


def _as_of(evidence: Evidence, opens: date | None, said: date) -> Evidence:
    """ "Opens" of a later day is a plan."""
    planned = evidence is Evidence.OPENS and opens is not None and opens > said
    return Evidence.COMING_SOON if planned else evidence


def _name(title: str, body: str) -> str:
    """The place's name: what stands before the verb, in the title if that is a proper name."""
    for text in (title, body[:600]):
        for pattern in (_SUBJECT, _CALLED):
            for found in pattern.finditer(text):
                if name := _proper(found["name"]):
                    return name
    return ""


def _proper(text: str) -> str:
    """The text as a name; "" where it only says what kind of thing it is ("Bakery", "New cafe")."""
    words = text.strip(" .,:-").split()
    if words and _IS_STREET.fullmatch(words[-1]):
        return ""
    while words and _PLAIN.match(words[0]) and words[0].casefold() != "the":
        words = words[1:]
    telling = [
        word
        for word in words
        if not _PLAIN.match(word)
        and not any(pattern.fullmatch(word) for pattern in KIND_PATTERNS.values())
        and word.casefold()
        not in {"shop", "second", "first", "another", "grand", "soft", "company"}
    ]
    return (
        " ".join(words) if any(word[:1].isupper() or word[:1].isdigit() for word in telling) else ""
    )


def _when(text: str, near: date) -> tuple[date, str] | None:
    if found := _FULL.search(text):
        day = _nearest(found, near)
        return (day, "day") if day else None
    if found := _NEAR.search(text):
        return _relative(found, near), "day"
    if found := _MONTH_ALONE.search(text):
        day = _nearest(found, near)
        return (day, "month") if day else None
    return None


def _nearest(found: re.Match[str], near: date) -> date | None:
    groups = found.groupdict()
    month = _MONTHS.index(found["month"][:3].lower()) + 1
    years = [int(found["year"])] if found["year"] else [near.year - 1, near.year, near.year + 1]
    days = []
    for year in years:
        try:
            days.append(date(year, month, int(groups.get("day") or 1)))
        except ValueError:
            continue
    return min(days, key=lambda day: abs(day - near - timedelta(days=30)), default=None)


def _relative(found: re.Match[str], near: date) -> date:
    if word := (found["word"] or "").lower():
        return near + timedelta(days={"tomorrow": 1, "yesterday": -1}.get(word, 0))
    ahead = (_WEEKDAYS.index(found["weekday"][:3].lower()) - near.weekday()) % 7
    which = (found["which"] or "").lower()
    if which == "last":
        return near - timedelta(days=(7 - ahead) % 7 or 7)
    return near + timedelta(days=ahead or (7 if which == "next" else 0))


def _place(name: str, text: str) -> Place:
    found = _ADDRESS.search(text) or _STREET.search(text)
    return Place(name, found["address"] if found else "")


def _time(text: str) -> str:
    found = _TIME.search(text)
    if found is None:
        return ""
    start, _ = read_clock_times(found["times"])
    return found["times"] if start else ""
