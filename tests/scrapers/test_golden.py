"""Every small document of `tests/golden` says exactly what its golden twin says."""

from pathlib import Path

import pytest

from scrapers import SCRAPERS, recognize
from tests.scrapers.golden import GOLDEN, compare, document

SCRAPER = {
    "add_to_calendar.html": "add_to_calendar", "events_manager.html": "events_manager",
    "growthzone.html": "growthzone", "json_ld_club.html": "schema_org",
    "microdata_band.html": "schema_org", "microformats.html": "microformats",
    "rdfa_talk.html": "schema_org", "squarespace.html": "squarespace", "tribe_list.html": "tribe",
    "wix.html": "wix", "boarddocs.xml": "boarddocs", "calml.xml": "calml",
    "dates_in_words.xml": "rss", "event_modules.xml": "rss", "google_data.atom.xml": "rss",
    "ticketsolve.xml": "ticketsolve", "tribe_feed.xml": "rss", "xcal.xml": "xcal",
    "arema.json": "arema", "bandsintown.json": "bandsintown", "eventbrite.json": "eventbrite",
    "luma.json": "luma", "meetup.json": "meetup", "meetup_rest.json": "meetup",
    "predicthq.json": "predicthq", "resident_advisor.json": "resident_advisor",
    "seatgeek.json": "seatgeek", "songkick.json": "songkick", "superboletos.json": "superboletos",
    "ticketmaster.json": "ticketmaster", "tickettailor.json": "tickettailor",
    "growthzone_api.xml": "growthzone_api", "tribe_post.json": "tribe_export", "libcal_api.json": "libcal",
}  # fmt: skip
SCRAPER |= {
    f"{name}.json": name
    for name in (
        "tribe_rest",
        "tribe_export",
        "squarespace_json",
        "localist",
        "google_calendar",
        "libcal",
        "bibliocommons",
        "livewhale",
        "bedework",
        "campus_labs",
        "trumba",
        "legistar",
        "tockify",
        "mobilize",
        "my_calendar",
        "gancio",
        "mobilizon",
        "activity_pub",
        "eventon",
        "aem_events",
        "elms",
        "nyc_parks",
        "kendo",
        "asp_calendar",
        "confs_tech",
    )
}
FILES = sorted(
    path
    for folder in ("html", "json", "rss")
    for path in (GOLDEN / folder).iterdir()
    if not path.with_suffix("").suffix or path.suffix != ".json"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_document_says_what_its_golden_twin_says(path: Path) -> None:
    source = document(path.read_bytes())
    name = recognize(source)
    assert name == SCRAPER[path.name]
    compare(path, SCRAPERS[name].parse(source))


def test_every_golden_document_is_named_here() -> None:
    assert {path.name for path in FILES} == set(SCRAPER)
