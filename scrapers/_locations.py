"""Where an event is: a place to go to, an address on the web, or both (CASES F5, F6)."""

import math
import re

from scrapers._html import absolute
from scrapers._nodes import Node, first_text, nodes, text, types_of, values
from scrapers._text import LOCATION_LIMIT, one_line
from scrapers.base import AttendanceMode, Place

_ADDRESS = (
    "streetAddress", "postOfficeBoxNumber", "addressLocality", "addressRegion", "postalCode",
    "addressCountry",
)  # fmt: skip
_PLACELESS = (
    r"(?:online|virtual(?:ly)?|digital|remote|zoom|webinar|livestream|live stream|web|internet|tba|tbd"
    r"|google meet|microsoft teams|ms teams|teams|youtube|facebook live|webex|discord|twitch|n/?a)"
)
_ONLY_ONLINE = re.compile(
    rf"\W*(?:{_PLACELESS}|only|event|meeting|call|conference|telephonic|via|on|link|live|session"
    r"|\W|\d)+",
    re.IGNORECASE,
)
_ONLINE = re.compile(r"\b(?:online|virtual|zoom|webinar|livestream|hybrid)\b", re.IGNORECASE)
_UNDECIDED = re.compile(r"\W*(?:tba|tbd|to be (?:announced|determined|decided)|n/?a)\W*", re.IGNORECASE)


def read_locations(
    locations: list[object], base: str
) -> tuple[Place | None, str, AttendanceMode]:
    """The first real place, the first web address, and what both together say of attendance.

    The mode is `UNKNOWN` unless the locations themselves speak of the web.
    """
    place: Place | None = None
    link, online = "", False
    for location in locations:
        if isinstance(location, dict) and "VirtualLocation" in types_of(location):
            link, online = link or absolute(base, first_text(location, "url", "@id")), True
            continue
        found = read_place(location)
        if found.name and (web := absolute("", found.name)):
            link, online = link or web, True
        elif is_online_only(found.name) and not found.address:
            online = online or not _UNDECIDED.fullmatch(found.name)
        elif found.name or found.address:
            online = online or _ONLINE.search(found.name) is not None
            place = place or found
    if online:
        return place, link, AttendanceMode.MIXED if place else AttendanceMode.ONLINE
    return place, link, AttendanceMode.UNKNOWN


def read_place(value: object) -> Place:
    """A schema.org Place, PostalAddress or a text as a place; empty if it says nothing."""
    if not isinstance(value, dict):
        return Place(name=one_line(text(value), LOCATION_LIMIT))
    if "PostalAddress" in types_of(value):
        return Place(address=read_address(value))
    address = ", ".join(
        dict.fromkeys(said for item in values(value, "address") if (said := read_address(item)))
    )
    latitude, longitude = _coordinates(value)
    name = one_line(first_text(value, "name"), LOCATION_LIMIT)
    if name:
        address = address.removeprefix(name).lstrip(" ,")
    return Place(name, address, latitude, longitude)


def read_address(value: object) -> str:
    """An address on one line, without the parts that repeat another."""
    if not isinstance(value, dict):
        return one_line(text(value), LOCATION_LIMIT)
    parts = [one_line(first_text(value, key), LOCATION_LIMIT).strip(" ,") for key in _ADDRESS]
    if not any(parts):
        return one_line(first_text(value, "name"), LOCATION_LIMIT)
    street = parts[0].casefold()
    kept = [part for part in parts[1:] if part and part.casefold() not in street]
    return ", ".join(dict.fromkeys(filter(None, (parts[0], *kept))))[:LOCATION_LIMIT]


def is_online_only(name: str) -> bool:
    """Whether a location's text names no place on earth: "Zoom", "Online", "TBA", or nothing."""
    return not name or (_ONLY_ONLINE.fullmatch(name) is not None and any(map(str.isalpha, name)))


def coordinates(latitude: object, longitude: object) -> tuple[float, float] | tuple[None, None]:
    """WGS 84 degrees, or two times None if they are none or the 0/0 of a failed look-up (F3)."""
    try:
        north, east = float(text(latitude)), float(text(longitude))
    except ValueError:
        return None, None
    if not (math.isfinite(north) and abs(north) <= 90 and abs(east) <= 180) or north == east == 0:
        return None, None
    return north, east


def _coordinates(place: Node) -> tuple[float, float] | tuple[None, None]:
    for geo in (*nodes(place, "geo"), place):
        found = coordinates(geo.get("latitude"), geo.get("longitude"))
        if found[0] is not None:
            return found
    return None, None
