"""Answers of APIs: whose they are, how far they are followed, and what spoils them.

What each scraper reads from a whole answer is in `tests/golden/json`.
"""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from scrapers import SCRAPERS, Document, Parsed, ParseError, recognize
from tests.scrapers.golden import GOLDEN, document
from tests.scrapers.test_golden import SCRAPER
from tests.shared import SHARED

FILES = {name: scraper for name, scraper in SCRAPER.items() if (GOLDEN / "json" / name).exists()}
JUNK: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    10**400,
    1e308,
    "",
    "x" * 70,
    [],
    {},
    [[]],
    [None, 5],
    {"name": {}},
)
STRIDE = len(JUNK)  # every part of an answer is spoilt once, by kinds of junk in turn
TICKETING = {  # judged in test_ticketing: some of them answer [] where there is no event
    *("arema", "bandsintown", "eventbrite", "luma", "meetup", "predicthq", "resident_advisor"),
    *("seatgeek", "songkick", "superboletos", "ticketmaster", "tickettailor"),
}
FOREIGN = (b"", b"[]", b"{}", b"null", b"<html>", b'{"events": [5]}', b"[[]]")


def content(name: str) -> bytes:
    return (GOLDEN / "json" / name).read_bytes()


def parsed(name: str, url: str = "https://site.example/page") -> Parsed:
    return SCRAPERS[FILES[name]].parse(document(content(name), url))


def outcome(scraper: str, source: Document) -> Parsed | None:
    try:
        return SCRAPERS[scraper].parse(source)
    except ParseError:
        return None


@pytest.mark.parametrize("name", FILES)
def test_answer_is_claimed_by_its_scraper_alone(name: str) -> None:
    source = document(content(name))
    claiming = [key for key, scraper in SCRAPERS.items() if scraper.recognizes(source)]
    assert claiming[0] == FILES[name]
    assert set(claiming) <= {FILES[name], "schema_org"}


@pytest.mark.parametrize(
    ("scraper", "body"),
    [(scraper, body) for scraper in sorted(set(FILES.values()) - TICKETING) for body in FOREIGN],
)
def test_A3_foreign_answer_is_a_parse_error(scraper: str, body: bytes) -> None:
    assert not SCRAPERS[scraper].recognizes(document(body))
    with pytest.raises(ParseError):
        SCRAPERS[scraper].parse(document(body))


@pytest.mark.parametrize("name", FILES)
def test_any_value_in_place_of_another_costs_records_alone(name: str) -> None:
    whole = json.loads(content(name))
    for turn, junk in enumerate(JUNK):
        for spoilt in _spoilt(whole, junk)[turn % STRIDE :: STRIDE]:
            found = outcome(FILES[name], document(json.dumps(spoilt)))
            codes = {problem.code for problem in found.problems} if found else set()
            assert "unreadable" not in codes, (junk, spoilt)


def _spoilt(value: object, junk: object) -> list[object]:
    """The value with one of its parts replaced, once for each key at every depth."""
    if isinstance(value, dict):
        return [
            {**value, key: part}
            for key, item in value.items()
            for part in (junk, *_spoilt(item, junk))
        ]
    if isinstance(value, list) and value:
        return [[part, *value[1:]] for part in (junk, *_spoilt(value[0], junk))]
    return []


@pytest.mark.parametrize("name", FILES)
def test_answer_cut_anywhere_is_a_parse_error_or_partly_read(name: str) -> None:
    whole = content(name)
    for length in range(0, len(whole), 97):
        outcome(FILES[name], document(whole[:length]))


@pytest.mark.parametrize(
    ("name", "url", "following"),
    [
        ("localist.json", "/api/2/events?days=90&pp=2", "/api/2/events?days=90&pp=2&page=2"),
        ("libcal.json", "/ajax/calendar/list?c=-1&page=3", "/ajax/calendar/list?c=-1&page=4"),
        ("campus_labs.json", "/engage/api/discovery/event/search?take=2",
         "/engage/api/discovery/event/search?take=2&skip=2"),
        ("livewhale.json", "/live/json/events/group/A/paginate",
         "/live/json/events/group/A/page/2"),
        ("elms.json", "/meeting?top=2", "/meeting?top=2&skip=2"),
        ("bibliocommons.json", "/v2/libraries/lake/events?limit=2",
         "/v2/libraries/lake/events?limit=2&page=2"),
    ],
)  # fmt: skip
def test_list_is_followed_to_its_next_page(name: str, url: str, following: str) -> None:
    [request] = parsed(name, f"https://a.example{url}").follow
    assert (request.url, request.reason) == (f"https://a.example{following}", "next_page")


