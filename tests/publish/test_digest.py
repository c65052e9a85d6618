"""The weekly letter: CASES I, E3 and SECURITY C10–C13, C20."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from uuid import UUID

import pytest

from app.model.score import Reason
from app.publish.digest import Rendered, render_digest, week_dates
from scrapers.base import EventStatus, Offer, Place
from tests.publish import golden
from tests.publish.samples import MIXER, SCORE, TALK, TASTING, WALK, WEAK, digest, pick
from tests.publish.samples import event as make_event


class Page(HTMLParser):
    """Elements, links and shown text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[tuple[str, str]] = []
        self.text = ""
        self._silent = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._silent = tag in {"style", "title"}
        if tag == "a":
            self.links.append((dict(attrs).get("href") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.text += data
        if self.links and self.links[-1][1] == "":
            self.links[-1] = (self.links[-1][0], data)


def letter(*picks: object, **changes: object) -> Rendered:
    rendered = render_digest(digest(*picks, **changes))  # type: ignore[arg-type]  # test shorthand
    assert rendered is not None
    return rendered


def test_golden_letter() -> None:
    rendered = letter(field="software engineering")
    golden.check("digest/week.html", rendered.html.encode())
    golden.check("digest/week.txt", rendered.text.encode())
    assert rendered.subject == "Go meet people: Chamber After-Hours, at the Malt House and 2 more"


def test_golden_letter_with_one_pick_and_no_name() -> None:
    rendered = letter(pick(WALK, WEAK, None), recipient_name="", others=0)
    golden.check("digest/one.txt", rendered.text.encode())
    assert rendered.subject == "Go meet people: Winter Light Festival"


def test_I4_an_empty_week_makes_no_letter() -> None:
    assert render_digest(replace(digest(), picks=())) is None


def test_E3_a_cancelled_or_postponed_event_is_never_shown_as_live() -> None:
    gone = [
        pick(make_event(id=UUID(int=i), name="Gone", event_status=status))
        for i, status in enumerate((EventStatus.CANCELLED, EventStatus.POSTPONED))
    ]
    assert render_digest(digest(*gone)) is None
    rendered = letter(*gone, pick(TASTING))
    assert "Gone" not in rendered.subject + rendered.html + rendered.text


def test_a_new_time_is_pointed_out() -> None:
    rendered = letter(pick(make_event(event_status=EventStatus.RESCHEDULED)))
    assert "New time: Tue, Dec 8" in rendered.text
    assert "New time:" in Page(rendered.html).text


def test_I3_I6_picks_stand_in_order_of_time_with_their_zone() -> None:
    berlin = make_event(id=UUID(int=9), name="Berlin", time_zone="Europe/Berlin")
    rendered = letter(pick(WALK), pick(TASTING), pick(MIXER), pick(berlin))
    for text in (rendered.text, Page(rendered.html).text):
        assert "Tue, Dec 8, 6:00–8:00 pm EST" in text
        assert "Wed, Dec 9, midnight–2:00 am CET" in text
        places = [text.index(name) for name in ("Chamber After", "Cider", "Winter Light")]
        assert places == sorted(places)


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ("2026-W50", "December 7–13"),
        ("2026-W53", "December 28 – January 3"),
        ("2026-W01", "December 29 – January 4"),
        ("2026-W14", "March 30 – April 5"),
    ],
)
def test_I3_the_week_is_seven_whole_days(week: str, words: str) -> None:
    assert week_dates(week) == words


