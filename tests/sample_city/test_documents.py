"""Every document read by other people's libraries, and held against the hand-written data."""

import hashlib
import json
import os
import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import feedparser
import icalendar
import mf2py
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from app.sample_city.city import BASE_URL, documents, sources, upcoming
from app.sample_city.cycle import FOUNDED, HORIZON, ZONE, Change, Occurrence
from app.sample_city.records import Publisher, city
from app.sample_city.write_ical import fold

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 24)
DAYS = st.one_of(
    st.dates(FOUNDED, date(2090, 1, 1)),
    st.sampled_from([date(2026, 10, 30), date(2027, 3, 12), date(2028, 2, 29)]),
)
DOCUMENTS = documents(TODAY)
PUBLISHERS = {each.section: each for each in city().publishers}
CALENDARS = [name for name, each in PUBLISHERS.items() if each.format == "ical"]


def expected(section: str, today: date = TODAY, *changes: Change) -> list[Occurrence]:
    found = upcoming(today, frozenset(changes))
    return [each for publisher, each in found if publisher.section == section]


def body(section: str, docs: dict[str, tuple[str, bytes]] = DOCUMENTS) -> bytes:
    return docs[f"/{PUBLISHERS[section].path}"][1]


def tree_of(page: bytes) -> Any:
    """The page as lxml reads it; its stubs know XPath's many answers, a test knows which."""
    return html.fromstring(page)


def occurrences_in(feed: bytes, today: date) -> list[tuple[str, datetime | date]]:
    """(summary, local start) of the calendar between today and the horizon, by the libraries."""
    calendar: Any = icalendar.Calendar.from_ical(feed)
    until = today + HORIZON
    components = recurring_ical_events.of(calendar).between(today, until)
    found = []
    for component in components:
        start = component["DTSTART"].dt
        if isinstance(start, datetime):
            start = start.astimezone(ZONE) if start.tzinfo else start.replace(tzinfo=ZONE)
        day = start.date() if isinstance(start, datetime) else start
        if today <= day < until:
            found.append((unescape(str(component["SUMMARY"])), start))
    return found


def as_calendar(found: list[Occurrence]) -> set[tuple[str, datetime | date]]:
    return {(each.name, each.start.date() if each.all_day else each.start) for each in found}


@settings(max_examples=4, deadline=None)
@given(DAYS)
def test_same_day_same_bytes(today: date) -> None:
    assert documents(today) == documents(today)


@settings(max_examples=5, deadline=None)
@given(DAYS)
def test_calendars_say_what_the_data_say(today: date) -> None:
    docs = documents(today)
    for section in CALENDARS:
        if section == "cityhall":
            continue
        found = occurrences_in(body(section, docs), today)
        wanted = as_calendar(expected(section, today))
        assert set(found) == wanted, section
        assert len(found) == len(wanted), section


def test_a_calendar_with_a_broken_component_is_whole_apart_from_it() -> None:
    feed = body("cityhall")
    broken = feed.index(b"BEGIN:VEVENT\r\nUID:draft-0041")
    assert b"\r\nDTSTART:\r\n" in feed[broken:]
    whole = feed[:broken] + b"END:VCALENDAR\r\n"
    assert set(occurrences_in(whole, TODAY)) == as_calendar(expected("cityhall"))
    assert feed.count(b"STATUS:CANCELLED") == 1
    assert feed.count(b"TZID=Eastern Standard Time:") > 10


@pytest.mark.parametrize("section", CALENDARS)
def test_content_lines_are_crlf_and_at_most_75_octets(section: str) -> None:
    feed = body(section)
    lines = feed.split(b"\r\n")
    assert lines.pop() == b""
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    for line in lines:
        line.decode()  # no character is split


@given(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])))
def test_folding_can_be_undone(line: str) -> None:
    folded = fold(line)
    assert folded.replace("\r\n ", "") == line
    assert all(len(part.encode()) <= 75 for part in folded.split("\r\n"))


def test_each_calendar_has_habits_of_its_own() -> None:
    assert b"X-WR-TIMEZONE:America/New_York" in body("saltmarsh")
    assert b"RECURRENCE-ID;TZID=America/New_York" in body("saltmarsh")
    assert b"EXDATE;TZID=America/New_York" in body("saltmarsh")
    assert b"<p>" in body("chamber")
    assert b"Coffee &amp\\; Contacts" in body("chamber")
    assert b"BEGIN:VTIMEZONE" not in body("clubs")
    assert b"DURATION:PT1H15M" in body("clubs")
    assert b"DTSTART;VALUE=DATE:20200125" in body("bulletin")  # an all-day series, years old


def nodes_of(page: bytes) -> list[dict[str, Any]]:
    tree = tree_of(page)
    nodes: list[dict[str, Any]] = []
    for script in tree.xpath("//script[@type='application/ld+json']"):
        block = json.loads(script.text)
        for item in block if isinstance(block, list) else [block]:
            nodes += item.get("@graph", [item])
    return [node for node in nodes if "startDate" in node]


