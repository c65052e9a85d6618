"""Prices as people and programs write them, in whole cents (hundredths of the currency)."""

import re
from decimal import Decimal, InvalidOperation

from scrapers.base import Offer

MAX_PRICE_CHARS = 500
_MAX_CENTS = 10**9  # ten million of any currency is no ticket

_SYMBOLS = {
    "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD",
    "MX$": "MXN", "R$": "BRL", "HK$": "HKD", "S$": "SGD", "£": "GBP", "€": "EUR", "¥": "JPY",
    "₹": "INR", "₩": "KRW", "₪": "ILS", "₺": "TRY", "₴": "UAH", "zł": "PLN", "Kč": "CZK",
}  # fmt: skip
_CODES = (
    "USD|EUR|GBP|CAD|AUD|NZD|MXN|BRL|ARS|CLP|COP|PEN|JPY|CNY|HKD|SGD|INR|KRW|ILS|TRY|ZAR|NGN|KES"
    "|CHF|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|UAH|PHP|THB|IDR|MYR|VND|AED|SAR|EGP|MAD"
)
_MARK = rf"(?:[A-Z]{{0,2}}\$|[£€¥₹₩₪₺₴]|\bzł|\bKč|\b(?:{_CODES})\b)"
_NUMBER = (
    r"(?<![\d.,])(?:\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d{1,7}(?:[.,]\d{1,2})?(?!\d))"
)
_MARKED = re.compile(
    rf"(?P<before>{_MARK})\s?(?P<one>{_NUMBER})(?:\s?[-–—]\s?(?P<to>{_NUMBER}))?"
    rf"|(?P<two>{_NUMBER})(?:\s?[-–—]\s?(?P<too>{_NUMBER}))?\s?(?P<after>{_MARK})"
)
_BARE = re.compile(rf"\s*(?P<from>{_NUMBER})(?:\s*[-–—]\s*(?P<to>{_NUMBER}))?\s*")
_FREE = re.compile(
    r"\b(?:free|no (?:cover|charge|cost)|complimentary|kostenlos|kostenfrei|gratuite?|gratis"
    r"|eintritt frei|entrada libre|ingresso libero)\b",
    re.IGNORECASE,
)
# What is free here is not the ticket.
_NOT_FREE = re.compile(
    r"\bfree (?:parking|wi-?fi|drinks?|food|beer|snacks?|gift|swag)\b"
    r"|\b(?:not|isn't|gluten|sugar|alcohol|smoke|barrier|drug|dairy|feel)[ -]free\b",
    re.IGNORECASE,
)
_FREE_FOR_SOME = re.compile(r"\bfree (?:for|to|with|w/|if)\b", re.IGNORECASE)
_FREE_FOR_ALL = re.compile(
    r"\bfree (?:for|to|and open to) (?:all|everyone|attend|the public|join|enter)\b", re.IGNORECASE
)
_AND_UP = re.compile(r"\b(?:from|starting at|and up|ab|desde|à partir de)\b|\d\+", re.IGNORECASE)


def cents(value: str | float) -> int | None:
    """One amount in cents: 13, "13.00", "1.234,50", "$35" ; None if it is none, or below zero."""
    if isinstance(value, str):
        match = re.search(_NUMBER, value[:MAX_PRICE_CHARS])
        if match is None or value.strip().startswith("-"):
            return None
        value = _plain_number(match[0])
    try:
        amount = (Decimal(str(value)) * 100).to_integral_value()
        return int(amount) if 0 <= amount <= _MAX_CENTS else None
    except (InvalidOperation, ValueError, OverflowError):
        return None


def currency_of(text: str, dollar: str = "USD") -> str:
    """The ISO 4217 code that a symbol or a code in the text names, else ""."""
    match = re.search(_MARK, text[:MAX_PRICE_CHARS])
    return _code(match[0], dollar) if match else ""


def read_price(text: str, dollar: str = "USD") -> Offer | None:
    """A price in words: "Free", "$10–$25", "£5 / £3", "15 EUR"; None if it tells no price.

    `dollar` is the currency of a bare "$". Where some pay and some do not ("free for members, $10
    others") the range starts at 0; where only some are named, the price of the rest is unknown.
    """
    text = _NOT_FREE.sub(" ", text[:MAX_PRICE_CHARS])
    amounts, code = _amounts(text, dollar)
    free = _FREE.search(text) is not None
    if not amounts and free and _FREE_FOR_SOME.search(text) and not _FREE_FOR_ALL.search(text):
        return Offer(price_min=0)
    if free:
        amounts.append(0)
    if not amounts:
        return None
    open_ended = len(amounts) == 1 and _AND_UP.search(text) is not None
    return Offer(
        price_min=min(amounts), price_max=None if open_ended else max(amounts), currency=code
    )


def _amounts(text: str, dollar: str) -> tuple[list[int], str]:
    if bare := _BARE.fullmatch(text):
        found = [bare["from"], bare["to"]]
        return [amount for part in found if part and (amount := cents(part)) is not None], ""
    amounts: list[int] = []
    code = ""
    for match in _MARKED.finditer(text):
        parts = (match["one"], match["to"], match["two"], match["too"])
        amounts += [amount for part in parts if part and (amount := cents(part)) is not None]
        code = code or _code(match["before"] or match["after"], dollar)
    return amounts, code


def _code(mark: str, dollar: str) -> str:
    return dollar if mark == "$" else _SYMBOLS.get(mark, mark if mark.isalpha() else "")


def _plain_number(text: str) -> str:
    """Group marks out, a point for the decimals: the last mark counts if not three digits follow."""
    digits = re.sub(r"[' ]", "", text)
    mark = max(digits.rfind("."), digits.rfind(","))
    if mark < 0 or len(digits) - mark - 1 == 3:
        return re.sub(r"[.,]", "", digits)
    return re.sub(r"[.,]", "", digits[:mark]) + "." + digits[mark + 1 :]
