"""Golden twins: beside each small document lies the JSON of what its scraper must give.

`GOLDEN=write pytest tests/scrapers/test_golden.py` writes them anew; the difference is reviewed.
"""

import json
import os
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path

from scrapers import Document, Parsed

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def document(
    content: bytes | str,
    url: str = "https://site.example/page",
    time_zone: str = "America/New_York",
) -> Document:
    """A document as fetched on 1 May 2026 from a source in New York."""
    raw = content.encode() if isinstance(content, str) else content
    return Document(url, raw, NOW, time_zone=time_zone)


def told(value: object) -> object:
    """A dataclass as plain data, without the fields that have their default value."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: told(getattr(value, field.name))
            for field in fields(value)
            if field.default is MISSING or getattr(value, field.name) != field.default
        }
    if isinstance(value, tuple):
        return [told(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def compare(path: Path, parsed: Parsed) -> None:
    """Compare with the twin; a missing twin is a failure."""
    twin = path.with_name(path.name + ".json")
    found = json.loads(json.dumps(told(parsed)))
    if os.environ.get("GOLDEN") == "write":
        twin.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert twin.exists(), f"no golden twin {twin.name}"
    assert found == json.loads(twin.read_text(encoding="utf-8"))
