"""What a title says of the event's fate: "CANCELED – Open mic"."""

import re

from scrapers.base import EventStatus

_WORDS = {
    EventStatus.CANCELLED: "cancell?ed|abgesagt|annul[ée]e?|cancelad[oa]|annullat[oa]|geannuleerd",
    EventStatus.POSTPONED: "postponed|verschoben|report[ée]e?|pospuest[oa]|aplazad[oa]|rinviat[oa]",
    EventStatus.RESCHEDULED: "rescheduled",
}
_EDGE = r"[\s*!_#~\-–—:|.]*"
_SEPARATOR = r"(?:\s*[:!|*–—]+|\s+-+|\s*-+\s)"


def _patterns(words: str) -> tuple[re.Pattern[str], ...]:
    """Where a mark stands: bracketed or starred, before or after a separator, or shouted first."""
    return (
        re.compile(rf"^\s*[\[({{<*]+\s*(?:{words})\s*[\])}}>*]+{_EDGE}(?=\S)", re.IGNORECASE),
        re.compile(rf"^{_EDGE}(?:{words}){_SEPARATOR}{_EDGE}(?=\w)", re.IGNORECASE),
        re.compile(rf"(?<=\S){_EDGE}[\[({{<*]+\s*(?:{words})\s*[\])}}>*!]+\s*$", re.IGNORECASE),
        re.compile(rf"(?<=\S){_SEPARATOR}\s*(?:{words})[\s!*.]*$", re.IGNORECASE),
        re.compile(rf"^{_EDGE}(?:{words.upper()})\s+(?=.*[a-zà-ÿ])"),
    )


_MARKS = {status: _patterns(words) for status, words in _WORDS.items()}
_HINT = re.compile("|".join(_WORDS.values()), re.IGNORECASE)


def title_status(title: str) -> tuple[str, EventStatus | None]:
    """The title without its mark, and the status the mark stands for; (title, None) without one.

    A mark is set apart by a separator or brackets, or shouted before a title in mixed case. A
    title that merely is or begins with the word ("Cancelled", a film) has no mark.
    """
    if not _HINT.search(title):
        return title, None
    for status, patterns in _MARKS.items():
        for pattern in patterns:
            rest, found = pattern.subn("", title, count=1)
            if found and rest.strip():
                return rest.strip(), status
    return title, None
