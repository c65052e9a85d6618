"""The shipped packs are well-formed; a file that is not says where and why."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import cities
from app.cities import TOPICS, City
from app.errors import Invalid, NotFound
from app.gateways.urls import normalize_url
from scrapers import SCRAPERS
from scrapers.addresses import feed_at
from tests.shared import SHARED

EIGHT = (
    "asheville", "bloomington", "davis", "lancaster", "montclair", "raleigh-durham", "santa-rosa",
    "toronto",
)  # fmt: skip

PACK = """
name = "Harbor Falls"
country = "US"
time_zone = "America/New_York"
latitude = 41.93
longitude = -70.52
radius_km = 25

[[sources]]
name = "Gull Room"
url = "https://gull.example/events.ics"
scraper = "ical"
topics = ["music"]
trust = 80
"""
SECOND = """
[[sources]]
name = "Chess club"
url = "https://chess.example/events"
scraper = "discover"
topics = ["games", "social"]
trust = 70
"""


def test_there_are_eight_cities_to_begin_with() -> None:
    assert {city.slug for city in cities.every()} >= set(EIGHT)
    assert cities.find("Santa Rosa") is cities.find("santa-rosa")


@pytest.mark.parametrize("city", cities.every(), ids=lambda city: city.slug)
def test_every_entry_is_well_formed_and_has_its_reader(city: City) -> None:
    """The loader has refused double names and addresses, unknown topics, zones and scrapers."""
    assert city.sources
    for one in city.sources:
        assert normalize_url(one.url) == one.url, "as it will stand among the sources"
        assert one.scraper is None or one.scraper in SCRAPERS
        assert 1 <= len(one.topics) <= 3
        found = feed_at(one.url)
        assert one.scraper is not None or found is None, "a platform is known by its address"
    assert len(city.readable) >= 0.85 * len(city.sources)


def test_what_no_rule_knows_is_read_if_it_lists_events_and_else_left_to_discovery() -> None:
    text = PACK + SECOND.replace("/events", "/") + SECOND.replace("Chess", "Bridge")
    gull, front, page = cities.parse(text, "harbor-falls.toml").sources
    assert (gull.scraper, gull.lists_events) == ("ical", True)
    assert (front.scraper, front.lists_events) == (None, False)
    assert (page.scraper, page.lists_events) == (None, True)


def test_a_platform_learned_since_the_pack_was_written_is_read_as_such() -> None:
    text = PACK + SECOND.replace("chess.example/events", "www.meetup.com/harbor-chess/")
    *_, club = cities.parse(text, "harbor-falls.toml").sources
    assert club.url == "https://www.meetup.com/harbor-chess/events/ical/"
    assert club.scraper == "ical"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('country = "US"', 'country = "USA"'), "two letters"),
        (("America/New_York", "Eastern"), "IANA"),
        (("latitude = 41.93", "latitude = 141.93"), "`latitude` must be a number -90 to 90"),
        (("radius_km = 25", "radius_km = true"), "`radius_km`"),
        (('name = "Harbor Falls"', 'nmae = "Harbor Falls"'), "`name` must be a text"),
        (("trust = 80", "trust = 80\nzone = 1"), "source 1 'Gull Room': unknown field `zone`"),
        (("trust = 80", "trust = 101"), "source 1 'Gull Room': `trust`"),
        (("trust = 80", "trust = nan"), "source 1 'Gull Room': `trust`"),
        (("trust = 80", ""), "source 1 'Gull Room': `trust`"),
        (('scraper = "ical"', 'scraper = "icla"'), "source 1 'Gull Room': `scraper` must be"),
        (('["music"]', '["musik"]'), "source 1 'Gull Room': `topics` are of"),
        (('["music"]', "[]"), "name at least one topic"),
        (("https://gull", "ftp://gull"), "source 1 'Gull Room': `url`"),
        (("https://gull", "https://me@gull"), "source 1 'Gull Room': `url`"),
        (("[[sources]]", "[[source]]"), "at least one [[sources]]"),
        (("latitude", "latitude latitude"), "this is not TOML"),
    ],
)
def test_what_does_not_fit_is_refused_by_file_and_entry(
    change: tuple[str, str], complaint: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        cities.parse(PACK.replace(*change), "harbor-falls.toml")
    assert str(refusal.value).startswith("harbor-falls.toml")
    assert complaint in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("Chess club", "Gull Room"), "its name stands in this pack already"),
        (("chess.example/events", "gull.example/events.ics"), "its address stands in this pack"),
    ],
)
def test_the_same_source_twice_is_refused(change: tuple[str, str], complaint: str) -> None:
    with pytest.raises(Invalid, match="source 2") as refusal:
        cities.parse(PACK + SECOND.replace(*change), "harbor-falls.toml")
    assert complaint in str(refusal.value)


def test_two_feeds_that_differ_only_in_the_query_stay_two() -> None:
    """CASES A10."""
    text = PACK.replace(".ics", ".ics?id=1") + PACK[PACK.index("[[") :].replace(
        "Gull Room", "Gull Hall"
    ).replace(".ics", ".ics?id=2")
    assert len(cities.parse(text, "harbor-falls.toml").sources) == 2


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(Invalid):
        cities.parse(text, "harbor-falls.toml")


def test_an_unknown_city_is_told_which_there_are() -> None:
    with pytest.raises(NotFound, match=r"asheville.*toronto"):
        cities.find("Atlantis")


@pytest.mark.parametrize("name", ["Harbor Falls", 'São "Paulo"', "Back\\slash", "$name"])
def test_a_scaffold_is_toml_that_asks_for_what_is_missing(name: str) -> None:
    text = cities.scaffold(name)
    assert all(topic in text for topic in TOPICS)
    with pytest.raises(Invalid, match="`country` must be a text"):
        cities.parse(text, f"{cities.slug_of(name)}.toml")
    filled = (
        text.replace('country = ""', 'country = "US"')
        .replace('time_zone = ""', 'time_zone = "America/New_York"')
        .replace('name = ""', 'name = "Gull Room"')
        .replace('url = ""', 'url = "https://gull.example/events/"')
        .replace("topics = []", 'topics = ["music"]')
    )
    with pytest.raises(Invalid, match="still 0"):
        cities.parse(filled, f"{cities.slug_of(name)}.toml")
    filled = filled.replace("latitude = 0.0", "latitude = 41.93")
    city = cities.parse(filled, f"{cities.slug_of(name)}.toml")
    assert (city.name, len(city.sources)) == (name, 1)


def test_what_is_written_is_what_is_read() -> None:
    sources = cities.find("toronto").sources
    text = (
        cities.scaffold("Harbor Falls", sources)
        .replace('country = ""', 'country = "CA"')
        .replace('time_zone = ""', 'time_zone = "America/Toronto"')
        .replace("latitude = 0.0", "latitude = 43.65")
    )
    assert cities.parse(text, "harbor-falls.toml").sources == sources


@pytest.mark.corpus
@pytest.mark.skipif(SHARED is None, reason="the shared corpus is not on this machine")
@pytest.mark.parametrize("slug", EIGHT)
def test_the_packs_hold_every_city_of_the_corpus(slug: str) -> None:
    """Nearly all names; what fell out is a second name of an address, or another city's school."""
    assert SHARED is not None
    path: Path = SHARED / "corpus" / "cities" / f"{slug.replace('-', '')}.csv"
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    city = cities.find(slug)
    assert len(rows) - 7 <= len(city.sources) <= len(rows)
