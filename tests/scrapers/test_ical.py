"""iCalendar: what a VEVENT says, and files as broken as publishers make them."""

import csv
import re
import resource
import time
from datetime import timedelta

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar.parser import Contentline

from scrapers import ical, recognize
from scrapers._ical_lines import components_of, parameters
from scrapers._ical_values import duration, text
from scrapers.base import AttendanceMode, EventStatus, Organization, ParseError, Place
from tests.scrapers.ical_files import calendar, document, only, read
from tests.shared import SHARED

MIXER = """
    UID:mixer-1@harbor.example
    DTSTART;TZID=America/Chicago:20260310T180000
    DTEND;TZID=America/Chicago:20260310T200000
    SUMMARY:Chamber mixer
"""


def test_every_field_of_an_event() -> None:
    listing = only(
        calendar(
            r"""
            UID:mixer-1@harbor.example
            SEQUENCE:3
            DTSTART;TZID=America/Chicago:20260310T180000
            DTEND;TZID=America/Chicago:20260310T200000
            SUMMARY:Chamber mixer\, spring &amp; summer
            DESCRIPTION:Bring cards.\nMeet founders\; <test> it.
            LOCATION:Harbor Hall\, 12 Quay St\, Harbor Falls
            GEO:41.5;-87.25
            CATEGORIES:Networking,Food\, drink
            CATEGORIES:Business
            ORGANIZER;CN="Harbor, Chamber":mailto:desk@chamber.example
            URL:https://chamber.example/mixer
            ATTACH;FMTTYPE=application/pdf:https://chamber.example/flyer.pdf
            ATTACH;FMTTYPE=image/png:https://chamber.example/poster
            STATUS:CONFIRMED
            """
        )
    )
    assert listing.name == "Chamber mixer, spring & summer"
    assert listing.description == "Bring cards.\nMeet founders; <test> it."
    assert listing.start.isoformat() == "2026-03-10T18:00:00-05:00"
    assert listing.end is not None
    assert listing.end.isoformat() == "2026-03-10T20:00:00-05:00"
    assert (listing.time_zone, listing.all_day) == ("America/Chicago", False)
    assert (listing.uid, listing.sequence) == ("mixer-1@harbor.example", 3)
    assert (listing.recurrence_id, listing.series) == ("", "")
    assert listing.location == Place("Harbor Hall", "12 Quay St, Harbor Falls", 41.5, -87.25)
    assert listing.categories == ("Networking", "Food, drink", "Business")
    assert listing.organizer == Organization("Harbor, Chamber")
    assert listing.url == "https://chamber.example/mixer"
    assert listing.image == "https://chamber.example/poster"
    assert listing.event_status is EventStatus.SCHEDULED
    assert listing.event_attendance_mode is AttendanceMode.OFFLINE
    assert not listing.private


def test_header_gives_title_zone_and_refresh() -> None:
    header = "X-WR-CALNAME:Harbor\\, Falls\nX-WR-TIMEZONE:Europe/Berlin\nREFRESH-INTERVAL:PT4H"
    parsed = read(calendar(MIXER, header=header))
    assert (parsed.title, parsed.time_zone) == ("Harbor, Falls", "Europe/Berlin")
    assert parsed.refresh_seconds == 4 * 3600
    assert parsed.components == 1
    assert parsed.complete
    assert not parsed.problems


def test_header_that_a_strict_library_rejects_costs_nothing() -> None:
    feed = calendar(MIXER, header="REFRESH-INTERVAL;VALUE=DURATION:P15M\nX-WR-TIMEZONE:\nNONSENSE")
    with pytest.raises(ValueError):
        icalendar.Calendar.from_ical(feed)
    parsed = read(feed)
    assert len(parsed.listings) == 1
    assert parsed.refresh_seconds == 15 * 60


@pytest.mark.parametrize(
    "zone",
    [
        "TZID:\nBEGIN:STANDARD\nDTSTART:19700101T000000\nEND:STANDARD",
        "TZID:America/Chicago\nTZID:America/Chicago\nBEGIN:STANDARD\nEND:STANDARD",
        "BEGIN:STANDARD\nTZOFFSETFROM:x\nEND:STANDARD",
    ],
)
def test_broken_zone_definitions_cost_nothing(zone: str) -> None:
    assert only(calendar(MIXER, header=f"BEGIN:VTIMEZONE\n{zone}\nEND:VTIMEZONE")).start.hour == 18


