"""Golden files: read in review, rewritten by `GOMEET_GOLDEN=write pytest tests/publish`."""

import os
from pathlib import Path

_GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def check(name: str, content: bytes) -> None:
    """Compare with `tests/golden/<name>`, byte for byte."""
    path = _GOLDEN / name
    if os.environ.get("GOMEET_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert path.read_bytes() == content
