"""Prices in words and numbers, in whole cents."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers._price import cents, currency_of, read_price


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Free", (0, 0, "")),
        ("FREE and open to the public", (0, 0, "")),
        ("No cover", (0, 0, "")),
        ("Eintritt frei", (0, 0, "")),
        ("$10", (1000, 1000, "USD")),
        ("$10–$25", (1000, 2500, "USD")),
        ("$10-25", (1000, 2500, "USD")),
        ("£5 / £3 concessions", (300, 500, "GBP")),
        ("15 EUR", (1500, 1500, "EUR")),
        ("1.234,50 €", (123_450, 123_450, "EUR")),
        ("$1,234.50", (123_450, 123_450, "USD")),
        ("C$12", (1200, 1200, "CAD")),
        ("From $35", (3500, None, "USD")),
        ("Free for members, $10 others", (0, 1000, "USD")),
        ("free for members", (0, None, "")),
        ("13.00", (1300, 1300, "")),
        ("$5 with free parking", (500, 500, "USD")),
        ("gluten-free dinner, $20", (2000, 2000, "USD")),
    ],
)
def test_price_in_words(text: str, expected: tuple[int | None, int | None, str]) -> None:
    offer = read_price(text)
    assert offer is not None
    assert (offer.price_min, offer.price_max, offer.currency) == expected


@pytest.mark.parametrize(
    "text", ["", "Feel free to join", "Call 555-1234", "$", "tba", "1000000000000$", "9" * 5000]
)
def test_text_that_tells_no_price(text: str) -> None:
    assert read_price(text) is None


def test_bare_dollar_is_that_of_the_source() -> None:
    offer = read_price("$150 general / $100 students", dollar="")
    assert offer is not None
    assert (offer.price_min, offer.price_max, offer.currency) == (10_000, 15_000, "")
    assert currency_of("MX$150") == "MXN"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(13, 1300), (13.5, 1350), ("13.00", 1300), ("12,5", 1250), ("1'200", 120_000), ("-5", None),
     (-1, None), (float("nan"), None), (float("inf"), None), (1e20, None), ("free", None)],
)  # fmt: skip
def test_cents(value: str | float, expected: int | None) -> None:
    assert cents(value) == expected


@settings(deadline=None)
@given(st.text(max_size=600))
def test_any_text_gives_an_ordered_price_or_none(text: str) -> None:
    offer = read_price(text)
    if offer and offer.price_min is not None and offer.price_max is not None:
        assert 0 <= offer.price_min <= offer.price_max


@settings(deadline=None)
@given(st.integers(0, 10**8))
def test_amount_written_with_two_decimals_is_read_back(amount: int) -> None:
    assert cents(f"{amount // 100}.{amount % 100:02d}") == amount
