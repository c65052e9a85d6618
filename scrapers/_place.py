"""Where an event is, from one line of text: a venue, an address, a meeting link, or both."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from scrapers._text import LOCATION_LIMIT, URL_LIMIT, one_line, plain, web_link
from scrapers.base import AttendanceMode, Place

_MEETING_HOSTS = (
    *("zoom.us", "zoom.com", "meet.google.com", "teams.microsoft.com", "teams.live.com"),
    *("webex.com", "gotomeeting.com", "gotowebinar.com", "bluejeans.com", "meet.jit.si"),
    *("whereby.com", "youtube.com", "youtu.be", "twitch.tv", "discord.gg", "discord.com"),
    *("hopin.com", "streamyard.com", "gather.town", "vimeo.com", "bbb.org"),
)
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_ONLINE = re.compile(
    r"(?:online|virtual|virtuell|en ligne|en l[íi]nea|remote|zoom|google meet|ms teams|webinar"
    r"|microsoft teams|teams|webex|youtube|discord|livestream|live stream|skype|via|on|at|an?"
    r"|event|meeting|link|only|call|session|the|and|or|&|\W)+",
    re.IGNORECASE,
)
_ONLINE_TOO = re.compile(
    r"\b(?:and|or|&|\+|/)\s*(?:also\s+)?(?:online|virtual(?:ly)?|zoom|livestream(?:ed)?)\b"
    r"|\bhybrid\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"\W*(?:tb[acd]|to be (?:announced|determined|confirmed)|n/?a|none)\W*", re.IGNORECASE
)
_NAME_AND_ADDRESS = re.compile(r"(?P<name>[^\d,][^,]*?)(?:,\s*|\s+[-–—]\s+)(?P<address>.*\d.*)")
_LABEL = re.compile(r"^(?:location|where|venue|ort|lieu)\s*:\s*", re.IGNORECASE)

Where = tuple[Place | None, str, AttendanceMode]


def where(raw: str) -> Where:
    """(place, link, mode) of a location as somebody typed it, HTML or text.

    `link` is the first web address in it; whether one meets behind it `is_meeting` tells. "Zoom"
    is no place; "Art Center and Online" is one, with mode MIXED (CASES.md F5).
    """
    return _where(raw[: LOCATION_LIMIT * 8])


@lru_cache(maxsize=2048)
def _where(raw: str) -> Where:
    lines = [line for line in plain(raw, LOCATION_LIMIT).split("\n") if line]
    text = _LABEL.sub("", ", ".join(lines))
    found = _LINK.search(text)
    link = web_link(found[0].rstrip(".,;)")) if found and len(found[0]) <= URL_LIMIT else ""
    rest = one_line(_LINK.sub(" ", text)).strip(" ,;-–—()")
    if not rest or _UNKNOWN.fullmatch(rest):
        return None, link, AttendanceMode.ONLINE if is_meeting(link) else AttendanceMode.UNKNOWN
    if _ONLINE.fullmatch(rest):
        return None, link, AttendanceMode.ONLINE
    mixed = _ONLINE_TOO.search(rest) or is_meeting(link)
    return _place(rest), link, AttendanceMode.MIXED if mixed else AttendanceMode.OFFLINE


def is_meeting(link: str) -> bool:
    """Whether people meet or watch behind this address, rather than read about the event."""
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return False
    return any(host == known or host.endswith(f".{known}") for known in _MEETING_HOSTS)


def _place(text: str) -> Place:
    if text[0].isdecimal():
        return Place(address=text)
    match = _NAME_AND_ADDRESS.fullmatch(text)
    return Place(name=match["name"], address=match["address"]) if match else Place(name=text)
