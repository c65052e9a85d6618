"""Saved pages and feeds of real platforms: the right scraper comes first (issue 4, show 1)."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.gateways.sandbox import Sandbox
from app.services.discover import look_through
from scrapers.base import Document
from tests.shared import SHARED

# What each saved page should lead to; where a site names its calendar, that comes first.
PAGES = {
    "arena-monterrey-jsonld": "schema_org",
    "conarte-concert-detail": "add_to_calendar",
    "dice-venue-page": "schema_org",
    "eventbrite-organizer-page": "schema_org",
    "eventbrite-search-page-duplicated-jsonld": "schema_org",
    "eventon-cook-landbank": "schema_org",
    "growthzone-chamber-list": "growthzone",
    "hcalendar-upcoming-org-v1": "microformats",
    "hcalendar-upcoming-org-v4": "microformats",
    "mec-cleveland-planning": "schema_org",
    "mf2-h-event-dates": "microformats",
    "microdata-chicago-ssa-detail": "ical",
    "microdata-cuyahoga-detail": "schema_org",
    "news-article-with-event-widget": "ical",
    "outsavvy-organiser-page": "schema_org",
    "outsavvy-recurring-event-page": "schema_org",
    "schemaorg-event-001-microdata": "schema_org",
    "schemaorg-rdfa-example-1": "schema_org",
    "songkick-artist-years-and-years": "schema_org",
    "songkick-concert-elysian-fields": "schema_org",
    "sports-event-jsonld-newspaper": "schema_org",
    "squarespace-events-page": "squarespace",
    "tec-great-lakes-water": "ical",
    "tec-memphis-concert": "schema_org",  # its links are relative, and its address is not known
    "tec-unitingnc-past-list": "ical",
    "tec-unitingnc-single-bilingual": "ical",
    "vevent-chicago-trust-fund": "microformats",
    "wfhb-radio-ajax-list": "events_manager",
    "wix-event-list": "wix",
    "wordpress-heart-of-torbay": "ical",
}
# Files that are none: a challenge, a sign-in page, an error in place of a calendar.
NO_FEEDS = ("instead-of-ics",)


def first(sandbox: Sandbox, path: Path) -> str:
    document = Document(path.as_uri(), path.read_bytes(), datetime(2026, 5, 1, tzinfo=UTC))
    found = look_through(sandbox, document).found
    return found[0].scraper if found else ""


if SHARED is not None:
    corpus = SHARED / "corpus"

    @pytest.mark.corpus
    @pytest.mark.parametrize("name", PAGES)
    def test_a_saved_page_leads_to_the_right_scraper(sandbox: Sandbox, name: str) -> None:
        assert first(sandbox, corpus / "html" / f"{name}.html") == PAGES[name]

    @pytest.mark.corpus
    def test_every_saved_calendar_is_recognized_and_nothing_else(sandbox: Sandbox) -> None:
        with (corpus / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["format"] == "ics"]
        wrong = {
            row["path"]: found
            for row in rows
            if ((found := first(sandbox, corpus / row["path"])) == "ical")
            == any(mark in row["path"] for mark in NO_FEEDS)
        }
        assert not wrong
