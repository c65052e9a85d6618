"""Words and phrases of a listing: one scan of its text finds every cue of every lexicon.

A phrase is written as people read it, with two short forms: `founder(s)` is with or without the
ending, `{after,happy} hour(s)` lists choices. Case, accents, apostrophes and hyphens do not count.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

_WORD = re.compile(r"[a-z0-9]+\+?")
_APOSTROPHES = frozenset("'’´`")
_PART = re.compile(r"\{([^}]*)\}|\(([^)]*)\)|([^{(]+)")


class Word(NamedTuple):
    """One word as compared (`text`) and where it stands in the original (`start`, `end`)."""

    text: str
    start: int
    end: int


class _Folding(dict[int, str]):
    """What each character is folded to, learned as characters turn up."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFKD", chr(code))[:1].lower()
        self[code] = base if len(base) == 1 else " "
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Lower case, no accents; every character keeps its place, so offsets stay true."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def words(text: str) -> list[Word]:
    """The words of a text in order; "men's" is one word "mens", "C-level" two."""
    folded = fold(text)
    if _APOSTROPHES.isdisjoint(folded):
        return [Word(m[0], m.start(), m.end()) for m in _WORD.finditer(folded)]
    return list(_joined(folded))


def _joined(folded: str) -> Iterator[Word]:
    pending: Word | None = None
    for match in _WORD.finditer(folded):
        if pending and folded[pending.end : match.start()] in _APOSTROPHES:
            pending = Word(pending.text + match[0], pending.start, match.end())
            continue
        if pending:
            yield pending
        pending = Word(match[0], match.start(), match.end())
    if pending:
        yield pending


def expand(phrase: str) -> list[tuple[str, ...]]:
    """All word sequences that a phrase in short form stands for."""
    choices = [
        many.split(",") if many else (["", optional] if optional else [plain])
        for many, optional, plain in _PART.findall(phrase)
    ]
    texts = {"".join(chosen) for chosen in product(*choices)}
    return sorted({tuple(word.text for word in words(text)) for text in texts} - {()})


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue found: which, in which field, and the span of words and of characters."""

    cue: str
    field: str
    first: int
    last: int
    start: int
    end: int

    def inside(self, other: "Hit") -> bool:
        """Whether this hit is a proper part of the other's words."""
        covered = other.first <= self.first and self.last <= other.last
        return covered and (self.last - self.first) < (other.last - other.first)


HOMONYM = "homonym"


@dataclass(slots=True)
class Lexicon:
    """Phrases by field and first word; `find` gives the cues of one field of a listing."""

    _by_field: dict[str, dict[str, list[tuple[list[str], str]]]] = field(default_factory=dict)

    def add(self, cue: str, phrases: Iterable[str], fields: Iterable[str]) -> None:
        """Teach the lexicon the phrases of a cue; they count in these fields only."""
        sequences = [list(sequence) for phrase in phrases for sequence in expand(phrase)]
        for name in set(fields):
            by_first = self._by_field.setdefault(name, {})
            for sequence in sequences:
                by_first.setdefault(sequence[0], []).append((sequence, cue))

    def find(self, name: str, sequence: list[Word]) -> list[Hit]:
        """Cues of one field in order of appearance; a part of a homonym is no cue.

        "Board game night" holds the homonym "board game", so its "board" says nothing; of a
        phrase inside a longer one of the same cue only the longer counts.
        """
        hits = list(self._all(name, sequence))
        return [
            hit
            for hit in hits
            if hit.cue != HOMONYM
            and not any(hit.inside(other) for other in hits if other.cue in {HOMONYM, hit.cue})
        ]

    def _all(self, name: str, sequence: list[Word]) -> Iterator[Hit]:
        texts = [word.text for word in sequence]
        by_first = self._by_field.get(name, {})
        for first, text in enumerate(texts):
            for phrase, cue in by_first.get(text, ()):
                last = first + len(phrase) - 1
                if texts[first : last + 1] == phrase:
                    yield Hit(cue, name, first, last, sequence[first].start, sequence[last].end)


def lexicon(tables: Mapping[str, Mapping[str, list[str]]], homonyms: Iterable[str]) -> Lexicon:
    """A lexicon of `{cue: {fields: phrases}}`; a key of several fields joins them by "_or_"."""
    found = Lexicon()
    for cue, by_field in tables.items():
        for fields, phrases in by_field.items():
            found.add(cue, phrases, fields.split("_or_"))
    found.add(HOMONYM, homonyms, ("title", "text", "organizer", "venue", "category"))
    return found