def test_A12_one_bad_component_costs_itself_alone() -> None:
    bad = "UID:x\nDTSTART:soon\nSUMMARY:Open mic"
    parsed = read(calendar(MIXER, bad, "SUMMARY:Never", MIXER.replace("mixer-1", "mixer-2")))
    assert [listing.uid[:7] for listing in parsed.listings] == ["mixer-1", "mixer-2"]
    assert parsed.components == 4
    assert [(p.place, p.code, p.lost) for p in parsed.problems] == [
        ("VEVENT 2 'Open mic'", "bad_start", True),
        ("VEVENT 3 'Never'", "no_start", True),
    ]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "an empty answer"),
        (b" \r\n ", "an empty answer"),
        (b"<!DOCTYPE html><title>Log in</title>", "an HTML page"),
        (b"<html><title>Just a moment...</title>", "a bot challenge (an HTML page)"),
        (b'{"error": "not found"}', "a JSON document"),
        (b"null", "a JSON document"),
        (b"<?xml version='1.0'?><rss/>", "an XML document"),
        (b"403 Forbidden", "plain text"),
        (b"\x89PNG\x00\x00", "binary data"),
    ],
)
def test_A3_another_body_is_a_failure_that_says_what_it_is(body: bytes, found: str) -> None:
    with pytest.raises(ParseError, match=rf"iCalendar file, but this is {re.escape(found)}\."):
        read(body)


def test_A13_ten_years_of_history_cost_no_more_than_their_lines() -> None:
    past = MIXER.replace("2026", "2016") + "DESCRIPTION:" + "<p>long ago</p>" * 40
    began = time.process_time()
    parsed = read(calendar(*[past.replace("mixer-1", f"{n}") for n in range(5000)], MIXER))
    assert time.process_time() - began < 3
    assert (parsed.components, len(parsed.listings)) == (5001, 1)


def test_A14_a_calendar_of_the_past_is_quiet_and_whole() -> None:
    parsed = read(calendar(MIXER.replace("2026", "2019")))
    assert not parsed.listings
    assert not parsed.problems
    assert (parsed.components, parsed.complete) == (1, True)


def test_empty_calendar_is_no_failure() -> None:
    parsed = read(calendar())
    assert (parsed.components, parsed.listings, parsed.complete) == (0, (), True)


def test_truncated_file_keeps_what_can_be_read_and_says_so() -> None:
    feed = calendar(MIXER, MIXER.replace("mixer-1", "mixer-2"))
    parsed = read(feed[: feed.rindex("SUMMARY") + 16])
    assert [listing.name for listing in parsed.listings] == ["Chamber mixer", "Chamber"]
    assert not parsed.complete
    assert parsed.problems[-1].code == "cut_off"
    assert not parsed.problems[-1].lost


def test_D2_no_uid_and_empty_uid_stay_apart() -> None:
    event = MIXER.replace("UID:mixer-1@harbor.example", "UID:")
    other = event.replace("UID:\n", "").replace("mixer", "fair")
    parsed = read(calendar(event, other))
    assert [(listing.uid, listing.name) for listing in parsed.listings] == [
        ("", "Chamber mixer"),
        ("", "Chamber fair"),
    ]


def test_one_uid_for_several_dates_keeps_them_all_and_apart() -> None:
    later = MIXER.replace("20260310", "20260317")
    parsed = read(calendar(MIXER, later, MIXER))
    assert [(listing.recurrence_id, listing.notes) for listing in parsed.listings] == [
        ("2026-03-10T23:00:00Z", ("uid_shared",)),
        ("2026-03-17T23:00:00Z", ("uid_shared",)),
    ]


def test_of_two_versions_the_higher_sequence_counts() -> None:
    new = MIXER.replace("180000", "190000") + "SEQUENCE:2"
    assert only(calendar(new, MIXER + "SEQUENCE:1")).start.hour == 19


@pytest.mark.parametrize(
    ("title", "name", "status"),
    [
        ("CANCELED – Open mic", "Open mic", EventStatus.CANCELLED),
        ("Cancelled: Open mic", "Open mic", EventStatus.CANCELLED),
        ("[CANCELLED] Open mic", "Open mic", EventStatus.CANCELLED),
        ("*CANCELED* Open mic", "Open mic", EventStatus.CANCELLED),
        ("CANCELLED Critical Mass Ride", "Critical Mass Ride", EventStatus.CANCELLED),
        ("Open mic (Cancelled)", "Open mic", EventStatus.CANCELLED),
        ("WEDDING FAIR - Cancelled", "WEDDING FAIR", EventStatus.CANCELLED),
        ("ABGESAGT: Lesung", "Lesung", EventStatus.CANCELLED),
        ("POSTPONED: Spring gala", "Spring gala", EventStatus.POSTPONED),
        ("Cancelled", "Cancelled", EventStatus.SCHEDULED),
        ("Cancelled Flights", "Cancelled Flights", EventStatus.SCHEDULED),
        ("CANCELLED FLIGHTS", "CANCELLED FLIGHTS", EventStatus.SCHEDULED),
        ("The Cancelled Generation", "The Cancelled Generation", EventStatus.SCHEDULED),
        ("Self-cancelled: a talk", "Self-cancelled: a talk", EventStatus.SCHEDULED),
    ],
)
def test_E5_cancellation_in_the_title(title: str, name: str, status: EventStatus) -> None:
    listing = only(calendar(MIXER.replace("Chamber mixer", title)))
    assert (listing.name, listing.event_status) == (name, status)


