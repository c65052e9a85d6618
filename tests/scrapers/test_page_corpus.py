"""Real pages and feeds: as many events as their manifest says, quickly (issue 1, show 2)."""

import csv
import resource
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scrapers import SCRAPERS, Document, recognize
from tests.shared import SHARED

MOST_SECONDS = 5
MOST_KIB = 300 * 1024
FORMATS = {"html", "rss", "atom", "xml", "xcal"}
TICKETING = (
    "arema", "bandsintown", "eventbrite", "fever", "luma", "meetup", "predicthq", "resident",
    "seatgeek", "songkick", "superboletos", "ticketmaster", "tickettailor",
)  # fmt: skip


def rows(formats: set[str]) -> list[dict[str, str]]:
    if SHARED is None:
        return []
    with (SHARED / "corpus" / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["format"] in formats]


def components(path: Path) -> int:
    source = Document(
        url="https://site.example/page",
        content=path.read_bytes(),
        retrieved_at=datetime(2026, 5, 1, tzinfo=UTC),
        time_zone="America/New_York",
    )
    name = recognize(source)
    return SCRAPERS[name].parse(source).components if name else 0


if SHARED is not None:
    corpus = SHARED / "corpus"

    @pytest.mark.corpus
    def test_components_equal_the_manifest_for_97_percent_of_the_files() -> None:
        wrong: dict[str, tuple[str, int]] = {}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for row in rows(FORMATS):
            started = time.process_time()
            found = components(corpus / row["path"])
            assert time.process_time() - started < MOST_SECONDS, row["path"]
            if str(found) != row["events_expected"]:
                wrong[row["path"]] = (row["events_expected"], found)
        assert len(wrong) <= 0.03 * len(rows(FORMATS)), wrong
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
        assert grown < MOST_KIB

    @pytest.mark.corpus
    def test_answers_of_ticketing_platforms_hold_what_the_manifest_says() -> None:
        paths = {row["path"]: row["events_expected"] for row in rows({"json"})}
        ours = [path for path in paths if path.removeprefix("json/").startswith(TICKETING)]
        assert len(ours) >= 20
        found = {path: str(components(corpus / path)) for path in ours}
        assert found == {path: paths[path] for path in ours}
