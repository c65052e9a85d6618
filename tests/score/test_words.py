"""Words, short forms and homonyms."""

import pytest

from app.score.words import expand, fold, lexicon, words


def texts(text: str) -> list[str]:
    return words(text).texts


def test_case_accents_apostrophes_and_hyphens_do_not_count() -> None:
    assert texts("Résumé: Women’s C-Level 21+") == ["resume", "womens", "c", "level", "21+"]


def test_offsets_point_into_the_original() -> None:
    text = "ﬁne Café · Soirée"
    found = words(text)
    start, end = found.span(1, 2)
    assert found.texts[1:] == ["cafe", "soiree"]
    assert text[start:end] == "Café · Soirée"
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("phrase", "meant"),
    [
        ("founder(s)", [("founder",), ("founders",)]),
        ("{happy,power} hour", [("happy", "hour"), ("power", "hour")]),
        ("speed network(ing)", [("speed", "network"), ("speed", "networking")]),
        ("", []),
    ],
)
def test_short_forms(phrase: str, meant: list[tuple[str, ...]]) -> None:
    assert expand(phrase) == meant


def test_a_part_of_a_homonym_is_no_cue() -> None:
    found = lexicon({"board": {"title": ["board"]}}, ["board game(s)"])
    assert [hit.cue for hit in found.find("title", words("Board games, then a board"))] == ["board"]
    assert found.find("text", words("board")) == []
