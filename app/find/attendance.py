"""Whether a location is a place one can walk into, a way to take part from afar, or both."""

import re
from functools import lru_cache

from scrapers.base import AttendanceMode

# "X Center and Online" is a place, "Zoom" is not (CASES F5).
_ONLINE = re.compile(
    r"https?://|\b(?:on-?line|virtual(?:ly)?|zoom|webinar|web ?cast|live-?stream(?:s|ed|ing)?"
    r"|google meet|microsoft teams|ms teams|teams meeting|skype|webex|gotomeeting|youtube"
    r"|facebook live|twitch|discord|remote(?:ly)?|by phone|teleconference)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"\W*(?:tba|tbd|tbc|n/?a|none|unknown|various|(?:location |venue )?to be"
    r" (?:announced|determined|confirmed)|see (?:description|website|details))?\W*",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"https?://\S+|\b(?:events?|meetings?|only|and|or|via|the|on|at|in|an?|your|link|room|location"
    r"|address|platform|video|call|anywhere|home|from|id|passcode|hybrid)\b|[\W\d_]+",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)  # a city has some thousands of venues, and each is named again and again
def location_parts(text: str) -> tuple[bool, bool]:
    """Whether the words of a location name a physical place, and whether they speak of online."""
    if not _ONLINE.search(text):
        return not _UNKNOWN.fullmatch(text), False
    rest = _FILLER.sub(" ", _ONLINE.sub(" ", re.sub(r"https?://\S+", " ", text)))
    return not _UNKNOWN.fullmatch(rest), True


def attendance_mode(
    said: AttendanceMode, *, physical: bool, remote: bool, online_name: bool
) -> AttendanceMode:
    """The mode that the source's word, its place, its links and the title agree on.

    A place outweighs a title; a source that says "online" keeps its word beside a mere address.
    """
    if physical and remote:
        return AttendanceMode.MIXED
    if remote:
        return said if said is AttendanceMode.MIXED else AttendanceMode.ONLINE
    if said is not AttendanceMode.UNKNOWN:
        return said
    if physical:
        return AttendanceMode.OFFLINE
    return AttendanceMode.ONLINE if online_name else said


def says_online(name: str) -> bool:
    """Whether a title speaks of taking part from afar."""
    return _ONLINE.search(name) is not None
