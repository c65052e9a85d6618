"""Which of a site's addresses are feeds of events, which is the best, and what to say of the rest.

An address is believed only by what it answers: a site that sends unknown paths to its home page,
or answers every path with the same page, yields no false feed (CASES A8).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from scrapers.base import Feed, Listing, Problem

PER_SITE = 8  # requests to one site for one question, robots.txt and redirects included
PREVIEW = 10

_FEEDS = frozenset({"ical", "xcal", "rss"})  # formats of feeds; all other scrapers may read pages
_PLAIN = frozenset({"schema_org", "microformats"})  # any page may be theirs
_UNCHECKED = 0.85
_SAME = 0.9  # of the events of one address also at another, for both to be the same calendar
_GENERAL = ("/events/", "/calendar/", "/calendar.ics", "/events.ics")
_WORDPRESS = (
    "/events/",
    "/calendar/",
    "/?post_type=tribe_events&ical=1&eventDisplay=list",
    "/?mec-ical-feed=1",
)


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one address: of a feed, its coming events; else why it is none (`refused`).

    `url` is where it answered, `lasting_url` what to keep (a permanent redirect counts). `listings`
    are normalized, `components` is what the document holds before recurrence is expanded, past
    events included, `further` how many pages it names for the rest. `same_as` is a better address
    that shows the same events. Not `checked` means that nothing was fetched: it is known by its
    address or by a page that names it.
    """

    feed: Feed
    url: str
    scraper: str = ""
    title: str = ""
    time_zone: str = ""
    listings: tuple[Listing, ...] = ()
    components: int = 0
    further: int = 0
    problems: tuple[Problem, ...] = ()
    is_page: bool = False
    lasting_url: str = ""
    refused: str = ""
    same_as: str = ""
    checked: bool = True
    saved: bool = False  # a file of unknown age, in which past events tell as much

    @property
    def preview(self) -> tuple[Listing, ...]:
        """The first ten events, each on the wall clock of its own zone (CASES B15)."""
        return tuple(map(_at_home, self.listings[:PREVIEW]))

    @property
    def confidence(self) -> float:
        """How good a source it is, 0 to 1: how sure its format, and how much it announces.

        Many events tell for a calendar rather than for the page of one event.
        """
        if not self.checked:
            return round(self.feed.confidence * _UNCHECKED, 3)
        count = max(len(self.listings), self.components if self.saved else 0)
        return round(self._sure() * (count + 0.5) / (count + 2), 3)

    def _sure(self) -> float:
        if not self.is_page:
            return max(self.feed.confidence, 0.6 if self.scraper == "rss" else 0.9)
        return 0.6 if self.scraper in _PLAIN else 0.8


def _at_home(listing: Listing) -> Listing:
    zone = ZoneInfo(listing.time_zone)
    end = listing.end and listing.end.astimezone(zone)
    return replace(listing, start=listing.start.astimezone(zone), end=end)


def judged(trial: Trial, before: Iterable[Trial]) -> Trial:
    """The trial with `refused` set if it is no feed; `before` are trials of the same question."""
    return trial if trial.refused else replace(trial, refused=_refusal(trial, before))


def _refusal(trial: Trial, before: Iterable[Trial]) -> str:
    for other in before:
        if other.url == trial.url and not other.refused:
            return f"It leads to {other.url}, which was read already."
    if trial.is_page and trial.feed.scraper in _FEEDS:
        return "A web page answers there, not a feed."
    if trial.is_page and _is_home(trial.url) and not _is_home(trial.feed.url):
        return "It leads back to the site's home page."
    if trial.is_page and any(_shows_the_same(trial, other) for other in before if other.is_page):
        return "It shows the same page as another address of the site."
    if (
        trial.components
        or trial.further
        or (not trial.is_page and trial.scraper in ("ical", "xcal"))
    ):
        return ""
    return "No events were found on this page." if trial.is_page else "There are no events in it."


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _shows_the_same(trial: Trial, other: Trial) -> bool:
    return bool(trial.listings) and _keys(trial) == _keys(other)


def _keys(trial: Trial) -> frozenset[tuple[str, datetime]]:
    return frozenset((listing.name.casefold(), listing.start) for listing in trial.listings)


def ranked(trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """The feeds among the trials, best first, those that only repeat a better one marked."""
    found = sorted(
        (trial for trial in trials if not trial.refused), key=lambda trial: -trial.confidence
    )
    marked: list[Trial] = []
    for trial in found:
        keys = _keys(trial)
        repeats = (
            other.lasting_url or other.url
            for other in marked
            if keys and len(keys & _keys(other)) >= _SAME * len(keys)
        )
        marked.append(replace(trial, same_as=next(repeats, "")))
    return tuple(marked)


def is_answer(trial: Trial) -> bool:
    """Whether the search may end with this: a feed with coming events."""
    return not trial.refused and bool(trial.listings)


def guesses(address: str, platforms: Sequence[str]) -> tuple[Feed, ...]:
    """Where sites have their events as a rule, for one that names none; most likely first."""
    paths = _WORDPRESS if "WordPress" in platforms else _GENERAL
    home = (
        () if _is_home(address) else (Feed(urljoin(address, "/"), "schema_org", "", 0.3, "guess"),)
    )
    return home + tuple(
        Feed(urljoin(address, path), _scraper_of(path), "", 0.2, "guess") for path in paths
    )


def _scraper_of(path: str) -> str:
    return "schema_org" if path.endswith("/") else "ical"


def verdict(found: Sequence[Trial], tried: Sequence[Trial], *, in_time: bool = True) -> str:
    """One or two sentences for the person who pasted the address."""
    late = "" if in_time else " The search ended early: the site answers slowly."
    if found and not found[0].checked:
        return _counted(len(found), "likely source was", "likely sources were") + " recognized."
    if found and found[0].listings:
        events = _counted(len(found[0].listings), "coming event", "coming events")
        return f"Found {events}.{late}"
    if found and found[0].further:
        return f"Its events stand on pages of their own, which are read once it is added.{late}"
    if found:
        return f"This can be read, and announces no coming events at the moment.{late}"
    if len(tried) == 1 and not tried[0].components:
        return f"{tried[0].refused}{late}"
    addresses = _counted(len(tried), "address", "addresses")
    return f"No events were found: {addresses} of the site looked at, none with a calendar.{late}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
