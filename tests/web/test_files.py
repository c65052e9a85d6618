"""What the files of the page promise, read without a browser."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "app" / "web"
INDEX = (WEB / "index.html").read_text()
PAGES = sorted(WEB.glob("*.html"))
MODULES = sorted((WEB / "js").rglob("*.js"))
TEXTS = sorted(path for path in WEB.rglob("*") if path.is_file())


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere() -> None:
    for page in (path.read_text() for path in PAGES):
        assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*\ssrc=)", page)
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
    for path in TEXTS:
        assert not re.search(r"@import|url\((?!data:)", path.read_text()), path.name


def test_no_module_makes_markup_or_code_of_text() -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser"
    )
    for path in MODULES:
        assert not re.search(forbidden, path.read_text()), path.name


def test_every_module_is_fetched_at_once() -> None:
    """A module that only an import names costs one more round trip on a phone."""
    preloaded = set(re.findall(r'modulepreload" href="([^"]+)"', INDEX))
    wanted = {path.relative_to(WEB).as_posix() for path in MODULES}
    assert preloaded == wanted - {"js/main.js", "js/types.js", "js/docs.js"}


def test_every_icon_named_is_drawn_and_every_icon_drawn_is_named() -> None:
    drawn = set(re.findall(r'symbol id="(\w+)"', (WEB / "icons.svg").read_text()))
    in_page = set(re.findall(r"icons\.svg#(\w+)", INDEX))
    source = "".join(path.read_text() for path in MODULES)
    assert in_page <= drawn
    assert {name for name in drawn - in_page if f'"{name}"' not in source} == set()


def test_the_words_cover_every_kind() -> None:
    from app.model.event import KINDS

    words = (WEB / "js" / "words.js").read_text()
    assert re.findall(r"^  (\w+): \[\"[^\"]+\", \"\w+\"\],$", words, re.MULTILINE)[
        : len(KINDS)
    ] == list(KINDS)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 300