def test_status_cancelled_is_read_and_tentative_is_not_a_cancellation() -> None:
    assert only(calendar(MIXER + "STATUS:CANCELLED")).event_status is EventStatus.CANCELLED
    assert only(calendar(MIXER + "STATUS:TENTATIVE")).event_status is EventStatus.SCHEDULED


@pytest.mark.parametrize("access", ["PRIVATE", "CONFIDENTIAL", "X-STAFF"])
def test_K4_private_events_are_marked(access: str) -> None:
    assert only(calendar(MIXER + f"CLASS:{access}")).private
    assert not only(calendar(MIXER + "CLASS:")).private


@pytest.mark.parametrize(
    ("location", "place", "link", "mode"),
    [
        ("Art Center and Online", "Art Center and Online", "", AttendanceMode.MIXED),
        ("Zoom", None, "", AttendanceMode.ONLINE),
        ("Online event", None, "", AttendanceMode.ONLINE),
        ("https://us02web.zoom.us/j/1", None, "https://us02web.zoom.us/j/1", AttendanceMode.ONLINE),
        ("Harbor Hall", "Harbor Hall", "", AttendanceMode.OFFLINE),
        ("The Link", "The Link", "", AttendanceMode.OFFLINE),
        ("The Session, 4 Mill St", "The Session", "", AttendanceMode.OFFLINE),
        ("Downtown Library - Room 2C", "Downtown Library - Room 2C", "", AttendanceMode.OFFLINE),
        ("3rd Floor Lounge", "3rd Floor Lounge", "", AttendanceMode.OFFLINE),
        ("12 Quay St, Harbor Falls", "", "", AttendanceMode.OFFLINE),
        ("Via Zoom (link on the event)", None, "", AttendanceMode.ONLINE),
        ("Zoomorphic Gallery", "Zoomorphic Gallery", "", AttendanceMode.OFFLINE),
        ("TBD", None, "", AttendanceMode.UNKNOWN),
        ("", None, "", AttendanceMode.UNKNOWN),
    ],
)
def test_F5_online_is_no_place(
    location: str, place: str | None, link: str, mode: AttendanceMode
) -> None:
    listing = only(calendar(MIXER + f"LOCATION:{location}"))
    assert (listing.location and listing.location.name) == place
    assert (listing.virtual_location, listing.event_attendance_mode) == (link, mode)


def test_location_that_links_to_the_event_page_is_its_url() -> None:
    listing = only(calendar(MIXER + "LOCATION:https://lu.example/event/1"))
    assert (listing.url, listing.location) == ("https://lu.example/event/1", None)
    assert listing.virtual_location == ""


def test_F6_html_in_location() -> None:
    html = r"<p data-pasted=\"true\"><strong>Location:</strong> <span style='color: rgb(34\, 34\, 34)\; x'>City Hall</span></p> - 5 Main St\, Harbor Falls"
    listing = only(calendar(MIXER + f"LOCATION:{html}"))
    assert listing.location == Place("City Hall", "5 Main St, Harbor Falls")


@pytest.mark.parametrize("geo", ["0;0", "91;0", "nan;1", "inf;1", "1", "x;y", "1e999;2"])
def test_impossible_coordinates_are_none(geo: str) -> None:
    assert only(calendar(MIXER + f"GEO:{geo}")).location is None


@pytest.mark.parametrize(
    ("line", "organizer"),
    [
        ("ORGANIZER;CN=Harbor Chamber:mailto:a@b.example", Organization("Harbor Chamber")),
        ("ORGANIZER:mailto:a@b.example", Organization("a@b.example")),
        ("ORGANIZER;CN=no-reply@b.example:mailto:no-reply@b.example", None),
        (
            "ORGANIZER;CN=Guild:https://guild.example/",
            Organization("Guild", "https://guild.example/"),
        ),
        ("ORGANIZER:MAILTO:9f@group.calendar.google.com", None),
    ],
)
def test_organizer_by_printed_name(line: str, organizer: Organization | None) -> None:
    assert only(calendar(MIXER + line)).organizer == organizer


