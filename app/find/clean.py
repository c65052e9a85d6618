"""Text and links from outside, made safe for a database, a mail and a calendar (SECURITY.md 4.3).

Unlike the cleaner of the scrapers, which reads HTML, this one takes text, and lets what is clean
already pass after a quick look: it sees every listing of every poll, and what the API receives.
"""

import re
from collections.abc import Callable
from html import escape
from unicodedata import is_normalized
from urllib.parse import urlsplit

from scrapers._text import DESCRIPTION_LIMIT, URL_LIMIT, one_line, plain, web_link

_PLAIN_LINK = re.compile(r"https?://[a-z0-9.-]+(?:/[!-;=?-Z_a-z~]*)?", re.IGNORECASE)
_ASCII = bytes(range(128))
_CONTROLS = bytes(code for code in (*range(32), 127) if code != ord("\n"))


def clean_line(text: str, limit: int) -> str:
    """One line of at most `limit` characters without anything invisible (SECURITY.md 4.3)."""
    if not text or (
        text.isprintable()
        and len(text) <= limit
        and "  " not in text
        and text[0] != " " != text[-1]
        and (text.isascii() or is_normalized("NFC", text))
    ):
        return text
    # The cleaner reads HTML and this is text already, so what looks like markup is escaped first.
    return settled(lambda dirty: one_line(escape(dirty, quote=False), limit), text)


def clean_text(text: str) -> str:
    """Text of several lines and at most 20,000 characters, as `clean_line` otherwise."""
    if not text or (
        len(text) <= DESCRIPTION_LIMIT
        and printable(text)
        and not ("  " in text or " \n" in text or "\n " in text or "\n\n\n" in text)
        and text == text.strip()
        and (text.isascii() or is_normalized("NFC", text))
    ):
        return text
    return settled(lambda dirty: plain(escape(dirty, quote=False)), text)


def printable(text: str) -> bool:
    """As `str.isprintable` with newlines allowed; several times as fast on long texts."""
    encoded = text.encode("utf-8", "surrogatepass")
    if len(encoded.translate(None, _CONTROLS)) != len(encoded):
        return False
    beyond = encoded.translate(None, _ASCII).decode("utf-8", "surrogatepass")
    return beyond.isprintable()


def settled(clean: Callable[[str], str], text: str) -> str:
    """Clean until nothing changes: what is removed may bring together what is then removed too."""
    for _ in range(5):
        text, before = clean(text), text
        if text == before:
            break
    return text


def clean_link(url: str) -> str:
    """The address if it is an http or https one without a password in it, else ""."""
    if not url or (len(url) <= URL_LIMIT and _PLAIN_LINK.fullmatch(url)):
        return url
    link = web_link(url)
    return link if link and urlsplit(link).username is None else ""
