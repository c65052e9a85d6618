"""Publishers with whom something is wrong, one for each way in which a source can be unwell."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus

from app.sample_city.cycle import TIME_ZONE, ZONE
from app.sample_city.write_html import HTML
from app.sample_city.write_ical import CALENDAR, serialized, text

SIGN_IN = b"""<!doctype html><html lang="en"><title>Sign in</title>
<h1>Members only</h1><form><label>Password <input type="password"></label></form></html>"""
TRUST = 40
WEEKS = 8


@dataclass(frozen=True, slots=True)
class Trouble:
    """A source, the state of `find.health` that it comes into, and how it answers.

    `later` is the path of what it answers from the second time on.
    """

    name: str
    path: str
    state: str
    status: HTTPStatus = HTTPStatus.OK
    later: str = ""


TROUBLES = (
    Trouble("Yacht Club", "troubles/yacht-club.ics", "blocked", HTTPStatus.FORBIDDEN),
    Trouble("Seaside Theatre", "troubles/seaside.ics", "gone", HTTPStatus.GONE),
    Trouble("Ferry Company", "troubles/ferry.ics", "failing", HTTPStatus.SERVICE_UNAVAILABLE),
    Trouble("Parish Hall", "troubles/parish.ics", "not_a_calendar", later="troubles/sign-in.ics"),
    Trouble("Winter Garden", "troubles/winter-garden.ics", "quiet"),
    Trouble("Night Sky Society", "troubles/night-sky.ics", "wrong_zone_suspect"),
    Trouble("Ropemakers", "troubles/ropemakers.ics", "dropped", later="troubles/ropemakers-2.ics"),
)


def answers(today: date) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """Path → (content type, bytes) of those that answer well, as they see it."""
    knots = _workshops(today)
    by_name = {
        "parish": (CALENDAR, _calendar(_suppers(today))),
        "sign-in": (HTML, SIGN_IN),
        "winter-garden": (CALENDAR, _calendar([])),
        "night-sky": (CALENDAR, _calendar(_nights(today))),
        "ropemakers": (CALENDAR, _calendar(knots)),
        "ropemakers-2": (CALENDAR, _calendar(knots[:2])),
    }
    return ((f"/troubles/{name}.ics", answer) for name, answer in by_name.items())


Line = tuple[str, datetime]


def _nights(today: date) -> list[Line]:
    """Evenings at eight, which its program writes down in UTC and calls local."""
    return [
        (f"Stars over the bay {n}", start + timedelta(hours=5)) for n, start in _dates(today, 20)
    ]


def _suppers(today: date) -> list[Line]:
    return [(f"Parish supper, sitting {n}", start) for n, start in _dates(today, 17)]


def _workshops(today: date) -> list[Line]:
    return [(f"Knots for beginners, part {n}", start) for n, start in _dates(today, 18)]


def _dates(today: date, hour: int) -> list[tuple[int, datetime]]:
    first = datetime.combine(today - timedelta(days=today.weekday()), time(hour), ZONE)
    return [(n, first + timedelta(weeks=n, days=2)) for n in range(1, WEEKS + 1)]


def _calendar(lines: list[Line]) -> bytes:
    found = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Harbor Falls//Troubles//EN"]
    for name, start in lines:
        found += [
            "BEGIN:VEVENT",
            f"UID:{start:%Y%m%d}@troubles.example",
            f"DTSTAMP:{start - timedelta(days=60):%Y%m%d}T120000Z",
            f"DTSTART;TZID={TIME_ZONE}:{start:%Y%m%dT%H%M%S}",
            f"SUMMARY:{text(name)}",
            f"LOCATION:{text('Old Ropewalk, 3 Ropewalk Lane, Harbor Falls')}",
            "END:VEVENT",
        ]
    return serialized([*found, "END:VCALENDAR"])
