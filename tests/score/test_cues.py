"""The cue files are complete, and every number says where it comes from."""

import pytest

from app.model.event import KINDS
from app.score.cues import phrases, table
from app.score.facts import FAMILIES_OF_CUES
from app.score.kind import kind_table
from app.score.signals import FORM_SIGNALS, SHARE_SIGNALS, Signal
from app.score.understanding import FAMILIES

SIGNALS = (*SHARE_SIGNALS, *FORM_SIGNALS)


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.id)
def test_every_signal_names_its_range_basis_and_source(signal: Signal) -> None:
    low, high = signal.range
    assert 0 < low <= signal.ratio <= high
    assert signal.basis in {"D", "S", "M", "J"}
    assert signal.source.strip()
    assert signal.says.strip()
    assert signal.family in {*FAMILIES, "form"}


def test_signal_ids_are_unique() -> None:
    assert len({signal.id for signal in SIGNALS}) == len(SIGNALS)


def test_the_kind_table_has_every_kind_within_its_range() -> None:
    assert [row.name for row in kind_table()] == list(KINDS)
    for name in KINDS:
        for key in ("share", "talks"):
            middle, low, high = table("kinds")[name][key]
            assert low <= middle <= high


def test_a_price_moves_the_odds_by_two_at_most() -> None:
    assert max(signal.ratio for signal in SIGNALS if signal.family == "price") == 2.0


def test_every_phrase_is_text() -> None:
    for family in FAMILIES_OF_CUES:
        for entry in table(family).values():
            assert all(phrase.strip() for found in phrases(entry).values() for phrase in found)


IDENTITY = {
    "women", "woman", "men", "black", "latina", "latino", "latinx", "hispanic", "asian", "lgbtq",
    "queer", "gay", "jewish", "muslim", "christian", "catholic", "veterans", "immigrant", "disabled",
}  # fmt: skip


@pytest.mark.parametrize("family", ["audience", "topic", "access", "form"])
def test_identity_words_are_no_cues(family: str) -> None:
    for entry in table(family).values():
        for found in phrases(entry).values():
            assert not {phrase for phrase in found if phrase.lower() in IDENTITY}
