"""Weekly instants on the wall clocks of the earth (SECURITY.md X18; CASES I2)."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from app.plan.periods import instant, label, latest_due, next_due

FIRST_MONDAY = date(2020, 1, 6)
WEEKS = 10 * 52 + 5


def distinct_zones() -> list[ZoneInfo]:
    """One zone of those that are alike over the years looked at; most names are aliases."""
    seen: dict[tuple[object, ...], ZoneInfo] = {}
    noons = [datetime(2020, 1, 1, 12) + timedelta(days=7 * week) for week in range(WEEKS)]
    for name in sorted(available_timezones() - {"localtime", "Factory"}):
        zone = ZoneInfo(name)
        seen.setdefault(tuple(zone.utcoffset(noon) for noon in noons), zone)
    return list(seen.values())


def test_X18_each_week_has_one_instant_and_they_increase() -> None:
    mondays = [FIRST_MONDAY + timedelta(days=7 * week) for week in range(WEEKS)]
    zones = distinct_zones()
    assert len(zones) > 60
    for zone in zones:
        for hour in (0, 2, 8):
            found = [instant(monday, hour, zone) for monday in mondays]
            assert len(found) == len(set(found)) == WEEKS
            assert all(
                timedelta(days=6, hours=21) <= later - earlier <= timedelta(days=7, hours=3)
                for earlier, later in pairwise(found)
            ), f"{zone} at {hour}"
            for monday, due in zip(mondays, found, strict=True):
                local = due.astimezone(zone)
                # On its day, and at its hour unless a change of the clock jumps over it.
                assert (local.date(), local.hour) == (monday, hour) or not _exists(
                    monday, hour, zone
                ), f"{zone}: {monday} {hour}"


def _exists(day: date, hour: int, zone: ZoneInfo) -> bool:
    local = datetime(day.year, day.month, day.day, hour, tzinfo=zone)
    back = local.astimezone(UTC).astimezone(zone)
    return back.replace(tzinfo=None) == local.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "utc"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 2, "2026-03-29T01:00"),  # skipped: 03:00 summer time
        ("Europe/Berlin", date(2026, 10, 25), 2, "2026-10-25T00:00"),  # twice: the first
        ("America/New_York", date(2026, 3, 8), 2, "2026-03-08T07:00"),
        ("America/New_York", date(2026, 11, 1), 1, "2026-11-01T05:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), 2, "2026-10-03T15:30"),  # a gap of 30 minutes
        ("Africa/Cairo", date(2026, 4, 24), 0, "2026-04-23T22:00"),  # midnight itself is skipped
        ("Africa/Cairo", date(2026, 10, 29), 23, "2026-10-29T20:00"),
        ("Pacific/Kiritimati", date(2026, 11, 23), 8, "2026-11-22T18:00"),
        ("Pacific/Pago_Pago", date(2026, 11, 23), 8, "2026-11-23T19:00"),
        ("Asia/Kathmandu", date(2026, 11, 23), 8, "2026-11-23T02:15"),
    ],
)
def test_instants_around_the_changes_of_the_clock(
    zone: str, day: date, hour: int, utc: str
) -> None:
    assert instant(day, hour, ZoneInfo(zone)) == datetime.fromisoformat(f"{utc}+00:00")


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@pytest.mark.parametrize("zone", ["Australia/Sydney", "America/Los_Angeles", "Africa/Cairo", "UTC"])
@pytest.mark.parametrize("weekday", [1, 4, 7])
def test_I2_the_week_and_the_hour_are_the_persons_own(zone: str, weekday: int) -> None:
    """Whatever the moment: the latest is past, the next ahead, a week apart, both on the day."""
    now = datetime(2025, 12, 20, tzinfo=UTC)
    for step in range(0, 40 * 24, 5):
        moment = now + timedelta(hours=step)
        latest = latest_due(moment, _zone(zone), weekday, 8)
        following = next_due(moment, _zone(zone), weekday, 8)
        assert latest.due_at <= moment < following
        assert (
            timedelta(days=6, hours=22) <= following - latest.due_at <= timedelta(days=7, hours=2)
        )
        for due in (latest.due_at, following):
            local = due.astimezone(_zone(zone))
            assert (local.isoweekday(), local.hour) == (weekday, 8)
        assert latest.week == label(latest.due_at.astimezone(_zone(zone)).date())


def test_each_week_is_named_once_over_the_turn_of_the_year() -> None:
    zone = ZoneInfo("Australia/Sydney")
    weeks = [
        latest_due(datetime(2026, 12, 7, tzinfo=UTC) + timedelta(days=day), zone, 1, 8).week
        for day in range(42)
    ]
    assert list(dict.fromkeys(weeks)) == [
        "2026-W50",
        "2026-W51",
        "2026-W52",
        "2026-W53",
        "2027-W01",
        "2027-W02",
    ]


def test_asking_in_the_very_instant() -> None:
    due = datetime(2026, 11, 23, 13, tzinfo=UTC)
    zone = ZoneInfo("America/New_York")
    assert latest_due(due, zone, 1, 8) == ("2026-W48", due)
    assert latest_due(due - timedelta(seconds=1), zone, 1, 8).week == "2026-W47"
    assert next_due(due, zone, 1, 8) == due + timedelta(days=7)
