"""Words of titles and venues, and how much each says about what is meant."""

import re
import tomllib
from collections.abc import Callable, Iterable
from importlib.resources import files
from string import ascii_lowercase
from unicodedata import combining, normalize

COMMON = 0.25

_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_WORD = re.compile(r"[^\W_]+")
# "J.F.K." and "N.C." are one word each (CASES D8).
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}", re.IGNORECASE)


def words_of(text: str) -> tuple[str, ...]:
    """Lower-case words in their order, without accents, apostrophes and punctuation."""
    if not text.isascii():
        text = "".join(char for char in normalize("NFKD", text) if not combining(char))
    if "." in text:
        text = _INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    return tuple(map(_singular, _WORD.findall(text.casefold().translate(_APOSTROPHES))))


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
BESIDE, CLOSURES = _stems("title", "beside"), _stems("title", "closures")
REGION_CODES = frozenset(_TABLE["region"]["codes"].split())
REGION_NAMES = frozenset(_TABLE["region"]["names"].split())
