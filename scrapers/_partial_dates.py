"""Dates of which only a part is known: "2024-05", "2024", as OpenStreetMap and people write them."""

import re
from datetime import date

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?")


def partial_date(text: str) -> tuple[date, str] | None:
    """The first day that is meant, and how exact it is ("day", "month", "year"); None if none.

    Approximations ("~1855", "C18", "before 1910", "1870s") are no dates: such a place is old
    (https://wiki.openstreetmap.org/wiki/Key:start_date).
    """
    found = _ISO.fullmatch(text.strip()[:40])
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    return first, "day" if day else "month" if month else "year"
