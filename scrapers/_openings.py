"""What kind of place a name or an activity speaks of, and which openings are near enough in time."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from scrapers.base import Document, OpeningListing

KEEP_DAYS = timedelta(days=120)  # an opening longer ago is an old place to everybody

# Tried in this order: "coffee and bagels" is both, and one goes there for the coffee.
_KINDS = (
    ("coworking", r"co-?work\w*|shared (?:office|work ?space)s?"),
    ("bookshop", r"book ?(?:shop|store|sellers?)s?|bookstores?"),
    (
        "brewery",
        (
            r"brew(?:ery|eries|ing|pub|house)s?|tap ?rooms?|beer ?garden|cider(?:y|ies|works?)"
            r"|distillery"
        ),
    ),
    (
        "coffee_shop",
        (
            r"coffee\w*|caf[eé]s?|caff[eè]|kaffee\w*|espresso|cappuccino|latte|roaster(?:y|ies|s)?|tea (?:house|room|shop)s?"
            r"|coffee/tea"
        ),
    ),
    (
        "bakery",
        (
            r"baker(?:y|ies)|bakes?hop|bakehouse|patisserie|pâtisserie|boulangerie|bagels?|do(?:ugh)?nuts?|bread|pastr(?:y|ies)"
            r"|panaderia|panadería"
        ),
    ),
)
KIND_PATTERNS = {kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for kind, words in _KINDS}
# Sells coffee to no guest.
_NO_GUESTS = re.compile(
    r"\b(?:wholesale|vending|distribut\w+|catering|warehouse|equipment|supply|supplies"
    r"|coffee services?|office coffee|machine|mobile|kiosk|manufactur\w+|storage|hookah|smoke)\b",
    re.IGNORECASE,
)


def kind_of(*texts: str) -> str:
    """The kind (PLACE_KINDS) that the first telling text names, "" where none does.

    A place whose words say that it serves no guests on its own premises is none.
    """
    if _NO_GUESTS.search(" ".join(texts)):
        return ""
    for text in texts:
        for kind, pattern in KIND_PATTERNS.items():
            if pattern.search(text):
                return kind
    return ""


def timely(found: Iterable[OpeningListing], document: Document) -> tuple[OpeningListing, ...]:
    """Those that fall into the document's window; without any date they stay.

    By default that begins KEEP_DAYS before retrieval: what opened earlier is an old place.
    """
    first = (document.since or document.retrieved_at - KEEP_DAYS).date()
    last = document.window_end.date()
    return tuple(each for each in found if _last_day(each, last) >= first and _day(each) <= last)


def _day(each: OpeningListing) -> date:
    return each.opens or each.said or date.min


def _last_day(each: OpeningListing, undated: date) -> date:
    """The last day that may be meant: a month is over at its end."""
    day = each.opens or each.said or undated
    length = {"month": 30, "year": 364}.get(each.precision if each.opens else "day", 0)
    return day + timedelta(days=length) if day < date.max - timedelta(days=400) else day
