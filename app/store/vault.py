"""Secrets that must be used again, encrypted where they are kept (SECURITY.md 4.10)."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.store.tokens import Keys

_NONCE = 12  # bytes (NIST SP 800-38D section 5.2.1.1)


class Vault:
    """Seals texts of one purpose with AES-256-GCM, each for one place in the database."""

    def __init__(self, keys: Keys, purpose: str) -> None:
        self._cipher = AESGCM(keys.cipher_key(purpose))

    def seal(self, secret: str, place: str) -> bytes:
        """The secret encrypted for this place, such as table, row and person: good nowhere else."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """What was sealed. Raises ValueError for another place, another key, a changed byte."""
        try:
            raw = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        except (InvalidTag, ValueError):  # the latter for what is shorter than a nonce
            message = "This secret was sealed with another key, or for another place."
            raise ValueError(message) from None
        return raw.decode()
