"""Time zones that mean the same everywhere."""

from functools import cache
from zoneinfo import available_timezones

# Names of the machine's own files, not of places: another machine reads something else in them.
_OF_THE_MACHINE = frozenset({"localtime", "Factory", "posixrules"})


@cache
def zone_names() -> frozenset[str]:
    """The names of the IANA list that one may ask for."""
    return frozenset(available_timezones()) - _OF_THE_MACHINE
