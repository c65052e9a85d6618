"""Licence registers of cities on Socrata portals: the address to ask, and how to read it.

Any other portal is a source with the options that `scrapers.licences` names. The queries use SoQL
(https://dev.socrata.com/docs/queries/) and ask for the newest records of telling names first, renewals
too: they show which business is not new.
"""

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

_WORDS = ("COFFEE", "CAFE", "ESPRESSO", "ROAST", "BAKERY", "BREW", "BOOKS", "COWORK")


@dataclass(frozen=True, slots=True)
class Portal:
    """A register: a name for people, the address of its newest records, its zone and options."""

    name: str
    url: str
    time_zone: str
    options: dict[str, str] = field(default_factory=dict)


def _soda(resource: str, *, where: str, order: str) -> str:
    query = {"$where": where, "$order": f"{order} DESC", "$limit": "2000"}
    return f"https://{resource}.json?{urlencode(query, quote_via=quote, safe='')}"


def _any_word(column: str) -> str:
    return " OR ".join(f"upper({column}) like '%{word}%'" for word in _WORDS)


PORTALS = {
    "chicago": Portal(
        "Chicago business licenses",
        _soda(
            "data.cityofchicago.org/resource/r5kz-chrr",
            where=_any_word("doing_business_as_name"),
            order="date_issued",
        ),
        "America/Chicago",
    ),
    "san_francisco": Portal(
        "San Francisco registered business locations",
        _soda(
            "data.sfgov.org/resource/g8m3-pdis",
            where=_any_word("dba_name"),
            order="location_start_date",
        ),
        "America/Los_Angeles",
        {"date": "location_start_date"},
    ),
    "new_york": Portal(
        "New York restaurants not yet inspected",
        _soda(
            "data.cityofnewyork.us/resource/43nn-pn8j",
            where="inspection_date = '1900-01-01T00:00:00.000'",
            order="record_date",
        ),
        "America/New_York",
    ),
    "seattle": Portal(
        "Seattle business license tax certificates",
        _soda(
            "data.seattle.gov/resource/wnbq-64tb",
            where=_any_word("trade_name"),
            order="license_start_date",
        ),
        "America/Los_Angeles",
    ),
}