def test_html_descriptions_become_text() -> None:
    html = r"X-ALT-DESC;FMTTYPE=text/html:<p>Bring&nbsp\;a friend<br>and cards</p>"
    assert only(calendar(MIXER + html)).description == "Bring a friend\nand cards"
    both = MIXER + "DESCRIPTION:<b>Plain</b> enough\n" + html
    assert only(calendar(both)).description == "Plain enough"


def test_an_event_without_title_is_named_by_its_description() -> None:
    event = MIXER.replace("SUMMARY:Chamber mixer", r"DESCRIPTION:Coffee with founders\nAll welcome")
    assert only(calendar(event)).name == "Coffee with founders"
    nameless = only(calendar(MIXER.replace("SUMMARY:Chamber mixer", "")))
    assert (nameless.name, nameless.notes) == ("Untitled event", ("name_guessed",))


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r", "\n\n", "\r\r\n"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n\n", " \t\n\t\t", "Notice: oops\n"])
def test_line_ends_and_noise_before_the_calendar(ends: str, before: str) -> None:
    feed = before + calendar(MIXER + "DESCRIPTION:One\n two").replace("\n", ends)
    assert only(feed).name == "Chamber mixer"
    assert recognize(document(feed)) == "ical"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_encodings(encoding: str) -> None:
    feed = calendar(MIXER.replace("Chamber", "Café Zürich"))
    assert only(feed.encode(encoding)).name == "Café Zürich mixer"


def test_declared_charset_and_mixed_lines() -> None:
    feed = calendar(MIXER.replace("Chamber", "Łódź")).encode("iso-8859-2")
    kind = 'text/calendar; charset="iso-8859-2"'
    assert only(feed, content_type=kind).name == "Łódź mixer"
    mixed = calendar(MIXER + "LOCATION:Café").encode().replace("é".encode(), b"\xe9")
    assert only(mixed.replace(b"Chamber", "Łódź".encode())).name == "Łódź mixer"


def test_text_that_its_publisher_forgot_to_fold() -> None:
    event = (
        MIXER
        + "DESCRIPTION:First line\nSecond line: with a colon\n\nThird line\nURL:https://a.example"
    )
    listing = only(calendar(event))
    assert listing.description == "First line\nSecond line: with a colon\nThird line"
    assert listing.url == "https://a.example"


def test_lower_case_names_and_blanks_around_them() -> None:
    feed = "begin:vcalendar\nBegin:VEvent \nsummary : Tea\ndtstart ; tzid = Europe/Berlin :20260310T180000\nend:vevent\nend:vcalendar"
    listing = only(feed)
    assert (listing.name, listing.time_zone) == ("Tea", "Europe/Berlin")


def test_two_calendars_in_a_file_are_merged_each_with_its_zone() -> None:
    floating = MIXER.replace(";TZID=America/Chicago", "")
    feed = calendar(floating, header="X-WR-TIMEZONE:Europe/Berlin") + calendar(
        floating.replace("mixer-1", "mixer-2"), header="X-WR-TIMEZONE:Asia/Tokyo"
    )
    parsed = read(feed)
    assert [listing.time_zone for listing in parsed.listings] == ["Europe/Berlin", "Asia/Tokyo"]
    assert (parsed.components, parsed.complete) == (2, True)


def test_alarms_inside_an_event_change_nothing() -> None:
    alarm = "BEGIN:VALARM\nSUMMARY:Wake\nDTSTART:20200101\nTRIGGER:-PT5M\nREPEAT:99999999\nEND:VALARM\nURL:https://a.example"
    listing = only(calendar(MIXER + alarm))
    assert (listing.name, listing.url) == ("Chamber mixer", "https://a.example")


def test_a_forgotten_end_of_an_event_does_not_swallow_the_next() -> None:
    feed = calendar(MIXER, MIXER.replace("mixer-1", "mixer-2")).replace("END:VEVENT\n", "", 1)
    assert len(read(feed).listings) == 2


def test_recognizes_by_what_the_body_says_not_the_server() -> None:
    assert ical.recognizes(document(calendar(), content_type="text/html"))
    assert not ical.recognizes(document("<html>", content_type="text/calendar"))
    assert not ical.recognizes(document("<script>x = 'BEGIN:VCALENDAR'</script>"))
    assert ical.recognizes(document("BEGIN:VEVENT\nEND:VEVENT"))


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80)


