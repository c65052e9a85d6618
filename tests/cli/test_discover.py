"""`gomeet discover` as its user meets it: an address, or a saved page without the network."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.__main__ import build
from app.cli.world import now
from app.settings import Settings
from tests.servers import Server, reply

PAGE = """<!doctype html><html><head><title>Guild</title>
<iframe src="https://calendar.google.com/calendar/embed?src=guild%40group.calendar.google.com">
</iframe><a href="/all.ics">Subscribe</a></html>"""
CALENDAR = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
DTSTART:{day}T190000
SUMMARY:[bold]Mixer
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def saved(tmp_path: Path) -> str:
    path = tmp_path / "saved.html"
    path.write_text(PAGE)
    return str(path)


def run(*arguments: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(build(), ["discover", *arguments])
    return found.exit_code, found.stdout, found.stderr


def test_a_saved_page_gives_its_candidates_a_line_each_best_first(saved: str) -> None:
    status, out, err = run(saved, "--base-url", "guild.example/events", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(line["scraper"], line["platform"], line["events"]) for line in lines] == [
        ("ical", "iCalendar", None),
        ("ical", "Google Calendar", None),
    ]
    assert lines[0]["url"] == "https://guild.example/all.ics"
    summary = json.loads(err.splitlines()[-1])
    assert (status, summary["address"]) == (0, "https://guild.example/events")
    assert summary["tried"][0]["cause"] == "No events were found on this page."


def test_a_page_with_nothing_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.html"
    path.write_text("<!doctype html><html><body>Hello")
    status, out, _ = run(str(path))
    assert (status, "No events were found on this page." in out) == (1, True)


def test_an_address_is_asked_and_shown_in_its_zone(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr("app.cli.discover.settings", lambda: settings)
    day = f"{now() + timedelta(days=9):%Y%m%d}"
    calendar = reply(CALENDAR.format(day=day).encode())
    page = reply(b'<!doctype html><html><a href="/all.ics">Subscribe</a>', content_type="text/html")
    with Server({"/": page, "/all.ics": calendar}) as server:
        status, out, err = run(server.url(), "--time-zone", "America/Denver", "--json")
    (line,) = [json.loads(each) for each in out.splitlines()]
    assert status == 0, err
    assert line["url"].endswith("/all.ics")
    (shown,) = line["preview"]
    assert (shown["name"], shown["time_zone"]) == ("[bold]Mixer", "America/Denver")
    assert shown["start"][11:19] == "19:00:00"


def test_a_base_without_a_file_is_a_mistake() -> None:
    found = CliRunner().invoke(build(), ["discover", "nowhere.html", "--base-url", "guild.example"])
    assert "for files" in str(found.exception)
