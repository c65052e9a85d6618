"""Markup bytes to trees, bounded: decoding, one safe HTML and one safe XML parser (SECURITY.md 4.2)."""

import codecs
import re
from collections.abc import Iterator
from typing import cast
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from scrapers._text import one_line, web_link
from scrapers.base import Document, ParseError, Request

MAX_BYTES = 2 * 1024 * 1024
_SNIFF = 4096

# Web pages and feeds come in these; a page that names another is read as UTF-8 (SECURITY.md R15).
_CHARSETS = re.compile(
    r"utf-?8|us-ascii|(?:iso-?|latin-?)[\d-]+|windows-125\d|cp125\d|koi8-[ru]|shift_jis|euc-(?:jp|kr)"
    r"|gb2312|gbk|gb18030|big5|mac-?roman",
    re.IGNORECASE,
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w:-]{1,30})", re.IGNORECASE)
_XML_CHARSET = re.compile(r"<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w:-]{1,30})", re.IGNORECASE)
_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
# HTML lets the end tags of body and html go; libxml2 drops whatever a plugin wrote after them.
_FRAME = re.compile(rf"\A{_XML_DECLARATION.pattern}|</(?:body|html)\s*>", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

_PROLOG = re.compile(
    r"\s*(?:<!--.*?-->|<\?.*?\?>|<!doctype\s+(?P<doctype>[\w:]+)[^>]*>)", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"\s*<(?P<name>[A-Za-z][\w:.-]*)")
_HTML_TAGS = frozenset({
    "html", "head", "body", "meta", "title", "link", "script", "style", "base", "noscript",
    "div", "span", "section", "article", "main", "header", "footer", "nav", "aside", "ul",
    "ol", "li", "dl", "dt", "dd", "p", "a", "abbr", "time", "table", "tr", "td", "h1", "h2",
    "h3", "h4", "h5", "h6", "form", "figure", "img", "b", "i", "em", "strong", "br", "hr",
    "blockquote", "button", "details", "address", "center", "font", "iframe", "template",
})  # fmt: skip


def decode(document: Document) -> str:
    """The text of a document: byte order mark, then HTTP, then the document's own word, then UTF-8.

    At most 2 MiB are read. What cannot be decoded becomes U+FFFD; Windows-1252 is tried first
    where nothing is declared and the bytes are not UTF-8.
    """
    content = document.content[:MAX_BYTES]
    if (marked := _decoded_by_bom(content)) is not None:
        return marked
    head = content[:_SNIFF].decode("latin-1")
    named = (
        _CHARSET.search(document.content_type) or _XML_CHARSET.match(head) or _CHARSET.search(head)
    )
    charset = named[1] if named and _CHARSETS.fullmatch(named[1]) else ""
    try:
        return content.decode(charset or "utf-8")
    except UnicodeDecodeError as error:
        cut_through = len(content) - error.start < 4 and len(document.content) > MAX_BYTES
        fallback = charset or ("utf-8" if cut_through else "windows-1252")
        return content.decode(fallback, errors="replace")
    except LookupError:
        return content.decode("utf-8", errors="replace")


def is_cut(document: Document) -> bool:
    """Whether the document is longer than what is read of it."""
    return len(document.content) > MAX_BYTES


def root_name(document: Document) -> str:
    """Lower-case name of the first element ("html" after an HTML doctype), without prefix, or ""."""
    text = _head(document)
    start = 0
    while prolog := _PROLOG.match(text, start):
        if (prolog["doctype"] or "").lower() == "html":
            return "html"
        start = prolog.end()
    tag = _TAG.match(text, start)
    return tag["name"].lower().rpartition(":")[2] if tag else ""


def _head(document: Document) -> str:
    """The first 4 KiB, good enough for names of elements: by the byte order mark, else latin-1."""
    content = document.content[:_SNIFF]
    marked = _decoded_by_bom(content)
    return content.decode("latin-1") if marked is None else marked


def _decoded_by_bom(content: bytes) -> str | None:
    for bom, charset in _BOMS.items():
        if content.startswith(bom):
            return content[len(bom) :].decode(charset, errors="replace")
    return None


def is_html(document: Document) -> bool:
    """Whether the bytes begin like an HTML page or a fragment of one."""
    name = root_name(document)
    return name in _HTML_TAGS or (name == "" and _starts_with_comment(document))


def html_tree(document: Document) -> HtmlElement:
    """The page as a tree. Raises ParseError if there is no markup in it."""
    if not is_html(document):
        raise ParseError("This is not an HTML page.")
    text = _FORBIDDEN.sub("", decode(document))
    parser = HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_pis=True)
    try:
        return document_fromstring(_FRAME.sub("", text).encode(), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise ParseError("The page holds no markup.") from error


def xml_tree(document: Document) -> etree._Element:
    """The root of an XML document, small faults mended. Raises ParseError if it has none.

    Entities of a document type are never expanded, nothing external is loaded (SECURITY.md P16).
    """
    text = _FORBIDDEN.sub("", decode(document))
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(_XML_DECLARATION.sub("", text).lstrip().encode(), parser)
        root.getroottree()  # a parser that mends gives None where there is nothing to mend
    except (etree.LxmlError, ValueError, AttributeError) as error:
        raise ParseError("This is not XML.") from error
    return root


def xml_text(element: etree._Element) -> str:
    """All text below an element, as it stands, without blanks around it.

    An entity that stands between elements, where no text belongs, says nothing.
    """
    if element.tag is etree.Entity:
        return ""
    return "".join(str(part) for part in element.itertext()).strip()


def local_name(element: etree._Element) -> str:
    """The element's name in lower case without namespace or prefix; "" for anything but elements."""
    tag: object = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def with_class(tree: etree._Element, *names: str) -> Iterator[HtmlElement]:
    """All elements below `tree` that have one of the classes, in document order."""
    wanted = frozenset(names)
    for element in cast("list[HtmlElement]", tree.xpath("descendant-or-self::*[@class]")):
        if not wanted.isdisjoint((element.get("class") or "").split()):
            yield element


def text_of(tree: etree._Element, *names: str) -> str:
    """One line: the text of the first element with one of the classes, "" if there is none."""
    return next((one_line(inner_html(element)) for element in with_class(tree, *names)), "")


def inner_html(element: etree._Element) -> str:
    """The element with its tags but without what follows it, for `plain` and `one_line`."""
    return etree.tostring(element, encoding="unicode", with_tail=False)


def base_url(tree: HtmlElement, document: Document) -> str:
    """What relative links of the page are relative to (HTML `base`)."""
    links = (absolute(document.url, base.get("href") or "") for base in tree.iter("base"))
    return next(filter(None, links), document.url)


def absolute(base: str, link: str) -> str:
    """The link made absolute, if that gives a web address, else "". Nothing is ever fetched."""
    link = link.strip()
    if not link:
        return ""
    try:
        return web_link(urljoin(base, link))
    except ValueError:
        return ""


def title_of(tree: HtmlElement) -> str:
    """The page's title on one line."""
    return next((one_line(xml_text(title)) for title in tree.iter("title")), "")


def next_page(tree: HtmlElement, base: str) -> tuple[Request, ...]:
    """The page after this one, where the page itself names it (HTML link type "next")."""
    for element in tree.iter("link", "a"):
        if "next" in (element.get("rel") or "").lower().split():
            link = absolute(base, element.get("href") or "")
            return (Request(link),) if link and link != base else ()
    return ()


def _starts_with_comment(document: Document) -> bool:
    return "html" in document.content_type and document.content.lstrip()[:4] == b"<!--"
