"""The locations of a schema.org event: places to go to, addresses on the web, or both."""

import math
from dataclasses import replace

from scrapers._html import absolute
from scrapers._nodes import Node, first_text, nodes, text, types_of, values
from scrapers._place import is_meeting, where
from scrapers._text import LOCATION_LIMIT, one_line
from scrapers.base import AttendanceMode, Place

_ADDRESS = (
    "streetAddress", "postOfficeBoxNumber", "addressLocality", "addressRegion", "postalCode",
    "addressCountry",
)  # fmt: skip


def read_locations(locations: list[object], base: str) -> tuple[Place | None, str, AttendanceMode]:
    """The first real place, the first address on the web, and what the two say of attendance.

    The mode is `UNKNOWN` unless something in the locations speaks of the web.
    """
    place: Place | None = None
    link, online = "", False
    for location in locations:
        if isinstance(location, dict) and "VirtualLocation" in types_of(location):
            link, online = link or absolute(base, first_text(location, "url", "@id")), True
            continue
        found, web, mode = _read(location)
        online = online or mode in (AttendanceMode.ONLINE, AttendanceMode.MIXED)
        link = link or (web if online or is_meeting(web) else "")
        place = place or found
    if online:
        return place, link, AttendanceMode.MIXED if place else AttendanceMode.ONLINE
    return place, link, AttendanceMode.UNKNOWN


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


def coordinates(latitude: object, longitude: object) -> tuple[float, float] | tuple[None, None]:
    """WGS 84 degrees, or two times None if they are none or the 0/0 of a failed look-up (F3)."""
    try:
        north, east = float(text(latitude)), float(text(longitude))
    except ValueError:
        return None, None
    sane = math.isfinite(north) and math.isfinite(east) and abs(north) <= 90 and abs(east) <= 180
    return (north, east) if sane and (north, east) != (0, 0) else (None, None)


def _read(value: object) -> tuple[Place | None, str, AttendanceMode]:
    """One location as a place, a link and a mode; text is read by `_place`."""
    if not isinstance(value, dict):
        return where(text(value))
    node: Node = {"address": value} if "PostalAddress" in types_of(value) else value
    named, link, mode = where(first_text(node, "name"))
    name = one_line(first_text(node, "name"), LOCATION_LIMIT)
    address = ", ".join(
        dict.fromkeys(said for item in values(node, "address") if (said := read_address(item)))
    )
    if name:
        address = address.removeprefix(name).lstrip(" ,")
    latitude, longitude = _coordinates(node)
    if named and not address:
        return replace(named, latitude=latitude, longitude=longitude), link, mode
    if not address and latitude is None:
        return None, link, mode
    return Place(name if address else "", address, latitude, longitude), link, mode


def _coordinates(place: Node) -> tuple[float, float] | tuple[None, None]:
    for geo in (*nodes(place, "geo"), place):
        found = coordinates(geo.get("latitude"), geo.get("longitude"))
        if found[0] is not None:
            return found
    return None, None
