"""Calendar programs that are not ours subscribe to the feed and show the right local times."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Town
from tests.e2e.service import web

LINE = "{start-date} {start-time} {end-time} {status}{title}"
Read = Callable[[str], dict[str, Any]]


@dataclass
class Subscriber:
    """Somebody who keeps a calendar with vdirsyncer and looks at it with khal."""

    folder: Path

    @classmethod
    def to(cls, feed: str, folder: Path) -> "Subscriber":
        """Subscribed to this address, in Boston."""
        calendar = folder / "calendar"
        calendar.mkdir()
        (folder / "vdirsyncer").write_text(f"""
[general]
status_path = "{folder}/status"
[pair meet]
a = "feed"
b = "kept"
collections = null
[storage feed]
type = "http"
url = "{feed}"
[storage kept]
type = "filesystem"
path = "{calendar}"
fileext = ".ics"
""")
        (folder / "khal").write_text(f"""
[calendars]
[[meet]]
path = {calendar}
readonly = True
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = America/New_York
default_timezone = America/New_York
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
""")
        subscriber = cls(folder)
        subscriber._run("vdirsyncer", "-c", str(folder / "vdirsyncer"), "discover")
        return subscriber

    def synchronize(self) -> None:
        """Fetch what has changed."""
        self._run("vdirsyncer", "-c", str(self.folder / "vdirsyncer"), "sync")

    def days(self) -> dict[date, list[str]]:
        """What the calendar shows on each of the coming days, a line an event."""
        command = ("khal", "-c", str(self.folder / "khal"), "list", "-df", "# {date}", "-f", LINE)
        shown: dict[date, list[str]] = defaultdict(list)
        day = date.min
        for line in self._run(*command, "today", "65d").splitlines():
            if line.startswith("# "):
                day = date.fromisoformat(line[2:])
            else:
                shown[day].append(line)
        return shown

    def _run(self, *command: str) -> str:
        program = str(Path(sys.executable).parent / command[0])
        environment = {
            name: val for name, val in os.environ.items() if not name.lower().endswith("_proxy")
        }
        done = subprocess.run(
            [program, *command[1:]],
            env=environment | {"HOME": str(self.folder), "TZ": "America/New_York"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def test_khal_shows_local_times_before_and_after_a_move_and_a_cancellation(
    town: Town, tmp_path: Path
) -> None:
    mixer, meant_mixer = town.coming("after-hours")
    coffee, meant_coffee = town.coming("coffee-contacts")
    for event in (meant_mixer, meant_coffee):
        town.api.choose(event["id"])
    subscriber = Subscriber.to(town.api.feed_url, tmp_path)
    subscriber.synchronize()
    before = subscriber.days()
    assert before[mixer.start.date()] == [
        f"{mixer.start:%Y-%m-%d %H:%M} {mixer.end:%H:%M} CONFIRMED {meant_mixer['name']}"
    ]
    assert before[coffee.start.date()] == [
        f"{coffee.start:%Y-%m-%d} 07:45 09:00 CONFIRMED {meant_coffee['name']}"
    ]

    town.move(mixer.uid, by=timedelta(days=1, hours=1))
    town.cancel(coffee.uid)
    subscriber.synchronize()
    after = subscriber.days()
    assert mixer.start.date() not in after
    moved = mixer.start + timedelta(days=1, hours=1)
    assert after[moved.date()][0].startswith(f"{moved:%Y-%m-%d %H:%M} ")
    (line,) = after[coffee.start.date()]
    assert line.startswith(f"{coffee.start:%Y-%m-%d} 07:45 09:00 CANCELLED ")


def test_B7_an_all_day_event_stays_on_its_dates(town: Town, tmp_path: Path) -> None:
    festival, meant = town.coming("harbor-festival")
    town.api.choose(meant["id"])
    subscriber = Subscriber.to(town.api.feed_url, tmp_path)
    subscriber.synchronize()
    shown = subscriber.days()
    first = festival.start.date()
    assert sorted(shown) == [first + timedelta(days=n) for n in range(3)]
    assert all("Lantern Festival" in line for (line,) in shown.values())


def test_two_looks_without_change_are_the_same_bytes_and_the_second_costs_none(town: Town) -> None:
    _, event = town.coming("after-hours")
    town.api.choose(event["id"])
    first, second = (web.get(town.api.feed_url) for _ in range(2))
    assert first.content == second.content
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    third = web.get(town.api.feed_url, headers={"If-None-Match": first.headers["etag"]})
    assert (third.status_code, third.content) == (304, b"")
    town.read_again()  # a round of polling that finds nothing new is no change either
    assert web.get(town.api.feed_url).content == first.content


@pytest.fixture(scope="session")
def ical_js(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Reads a calendar with ical.js."""
    folder = tmp_path_factory.mktemp("ical_js")
    install = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(folder)]
    subprocess.run([*install, "ical.js@2.2.1"], check=True, timeout=100, capture_output=True)
    checker = Path(__file__).with_name("ical_js_check.mjs")

    def read(text: str) -> dict[str, Any]:
        file = folder / "feed.ics"
        file.write_text(text, encoding="utf-8", newline="")
        command = ["node", str(checker), str(folder), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return read


@pytest.mark.npm
def test_ical_js_reads_the_same_calendar(town: Town, ical_js: Read) -> None:
    slugs = ("after-hours", "coffee-contacts", "harbor-festival")
    chosen = [town.coming(slug) for slug in slugs]
    for _, event in chosen:
        town.api.choose(event["id"])
    before = {event["uid"]: event for event in ical_js(town.api.feed())["events"]}
    assert len(before) == 3
    moved = chosen[0][0]
    town.move(moved.uid, by=timedelta(days=1))
    town.cancel(chosen[1][0].uid)
    calendar = ical_js(town.api.feed())
    after = {event["uid"]: event for event in calendar["events"]}
    assert after.keys() == before.keys()
    assert calendar["zones"] == ["America/New_York"]

    def of(events: dict[str, Any], number: int) -> Any:
        name = chosen[number][1]["name"].split(":")[0]
        return next(event for event in events.values() if name in event["summary"])

    assert of(before, 0)["start"] == f"{moved.start.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
    later = moved.start + timedelta(days=1)
    assert of(after, 0)["start"] == f"{later.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
    assert of(after, 0)["local_start"] == f"{later:%Y-%m-%dT%H:%M:%S}"
    assert of(after, 0)["sequence"] == of(before, 0)["sequence"] + 1
    assert of(after, 1)["status"] == "CANCELLED"
    assert of(after, 1)["sequence"] == of(before, 1)["sequence"] + 1
    assert of(after, 2) == of(before, 2)
    assert of(after, 2)["start"] == f"{chosen[2][0].start:%Y-%m-%d}"
