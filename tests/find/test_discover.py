"""Judging what an address answered: what is a feed, which is the best, what to say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.find.discover import PREVIEW, Trial, guesses, judged, ranked, verdict
from scrapers.base import Feed, Listing
from tests.conftest import NOW

SITE = "https://harborfalls.example"


def listings(count: int, name: str = "Mixer") -> tuple[Listing, ...]:
    return tuple(
        Listing(f"{name} {n}", NOW + timedelta(days=n), "America/New_York") for n in range(count)
    )


def feed(path: str, scraper: str = "ical", sure: float = 0.9) -> Feed:
    return Feed(f"{SITE}{path}", scraper, "", sure, "link")


def trial(path: str, events: int = 3, *, at: str | None = None, **changes: object) -> Trial:
    wanted = feed(path)
    found = listings(events)
    made = Trial(
        wanted,
        wanted.url if at is None else f"{SITE}{at}",
        "ical",
        listings=found,
        components=len(found),
    )
    return replace(made, **changes)  # type: ignore[arg-type] # a test's shorthand


def page(path: str, events: int = 3, *, at: str | None = None) -> Trial:
    made = trial(path, events, at=at, is_page=True, scraper="schema_org")
    return replace(made, feed=feed(path, "schema_org", 0.4))


def refusal(one: Trial, *before: Trial) -> str:
    return judged(one, before).refused


def test_a_calendar_is_a_feed_even_if_it_is_empty() -> None:
    assert not refusal(trial("/a.ics"))
    assert not refusal(trial("/a.ics", 0))


def test_a_page_in_place_of_a_calendar_is_none() -> None:
    assert "web page" in refusal(trial("/a.ics", is_page=True, scraper="schema_org"))


def test_A8_a_site_that_sends_unknown_paths_home_yields_no_false_feed() -> None:
    assert "home page" in refusal(page("/events/", at="/"))
    assert not refusal(page("/", at="/"))


def test_A8_a_site_that_answers_every_path_alike_yields_no_false_feed() -> None:
    assert "same page" in refusal(page("/calendar/"), page("/about"))
    assert not refusal(page("/calendar/", 4), page("/about"))


def test_an_address_that_leads_to_one_that_was_read_is_no_second_feed() -> None:
    assert "read already" in refusal(trial("/b.ics", at="/a.ics"), trial("/a.ics"))


def test_news_are_no_feed_of_events() -> None:
    assert "no events" in refusal(trial("/feed/", 0, scraper="rss"))
    assert "No events" in refusal(page("/about", 0))


def test_a_list_whose_events_stand_on_further_pages_is_a_feed() -> None:
    assert not refusal(replace(page("/list", 0), further=5))


def test_a_calendar_of_all_comes_before_a_page_and_a_page_before_one_event() -> None:
    all_events, one = trial("/all.ics", 20), trial("/one.ics", 1)
    found = ranked([one, page("/events", 20), all_events])
    assert [each.feed.url.rpartition("/")[2] for each in found] == ["all.ics", "events", "one.ics"]


def test_what_shows_the_same_events_says_so() -> None:
    other = trial("/other.ics", listings=listings(3, "Concert"))
    found = ranked([page("/events", 20), trial("/all.ics", 20), other])
    assert {each.feed.url.rpartition("/")[2]: each.same_as for each in found} == {
        "all.ics": "",
        "other.ics": "",
        "events": f"{SITE}/all.ics",
    }


def test_B15_a_preview_shows_ten_events_on_the_clock_of_their_own_zone() -> None:
    shown = trial("/a.ics", 12).preview
    assert len(shown) == PREVIEW == 10
    assert (shown[0].start.hour, shown[0].start) == (10, NOW)


def test_guesses_begin_at_the_home_page_and_know_the_software() -> None:
    general = [each.url for each in guesses(f"{SITE}/about?x=1", ())]
    assert general[:2] == [f"{SITE}/", f"{SITE}/events/"]
    assert f"{SITE}/?mec-ical-feed=1" in [each.url for each in guesses(SITE, ("WordPress",))]


@pytest.mark.parametrize(
    ("found", "tried", "words"),
    [
        ([trial("/a.ics", 2)], [], "Found 2 coming events."),
        ([trial("/a.ics", 0)], [], "announces no coming events"),
        ([replace(page("/a", 0), further=3)], [], "pages of their own"),
        ([trial("/a.ics", 0, checked=False)], [], "1 likely source was recognized."),
        ([], [trial("/a", 0, refused="The site did not answer.")], "The site did not answer."),
        ([], [trial("/a", 0, refused="x"), trial("/b", 0, refused="x")], "2 addresses"),
    ],
)
def test_the_verdict_says_what_was_found_or_tried(
    found: list[Trial], tried: list[Trial], words: str
) -> None:
    assert words in verdict(found, tried)
    assert "slowly" in verdict(found[:0], tried or [trial("/a", 0, refused="x")], in_time=False)
