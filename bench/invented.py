"""The invented listings of `bench/examples`, which teach the fit words that few judged ones show."""

import hashlib
from pathlib import Path

from app.model.event import KINDS
from app.score.record import Record

NO_HOUR = "2026-09-17"


def _example_files() -> list[Path]:
    return sorted((Path(__file__).parent / "examples").glob("*.txt"))


def digest_of_examples() -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in _example_files())).hexdigest()


def examples() -> list[Record]:
    """The invented listings of `bench/examples`: each has a kind, a grade or is (no) circle."""
    found: list[Record] = []
    for path in _example_files():
        section = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            if line.startswith("["):
                section = line.strip("[]")
            elif line and not line.startswith("#"):
                found.append(_example(f"{path.stem} {number}", section, line.split(" | ")))
    return found


def _example(place: str, section: str, texts: list[str]) -> Record:
    title, organizer, text = [*texts, "", ""][:3]
    return Record(
        id=place, title=title, organizer=organizer, description=text, start=NO_HOUR, all_day=True,
        circle={"circle": 1.0, "no_circle": 0.0}.get(section),
        kinds=(section,) if section in KINDS else (),
        grade=float(section) if section.isdecimal() else None,
    )  # fmt: skip
