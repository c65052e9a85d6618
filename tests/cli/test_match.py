import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from app.cli.match import register

root = typer.Typer()
root.callback()(lambda: None)
register(root)


def half(**changes: object) -> dict[str, object]:
    return {"title": "Nora Vale", "start": "2026-09-10T19:00:00-04:00"} | changes


def pair(identity: str, same: float | None = None, **changes: object) -> str:
    a, b = half(location="Grey Gull"), half(location="The Grey Gull", **changes)
    return json.dumps({"id": identity, "band": "x", "a": a, "b": b, "same": same})


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(root, ["match", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_one_line_a_pair(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(f"{pair('one')}\n\n{pair('two', title='Chess Club')}\n")
    status, output, _ = run(str(path), "--json")
    answers = [json.loads(line) for line in output.splitlines()]
    assert status == 0
    assert [(each["id"], each["merge"]) for each in answers] == [("one", True), ("two", False)]
    assert all(0 <= each["same"] <= 1 and each["reasons"] for each in answers)


@pytest.mark.parametrize(
    "bad",
    [
        "no json",
        "[]",
        '{"a": {}, "b": {}}',
        pair("x", start="tomorrow"),
        pair("x", title=""),
        pair("x", start="0001-01-01"),
        "\udcff",
    ],
)
def test_a_bad_line_is_named_and_the_others_are_done(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(f"{bad}\n{pair('good')}\n".encode(errors="surrogateescape"))
    status, output, errors = run(str(path), "--json")
    assert status == 1
    assert json.loads(output)["id"] == "good"
    assert "Line 1 of pairs.jsonl was skipped" in errors
    assert "Traceback" not in errors


def test_the_table_shows_precision_and_recall(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    lines = [pair("a", 1), pair("b", 0), pair("c", 1, title="Chess Club")]
    path.write_text("\n".join(lines))
    status, output, _ = run(str(path))
    assert status == 0
    assert output.count("0.500") == 2


def test_a_missing_file_is_a_matter_of_usage() -> None:
    status, _, errors = run("/nowhere/pairs.jsonl")
    assert status == 2
    assert "does not exist" in errors


def test_dates_and_zones_of_records_are_read(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(
        "\n".join(
            [
                pair("date", start="2026-09-10", all_day=True, end="2026-09-10"),
                pair("zone", start="2026-09-10T19:00:00", time_zone="America/New_York"),
            ]
        )
    )
    status, output, _ = run(str(path), "--json")
    assert status == 0
    assert [json.loads(line)["merge"] for line in output.splitlines()] == [True, True]
