"""Whole calendars of an invented city, and what was read from them, kept to be read by people.

A missing golden file is written and the test fails, so that somebody reads it before it is kept.
To change one on purpose, delete it and run the test.
"""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pytest

from scrapers.base import Parsed
from tests.scrapers.ical_files import read

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "ical"
FILES = sorted(path.stem for path in GOLDEN.glob("*.ics"))


def lines(parsed: Parsed) -> list[str]:
    """One line for the document, then one for each listing and problem; empty values left out."""
    head = asdict(parsed) | {"listings": len(parsed.listings), "problems": len(parsed.problems)}
    rows = [head, *map(asdict, parsed.listings), *map(asdict, parsed.problems)]
    return [json.dumps(slim(row), default=in_words, ensure_ascii=False) for row in rows]


def slim(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value not in (None, "", (), False)}


def in_words(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@pytest.mark.parametrize("name", FILES)
def test_golden(name: str) -> None:
    found = "\n".join(lines(read((GOLDEN / f"{name}.ics").read_bytes()))) + "\n"
    golden = GOLDEN / f"{name}.jsonl"
    if not golden.exists():
        golden.write_text(found)
        pytest.fail(f"{golden.name} was missing and has been written: read it, then run again")
    assert found == golden.read_text()