@pytest.mark.parametrize("section", ["library", "foundation"])
def test_json_ld_says_what_the_data_say(section: str) -> None:
    nodes = nodes_of(body(section))
    single = {(n["name"], n["startDate"]) for n in nodes if "eventSchedule" not in n}
    wanted = expected(section)
    assert single == {
        (each.name, each.start.isoformat()) for each in wanted if not each.event.series
    }
    assert all(node["location"] for node in nodes)


def test_json_ld_has_a_schedule_offers_and_virtual_places() -> None:
    nodes = {node["name"]: node for node in nodes_of(body("library"))}
    schedule = nodes["Toddler Storytime"]["eventSchedule"]
    assert schedule["repeatFrequency"] == "P2W"
    assert schedule["byDay"] == "https://schema.org/Wednesday"
    assert schedule["startTime"] == "10:15:00"
    kinds = [place["@type"] for place in nodes["Author Talk: The Salt Ledger"]["location"]]
    assert kinds == ["Place", "VirtualLocation"]
    prices = {n["name"]: [o["price"] for o in n["offers"]] for n in nodes_of(body("foundation"))}
    assert prices["The Lantern Gala Supper"] == ["250.00", "5000.00"]


@pytest.mark.parametrize("section", ["tidewater", "college"])
def test_microdata_says_what_the_data_say(section: str) -> None:
    items = tree_of(body(section)).xpath("//article[@itemscope]")
    found = {
        (
            item.xpath("string(.//*[@itemprop='name'])"),
            item.xpath("string(.//time[@itemprop='startDate']/@datetime)"),
        )
        for item in items
    }
    assert found == {
        (each.name, f"{each.start:%Y-%m-%d}" if each.all_day else f"{each.start:%Y-%m-%dT%H:%M:%S}")
        for each in expected(section)
    }


def test_B7_a_web_page_names_the_last_day_of_an_all_day_event() -> None:
    tree = tree_of(body("college"))
    [item] = tree.xpath("//article[contains(., 'Last day to drop')]")
    start = item.xpath("string(.//time[@itemprop='startDate']/@datetime)")
    assert item.xpath("string(.//meta[@itemprop='endDate']/@content)") == start
    assert len(start) == len("2026-12-21")


def test_microdata_knows_doors_and_sold_out() -> None:
    tree = tree_of(body("tidewater"))
    assert len(tree.xpath("//*[@itemprop='doorTime']")) == 5
    assert len(tree.xpath("//*[@itemprop='availability'][contains(@href, 'SoldOut')]")) == 1


def test_h_event_says_what_the_data_say() -> None:
    [feed] = mf2py.parse(doc=body("wharf-street").decode())["items"]
    items = [item for item in feed["children"] if item["type"] == ["h-event"]]
    found = {
        (i["properties"]["name"][0], datetime.fromisoformat(i["properties"]["start"][0]))
        for i in items
    }
    assert found == {(each.name, each.start) for each in expected("wharf-street")}
    located = [i["properties"]["location"][0] for i in items if "location" in i["properties"]]
    places = {location["properties"]["name"][0] for location in located}
    assert {"Driftline Gallery", "Cellar & Quay, The Vault"} <= places


def test_rss_carries_the_start_apart_from_the_publication() -> None:
    parsed = feedparser.parse(body("tech"))
    assert not parsed.bozo
    found = {(entry.title, entry.ev_startdate) for entry in parsed.entries}
    assert found == {(each.name, each.start.isoformat()) for each in expected("tech")}
    assert all(entry.published != entry.ev_startdate for entry in parsed.entries)
    assert all(entry.published_parsed[:3] < (2026, 11, 25) for entry in parsed.entries)


@settings(max_examples=6, deadline=None)
@given(DAYS)
def test_news_speaks_of_openings_and_carries_no_event_date(today: date) -> None:
    feed = body("courier", documents(today))
    parsed = feedparser.parse(feed)
    assert not parsed.bozo
    assert len(parsed.entries) == 8
    etree.fromstring(feed)
    assert all(entry.published[:10] <= today.isoformat() for entry in parsed.entries)
    assert b"startdate" not in feed
    [opening] = [entry for entry in parsed.entries if "Low Tide" in entry.title]
    assert re.search(r"opens its doors .* on Saturday, \w+ \d+\.", opening.content[0].value)


def test_the_coffee_shop_opens_on_the_day_of_which_the_news_speak() -> None:
    today = date(2026, 12, 16)
    [ribbon] = [e for e in expected("chamber", today) if e.event.slug == "ribbon-low-tide"]
    opening = next(
        entry
        for entry in feedparser.parse(body("courier", documents(today))).entries
        if "Low Tide" in entry.title
    )
    assert f"{ribbon.start:%A, %B} {ribbon.start.day}" in opening.content[0].value


