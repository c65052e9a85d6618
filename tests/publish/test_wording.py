"""The words for when, where, how much and how likely."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.publish import wording
from app.publish.text import looks_like_address, url_host, web_url
from scrapers.base import AttendanceMode, Offer, Place
from tests.publish.samples import MIXER, SCORE, TALK, WALK, WEAK
from tests.publish.samples import event as make_event


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Tue, Dec 8, 6:00–8:00 pm EST"),
        ({"end": None}, "Tue, Dec 8, 6:00 pm EST"),
        ({"start": MIXER.start - timedelta(hours=7)}, "Tue, Dec 8, 11:00 am – 8:00 pm EST"),
        ({"start": MIXER.start - timedelta(hours=6)}, "Tue, Dec 8, noon–8:00 pm EST"),
        ({"end": MIXER.start + timedelta(hours=8)}, "Tue, Dec 8, 6:00 pm–2:00 am EST"),
        ({"end": MIXER.start + timedelta(hours=6)}, "Tue, Dec 8, 6:00 pm–midnight EST"),
        ({"time_zone": "America/Sao_Paulo"}, "Tue, Dec 8, 8:00–10:00 pm UTC−03:00"),
        ({"time_zone": "Asia/Kathmandu"}, "Wed, Dec 9, 4:45–6:45 am UTC+05:45"),
        ({"time_zone": "Asia/Kolkata"}, "Wed, Dec 9, 4:30–6:30 am IST"),
    ],
)
def test_I6_the_time_is_local_and_its_zone_is_named(changes: dict[str, Any], words: str) -> None:
    assert wording.when(make_event(**changes)).replace(" – ", "–") == words.replace(" – ", "–")


def test_I6_the_night_the_clocks_go_back_names_both_zones_right() -> None:
    start = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 1:30 am EDT, an hour later 1:30 am EST
    event = make_event(start=start, end=start + timedelta(hours=1))
    assert wording.when(event) == "Sun, Nov 1, 1:30 am EDT – 1:30 am EST"


def test_B7_all_day_events_give_dates_only() -> None:
    assert wording.when(WALK) == "Sat, Dec 12 – Sun, Dec 13"
    assert wording.when(make_event(all_day=True, end=None)) == "Tue, Dec 8, no hour given"


@pytest.mark.parametrize(
    ("offers", "words"),
    [
        ((), ""),
        ((Offer(),), ""),
        ((Offer(0, 0, "USD"),), "Free"),
        ((Offer(0),), "Free"),
        ((Offer(1000, 1000, "USD"),), "$10"),
        ((Offer(1050, None, "EUR"),), "€10.50"),
        ((Offer(1000, 2500, "USD"),), "$10 to $25"),
        ((Offer(0, 2500, "CHF"),), "Free to 25 CHF"),
        ((Offer(None, 2500, "GBP"),), "Up to £25"),
        ((Offer(500, 500, "USD"), Offer(1500, 1500, "USD")), "$5 to $15"),
        ((Offer(500, None, "USD"), Offer(1500, None, "USD")), "$5 to $15"),
        ((Offer(2000, 2500, "USD"), Offer(1000, 9000, "CAD")), "$20 to $25"),
        ((Offer(500, 500, "USD", "sold_out"),), "Sold out ($5)"),
        ((Offer(availability="sold_out"),), "Sold out"),
        ((Offer(500, 500, "USD", "sold_out"), Offer(900, 900, "USD")), "$5 to $9"),
    ],
)
def test_prices_are_said_plainly_and_unknown_is_not_free(
    offers: tuple[Offer, ...], words: str
) -> None:
    assert wording.price(offers) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "The Malt House, 12 Mill Street, Harbor Falls"),
        ({"location": Place("Pier 5", "Pier 5, Dock Road")}, "Pier 5, Dock Road"),
        ({"location": Place("", "3 Elm St")}, "3 Elm St"),
        ({"location": None}, ""),
        ({"location": None, "event_attendance_mode": AttendanceMode.ONLINE}, "Online"),
        ({"location": None, "virtual_location": "https://x.example/"}, "Online"),
        ({"location": Place("Hall"), "event_attendance_mode": AttendanceMode.MIXED},
         "Hall, online too"),
    ],
)  # fmt: skip
def test_places_are_said_once(changes: dict[str, Any], words: str) -> None:
    assert wording.place(make_event(**changes)) == words


@pytest.mark.parametrize(
    ("chance", "words", "percent"),
    [
        (0.0, "Small chance", 1),
        (0.199, "Small chance", 20),
        (0.2, "Fair chance", 20),
        (0.4, "Good chance", 40),
        (0.6, "Very good chance", 60),
        (1.0, "Very good chance", 99),
    ],
)
def test_a_chance_in_words_and_percent_is_never_certain(
    chance: float, words: str, percent: int
) -> None:
    assert wording.chance_words(chance) == words
    assert wording.percent(chance) == percent


def test_the_two_best_and_the_worst_reason_are_shown_with_the_listings_words() -> None:
    assert [r.signal for r in wording.top_reasons(SCORE)] == ["mixer", "owners", "door"]
    assert wording.reason_words(SCORE.reasons[2]) == "Draws people who run businesses (“members”)"
    assert wording.score_text(WEAK).splitlines() == [
        "Fair chance to talk with someone who hires: 22% (likely 8–41%)",
        "+8 People stand and talk at tastings",
        "−3 A small hall, so few new faces",
    ]


def test_we_never_promise_a_job() -> None:
    assert "job" not in wording.score_text(SCORE).lower()


def test_C11_the_host_shown_is_the_one_that_opens() -> None:
    assert web_url("http://bank.example@evil.example/") == ""
    assert url_host(web_url("https://www.Bänk.example/x")) == "xn--bnk-qla.example"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://bank.example", True),
        ("Visit www.x", True),
        ("bank.example deal", True),
        ("Mixer at 6 p.m. vs. 7.30", False),
        ("J.P. Morgan", False),
        ("Node.js night", True),
        (TALK.name, False),
    ],
)
def test_C12_a_text_that_reads_like_an_address_is_known(text: str, expected: bool) -> None:
    assert looks_like_address(text) is expected