def test_I7_C20_the_fullest_letter_stays_below_the_clipping_size() -> None:
    wide = "會" * 300
    picks = [
        pick(
            make_event(
                id=UUID(int=i),
                name=wide,
                description=wide * 60,
                location=Place(wide, wide),
                url="https://x.example/" + "p" * 1900,
                offers=(Offer(1, 2, "USD"),),
            ),
            replace(
                SCORE,
                advice=wide,
                reasons=tuple(Reason("f", "s", 9.0, wide, wide) for _ in range(30)),
            ),
        )
        for i in range(60)
    ]
    rendered = letter(*picks, field=wide, recipient_name=wide)
    assert len(rendered.html.encode()) < 100_000
    assert len(rendered.text.encode()) < 50_000
    assert "See 84 more this week" in Page(rendered.html).text  # 31 + 53
    assert "84 more this week" in rendered.text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "<svg onload=alert(1)>",
        '"><a href="https://evil.example/">x</a>',
        "{{7*7}}",
        "{% raw %}${x} %s %(x)s",
        "</style><b>",
    ],
)
def test_C10_I8_markup_in_any_text_is_shown_and_never_run(text: str) -> None:
    event = make_event(name=text, location=Place(text, text))
    score = replace(
        SCORE, advice=text, reasons=(Reason("kind", "mixer", 30.0, text, "phrase " + text),)
    )
    rendered = letter(pick(event, score), recipient_name=text, field=text)
    plain, page = Page(letter(pick()).html), Page(rendered.html)
    assert page.tags <= plain.tags
    assert page.attributes == plain.attributes
    assert page.text.count(text) >= 5
    assert rendered.text.count(text) >= 5
    assert text in rendered.subject
    assert "49" not in page.text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://bank.example@evil.example/", "mailto:x@y.example"]
)
def test_C11_a_hidden_or_strange_address_is_not_linked(url: str) -> None:
    rendered = letter(pick(make_event(url=url)))
    assert url not in rendered.html
    assert "Organizer" not in rendered.text


def test_C12_the_organizers_link_shows_its_true_host() -> None:
    event = make_event(name="https://bank.example login", url="https://www.evil.example/bank")
    page = Page(letter(pick(event)).html)
    assert ("https://www.evil.example/bank", "evil.example") in page.links
    assert not any("bank.example login" in text for _, text in page.links)


def test_every_link_is_web_and_there_is_no_picture_no_script_no_tracker() -> None:
    page = Page(letter(field="sales").html)
    assert all(href.startswith("https://") for href, _ in page.links)
    assert page.tags & {"img", "script", "link", "iframe", "form"} == set()
    hosts = {re.split("[/?#]", href)[2] for href, _ in page.links}
    assert hosts == {
        "meet.example", "calendar.google.com", "harborchamber.example", "makers.example",
        "www.orchardhall.example",
    }  # fmt: skip


def test_styles_are_inline_and_only_dark_mode_stays_in_the_head() -> None:
    html = letter().html
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style.strip().startswith("@media (prefers-color-scheme: dark)")
    assert "var(" not in html
    assert html.count('style="') > 50


def test_the_text_is_as_good_as_the_page() -> None:
    rendered = letter(field="sales")
    shown = Page(rendered.html).text
    for words in ("Hello Ada", "78%", "67–85%", "34% in sales", "+33", "−2", "Tip:", "$10 to $25"):
        assert words in shown
        assert words in rendered.text
    urls = [line for line in rendered.text.splitlines() if "://" in line]
    assert all(re.fullmatch(r"https://\S+", line) for line in urls)
    assert "https://meet.example/unsubscribe/q7Tz-example" in urls


def test_we_speak_of_conversations_and_never_of_a_chance_of_a_job() -> None:
    rendered = letter()
    assert "to talk with someone who hires" in rendered.text
    for text in (rendered.subject, rendered.text, rendered.html):
        assert not re.search(r"\bjob", text, re.IGNORECASE)


def test_an_unknown_price_or_place_is_said_to_be_unknown() -> None:
    rendered = letter(pick(make_event(offers=(), location=None), SCORE, None))
    assert "Place not stated · Price not stated" in rendered.text


def test_a_thin_guess_is_called_one() -> None:
    assert "rough guess" in letter(pick(TALK, WEAK)).text
    assert "rough guess" not in letter(pick(TALK, SCORE)).text
