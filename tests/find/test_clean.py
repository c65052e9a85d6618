import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.find.clean import clean_line, clean_link, clean_text, printable


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "/relative",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org/a b",
        "https://example.org/" + "x" * 2048,
        "https://example.org/\x00",
        "http://[half",
    ],
)
def test_S43_other_than_web_links_are_dropped(url: str) -> None:
    assert clean_link(url) == ""


@pytest.mark.parametrize(
    "url",
    ["https://example.org", "http://example.org:8080/a?b=c&d=@e#f", "https://bücher.example/ä"],
)
def test_web_links_stay(url: str) -> None:
    assert clean_link(url) == url


@given(st.text(), st.integers(5, 40))
def test_S43_no_text_breaks_a_line_a_database_or_a_reader(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    for cleaned in (line, clean_text(text)):
        cleaned.encode()
        assert "\x00" not in cleaned
        assert not any("\u202a" <= char <= "\u202e" for char in cleaned)


@given(st.text())
def test_the_quick_look_at_a_text_sees_what_isprintable_sees(text: str) -> None:
    assert printable(text) == text.replace("\n", "").isprintable()
