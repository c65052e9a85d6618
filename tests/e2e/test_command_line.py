"""Every command as its user meets it: help, answers for programs, and errors in one sentence."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typer.main

from app.__main__ import build
from app.cli.world import now
from app.sample_city import server as sample_city
from tests.e2e.service import command, environment, gomeet

SUPPER = (now().astimezone(ZoneInfo("America/New_York")) + timedelta(days=8)).replace(
    hour=18, minute=0, second=0, microsecond=0
)
CALENDAR = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Harbor Falls//Guild//EN
BEGIN:VEVENT
UID:guild-1@harborfalls.example
DTSTAMP:20260901T120000Z
DTSTART;TZID=America/New_York:{SUPPER:%Y%m%dT%H%M%S}
SUMMARY:Guild supper
LOCATION:Mariners' Hall
END:VEVENT
BEGIN:VEVENT
UID:guild-2@harborfalls.example
DTSTAMP:20260901T120000Z
DTSTART:
SUMMARY:Nobody knows when
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(scope="module")
def env(city: sample_city.Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A data folder with one person and the chamber's feed, read."""
    folder = tmp_path_factory.mktemp("command_line")
    env = environment(folder, city.url)
    command(
        "user", "add", "robin@harborfalls.example", "--name", "Robin", "--home", "41.93,-70.52",
        "--time-zone", "America/New_York", "--field", "software engineering", env=env,
    )  # fmt: skip
    command("sources", "add", f"{city.url}/chamber/calendar.ics", "--name", "Chamber", env=env)
    return env


