"""Words of titles and venues, and how much each says about what is meant."""

import re
import tomllib
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.resources import files
from string import ascii_lowercase
from unicodedata import normalize

COMMON = 0.25

_APOSTROPHE = re.compile("['’‘`´]")
_MARK = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
# "J.F.K." and "N.C." are one word each (CASES D8).
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")


@lru_cache(maxsize=8192)  # series repeat their titles, and venues and hosts theirs
def words_of(text: str) -> tuple[str, ...]:
    """Lower-case words in their order, without accents, apostrophes and punctuation."""
    text = _APOSTROPHE.sub("", text.casefold())
    if not text.isascii():
        text = _MARK.sub("", normalize("NFKD", text))
    if "." in text:
        text = _INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    return tuple(map(_singular, _WORD.findall(text)))


def title_weight(word: str) -> float:
    """0 for a word that says nothing, 0.25 for one of many titles, 1 for one that tells."""
    return _TITLE.get(word, 1.0)


def venue_weight(word: str) -> float:
    """As `title_weight`, for the name of a venue."""
    return _VENUE.get(word, 1.0)


def total(words: Iterable[str], weight: Callable[[str], float]) -> float:
    """Sum of the weights of some words."""
    return sum(map(weight, words))


def initials(words: Iterable[str]) -> str:
    """ "durham performing arts center" as "dpac"."""
    return "".join(word[0] for word in words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] not in "su" else word


def _stems(section: str, key: str) -> frozenset[str]:
    return frozenset(map(_singular, _TABLE[section][key].split()))


def _weights(section: str) -> dict[str, float]:
    letters = dict.fromkeys(ascii_lowercase, 0.0)
    common = dict.fromkeys(_stems(section, "common"), COMMON)
    return letters | common | dict.fromkeys(_stems(section, "stop"), 0.0)


_TABLE = tomllib.loads(files("app.find").joinpath("words.toml").read_text("utf-8"))
_TITLE, _VENUE = _weights("title"), _weights("venue")
BESIDE, WITHIN, CLOSURES, SPORTS = (
    _stems("title", key) for key in ("beside", "within", "closures", "sports")
)
REGION_CODES = frozenset(_TABLE["region"]["codes"].split())
REGION_NAMES = frozenset(_TABLE["region"]["names"].split())