@settings(deadline=None)
@given(
    summary=ANY_TEXT, description=ANY_TEXT.map(lambda text: f"{text}\n;,\\x\n{text}"), uid=ANY_TEXT
)
def test_names_and_values_equal_the_library(summary: str, description: str, uid: str) -> None:
    event = icalendar.Event()
    event.add("SUMMARY", summary)
    event.add("DESCRIPTION", description)
    event.add("UID", uid)
    theirs = icalendar.Event.from_ical(event.to_ical())
    (ours,) = components_of(event.to_ical())
    for name in ("SUMMARY", "DESCRIPTION", "UID"):
        assert [text(value) for _, value in ours.properties[name]] == [str(theirs[name])]


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["CN", "TZID", "X-NOTE", "FMTTYPE"]),
        # RFC 5545 3.2 has neither backslashes nor percent signs escape anything here; the library
        # reads both as escapes, and takes white space beside any equals sign away.
        st.text(
            st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\\%="),
            max_size=20,
        )
        .map(str.strip)
        .filter(bool),
        max_size=3,
    ),
    st.text('abc:;,"\\ü ', max_size=20),
)
def test_parameters_equal_the_library(params: dict[str, str], value: str) -> None:
    given = icalendar.Parameters(params).to_ical().decode()
    line = f"ORGANIZER;{given}:{value}" if given else f"ORGANIZER:{value}"
    (ours,) = components_of(f"BEGIN:VEVENT\n{line}\nEND:VEVENT".encode())
    _, theirs, raw = Contentline(line).raw_parts()  # type: ignore[no-untyped-call]
    ((params_raw, value_raw),) = ours.properties["ORGANIZER"]
    assert (value_raw, parameters(params_raw)) == (raw, dict(theirs))


@settings(deadline=None)
@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=300)))
def test_durations_equal_the_library(length: timedelta) -> None:
    raw = icalendar.vDuration(length).to_ical().decode()  # type: ignore[no-untyped-call]
    assert duration(raw) == icalendar.vDuration.from_ical(raw)  # type: ignore[no-untyped-call]


@settings(deadline=None)
@given(st.lists(st.integers(0, 400), max_size=12), st.sampled_from(["\r\n ", "\n\t", "\r\n\r\n "]))
def test_folds_at_any_octet_change_nothing(cuts: list[int], fold: str) -> None:
    feed = calendar(MIXER.replace("Chamber", "Ça été 🎉 Zürich") + "LOCATION:Große Halle")
    raw = feed.encode()
    body = bytearray(raw)
    for cut in sorted({cut % len(raw) for cut in cuts}, reverse=True):
        if raw[cut - 1 : cut] not in {b"\n", b""}:
            body[cut:cut] = fold.encode()
    assert read(bytes(body)).listings == read(raw).listings


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    *(f"{line.strip()}\n" for line in MIXER.strip().split("\n")),
                    *("BEGIN:VCALENDAR\n", "END:VCALENDAR\n", "BEGIN:VEVENT\n", "END:VEVENT\n"),
                    *("RRULE:FREQ=DAILY;COUNT=3\n", "RDATE:20260311\n", "EXDATE:\n", ":\n", " x\n"),
                    *("BEGIN:VTIMEZONE\n", "END:VTIMEZONE\n", "TZID:X\n", "DTSTART;TZID=X:2026\n"),
                    *("RECURRENCE-ID:20260310\n", "DURATION:-P1D\n", "BEGIN:\n", "END\n", "\x00\n"),
                ]
            ),
            max_size=40,
        ).map(lambda found: "".join(found).encode()),
    )
)
def test_garbage_raises_nothing_but_parse_error(content: bytes) -> None:
    try:
        parsed = read(content)
    except ParseError:
        return
    assert len(parsed.listings) >= 0
    assert all(problem.code != "unreadable" for problem in parsed.problems)


if SHARED is not None:
    CORPUS = SHARED / "corpus"

    @pytest.mark.corpus
    def test_corpus_components_speed_and_memory() -> None:
        with (CORPUS / "MANIFEST.csv").open() as manifest:
            rows = [row for row in csv.DictReader(manifest) if row["format"] == "ics"]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        differ = []
        for row in rows:
            began = time.process_time()
            try:
                found = read((CORPUS / row["path"]).read_bytes()).components
            except ParseError:
                found = 0
            assert time.process_time() - began < 5, row["path"]
            if found != int(row["events_expected"]):
                differ.append(row["path"])
        assert len(rows) > 70
        assert differ == []
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024