def rows(done: CompletedProcess[str]) -> list[dict[str, Any]]:
    """What a program reads: one JSON object a line."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def commands() -> Iterator[list[str]]:
    """All commands there are, groups included."""
    waiting: list[tuple[list[str], Any]] = [([], typer.main.get_command(build()))]
    while waiting:
        path, found = waiting.pop()
        yield path
        waiting += [([*path, name], one) for name, one in getattr(found, "commands", {}).items()]


def test_every_command_explains_itself(tmp_path: Path) -> None:
    env = environment(tmp_path)
    seen = list(commands())
    assert ["sources", "add"] in seen
    for path in seen:
        shown = command(*path, "--help", env=env).stdout
        assert "Usage:" in shown
        assert re.search(r"^ \S.*\.$|^ \S", shown, re.MULTILINE), path  # says what it does
    assert not (tmp_path / "data").exists()  # help touches nothing


@pytest.mark.parametrize(
    ("content", "components", "listings"),
    [
        (CALENDAR.encode(), 2, 1),
        (b"", 0, 0),
        (b"<!doctype html><html><body><p>Nothing on.</p></body></html>", 0, 0),
        (bytes(range(256)) * 8, 0, 0),
        (b"null", 0, 0),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:cut o", 1, 0),
    ],
    ids=["calendar", "empty", "page", "bytes", "null", "cut"],
)
def test_read_ends_with_one_json_object(
    tmp_path: Path, content: bytes, components: int, listings: int
) -> None:
    file = tmp_path / "feed"
    file.write_bytes(content)
    done = command("read", str(file), "--json", env=environment(tmp_path))
    summary = json.loads(done.stderr.splitlines()[-1])
    assert summary.keys() == {"scraper", "components", "listings", "problems"}
    assert (summary["components"], summary["listings"]) == (components, listings)
    assert len(done.stdout.splitlines()) == listings
    assert bool(summary["problems"]) == (components != listings or summary["scraper"] is None)
    assert all(problem["place"] and problem["cause"] for problem in summary["problems"])


def test_read_names_what_the_calendar_says(tmp_path: Path) -> None:
    file = tmp_path / "guild.ics"
    file.write_text(CALENDAR)
    done = gomeet("read", str(file), "--json", env=environment(tmp_path), cwd=tmp_path)
    (listing,) = rows(done)
    assert (listing["uid"], listing["name"]) == ("guild-1@harborfalls.example", "Guild supper")
    assert listing["start"] == SUPPER.isoformat()
    assert json.loads(done.stderr.splitlines()[-1])["scraper"] == "ical"


def test_read_tells_people_what_it_found(tmp_path: Path) -> None:
    file = tmp_path / "guild.ics"
    file.write_text(CALENDAR)
    done = command("read", str(file), env=environment(tmp_path))
    assert "2 components, 1 listings" in done.stdout
    assert "Nobody knows when" in done.stderr


def test_sources_are_listed_checked_paused_resumed_and_removed(
    city: sample_city.Server, tmp_path: Path
) -> None:
    env = environment(tmp_path, city.url)
    address = f"{city.url}/chamber/calendar.ics"
    added = command("sources", "add", address, "--name", "Chamber", env=env)
    assert re.match(r"Chamber: \w+\. ", added.stdout)
    (source,) = rows(command("sources", "list", "--json", env=env))
    assert (source["name"], source["url"], source["scraper"]) == ("Chamber", address, "ical")
    assert source["events"] > 5
    for verb, paused in (("pause", True), ("resume", False)):
        command("sources", verb, "Chamber", env=env)
        assert rows(command("sources", "list", "--json", env=env))[0]["paused"] is paused
    assert command("sources", "check", address, env=env).stdout.startswith("Chamber: ")
    assert "Chamber" in command("poll", "--all", env=env).stdout
    command("sources", "remove", source["id"], env=env)
    assert rows(command("sources", "list", "--json", env=env)) == []


def test_the_week_is_planned_for_people_and_for_programs(env: dict[str, str]) -> None:
    (plan,) = rows(command("week", "2026-W50", "--json", env=env))
    assert plan["week"] == "2026-W50"
    shown = " ".join(command("week", "2026-W50", env=env).stdout.split())  # lines are folded
    assert all(one["text"] in shown for one in plan["left_out"])
    assert (f"{round(100 * plan['chance'])} %" in shown) == bool(plan["outings"])


def test_an_empty_week_leads_to_the_next(tmp_path: Path) -> None:
    env = environment(tmp_path)
    command("user", "add", "robin@harborfalls.example", "--time-zone", "UTC", env=env)
    shown = " ".join(command("week", env=env).stdout.split())
    next_week = (now() + timedelta(days=7)).strftime("%G-W%V")
    assert shown.endswith(f"Nothing more fits this week; the next: gomeet week {next_week}")


def test_events_and_explain_agree_and_the_parts_add_up(env: dict[str, str]) -> None:
    first, *others = rows(command("events", "--days", "60", "--json", env=env))
    assert all(first["your_field"] >= other["your_field"] for other in others)
    assert first["name"] in command("events", "--days", "60", env=env).stdout.replace(
        "\n", " "
    ) or (
        len(first["name"]) > 12  # a narrow table folds it
    )
    (told,) = rows(command("explain", first["id"], "--json", env=env))
    assert told["your_field"] == pytest.approx(first["your_field"], abs=1e-6)
    for start, reasons, whole in (
        ("start_points", "reasons", "any_field"),
        ("your_start_points", "your_reasons", "your_field"),
    ):
        total = told[start] + sum(reason["points"] for reason in told[reasons])
        assert total == pytest.approx(100 * told[whole], abs=1e-3)
    story = command("explain", first["id"], env=env).stdout
    anybody, yours = re.split(r"For you \(software engineering\)", story)
    for text, chance in ((anybody, told["any_field"]), (yours, told["your_field"])):
        parts = [int(n) for n in re.findall(r"^ +([+-]?\d+)  ", text, re.MULTILINE)]
        total = int(re.findall(r"= *(\d+) %", text)[0])
        assert sum(parts) == total == round(100 * chance)


def test_people_are_added_listed_exported_and_deleted(tmp_path: Path) -> None:
    env = environment(tmp_path)
    person = "ada@mail.example"
    first = command("user", "add", person, "--name", "Ada", env=env).stdout.strip()
    second = command("user", "token", person, "--label", "phone", env=env).stdout.strip()
    assert first.startswith("gmp_api_")
    assert second.startswith("gmp_api_")
    assert first != second
    assert person in command("user", "list", env=env).stdout
    (kept,) = rows(command("user", "export", person, env=env))
    assert person in json.dumps(kept)
    assert first not in json.dumps(kept)
    command("user", "delete", person, "--yes", env=env)
    assert person not in command("user", "list", env=env).stdout


def test_a_copy_brings_back_what_was_deleted(tmp_path: Path) -> None:
    env = environment(tmp_path)
    copy = str(tmp_path / "copy.db")
    command("user", "add", "ada@mail.example", env=env)
    command("backup", copy, env=env)
    command("user", "delete", "ada@mail.example", "--yes", env=env)
    command("restore", copy, "--yes", env=env)
    assert "ada@mail.example" in command("user", "list", env=env).stdout


RECORD = {
    "id": "m1", "title": "Chamber After Hours", "start": "2026-12-03T17:30:00-05:00",
    "end": "2026-12-03T19:30:00-05:00", "all_day": False, "time_zone": "America/New_York",
    "description": "Members and guests.", "location": "Copper Kettle Brewing",
    "organizer": "Harbor Falls Chamber of Commerce", "categories": [], "url": "",
    "dates_in_window": 1, "list": "harbor-2026-W49", "grade": 3, "circle": 0,
    "kinds": ["business_mixer"],
}  # fmt: skip
JOB_FAIR = RECORD | {
    "id": "j1", "title": "Job Fair", "description": "Bring your résumé.", "grade": 0, "circle": 1,
    "organizer": "", "kinds": ["support_health"],
}  # fmt: skip


@pytest.fixture
def records(tmp_path: Path) -> str:
    """Two judged records in a file."""
    file = tmp_path / "judged.jsonl"
    file.write_text("\n".join(json.dumps(record) for record in (RECORD, JOB_FAIR)) + "\n")
    return str(file)


def test_score_explain_and_evaluate_need_no_database(records: str, tmp_path: Path) -> None:
    env = environment(tmp_path)
    mixer, fair = rows(command("score", records, "--json", env=env))
    assert (mixer["id"], mixer["kind"]) == ("m1", "business_mixer")
    assert mixer["any_field"] > 0.3 > mixer["circle"]
    assert fair["circle"] > 0.5
    (told,) = rows(command("explain", "m1", "--file", records, "--json", env=env))
    assert told["any_field"] == mixer["any_field"]
    (report,) = rows(command("evaluate", records, "--json", env=env))
    assert report["records"] == 2
    assert not (tmp_path / "data").exists()


def test_match_decides_pairs_without_a_database(tmp_path: Path) -> None:
    half = {
        "title": "Chamber After Hours", "start": "2026-12-03T17:30:00-05:00",
        "time_zone": "America/New_York", "location": "Copper Kettle Brewing, 1 Wharf Street",
    }  # fmt: skip
    other = half | {"title": "Toddler Story Time", "location": "Public Library"}
    file = tmp_path / "pairs.jsonl"
    pairs = [{"id": 1, "a": half, "b": half}, {"id": 2, "a": half, "b": other}]
    file.write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    same, different = rows(command("match", str(file), "--json", env=environment(tmp_path)))
    assert (same["merge"], different["merge"]) == (True, False)
    assert same["reasons"]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["read", "missing.ics"], "There is no file 'missing.ics'"),
        (["read", "x", "--scraper", "crystal_ball"], "There is no scraper 'crystal_ball'"),
        (["read", "http://127.0.0.1:1/x.ics"], ""),
        (["sources", "add", "ftp://harborfalls.example/x"], ""),
        (["sources", "add", "http://192.168.0.1/x.ics"], ""),
        (["sources", "pause", "Nobody"], "There is no source 'Nobody'"),
        (["sources", "check", "Nobody"], "There is no source 'Nobody'"),
        (["poll", "Nobody"], "There is no source 'Nobody'"),
        (["events", "--user", "nobody@mail.example"], "There is no account"),
        (["events", "--near", "here"], "Give a point as LAT,LON"),
        (["week", "next"], "such as 2026-W48"),
        (["explain", "x"], "'x' is no id of an event"),
        (["explain", "00000000-0000-0000-0000-000000000000"], "There is no such event"),
        (["curate", "split", "999999"], ""),
        (["digest"], "No mail server is set"),
        (["user", "add", "no address"], ""),
        (["user", "add", "robin@harborfalls.example"], "There is already an account"),
        (["user", "add", "x@mail.example", "--home", "here"], "Give the home as LAT,LON"),
        (["user", "add", "x@mail.example", "--time-zone", "Mars/Base"], "Name a time zone"),
        (["user", "add", "x@mail.example", "--home", "95,200"], "There is no such home"),
        (["user", "add", "x@mail.example", "--home", "nan,nan"], "There is no such home"),
        (["user", "add", "x@mail.example", "--reach", "nan"], "A reach is more than 0"),
        (["user", "token", "nobody@mail.example"], "There is no account"),
        (["serve", "--host", "no such host"], "there is no such host"),
        (["backup", "/nowhere/copy.db"], "cannot be written"),
        (["restore", "missing.db", "--yes"], "There is no file missing.db"),
        (["restore", __file__, "--yes"], "is no copy of our database"),
    ],
    ids=lambda value: " ".join(value).replace("/", "_")[:40] if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    env: dict[str, str], arguments: list[str], sentence: str
) -> None:
    done = command(*arguments, env=env, status=1)
    assert re.fullmatch(r"gomeet: [^\n]+\.\n", done.stderr), done.stderr
    assert sentence in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["unknown"],
        ["read"],
        ["sources", "add"],
        ["user", "add"],
        ["events", "--days", "never"],
        ["curate", "split", str(2**63)],
    ],
    ids=" ".join,
)
def test_a_command_that_is_misspelled_ends_with_status_2(
    tmp_path: Path, arguments: list[str]
) -> None:
    done = command(*arguments, env=environment(tmp_path), status=2)
    assert "Usage" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("tick_seconds", "soon", "GOMEET_TICK_SECONDS"),
        ("allow_ports", "80 443", "allow_ports"),
        ("data_dir", "/dev/null/data", "/dev/null"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    done = command("user", "list", env=environment(tmp_path, **{name: value}), status=1)
    assert re.fullmatch(r"gomeet: [^\n]+\.\n", done.stderr)
    assert said in done.stderr
    assert "soon" not in done.stderr


def test_openings_come_from_a_register_with_its_options(
    env: dict[str, str], city: sample_city.Server
) -> None:
    table = f"{city.url}/cityhall/licences.csv"
    command(
        "sources",
        "add",
        table,
        "--scraper",
        "licences",
        "--option",
        "type=APPLICATION TYPE",
        env=env,
    )
    found = rows(command("openings", "--json", env=env))
    assert "Fogbank Brewing" in {opening["name"] for opening in found}
    assert not {"Saltmarsh Brewing Co.", "Gull & Sons Hardware"} & {
        opening["name"] for opening in found
    }
    assert all(opening["suggestion"] and opening["proofs"] for opening in found)
    assert command("openings", "--kind", "brewery", env=env).stdout.count("Fogbank")
    wrong = command("sources", "add", "--portal", "atlantis", env=env, status=1)
    assert "there are chicago" in wrong.stderr


def test_read_prints_openings_with_their_type(city: sample_city.Server, tmp_path: Path) -> None:
    table = tmp_path / "licences.csv"
    found = city.resource("/cityhall/licences.csv")
    assert found is not None
    table.write_bytes(found.body)
    done = command("read", str(table), "--json", env=environment(tmp_path))
    assert {row["type"] for row in rows(done)} == {"opening"}
    assert json.loads(done.stderr.splitlines()[-1])["components"] == 7
