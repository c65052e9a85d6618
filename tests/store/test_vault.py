"""Sealed secrets open where they were sealed, with the key of then, unchanged (SECURITY.md 4.10)."""

import pytest

from app.store.tokens import Keys
from app.store.vault import Vault
from tests.conftest import SECRET

URL = "https://calendar.example/private-3f9a/basic.ics"


@pytest.fixture
def vault() -> Vault:
    return Vault(Keys(SECRET), "busy calendar")


def test_a_secret_comes_back_and_is_nowhere_in_its_seal(vault: Vault) -> None:
    sealed = vault.seal(URL, "row 1")
    assert vault.open(sealed, "row 1") == URL
    assert b"private" not in sealed
    assert vault.seal(URL, "row 1") != sealed, "the same secret twice does not look the same"


@pytest.mark.parametrize("byte", [0, 5, 12, 30, -1])
def test_a_changed_byte_is_found_out(vault: Vault, byte: int) -> None:
    sealed = bytearray(vault.seal(URL, "row 1"))
    sealed[byte] ^= 1
    with pytest.raises(ValueError, match="another"):
        vault.open(bytes(sealed), "row 1")


def test_another_place_purpose_or_key_opens_nothing(vault: Vault) -> None:
    sealed = vault.seal(URL, "row 1")
    others = (Vault(Keys(SECRET), "other"), Vault(Keys(SECRET[::-1]), "busy calendar"))
    for other, place in ((vault, "row 2"), *((other, "row 1") for other in others)):
        with pytest.raises(ValueError, match="another"):
            other.open(sealed, place)


@pytest.mark.parametrize("broken", [b"", b"short", bytes(12), bytes(27)])
def test_what_was_never_sealed(vault: Vault, broken: bytes) -> None:
    with pytest.raises(ValueError, match="another"):
        vault.open(broken, "row 1")
