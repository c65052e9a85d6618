"""The weekly "go meet people" letter: HTML for a phone, light and dark, and a text as good."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.model.event import Event
from app.model.score import Score
from app.publish import wording
from app.publish.links import Links
from app.publish.text import looks_like_address, one_line, url_host, web_url
from scrapers.base import EventStatus

MAX_PICKS = 7
_NOT_LIVE = {EventStatus.CANCELLED, EventStatus.POSTPONED}


@dataclass(frozen=True, slots=True)
class Pick:
    """One event of the letter. `distance_km` from home, None if unknown; `details_url` is ours."""

    event: Event
    score: Score
    links: Links
    details_url: str
    distance_km: float | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """All a letter needs. `week` is the ISO week ("2026-W50") of the person's own calendar.

    `field` is the line of work looked for, empty if untold; `others` counts the week's further
    events, found at `list_url`; `untold` the evenings of which the person may tell at `untold_url`.
    """

    recipient_name: str
    week: str
    picks: tuple[Pick, ...]
    preferences_url: str
    unsubscribe_url: str
    field: str = ""
    others: int = 0
    list_url: str = ""
    untold: int = 0
    untold_url: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter ready for `message.build_message`."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class _Reason:
    points: str
    text: str
    helps: bool


@dataclass(frozen=True, slots=True)
class _Card:
    """A pick in words, equal for both templates. Texts are plain; links are http(s) or empty."""

    id: UUID
    title: str
    linkable: bool
    when: str
    note: str
    facts: tuple[str, ...]
    percent: int
    low: int
    high: int
    chance: str
    in_field: str
    doubt: str
    reasons: tuple[_Reason, ...]
    advice: str
    details_url: str
    page_url: str
    page_host: str
    ics_url: str
    google_url: str


def render_digest(digest: Digest) -> Rendered | None:
    """The letter of one week, or None if there is nothing live to tell (cases I4, E3).

    At most seven picks, in order of time. Raises ValueError if `digest.week` is no ISO week.
    """
    picks = sorted(
        (pick for pick in digest.picks if pick.event.event_status not in _NOT_LIVE),
        key=lambda pick: (pick.event.start, pick.event.id),
    )
    if not picks:
        return None
    live = picks[:MAX_PICKS]
    digest = replace(digest, others=digest.others + len(picks) - len(live))
    context = _context(digest, tuple(_card(pick, digest.field) for pick in live))
    html = _environment().get_template("digest.html.j2").render(context)
    text = _environment().get_template("digest.txt.j2").render(context)
    return Rendered(_subject(live), _inliner().inline(html), text.strip() + "\n")


def _context(digest: Digest, cards: tuple[_Card, ...]) -> dict[str, object]:
    return {
        "name": one_line(digest.recipient_name, 60),
        "week": digest.week,
        "dates": week_dates(digest.week),
        "cards": cards,
        "others": digest.others,
        "list_url": web_url(digest.list_url),
        "untold": digest.untold,
        "untold_url": web_url(digest.untold_url),
        "preferences_url": web_url(digest.preferences_url),
        "unsubscribe_url": web_url(digest.unsubscribe_url),
    }


def week_dates(week: str) -> str:
    """The seven days of an ISO week for a person: "December 7–13", "December 28 – January 3"."""
    monday = date.fromisocalendar(int(week[:4]), int(week[6:]), 1)
    sunday = monday + timedelta(days=6)
    if monday.month == sunday.month:
        return f"{monday:%B} {monday.day}–{sunday.day}"
    return f"{monday:%B} {monday.day} – {sunday:%B} {sunday.day}"


def _subject(picks: list[Pick]) -> str:
    best = max(picks, key=lambda pick: pick.score.any_field)
    title = one_line(best.event.name, 60)
    return f"Go meet people: {title}" + (f" and {len(picks) - 1} more" if len(picks) > 1 else "")


def _card(pick: Pick, field: str) -> _Card:
    event, score = pick.event, pick.score
    title, page = one_line(event.name, 120) or "Event", web_url(event.url)
    low, high = sorted((wording.percent(score.low), wording.percent(score.high)))
    return _Card(
        id=event.id,
        title=title,
        linkable=not looks_like_address(title),
        when=wording.when(event),
        note="New time" if event.event_status is EventStatus.RESCHEDULED else "",
        facts=_facts(pick),
        percent=wording.percent(score.any_field),
        low=low,
        high=high,
        chance=wording.chance_words(score.any_field),
        in_field=_in_field(score, field),
        doubt="The listing says little, so this is a rough guess." * (score.confidence == "thin"),
        reasons=tuple(
            _Reason(wording.signed_points(r.points), wording.reason_words(r), r.points > 0)
            for r in wording.top_reasons(score)
        ),
        advice=one_line(score.advice, 200),
        details_url=web_url(pick.details_url),
        page_url=page,
        page_host=url_host(page),
        ics_url=web_url(pick.links.ics),
        google_url=web_url(pick.links.google),
    )


def _facts(pick: Pick) -> tuple[str, ...]:
    """Place, distance, price; the price is said to be unknown rather than left to hope."""
    near = pick.distance_km
    distance = (
        "" if near is None else (f"{near:.1f}\u00a0km" if near < 10 else f"{near:.0f}\u00a0km")
    )
    price = wording.price(pick.event.offers) or "Price not stated"
    where = one_line(wording.place(pick.event), 160) or "Place not stated"
    return tuple(fact for fact in (where, distance, price) if fact)


def _in_field(score: Score, field: str) -> str:
    line = one_line(field, 60)
    return f"{wording.percent(score.your_field)}% in {line}" if line else ""


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=select_autoescape(("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
