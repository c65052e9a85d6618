"""What a body is that is not what was asked for, in words for a person."""

import re

_CHALLENGE = re.compile(
    rb"just a moment|cf-chl|challenge-platform|captcha|attention required|checking your browser"
    rb"|ddos-guard|incapsula|access denied|are you a robot|enable javascript and cookies",
    re.IGNORECASE,
)
_HTML = re.compile(rb"<(?:!doctype html|html|head|body|title|meta|script)\b", re.IGNORECASE)
_HEAD = 65_536


def describe(content: bytes) -> str:
    """One phrase: "an empty answer", "a bot challenge (an HTML page)", "a JSON document" …"""
    head = content[:_HEAD].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    if not head:
        return "an empty answer"
    if _HTML.search(head):
        return "a bot challenge (an HTML page)" if _CHALLENGE.search(head) else "an HTML page"
    if head.startswith((b"{", b"[")) or head.rstrip() in (b"null", b"true", b"false"):
        return "a JSON document"
    if head.startswith(b"<"):
        return "an XML document"
    if b"\x00" in head:
        return "binary data"
    return "plain text"
