"""Our VTIMEZONE against `dateutil.tz.tzical`, a reader that knows nothing of tzdata."""

import io
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.tz import tzical

from app.publish.vtimezone import vtimezone

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
STRANGE = (
    "America/New_York", "Europe/Dublin", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kolkata",
    "Asia/Jerusalem", "America/Nuuk", "Pacific/Kiritimati", "Africa/Cairo", "Asia/Gaza",
)  # fmt: skip


def read_back(tzid: str, first_year: int, last_year: int) -> tzinfo:
    lines = ["BEGIN:VCALENDAR", *vtimezone(tzid, first_year, last_year), "END:VCALENDAR", ""]
    zone = tzical(io.StringIO("\r\n".join(lines))).get(tzid)
    assert zone is not None
    return zone


def differences(tzid: str, instants: list[datetime], zone: tzinfo) -> list[datetime]:
    """Local times that the written zone and tzdata disagree on; doubled hours have two answers."""
    locals_ = [instant.astimezone(ZoneInfo(tzid)) for instant in instants]
    return [
        t for t in locals_ if not t.fold and t.utcoffset() != t.replace(tzinfo=zone).utcoffset()
    ]


def test_G8_every_zone_of_the_world_reads_back_right_from_january_to_january() -> None:
    instants = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=291 * i) for i in range(30)]
    wrong = [z for z in ZONES if differences(z, instants, read_back(z, 2026, 2026))]
    assert wrong == []


@pytest.mark.parametrize("tzid", STRANGE)
def test_G8_strange_zones_read_back_right_at_every_hour_of_two_years(tzid: str) -> None:
    instants = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=i) for i in range(17_500)]
    assert differences(tzid, instants, read_back(tzid, 2026, 2027)) == []


def test_G8_both_halves_carry_a_rule_that_outlook_reads() -> None:
    text = "\n".join(vtimezone("America/New_York", 2026, 2026))
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU" in text
    assert "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU" in text
    # the onset is local time before the change (RFC 5545 3.6.5), where the library writes 030000
    assert "BEGIN:DAYLIGHT\nDTSTART:20250309T020000" in text
    assert "RDATE" not in text


def test_G8_a_summer_that_is_tzdatas_standard_is_daylight_to_readers() -> None:
    text = "\n".join(vtimezone("Europe/Dublin", 2026, 2026))
    assert "BEGIN:DAYLIGHT\nDTSTART:20250330T010000" in text


@pytest.mark.parametrize("tzid", ["Nowhere/City", "../etc/passwd", "", "A\r\nB"])
def test_an_unknown_zone_is_an_error(tzid: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        vtimezone(tzid, 2026, 2026)
