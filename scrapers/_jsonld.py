"""JSON-LD blocks to plain values, with the mistakes that publishers make mended.

Nothing of JSON-LD's expansion is needed to read events, and no remote context is ever loaded.
"""

import json
import re
from html import unescape

MAX_DOCUMENTS_IN_BLOCK = 1000

_WRAPPING = re.compile(
    r"\A\s*(?:\ufeff|<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)+\s*"
    r"|\s*(?:;|-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)+\s*\Z"
)
# Strings are matched first, so that nothing inside one is taken for a comma or a comment.
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*+"'
    r"|(?P<comma>,(?:\s*,)*+(?=\s*[}\]]))"
    r"|(?P<commas>,(?:\s*,)++)"
    r"|(?P<comment>/\*.*?\*/|(?<![:\w])//[^\n]*)"
    r"|(?P<between>[}\]]\s*(?=[{\[]))",
    re.DOTALL,
)
_GAP = re.compile(r"[\s,;]*+")
_BAD_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(.))', re.DOTALL)


def read_block(text: str) -> list[object]:
    """All values of one script block. Raises ValueError if it cannot be read even when mended.

    Mended are: comments and CDATA around the block, escaped entities, trailing and double commas,
    unknown escapes such as backslash-apostrophe, raw control characters, several documents in a row.
    """
    text = _WRAPPING.sub("", text)
    if not text:
        return []
    try:
        return [_load(text)]
    except ValueError:
        return _load_all(_mended(text))


def _load(text: str) -> object:
    try:
        value: object = json.loads(text, strict=False, parse_constant=lambda _name: None)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _load_all(text: str) -> list[object]:
    decoder = json.JSONDecoder(strict=False, parse_constant=lambda _name: None)
    found: list[object] = []
    start = 0
    try:
        while start < len(text) and len(found) < MAX_DOCUMENTS_IN_BLOCK:
            value, end = decoder.raw_decode(text, start)
            found.append(value)
            gap = _GAP.match(text, end)
            start = gap.end() if gap else end
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return found


def _mended(text: str) -> str:
    if '"' not in text and "&quot;" in text:
        text = unescape(text)
    return _TOKEN.sub(_mend, text).strip()


def _mend(token: re.Match[str]) -> str:
    match token.lastgroup:
        case "comma" | "comment":
            return ""
        case "commas":
            return ","
        case "between":
            return token[0] + ","
        case _:
            return _BAD_ESCAPE.sub(_mend_escape, token[0])


def _mend_escape(escape: re.Match[str]) -> str:
    return escape[0] if escape[1] else escape[2]
