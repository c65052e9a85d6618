"""Text of publishers: markup goes, what a person typed stays, nothing invisible gets in."""

from itertools import pairwise
from unicodedata import is_normalized

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers._text import clean, cut, one_line, plain, web_link


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Food &amp; Wine", "Food & Wine"),
        ("&quot;Open&#39;s&quot; &#x2013; caf&eacute;", '"Open\'s" – café'),
        ("https://a.example/?a=1&copy=2", "https://a.example/?a=1&copy=2"),
        ("<p>Hello<br>there</p><p>again</p>", "Hello\nthere\n\nagain"),
        ("<ul><li>one</li><li>two</li></ul>after", "- one\n- two\n\nafter"),
        ("<tr><td>Mon</td><td>7 pm</td></tr>", "Mon 7 pm"),
        ("<div>a\n  b</div>", "a b"),
        ("Line\n<b>bold</b>\nnext", "Line\nbold\nnext"),
        ("<a href='/x>y' title=\"q\">link</a>", "link"),
        ("<script>alert(1)</script><style>p{}</style>ok<!-- no -->", "ok"),
        ("one\r\n\r\n\r\n\r\ntwo  three\t four\rfive", "one\n\ntwo three four\nfive"),
        ("", ""),
    ],
)
def test_markup_becomes_text_with_its_lines(raw: str, text: str) -> None:
    assert plain(raw) == text


@pytest.mark.parametrize("typed", ["a <test> b", "x < y and z > 2", "5 <3", "AT&T", "<angle@mail>"])
def test_what_a_person_typed_survives(typed: str) -> None:
    assert plain(typed) == typed
    assert one_line(typed) == typed


def test_escaped_brackets_are_text_and_decoded_only_once() -> None:
    assert plain("<p>See &lt;test&gt; &amp;amp;</p>") == "See <test> &amp;"


def test_a_page_escaped_once_too_often_is_still_a_page() -> None:
    assert plain("&lt;p&gt;Bring a friend &amp;amp; a card&lt;/p&gt;") == "Bring a friend & a card"


def test_control_bidi_and_surrogates_go_and_line_separators_become_lines() -> None:
    assert clean("a\x00b\x07\u202ec\u2069\ud800d\x9f\u2028e\x85f\x0bg\r\nh\ti") == (
        "abcd\ne\nf\ng\nh\ti"
    )
    assert clean("Cafe\u0301") == "Café"


def test_titles_are_one_line_without_zero_width() -> None:
    assert one_line("Open\u200b\n mic\ufeff \u2060night\u200d") == "Open mic night"
    assert one_line("می\u200cشود") == "می\u200cشود"
    assert one_line("👨\u200d👩\u200d👧 picnic") == "👨\u200d👩\u200d👧 picnic"


def test_cut_never_parts_what_a_reader_sees_as_one() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"
    assert cut("abcd👩\u200d🚀xyz", 7) == "abcd…"
    assert cut("abc👍🏽def", 5) == "abc…"
    assert cut("x́" * 3 + "yyy", 4) == "x́…"


@pytest.mark.parametrize(
    ("raw", "link"),
    [
        (" https://a.example/x?y=1 ", "https://a.example/x?y=1"),
        ("http://a.example", "http://a.example"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("//a.example/x", ""),
        ("https://", ""),
        ("https://[bad", ""),
        ("https://a.example/a b", ""),
        ("https://a.example/\u202egpj", ""),
        ("https://a.example/" + "x" * 2048, ""),
        ("see our page", ""),
    ],
)
def test_only_web_addresses_are_links(raw: str, link: str) -> None:
    assert web_link(raw) == link


@settings(deadline=None)
@given(st.text())
def test_any_text_becomes_clean_text(raw: str) -> None:
    text = plain(raw, 50)
    assert len(text) <= 50
    assert is_normalized("NFC", text)
    assert not set(text) & {"\x00", "\u2028", "\u202e", "\r", "\x0b"}
    assert text == text.strip()
    assert all(pair != ("\n", "\n") for pair in pairwise(text.split("\n\n")) if pair[0])
    assert "\n" not in one_line(raw)
    text.encode()


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "raw",
    ["<!-- ", "<a '", "<p ", "<a \"'<b", "<", "<script>", "&#", "&lt;p", "\u0301", " \n", "<b a="],
)
def test_hostile_markup_takes_linear_time(raw: str) -> None:
    assert len(plain(raw * 200_000)) <= 20_000