def test_the_aggregator_repeats_others_with_other_titles_and_one_wrong_time() -> None:
    own = {each.event.slug: each for _, each in upcoming(TODAY)}
    repeats = expected("thisweek")
    assert len(repeats) == 26
    originals = [own[each.event.slug.removeprefix("tw-")] for each in repeats]
    pairs = list(zip(repeats, originals, strict=True))
    assert [r.event.slug for r, o in pairs if r.start != o.start] == ["tw-gala"]
    assert sum(r.name != o.name for r, o in pairs) >= 20
    assert sum(not r.event.address for r in repeats) >= 4
    assert all(r.end is None or r.all_day for r in repeats)


def test_moved_and_cancelled_in_every_format() -> None:
    uids = {each.event.slug: each.uid for _, each in upcoming(TODAY)}
    moved = [uids[s] for s in ("after-hours", "gala", "film", "poetry", "conference", "run-club")]
    gone = [uids[s] for s in ("annual-meeting", "donor-salon", "improv", "art-walk", "hackathon")]
    day = timedelta(days=1)
    changes = {
        *(Change(u, TODAY, by=day) for u in moved),
        *(Change(u, TODAY, cancelled=True) for u in gone),
    }
    docs = documents(TODAY, frozenset(changes))
    for section in ("chamber", "foundation", "tidewater", "wharf-street", "tech", "clubs"):
        assert body(section, docs) != body(section), section
    assert body("thisweek", docs) == body("thisweek")  # the aggregator has not noticed
    chamber = body("chamber", docs)
    assert chamber.count(b"SEQUENCE:1") == 2
    assert chamber.count(b"STATUS:CANCELLED") == 1
    statuses = {n["name"]: n["eventStatus"] for n in nodes_of(body("foundation", docs))}
    assert statuses["The Lantern Gala Supper"].endswith("EventRescheduled")
    assert statuses["Donor Salon: What Comes After the Mill?"].endswith("EventCancelled")
    assert "CANCELED – Thursday Art Walk" in body("wharf-street", docs).decode()
    assert "<title>CANCELLED: Hack the Tide" in body("tech", docs).decode()
    found = occurrences_in(body("clubs", docs), TODAY)
    runs = {start for name, start in found if name.startswith("Stride")}
    assert len(runs) == 7
    assert sum(start.weekday() == 4 for start in runs) == 1


def test_a_changed_date_of_a_scheduled_series_stands_apart() -> None:
    uid = next(each.uid for each in expected("library") if each.event.slug == "storytime")
    docs = documents(TODAY, frozenset({Change(uid, TODAY, cancelled=True)}))
    series, single = sorted(
        (n for n in nodes_of(body("library", docs)) if n["name"] == "Toddler Storytime"),
        key=lambda node: "eventSchedule" not in node,
    )
    assert series["eventSchedule"]["exceptDate"] == [single["startDate"][:10]]
    assert single["eventStatus"].endswith("EventCancelled")


def test_every_link_of_every_document_leads_somewhere() -> None:
    for path, (content_type, content) in DOCUMENTS.items():
        text = content.decode()
        if "calendar" in content_type:
            text = text.replace("\r\n ", "")
            links = re.findall(r"^URL:(\S+)", text, re.MULTILINE)
        else:
            links = re.findall(r'(?:href="|<link>|"url": ")([^"<]+)', text)
        local = {link.removeprefix(BASE_URL) for link in links if link.startswith((BASE_URL, "/"))}
        assert local <= DOCUMENTS.keys(), path


def test_pages_are_html_that_names_the_feed() -> None:
    for each in PUBLISHERS.values():
        page = tree_of(DOCUMENTS[f"/{each.section}/"][1])
        if each.format in {"ical", "rss", "atom"}:
            [link] = page.xpath("//link[@rel='alternate']")
            assert link.get("href") == f"/{each.path}"
        assert each.name in page.xpath("string(//title)")


def test_the_index_lists_every_source() -> None:
    index = DOCUMENTS["/"][1].decode()
    for row in sources(""):
        assert f'href="{row.url}"' in index


def test_sources_are_rows_to_add() -> None:
    rows = sources("http://127.0.0.1:8010/")
    assert len(rows) == 15
    assert {row.time_zone for row in rows} == {"America/New_York"}
    trust = {row.name: row.trust for row in rows}
    assert trust.pop("Harbor Falls This Week") < min(trust.values())
    assert all(row.url.startswith("http://127.0.0.1:8010/") for row in rows)


def test_no_feed_tells_what_we_expect_of_the_scorer() -> None:
    for publisher in PUBLISHERS.values():
        assert not re.search(rb"business_mixer|spectator_show|\btier\b", body_of(publisher))


def body_of(publisher: Publisher) -> bytes:
    return DOCUMENTS[f"/{publisher.path}"][1]


def test_another_process_writes_the_same_bytes() -> None:
    """Nothing hangs on the order of a set: hashes differ from process to process."""
    program = (
        "import hashlib; from datetime import date; from app.sample_city.city import documents;"
        "print(hashlib.sha256(repr(documents(date(2026, 11, 24))).encode()).hexdigest())"
    )
    command = [sys.executable, "-c", program]
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    printed = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == hashlib.sha256(repr(DOCUMENTS).encode()).hexdigest()
