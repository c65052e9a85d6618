"""The feed and the single file: CASES B, E, G and SECURITY C01–C08, read by three readers."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vdirsyncer.vobject import split_collection  # type: ignore[import-untyped]  # has none

from app.model.event import Event
from app.publish import wording
from app.publish.ical import changed, feed, file_name, single_event
from app.publish.text import block, one_line
from scrapers.base import EventStatus, Offer, Organization, Place
from tests.publish import golden
from tests.publish.reader import Component, read
from tests.publish.samples import CREATED, MIXER, MODIFIED, NEW_YORK, SCORE, TASTING, WALK
from tests.publish.samples import entry as make_entry
from tests.publish.samples import event as make_event

EVENT_PROPERTIES = {
    "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY",
    "STATUS", "TRANSP", "LOCATION", "GEO", "URL", "CATEGORIES", "DESCRIPTION",
}  # fmt: skip
CALENDAR_PROPERTIES = [
    "VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME", "COLOR", "REFRESH-INTERVAL",
    "X-PUBLISHED-TTL",
]  # fmt: skip
POISON = (
    "x\r\nATTENDEE:mailto:e@x.example\r\nBEGIN:VALARM\r\nACTION:EMAIL",
    "x\rATTENDEE:mailto:e@x.example",
    "x\x0bATTENDEE:y\x0cATTENDEE:y\x85ATTENDEE:y\u2028ATTENDEE:y\u2029ATTENDEE:y\x1eATTENDEE:y",
    "x\r\n ATTENDEE:folded\x00\ud800",
)


def only(content: bytes) -> Component:
    (found,) = read(content).all("VEVENT")
    assert set(found.names()) <= EVENT_PROPERTIES
    assert len(found.names()) == len(set(found.names()))
    assert found.inner == []
    return found


def written(event: Event = MIXER, **changes: Any) -> Component:
    return only(feed([make_entry(event, **changes)], "Mine").content)


def by_library(content: bytes) -> Any:
    (found,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return found


# --- golden files ---------------------------------------------------------------------------


def test_golden_feed_of_a_week() -> None:
    cancelled = replace(TASTING, event_status=EventStatus.CANCELLED)
    entries = [
        make_entry(MIXER, sequence=2, score=wording.score_text(SCORE)),
        make_entry(cancelled, sequence=1, notes=("The source no longer lists this event.",)),
        make_entry(WALK),
    ]
    golden.check("feed/week.ics", feed(entries, "Ada: go meet people").content)


def test_golden_single_event() -> None:
    golden.check("feed/single.ics", single_event(make_entry(MIXER)))


def test_G13_golden_empty_feed_is_valid_and_named() -> None:
    empty = feed([], "Ada: go meet people")
    golden.check("feed/empty.ics", empty.content)
    assert icalendar.Calendar.from_ical(empty.content)["X-WR-CALNAME"] == "Ada: go meet people"
    assert read(empty.content).inner == []


# --- G: a feed that clients trust -----------------------------------------------------------


def test_G1_same_input_gives_same_bytes_and_tag_in_any_order() -> None:
    entries = [make_entry(MIXER), make_entry(TASTING), make_entry(WALK)]
    first, second = feed(entries, "Mine"), feed(reversed(entries), "Mine")
    assert (first.content, first.etag) == (second.content, second.etag)
    assert first.etag.startswith('"')
    assert first.etag.endswith('"')


def test_G1_same_bytes_in_another_process_zone_and_hash_seed() -> None:
    script = (
        "from tests.publish.samples import *; from app.publish.ical import feed;"
        "print(feed([entry(MIXER), entry(TASTING), entry(WALK)], 'Mine').etag)"
    )
    tags = {feed([make_entry(MIXER), make_entry(TASTING), make_entry(WALK)], "Mine").etag}
    for zone, seed in (("Pacific/Kiritimati", "1"), ("Pacific/Pago_Pago", "2")):
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        tags.add(done.stdout.strip())
    assert len(tags) == 1


@pytest.mark.parametrize(
    "change",
    [{"name": "Other"}, {"description": "Other"}, {"url": "https://other.example/"}],
)
def test_G1_a_change_gives_another_tag(change: dict[str, Any]) -> None:
    before, after = make_entry(MIXER), make_entry(make_event(**change))
    assert feed([before], "Mine").etag != feed([after], "Mine").etag


def test_G3_removing_the_newest_event_changes_the_tag_and_nothing_else() -> None:
    newest = make_entry(TASTING, last_modified=MODIFIED + timedelta(days=1))
    both, one = feed([make_entry(MIXER), newest], "Mine"), feed([make_entry(MIXER)], "Mine")
    assert both.etag != one.etag
    assert one.content.split(b"BEGIN:VEVENT")[1].split(b"END:VEVENT")[0] in both.content


def test_G5_C06_long_lines_fold_between_characters_and_escapes() -> None:
    name = "é" * 200 + "😀" * 100
    assert written(make_event(name=name)).value("SUMMARY") == name
    for shift in range(80):  # an escape falls on each possible place of the cut
        text = "a" * shift + ",;\\\n" * 40 + "x"
        content = feed([make_entry(make_event(description=text))], "Mine").content
        assert text in only(content).value("DESCRIPTION")
        for line in content.split(b"\r\n"):
            backslashes = len(line) - len(line.rstrip(b"\\"))
            assert backslashes % 2 == 0


def test_G6_nothing_stands_before_the_calendar() -> None:
    assert feed([], "Mine").content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")


def test_G7_the_description_is_plain_text_and_keeps_what_a_person_typed() -> None:
    text = "Bring <test> & R&D; 5 < 6, \\n stays"
    found = written(make_event(description=text))
    assert text in found.value("DESCRIPTION")
    assert "X-ALT-DESC" not in found.names()


def test_G8_a_zone_is_defined_for_winter_and_summer_and_no_time_floats() -> None:
    summer = make_event(
        id=UUID(int=2),
        start=datetime(2027, 7, 6, 22, tzinfo=UTC),
        end=datetime(2027, 7, 7, 0, tzinfo=UTC),
    )
    calendar = read(feed([make_entry(MIXER), make_entry(summer)], "Mine").content)
    (zone,) = calendar.all("VTIMEZONE")
    assert {half.name for half in zone.inner} == {"STANDARD", "DAYLIGHT"}
    for found in calendar.all("VEVENT"):
        for name in ("DTSTART", "DTEND"):
            assert found.line(name).startswith(f"{name};TZID=America/New_York:")


def test_G8_each_zone_is_defined_once_and_before_it_is_used() -> None:
    berlin = make_event(id=UUID(int=3), time_zone="Europe/Berlin")
    calendar = read(feed([make_entry(MIXER), make_entry(TASTING), make_entry(berlin)], "M").content)
    assert [zone.value("TZID") for zone in calendar.all("VTIMEZONE")] == [
        "America/New_York",
        "Europe/Berlin",
    ]
    assert [inner.name for inner in calendar.inner] == ["VTIMEZONE"] * 2 + ["VEVENT"] * 3


def test_G8_utc_and_all_day_need_no_zone() -> None:
    utc = make_event(time_zone="UTC")
    calendar = read(feed([make_entry(utc), make_entry(WALK)], "Mine").content)
    assert calendar.all("VTIMEZONE") == []
    assert written(utc).line("DTSTART") == "DTSTART:20261208T230000Z"


def test_G9_stamps_are_true_utc_and_never_now() -> None:
    local = MODIFIED.astimezone(NEW_YORK)
    found = written(last_modified=local, created=CREATED.astimezone(NEW_YORK))
    assert found.value("DTSTAMP") == found.value("LAST-MODIFIED") == "20261120T071530Z"
    assert found.value("CREATED") == "20261101T093000Z"


def test_G12_file_names_cannot_carry_a_header() -> None:
    assert file_name(MIXER) == "chamber-after-hours-at-the-malt-house.ics"
    assert file_name(make_event(name='"\r\nSet-Cookie: x=1; ../../é')) == "set-cookie-x-1.ics"
    assert file_name(make_event(name="会议")) == "event.ics"


def test_G14_clients_are_told_how_often_to_come() -> None:
    calendar = read(feed([], "Mine").content)
    assert calendar.line("REFRESH-INTERVAL") == "REFRESH-INTERVAL;VALUE=DURATION:PT4H"
    assert calendar.value("X-PUBLISHED-TTL") == "PT4H"


def test_G16_C04_one_poisonous_event_among_a_hundred_costs_itself_alone() -> None:
    entries = [make_entry(make_event(id=UUID(int=i))) for i in range(99)]
    for poison in (
        make_event(time_zone="Nowhere/City"),
        make_event(start=datetime(2026, 12, 8, 23)),  # naive
        make_event(name=None),
        make_event(end=datetime.max.replace(tzinfo=UTC)),
        make_event(start=datetime.min.replace(tzinfo=UTC)),
    ):
        made = feed([*entries, make_entry(poison, uid="poison")], "Mine")
        assert made.skipped == ("poison",)
        assert len(read(made.content).all("VEVENT")) == 99
        with pytest.raises(ValueError, match="cannot be written"):
            single_event(make_entry(poison))


def test_G17_there_is_no_cap_on_the_number_of_entries() -> None:
    entries = [make_entry(make_event(id=UUID(int=i))) for i in range(2000)]
    assert feed(entries, "Mine").content.count(b"BEGIN:VEVENT") == 2000


def test_G18_C05_the_feed_holds_only_what_we_plan() -> None:
    full = make_event(organizer=Organization("Chamber", "mailto:x@y.example"), image="file:///x")
    calendar = read(feed([make_entry(full, score="s", notes=("n",))], "Mine").content)
    assert calendar.names() == CALENDAR_PROPERTIES
    assert set(calendar.all("VEVENT")[0].names()) == EVENT_PROPERTIES
    assert calendar.all("VEVENT")[0].inner == []  # no VALARM


# --- C: nothing comes in through a text ------------------------------------------------------


@pytest.mark.parametrize("poison", POISON)
@pytest.mark.parametrize(
    "place", ["name", "description", "address", "category", "uid", "note", "score", "calendar"]
)
def test_C01_C02_a_text_cannot_become_a_property(place: str, poison: str) -> None:
    event, options, name = MIXER, dict[str, Any](), "Mine"
    if place in {"name", "description"}:
        event = make_event(**{place: poison})
    elif place == "address":
        event = make_event(location=Place(poison, poison))
    elif place == "category":
        event = make_event(categories=(poison,))
    elif place == "calendar":
        name = poison
    else:
        options = {"note": {"notes": (poison,)}}.get(place, {place: poison})
    made = feed([make_entry(event, **options)], name)
    assert made.skipped == ()
    assert read(made.content).names() == CALENDAR_PROPERTIES
    assert only(made.content).value("STATUS") == "CONFIRMED"
    for line in made.content.decode().splitlines():
        assert not line.startswith(("ATTENDEE", "BEGIN:VALARM", "ACTION"))
    assert "ATTENDEE" not in by_library(made.content)


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/\r\nATTENDEE:y", "https://x.example/a b", "javascript:alert(1)",
        "data:text/html,x", "vbscript:x", "file:///etc/passwd", "http://bank.example@evil.example/",
        "https://", "//x.example", "http://[::1", "https://x.example:99999/", "ftp://x.example/",
    ],
)  # fmt: skip
def test_C03_only_a_plain_web_address_becomes_a_url(url: str) -> None:
    found = written(make_event(url=url, virtual_location=url), details_url=url)
    assert "URL" not in found.names()
    assert "Event page" not in found.value("DESCRIPTION")


def test_C03_an_international_address_is_written_in_ascii() -> None:
    found = written(make_event(url="HTTPS://Exämple.example/é?q=a,b;c&d=%20#x"))
    assert found.value("URL") == "https://xn--exmple-cua.example/%C3%A9?q=a,b;c&d=%20#x"


@pytest.mark.parametrize(
    "point",
    [
        (float("nan"), 1.0),
        (1.0, float("inf")),
        (999.0, 1.0),
        (1.0, -181.0),
        (0.0, 0.0),
        (1.0, None),
    ],
)
def test_C07_only_a_finite_point_on_earth_becomes_geo(point: tuple[float, float | None]) -> None:
    assert "GEO" not in written(make_event(location=Place("X", "", *point))).names()
    assert written().value("GEO") == "42.901200;-72.556100"


def test_C08_the_uid_is_ours_and_bounded() -> None:
    assert written().value("UID") == f"{MIXER.id}@meet.example"
    assert len(written(uid="x" * 10_000).value("UID")) <= 255


def test_C13_overlong_and_piled_up_text_is_cut_without_breaking_it() -> None:
    found = written(make_event(name="a" + "\u0301" * 300 + "\u202e\u200bevil" + "x" * 50_000))
    assert len(found.value("SUMMARY")) <= 300
    assert found.value("SUMMARY").startswith("á" + "\u0301" * 4 + "evilx")
    assert found.value("SUMMARY").endswith("…")


# --- B: the right time -----------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Kiritimati", "America/New_York"])
def test_B7_all_day_event_stays_on_its_date(zone: str) -> None:
    midnight = datetime(2026, 12, 12, tzinfo=ZoneInfo(zone))
    event = make_event(
        start=midnight.astimezone(UTC),
        end=(midnight + timedelta(days=1)).astimezone(UTC),
        time_zone=zone,
        all_day=True,
    )
    found = written(event)
    assert found.line("DTSTART") == "DTSTART;VALUE=DATE:20261212"
    assert found.line("DTEND") == "DTEND;VALUE=DATE:20261213"
    assert found.value("TRANSP") == "TRANSPARENT"


def test_B16_an_event_without_an_hour_is_not_exported_as_midnight() -> None:
    found = written(make_event(start=datetime(2026, 12, 12, 5, tzinfo=UTC), end=None, all_day=True))
    assert found.line("DTSTART") == "DTSTART;VALUE=DATE:20261212"
    assert found.line("DTEND") == "DTEND;VALUE=DATE:20261213"


def test_B8_an_end_at_midnight_stays_one() -> None:
    found = written(TASTING)
    assert found.line("DTEND") == "DTEND;TZID=America/New_York:20261211T000000"
    assert wording.when(TASTING) == "Thu, Dec 10, 6:30 pm–midnight EST"


@pytest.mark.parametrize("end", [None, MIXER.start, MIXER.start - timedelta(hours=3)])
def test_B9_a_missing_or_senseless_end_becomes_two_hours(end: datetime | None) -> None:
    found = written(make_event(end=end))
    assert found.line("DTEND") == "DTEND;TZID=America/New_York:20261208T200000"


def test_B10_a_long_event_over_night_stays_timed() -> None:
    event = make_event(end=MIXER.start + timedelta(hours=21))
    assert written(event).line("DTEND") == "DTEND;TZID=America/New_York:20261209T150000"
    assert wording.when(event) == "Tue, Dec 8, 6:00 pm – Wed, Dec 9, 3:00 pm EST"


def test_B11_weekly_seven_o_clock_stays_seven_over_both_clock_changes() -> None:
    mondays = [date(2026, 10, 5) + timedelta(weeks=i) for i in range(30)]
    for index, monday in enumerate(mondays):
        local = datetime(monday.year, monday.month, monday.day, 19, tzinfo=NEW_YORK)
        event = make_event(id=UUID(int=index), start=local.astimezone(UTC), end=None)
        content = feed([make_entry(event)], "Mine").content
        assert only(content).line("DTSTART").endswith(f":{monday:%Y%m%d}T190000")
        assert by_library(content)["DTSTART"].dt == local


@pytest.mark.parametrize("hours", range(8))
def test_B15_the_instant_survives_the_night_the_clocks_go_back(hours: int) -> None:
    start = datetime(2026, 11, 1, 4, 30, tzinfo=UTC) + timedelta(hours=hours)
    content = feed(
        [make_entry(make_event(start=start, end=start + timedelta(hours=1)))], "M"
    ).content
    found = by_library(content)
    assert found["DTSTART"].dt.astimezone(UTC) == start
    assert found["DTEND"].dt.astimezone(UTC) == start + timedelta(hours=1)


# --- E: cancellation and change --------------------------------------------------------------


def test_E1_a_cancelled_event_says_so_in_title_and_status_and_frees_the_time() -> None:
    found = written(make_event(event_status=EventStatus.CANCELLED), sequence=3)
    assert found.value("SUMMARY") == f"Cancelled: {MIXER.name}"
    assert (found.value("STATUS"), found.value("TRANSP")) == ("CANCELLED", "TRANSPARENT")
    assert found.value("SEQUENCE") == "3"


@pytest.mark.parametrize("title", ["CANCELED - Mixer", "[Cancelled] Mixer", "CANCELLED Mixer"])
def test_E1_a_title_that_says_so_already_is_not_marked_twice(title: str) -> None:
    event = make_event(name=title, event_status=EventStatus.CANCELLED)
    assert written(event).value("SUMMARY") == title


def test_E5_a_title_about_cancelling_is_no_mark() -> None:
    name = "Cancelled Culture: a talk"
    live, gone = make_event(name=name), make_event(name=name, event_status=EventStatus.CANCELLED)
    assert (written(live).value("SUMMARY"), written(live).value("STATUS")) == (name, "CONFIRMED")
    assert written(gone).value("SUMMARY") == f"Cancelled: {name}"


def test_E1_a_postponed_event_is_tentative() -> None:
    found = written(make_event(event_status=EventStatus.POSTPONED))
    assert found.value("SUMMARY").startswith("Postponed: ")
    assert found.value("STATUS") == "TENTATIVE"


@pytest.mark.parametrize(
    "change",
    [
        {"start": MIXER.start + timedelta(minutes=5)},
        {"end": MIXER.start + timedelta(hours=3)},
        {"time_zone": "America/Chicago"},
        {"all_day": True},
        {"location": Place("Elsewhere")},
        {"event_status": EventStatus.CANCELLED},
        {"name": "Another name"},
        {"location": None, "virtual_location": "https://x.example/"},
    ],
)
def test_E8_what_a_reader_sees_raises_the_sequence(change: dict[str, Any]) -> None:
    assert changed(MIXER, make_event(**change))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"description": "Better words."},
        {"image": "https://x.example/i.png"},
        {"offers": (Offer(500, 500, "USD"),)},
        {"url": "https://x.example/new"},
        {"name": f" {MIXER.name}\u200b "},
        {"event_status": EventStatus.RESCHEDULED},  # says nothing new beyond the new start
        {"dates_in_window": 9},
    ],
)
def test_E8_what_a_reader_does_not_see_leaves_the_sequence(change: dict[str, Any]) -> None:
    assert not changed(MIXER, make_event(**change))


def test_E8_naming_the_end_we_assumed_is_no_change() -> None:
    assert not changed(make_event(end=None), make_event(end=MIXER.start + timedelta(hours=2)))


# --- against other readers -------------------------------------------------------------------

texts = st.text(st.characters(), max_size=200)


@settings(deadline=None)
@given(name=texts, description=texts, address=texts, category=texts, note=texts, calendar=texts)
def test_any_text_round_trips_and_adds_nothing(
    name: str, description: str, address: str, category: str, note: str, calendar: str
) -> None:
    event = make_event(
        name=name, description=description, location=Place("", address), categories=(category,)
    )
    made = feed([make_entry(event, notes=(note,))], calendar)
    found = only(made.content)
    assert read(made.content).names() == CALENDAR_PROPERTIES
    assert read(made.content).value("NAME") == one_line(calendar, 100)
    assert found.value("SUMMARY") == (one_line(name, 300) or "Event")
    assert block(description, 4000) in found.value("DESCRIPTION")
    assert one_line(note, 300) in found.value("DESCRIPTION")
    if address := one_line(address, 300):
        assert found.value("LOCATION") == address


@settings(deadline=None)
@given(name=texts, description=texts)
def test_the_library_reads_and_writes_the_same(name: str, description: str) -> None:
    """Property for property as `icalendar` writes it, except for its reading of the pair `\\N`."""
    name, description = (text.replace("\\", "/") for text in (name, description))
    content = single_event(make_entry(make_event(name=name, description=description)))
    ours = by_library(content)
    theirs: Any = icalendar.Event()
    theirs.add("SUMMARY", one_line(name, 300) or "Event")
    theirs.add("DTSTART", MIXER.local_start)
    theirs.add("DTEND", MIXER.local_end)
    theirs.add("DTSTAMP", MODIFIED)
    theirs.add("SEQUENCE", 0)
    theirs.add("GEO", (42.9012, -72.5561))
    theirs.add("CATEGORIES", ["Networking", "Food, drink"])
    for key, value in theirs.items():
        assert ours[key].to_ical() == value.to_ical()
        assert ours[key].params == value.params


def test_vdirsyncer_splits_the_feed_into_its_events() -> None:
    content = feed([make_entry(MIXER), make_entry(TASTING), make_entry(WALK)], "Mine").content
    items = list(split_collection(content.decode()))
    assert len(items) == 3
    assert all("BEGIN:VTIMEZONE" in item or "VALUE=DATE" in item for item in items)
