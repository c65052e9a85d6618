"""Time zones by all the names publishers give them."""

import re
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_NAME_LIMIT = 120

# What Outlook and Exchange show in their menus, and write as TZID when nobody looks.
_MENU_NAMES = {
    "pacific time (us & canada)": "America/Los_Angeles",
    "mountain time (us & canada)": "America/Denver",
    "central time (us & canada)": "America/Chicago",
    "eastern time (us & canada)": "America/New_York",
    "atlantic time (canada)": "America/Halifax",
    "arizona": "America/Phoenix",
    "brasilia": "America/Sao_Paulo",
    "brasília": "America/Sao_Paulo",
    "dublin, edinburgh, lisbon, london": "Europe/London",
    "amsterdam, berlin, bern, rome, stockholm, vienna": "Europe/Berlin",
    "brussels, copenhagen, madrid, paris": "Europe/Paris",
    "belgrade, bratislava, budapest, ljubljana, prague": "Europe/Budapest",
    "sarajevo, skopje, warsaw, zagreb": "Europe/Warsaw",
    "helsinki, kyiv, riga, sofia, tallinn, vilnius": "Europe/Helsinki",
    "canberra, melbourne, sydney": "Australia/Sydney",
    "auckland, wellington": "Pacific/Auckland",
    "chennai, kolkata, mumbai, new delhi": "Asia/Kolkata",
    "osaka, sapporo, tokyo": "Asia/Tokyo",
}
# People who write "EST" mean New York, summer included, not the fixed offset that IANA keeps.
_ABBREVIATIONS = {
    "z": "UTC",
    "est": "America/New_York",
    "edt": "America/New_York",
    "et": "America/New_York",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "ct": "America/Chicago",
    "mst": "America/Denver",
    "mdt": "America/Denver",
    "mt": "America/Denver",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "pt": "America/Los_Angeles",
    "bst": "Europe/London",
    "cest": "Europe/Berlin",
    "mez": "Europe/Berlin",
    "mesz": "Europe/Berlin",
    "eest": "Europe/Helsinki",
    "aest": "Australia/Sydney",
    "aedt": "Australia/Sydney",
    "nzst": "Pacific/Auckland",
    "nzdt": "Pacific/Auckland",
}
_MENU_OFFSET = re.compile(r"\((?:utc|gmt)(?:[+-]\d\d:?\d\d)?\)\s*")
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(00))?", re.ASCII)


def find_zone(name: str) -> ZoneInfo | None:
    """The IANA zone behind a name, or None if nobody can tell.

    Takes IANA names in any case, Windows names (CLDR's table in icalendar), names with a vendor's
    path before them (RFC 5545 3.2.19: "/freeassociation.sourceforge.net/Europe/Berlin"), what
    Outlook shows in its menus, common abbreviations and whole-hour offsets ("UTC+02:00").
    """
    return _find_zone(name) if len(name) <= _NAME_LIMIT and "\x00" not in name else None


@lru_cache(maxsize=1024)
def _find_zone(name: str) -> ZoneInfo | None:
    key = " ".join(name.strip("\"'/ \t\r\n").split()).lower()
    found = _by_name(key) or _by_path(key) or _by_offset(key)
    return ZoneInfo(found) if found else None


def _by_name(key: str) -> str | None:
    menu = _MENU_NAMES.get(_MENU_OFFSET.sub("", key))
    return _ABBREVIATIONS.get(key) or _known_zones().get(key.replace(" ", "_")) or menu


def _by_path(key: str) -> str | None:
    parts = key.split("/")
    tails = ("/".join(parts[start:]) for start in range(1, len(parts)))
    return next((found for tail in tails if (found := _by_name(tail))), None)


def _by_offset(key: str) -> str | None:
    match = _OFFSET.fullmatch(key)
    if match is None or int(match[2]) > 12:
        return None
    hours = int(match[2])
    # POSIX counts westwards, and so do the names of these zones: UTC+2 is Etc/GMT-2.
    return f"Etc/GMT{'-' if match[1] == '+' else '+'}{hours}" if hours else "UTC"


@cache
def _known_zones() -> dict[str, str]:
    zones = {key.lower().replace(" ", "_"): zone for key, zone in WINDOWS_TO_OLSON.items()}
    return zones | {zone.lower(): zone for zone in sorted(available_timezones())}
