"""Platform scrapers: when they step in, when they stand back, and what spoils their markup.

What each reads from a whole page is in `tests/golden`.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers import SCRAPERS, ParseError, recognize
from tests.scrapers.golden import GOLDEN, document

PAGES = {
    "add_to_calendar": "add_to_calendar.html", "events_manager": "events_manager.html",
    "growthzone": "growthzone.html", "squarespace": "squarespace.html", "tribe": "tribe_list.html",
    "wix": "wix.html",
}  # fmt: skip
FILES = {"boarddocs": "boarddocs.xml", "calml": "calml.xml", "ticketsolve": "ticketsolve.xml"}
JSON_LD = '<script type="application/ld+json">{"@type": "Event"}</script>'


def page(name: str) -> str:
    folder, files = ("html", PAGES) if name in PAGES else ("rss", FILES)
    return (GOLDEN / folder / files[name]).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_page_with_schema_org_events_is_left_to_their_scraper(name: str) -> None:
    assert recognize(document(page(name))) == name
    assert recognize(document(page(name) + JSON_LD)) == "schema_org"


@pytest.mark.parametrize("name", [*PAGES, *FILES])
@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"words", b"BEGIN:VCALENDAR", b"\xff\xfe\x00"]
)
def test_A3_foreign_document_is_a_parse_error(name: str, content: bytes) -> None:
    assert not SCRAPERS[name].recognizes(document(content))
    with pytest.raises(ParseError):
        SCRAPERS[name].parse(document(content))


@pytest.mark.parametrize("name", [*PAGES, *FILES])
def test_document_cut_anywhere_gives_listings_problems_or_a_parse_error(name: str) -> None:
    content = page(name).encode()
    for length in range(0, len(content), 37):
        try:
            parsed = SCRAPERS[name].parse(document(content[:length]))
        except ParseError:
            continue
        assert not [problem for problem in parsed.problems if problem.code == "unreadable"]


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_any_text_in_place_of_a_date_costs_its_event_alone(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["growthzone", "squarespace", "add_to_calendar", "boarddocs"]))
    junk = data.draw(
        st.text(alphabet=st.characters(codec="utf-8", exclude_characters='<>&"'), max_size=70)
    )
    parsed = SCRAPERS[name].parse(document(page(name).replace("2026-", junk)))
    assert not [problem for problem in parsed.problems if problem.code == "unreadable"]


def test_A12_card_without_a_date_costs_itself_alone() -> None:
    card = '<div class="card gz-events-card"><h5 class="gz-card-title">Undated</h5></div>'
    parsed = SCRAPERS["growthzone"].parse(document(page("growthzone") + card))
    assert [(one.place, one.code) for one in parsed.problems] == [("card 2 'Undated'", "no_start")]
    assert (parsed.components, len(parsed.listings)) == (2, 1)


def test_B16_wix_event_whose_time_is_to_be_decided_is_not_at_midnight() -> None:
    parsed = SCRAPERS["wix"].parse(document(page("wix")))
    assert "Secret supper" not in {listing.name for listing in parsed.listings}


def test_wix_page_with_broken_data_is_a_parse_error() -> None:
    with pytest.raises(ParseError):
        SCRAPERS["wix"].parse(
            document('<html><script id="wix-warmup-data">{"scheduling": </script>')
        )
