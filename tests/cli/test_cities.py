"""`gomeet city …` as its user meets it."""

import json
from pathlib import Path

import pytest

from tests.e2e.service import command, environment


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    found = environment(tmp_path)
    command("user", "add", "kim@harborfalls.example", env=found)
    return found


def test_a_city_is_listed_added_and_added_again(env: dict[str, str]) -> None:
    listed = [
        json.loads(line) for line in command("city", "list", "--json", env=env).stdout.splitlines()
    ]
    davis = next(line for line in listed if line["city"] == "davis")
    assert (davis["sources"], davis["added"], davis["title"]) == (20, 0, "Davis, CA")
    some = json.loads(command("city", "add", "davis", "--topic", "books", "--json", env=env).stdout)
    assert 0 < some["added"] < 20
    rest = json.loads(
        command(
            "city", "add", "Davis", "--home", "kim@harborfalls.example", "--json", env=env
        ).stdout
    )
    assert rest["added"] + rest["there"] == 20
    assert (rest["there"], rest["home_set"]) == (some["added"], True)
    said = command("city", "add", "davis", env=env).stdout
    assert "0 sources added, 20 were there" in said
    assert "kim@harborfalls.example has no home yet" not in said


def test_what_must_be_discovered_and_who_has_no_home_is_said(env: dict[str, str]) -> None:
    command("user", "add", "lee@harborfalls.example", env=env)
    said = command("city", "add", "lancaster", env=env).stdout
    assert "gomeet discover https://godiplomats.com/" in said
    assert "gomeet city add lancaster --home lee@harborfalls.example" in said


def test_a_pack_of_ones_own_is_begun_completed_and_checked(
    env: dict[str, str], tmp_path: Path
) -> None:
    command("city", "new", "Harbor Falls", "--out", str(tmp_path), env=env)
    path = tmp_path / "harbor-falls.toml"
    assert (
        "already"
        in command("city", "new", "Harbor Falls", "--out", str(tmp_path), env=env, status=1).stderr
    )
    refused = command("city", "check", str(path), env=env, status=1).stderr
    assert "harbor-falls.toml: `country` must be a text" in refused
    text = path.read_text()
    for empty, filled in {
        'country = ""': 'country = "US"',
        'time_zone = ""': 'time_zone = "America/New_York"',
        'name = ""': 'name = "Gull Room"',
        'url = ""': 'url = "http://127.0.0.1/nobody.ics"',
        "topics = []": 'topics = ["music"]',
        "latitude = 0.0": "latitude = 41.93",
    }.items():
        text = text.replace(empty, filled)
    path.write_text(text)
    [checked] = [
        json.loads(line)
        for line in command("city", "check", str(path), "--json", env=env).stdout.splitlines()
    ]
    assert (checked["name"], checked["outcome"]) == ("Gull Room", "temporary")
    assert "Gull Room" in command("city", "check", str(path), env=env).stdout


def test_what_is_read_here_becomes_a_pack(env: dict[str, str], tmp_path: Path) -> None:
    command("city", "add", "davis", env=env)
    command("city", "new", "Old Davis", "--from-sources", "--out", str(tmp_path), env=env)
    text = (tmp_path / "old-davis.toml").read_text()
    assert 'url = "https://visityolo.com/event/?ical=1"' in text
    assert text.count("[[sources]]") >= 20


def test_mistakes_are_told_in_one_sentence(env: dict[str, str]) -> None:
    assert "there are asheville" in command("city", "add", "atlantis", env=env, status=1).stderr
    assert (
        "topic 'musik'"
        in command("city", "add", "davis", "--topic", "musik", env=env, status=1).stderr
    )
    assert "no-file.toml" in command("city", "check", "no-file.toml", env=env, status=1).stderr
