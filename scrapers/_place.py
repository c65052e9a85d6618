"""Where an event is, from one line of text: a venue, an address, a meeting link, or both."""

import re
from functools import lru_cache

from scrapers._text import LOCATION_LIMIT, URL_LIMIT, one_line, parts_of, plain, web_link
from scrapers.base import AttendanceMode, Place

_MEETING_HOSTS = (
    *("zoom.us", "zoom.com", "meet.google.com", "teams.microsoft.com", "teams.live.com"),
    *("webex.com", "gotomeeting.com", "gotowebinar.com", "bluejeans.com", "meet.jit.si"),
    *("whereby.com", "youtube.com", "youtu.be", "twitch.tv", "discord.gg", "discord.com"),
    *("hopin.com", "streamyard.com", "gather.town", "vimeo.com", "bbb.org"),
)
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_ONLINE_WORD = (
    r"online|virtual(?:ly)?|virtuell|en ligne|en l[íi]nea|remote(?:ly)?|zoom|google meet|webinar"
    r"|(?:ms |microsoft )?teams|webex|youtube|discord|live ?stream(?:ed)?|skype"
)
_ONLINE = re.compile(rf"\b(?:{_ONLINE_WORD})\b", re.IGNORECASE)
_ONLINE_ONLY = re.compile(
    rf"(?:\b(?:{_ONLINE_WORD}|via|on|at|an?|the|event|meeting|link|only|call|session|and|or)\b|\W)+",
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
_ADDRESS = re.compile(r"\d+[a-z]?[\s,/-]", re.IGNORECASE)
_NAME_AND_ADDRESS = re.compile(
    r"(?P<name>[^,]+?)(?:,\s*(?P<address>.*\d.*)|\s+[-–—]\s+(?P<street>\d.*))"
)
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
    lines = (line.strip(" ,-–—") for line in plain(raw, LOCATION_LIMIT).split("\n"))
    text = _LABEL.sub("", ", ".join(filter(None, lines)))
    found = _LINK.search(text)
    link = web_link(found[0].rstrip(".,;)")) if found and len(found[0]) <= URL_LIMIT else ""
    rest = one_line(_LINK.sub(" ", text)).strip(" ,;-–—()")
    if not rest or _UNKNOWN.fullmatch(rest):
        return None, link, AttendanceMode.ONLINE if is_meeting(link) else AttendanceMode.UNKNOWN
    if _ONLINE.search(rest) and _ONLINE_ONLY.fullmatch(rest):
        return None, link, AttendanceMode.ONLINE
    mixed = _ONLINE_TOO.search(rest) or is_meeting(link)
    return _place(rest), link, AttendanceMode.MIXED if mixed else AttendanceMode.OFFLINE


def is_meeting(link: str) -> bool:
    """Whether people meet or watch behind this address, rather than read about the event."""
    host = parts_of(link).hostname or ""
    return any(host == known or host.endswith(f".{known}") for known in _MEETING_HOSTS)


def _place(text: str) -> Place:
    if _ADDRESS.match(text):
        return Place(address=text)
    match = _NAME_AND_ADDRESS.fullmatch(text)
    if match is None:
        return Place(name=text)
    return Place(name=match["name"], address=match["address"] or match["street"])
