"""Words and phrases of a listing: one scan of its text finds every cue of every lexicon.

A phrase is written as people read it, with two short forms: `founder(s)` is with or without the
ending, `{after,happy} hour(s)` lists choices. Case, accents, apostrophes and hyphens do not count.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, product
from typing import NamedTuple

_APOSTROPHES = "'’´`"
_WORD = re.compile(rf"([a-z0-9]+\+?(?:[{_APOSTROPHES}][a-z0-9]+\+?)*)")
_NO_APOSTROPHES = str.maketrans("", "", _APOSTROPHES)
_PART = re.compile(r"\{([^}]*)\}|\(([^)]*)\)|([^{(]+)")


class Words(NamedTuple):
    """The words of a text as compared, and the ends of what lies between them and of themselves."""

    texts: list[str]
    ends: list[int]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the words from `first` to `last` stand in the original (start, end)."""
        return self.ends[2 * first], self.ends[2 * last + 1]


_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


@lru_cache(4096)
def _plain(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[:1].lower()
    return base if len(base) == 1 else " "


def fold(text: str) -> str:
    """Lower case, no accents; every character keeps its place, so offsets stay true."""
    if text.isascii():
        return text.lower()
    return _BEYOND_ASCII.sub(lambda match: _plain(match[0]), text).lower()


def words(text: str) -> Words:
    """The words of a text in order; "men's" is one word "mens", "C-level" two."""
    parts = _WORD.split(fold(text))  # between, word, between, word, …, between
    texts = [each if each.isalnum() else each.translate(_NO_APOSTROPHES) for each in parts[1::2]]
    return Words(texts, list(accumulate(map(len, parts))))


def expand(phrase: str) -> list[tuple[str, ...]]:
    """All word sequences that a phrase in short form stands for."""
    choices = [
        many.split(",") if many else (["", optional] if optional else [plain])
        for many, optional, plain in _PART.findall(phrase)
    ]
    texts = {"".join(chosen) for chosen in product(*choices)}
    return sorted({tuple(words(text).texts) for text in texts} - {()})


class Hit(NamedTuple):
    """A cue found: which, in which field, and its first and last word."""

    cue: str
    field: str
    first: int
    last: int

    def inside(self, other: "Hit") -> bool:
        """Whether this hit is a proper part of the other's words."""
        covered = other.first <= self.first and self.last <= other.last
        return covered and (self.last - self.first) < (other.last - other.first)


HOMONYM = "homonym"
_END = "\n"  # follows the last word; no phrase holds it
Phrase = tuple[list[str], str]  # its words, and the cue that it shows


@dataclass(slots=True)
class Lexicon:
    """Phrases by field, first and second word ("" for a single word); `find` gives the cues of
    one field of a listing.
    """

    _by_field: dict[str, dict[str, dict[str, list[Phrase]]]] = field(default_factory=dict)

    def add(self, cue: str, phrases: Iterable[str], fields: Iterable[str]) -> None:
        """Teach the lexicon the phrases of a cue; they count in these fields only."""
        sequences = [list(sequence) for phrase in phrases for sequence in expand(phrase)]
        for name in set(fields):
            by_first = self._by_field.setdefault(name, {})
            for sequence in sequences:
                by_second = by_first.setdefault(sequence[0], {})
                by_second.setdefault(sequence[1] if sequence[1:] else "", []).append(
                    (sequence, cue)
                )

    def find(self, name: str, sequence: Words) -> list[Hit]:
        """Cues of one field in order of appearance; a part of a homonym is no cue.

        "Board game night" holds the homonym "board game", so its "board" says nothing; of a
        phrase inside a longer one of the same cue only the longer counts.
        """
        hits = list(self._all(name, sequence))
        longer = [hit for hit in hits if hit.last > hit.first]  # a single word holds no other
        if not longer:
            return [hit for hit in hits if hit.cue != HOMONYM]
        return [
            hit
            for hit in hits
            if hit.cue != HOMONYM
            and not any(hit.inside(other) for other in longer if other.cue in {HOMONYM, hit.cue})
        ]

    def _all(self, name: str, sequence: Words) -> Iterator[Hit]:
        texts = sequence.texts
        by_first = self._by_field.get(name, {})
        for first in [n for n, text in enumerate(texts) if text in by_first]:
            by_second = by_first[texts[first]]
            second = texts[first + 1] if first + 1 < len(texts) else _END
            for phrase, cue in (*by_second.get("", ()), *by_second.get(second, ())):
                last = first + len(phrase) - 1
                if last - first < 2 or texts[first : last + 1] == phrase:
                    yield Hit(cue, name, first, last)


def lexicon(tables: Mapping[str, Mapping[str, list[str]]], homonyms: Iterable[str]) -> Lexicon:
    """A lexicon of `{cue: {fields: phrases}}`; a key of several fields joins them by "_or_"."""
    found = Lexicon()
    for cue, by_field in tables.items():
        for fields, phrases in by_field.items():
            found.add(cue, phrases, fields.split("_or_"))
    found.add(HOMONYM, homonyms, ("title", "text", "organizer", "venue", "category"))
    return found