def test_last_page_leads_nowhere() -> None:
    assert not parsed("libcal.json", "https://a.example/ajax/calendar/list?page=25").follow
    assert not parsed("campus_labs.json", "https://a.example/x?skip=1").follow


def test_endless_list_ends_with_a_problem() -> None:
    whole = json.loads(content("localist.json"))
    whole["page"] = {"current": 200, "total": 10**6}
    found = SCRAPERS["localist"].parse(document(json.dumps(whole)))
    assert not found.follow
    assert found.truncated
    assert [problem.code for problem in found.problems] == ["too_many_pages"]


def test_full_plain_list_of_livewhale_is_marked_as_cut() -> None:
    event = json.loads(content("livewhale.json"))["data"][0]
    events = [{**event, "id": number} for number in range(1000)]
    assert SCRAPERS["livewhale"].parse(document(json.dumps(events))).truncated
    assert not SCRAPERS["livewhale"].parse(document(json.dumps(events[:10]))).truncated


def test_pages_behind_the_window_are_not_asked_for() -> None:
    source = document(content("elms.json"), "https://a.example/meeting")
    late = replace(source, since=source.retrieved_at.replace(month=8))
    assert not SCRAPERS["elms"].parse(late).follow
    assert (
        not SCRAPERS["squarespace_json"]
        .parse(replace(document(content("squarespace_json.json")), since=late.since))
        .follow
    )


def test_legistar_asks_for_more_after_a_full_page_only() -> None:
    url = "https://webapi.legistar.com/v1/laketon/events?$top=2"
    [request] = parsed("legistar.json", url).follow
    assert request.url.endswith("events?%24top=2&%24skip=2")
    assert not parsed("legistar.json", url.replace("=2", "=3")).follow


def test_library_event_has_its_page_on_the_library_site() -> None:
    url = "https://gateway.bibliocommons.com/v2/libraries/lake/events?limit=2"
    assert parsed("bibliocommons.json", url).listings[0].url == (
        "https://lake.bibliocommons.com/events/a1"
    )


def test_B13_seconds_of_the_local_clock_stand_in_the_zone_of_the_source() -> None:
    source = replace(document(content("eventon.json")), time_zone="America/Chicago")
    start = SCRAPERS["eventon"].parse(source).listings[0].start
    assert start.isoformat() == "2026-05-14T10:00:00-05:00"


@pytest.mark.parametrize("name", ["nyc_parks.json", "legistar.json"])
def test_B16_time_that_nobody_gave_is_a_day_and_said_to_be_unknown(name: str) -> None:
    [listing] = [item for item in parsed(name).listings if "time_unknown" in item.notes]
    assert listing.all_day


def test_event_for_some_people_is_private() -> None:
    private = {
        name: sum(item.private for item in parsed(name).listings)
        for name in FILES
        if any(item.private for item in parsed(name).listings)
    }
    assert private == dict.fromkeys(private, 1)
    assert len(private) >= 7


if SHARED is not None:
    corpus = SHARED / "corpus"

    def corpus_rows() -> list[dict[str, str]]:
        with (corpus / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if row["path"].startswith("json/")]

    @pytest.mark.corpus
    def test_real_answers_hold_as_many_components_as_their_manifest_says() -> None:
        ours = {*FILES.values(), "schema_org"}
        read = 0
        for row in corpus_rows():
            source = document(Path(corpus / row["path"]).read_bytes())
            name = recognize(source)
            if name in ours:
                found = SCRAPERS[name].parse(source).components
                assert str(found) == row["events_expected"], row["path"]
                read += 1
        assert read >= 27
