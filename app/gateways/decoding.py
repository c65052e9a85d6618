"""Undoing Content-Encoding within bounds: identity or one layer of gzip, nothing else.

A library that decodes a whole chunk at once turns 5 KB into gigabytes before anybody can count
(SECURITY.md F2); here no step makes more than `STEP` bytes.
"""

import zlib
from collections.abc import Iterator

STEP = 256 * 1024
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class TooMuch(Exception):  # noqa: N818 -- a verdict on the input, not on us
    """The decoded body passes the limit."""


class Undecodable(Exception):  # noqa: N818 -- a verdict on the input, not on us
    """The body is not what its Content-Encoding claims, or claims what we did not ask for."""


class Decoder:
    """Takes the body chunk by chunk, keeps the decoded bytes and refuses more than `limit`."""

    def __init__(self, content_encoding: str, limit: int) -> None:
        """Raises Undecodable for any coding but identity and one gzip (RFC 9110 8.4)."""
        codings = [coding.strip().lower() for coding in content_encoding.split(",")]
        codings = [coding for coding in codings if coding not in {"", "identity"}]
        if codings not in ([], ["gzip"], ["x-gzip"]):
            raise Undecodable("content coding was not asked for")
        self._gzip = zlib.decompressobj(_GZIP_WINDOW) if codings else None
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes. Raises TooMuch or Undecodable."""
        for part in self._decoded(chunk):
            self._size += len(part)
            if self._size > self._limit:
                raise TooMuch
            self._parts.append(part)

    def finish(self) -> bytes:
        """The whole body. Raises Undecodable if the compressed stream breaks off."""
        if self._gzip and self._parts and not self._gzip.eof:
            raise Undecodable("compressed body breaks off")
        return b"".join(self._parts)

    def _decoded(self, chunk: bytes) -> Iterator[bytes]:
        if self._gzip is None:
            yield chunk
            return
        if self._gzip.eof:
            raise Undecodable("bytes after the end of the compressed body")
        rest, full = chunk, True
        while rest or full:  # zlib may hold output back when the input is used up
            part = self._inflate(rest)
            rest, full = self._gzip.unconsumed_tail, len(part) == STEP
            yield part
        if self._gzip.unused_data:
            raise Undecodable("bytes after the end of the compressed body")

    def _inflate(self, data: bytes) -> bytes:
        try:
            return self._gzip.decompress(data, STEP) if self._gzip else data
        except zlib.error as error:
            raise Undecodable("compressed body is damaged") from error
