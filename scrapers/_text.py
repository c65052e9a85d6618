"""Text from outside, cleaned once at the border: no HTML, no entities, nothing invisible.

HTML becomes text by one linear pass over its tags. A tree is not needed for that, and building one
takes a parser seconds on hostile input (SECURITY.md F7); a feed holds thousands of descriptions.
"""

import re
from html import unescape
from unicodedata import combining, normalize
from urllib.parse import SplitResult, urlsplit

TITLE_LIMIT = 300
LOCATION_LIMIT = 500
URL_LIMIT = 2048
DESCRIPTION_LIMIT = 20_000

# Markup is longer than its text, but input is bounded before any work is spent on it.
_RAW_FACTOR = 5

_PARAGRAPHS = "p|h[1-6]|ul|ol|dl|table|blockquote|pre"
_LINES = (
    "br|div|tr|dt|dd|hr|section|article|header|footer|main|aside|nav|address|figure|figcaption"
    "|form|fieldset|details|summary|caption|thead|tbody|tfoot|center|html|body|option"
)
_CELLS = "td|th"
_INLINE = (
    "a|abbr|acronym|area|audio|b|base|bdi|bdo|big|button|canvas|cite|code|col|colgroup|data"
    "|datalist|del|dfn|em|embed|font|i|iframe|img|input|ins|kbd|label|legend|link|map|mark|meta"
    "|meter|nobr|noscript|object|o:p|output|param|picture|progress|q|rp|rt|ruby|s|samp|select"
    "|small|source|span|strike|strong|sub|sup|svg|path|template|textarea|time|tt|u|var|video|wbr"
)
# Quoted values may hold ">"; both repeats are possessive and bounded, so the scan stays linear.
_ATTRIBUTES = r"""(?:[\s/](?:[^<>"']|"[^"]{0,2000}+"|'[^']{0,2000}+')*+)?"""
_MARKUP = re.compile(
    rf"""<!--.*?(?:-->|\Z)
    |<!\[CDATA\[|\]\]>|<!doctype[^<>]*>|<\?[^<>]*>
    |<(?P<skip>script|style|title|head)\b[^<>]*>.*?(?:</(?P=skip)\s*>|\Z)
    |</?(?:(?P<paragraph>{_PARAGRAPHS})|(?P<line>{_LINES})|(?P<item>li)|(?P<cell>{_CELLS})
      |{_INLINE}){_ATTRIBUTES}>
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_BLOCK = re.compile(rf"</?(?:{_PARAGRAPHS}|br|div|li|tr|td|th)[\s/>]", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|br|div|span|strong|em|b|i|a|ul|li|h[1-6])\b", re.IGNORECASE)
_ESCAPED_CLOSE = re.compile(r"&lt;(?:br\s*/?|/[a-z][a-z1-6]*)\s*&gt;", re.IGNORECASE)
# A bare "&copy" inside "?a=1&copy=2" is no entity: only those that end in a semicolon are.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")

_LINE_END = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNWANTED = re.compile(
    r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
# Joiners stay between letters or emoji that need them (Persian, families); elsewhere they hide.
_INVISIBLE = re.compile(
    r"[\u200b\u2060\ufeff\u180e\u00ad]"
    r"|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
_BLANKS = re.compile(r"[^\S\n]{2,}|[^\S\n ]")  # whatever is not one plain space
_LINE_EDGES = re.compile(r" \n ?|\n ")
_GAPS = re.compile(r"\n{3,}")


def plain(text: str, limit: int = DESCRIPTION_LIMIT) -> str:
    """HTML or plain text in; clean plain text of at most `limit` characters out.

    Entities are decoded once. Tags of HTML go, their line structure stays; "<test>" typed by a
    person is no tag of HTML and stays. Lines are trimmed, blank lines never double.
    """
    text = clean(_without_markup(_bounded(text, limit * _RAW_FACTOR)))
    text = _LINE_EDGES.sub("\n", _BLANKS.sub(" ", text))
    return cut(_GAPS.sub("\n\n", text).strip(), limit)


def one_line(text: str, limit: int = TITLE_LIMIT) -> str:
    """Like `plain`, for a title, a name or an address: one line, nothing of zero width."""
    text = clean(_without_markup(_bounded(text, limit * _RAW_FACTOR)))
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    return cut(" ".join(text.split()), limit)


def clean(text: str) -> str:
    """NFC text without control characters, bidi overrides and lone surrogates (SECURITY.md 4.3).

    Every kind of line end becomes a newline; tabs stay.
    """
    if not text.isascii():
        text = normalize("NFC", text)
    return _UNWANTED.sub("", _LINE_END.sub("\n", text))


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, never through a character that a reader sees as one."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and _joined(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip() + "…"


def web_link(text: str) -> str:
    """The address if it is an absolute http or https one of at most 2048 characters, else ""."""
    text = text.strip()
    if len(text) > URL_LIMIT or _UNWANTED.search(text) or any(map(str.isspace, text)):
        return ""
    parts = parts_of(text)
    return text if parts.scheme in {"http", "https"} and parts.hostname else ""


def parts_of(address: str) -> SplitResult:
    """The address in its parts, all of them empty where it is none (`urlsplit` raises there)."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _bounded(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    text = text[:limit]
    return text[: text.rfind("<")] if text.rfind("<") > text.rfind(">") else text


def _without_markup(text: str) -> str:
    if "<" not in text and "&" not in text:
        return text
    if _ESCAPED_TAG.search(text) and _ESCAPED_CLOSE.search(text) and not _MARKUP.search(text):
        text = _decoded(text)  # a whole page of HTML, escaped once more by its publisher
    if "<" in text:
        if _BLOCK.search(text):
            text = " ".join(text.split())
        text = _MARKUP.sub(_as_text, text)
    return _decoded(text)


def _as_text(tag: re.Match[str]) -> str:
    match tag.lastgroup:
        case "paragraph":
            return "\n\n"
        case "line":
            return "\n"
        case "item":
            return "" if tag[0].startswith("</") else "\n- "
        case "cell":
            return " "
        case _:
            return ""


def _decoded(text: str) -> str:
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text) if "&" in text else text


def _joined(left: str, right: str) -> bool:
    """Whether two neighbours belong to one visible character (combining, emoji, flags)."""
    return (
        combining(right) != 0
        or right in "\u200d\ufe0e\ufe0f\u20e3"
        or left == "\u200d"
        or "\U0001f3fb" <= right <= "\U0001f3ff"
        or "\U0001f1e6" <= right <= "\U0001f1ff"
    )
