"""What a client reads: strong validators, filters, pages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.resources import Resources
from app.store import users
from scrapers.base import AttendanceMode, EventStatus, Place
from tests.api.conftest import Api, Caller
from tests.conftest import NOW
from tests.kinds import embedded
from tests.seed import add_source, listing, tell

FAR = Place("Cape Hall", "1 Cape Rd", 42.9, -70.5)

TOWN = [
    listing("Tech Mixer", days=1, price=0),
    listing("Founders Breakfast", start=NOW + timedelta(days=2, hours=-2), price=1500),
    listing("Chamber Evening", days=3, price=4000),
    listing("Product People Meetup", days=4),
    listing("Career Fair for Job Seekers", days=5, price=0),
    listing("Startup Pitch Night", days=6, place=FAR),
    listing("Remote Data Talk", days=7, place=None, event_attendance_mode=AttendanceMode.ONLINE),
    listing("Design Breakfast", days=8, place=Place("Somewhere", "")),
    listing("Cloud Conference", days=9, event_status=EventStatus.CANCELLED),
]


@pytest.fixture
def town(world: Resources) -> dict[str, UUID]:
    """Some events of the coming days, by name."""
    ids = tell(world, add_source(world), TOWN)
    return dict(zip((item.name for item in TOWN), ids, strict=True))


def names(caller: Caller, query: str = "") -> list[str]:
    body = caller.json(f"/api/v1/events?km=50&{query}")
    assert body["total"] == len(body["items"])
    return sorted(item["name"] for item in body["items"])


def paths(town: dict[str, UUID], feed: str) -> list[str]:
    one = town["Tech Mixer"]
    return [
        "/api/v1/events",
        f"/api/v1/events/{one}",
        f"/api/v1/events/{one}.ics",
        "/api/v1/choices",
        "/api/v1/me",
        "/api/v1/me/profile",
        "/api/v1/me/calendar",
        "/api/v1/sources",
        feed,
    ]


def test_G1_every_read_has_a_strong_tag_and_a_true_304(
    api: Api, robin: Caller, town: dict[str, UUID]
) -> None:
    robin("PUT", f"/api/v1/choices/{town['Tech Mixer']}", json={"state": "chosen"})
    source = robin.json("/api/v1/sources")["items"][0]["id"]
    feed = robin.json("/api/v1/me/calendar")["url"].removeprefix("http://gomeet.test")
    for path in [*paths(town, feed), f"/api/v1/sources/{source}"]:
        first, again = robin.get(path), robin.get(path)
        assert first.status_code == 200, path
        assert first.content == again.content, path
        tag = first.headers["etag"]
        assert tag == again.headers["etag"]
        assert tag.startswith('"'), "strong"
        for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            unchanged = robin.get(path, headers={"if-none-match": sent})
            assert unchanged.status_code == 304, (path, sent)
            assert unchanged.content == b""
            assert unchanged.headers["etag"] == tag
            assert "content-type" not in unchanged.headers
        assert robin.get(path, headers={"if-none-match": '"other"'}).content == first.content


def test_the_list_changes_its_tag_with_catalog_person_and_choice(
    world: Resources, robin: Caller, town: dict[str, UUID]
) -> None:
    tags = [robin.get("/api/v1/events").headers["etag"]]

    def assert_fresh() -> None:
        tags.append(robin.get("/api/v1/events").headers["etag"])
        assert len(set(tags)) == len(tags)

    source = UUID(robin.json("/api/v1/sources")["items"][0]["id"])
    tell(world, source, [*TOWN, listing("Late Addition", days=3)])
    assert_fresh()
    robin("PUT", f"/api/v1/choices/{town['Tech Mixer']}", json={"state": "chosen"})
    assert_fresh()
    profile = robin.json("/api/v1/me/profile") | {"field": "nursing"}
    assert robin("PUT", "/api/v1/me/profile", json=profile).status_code == 200
    assert_fresh()
    robin("PATCH", f"/api/v1/sources/{source}", json={"name": "The Gull"})
    assert_fresh()


def test_filters_keep_what_they_say(robin: Caller, town: dict[str, UUID]) -> None:
    everything = names(robin)
    assert everything == sorted(
        set(town) - {"Startup Pitch Night", "Cloud Conference", "Career Fair for Job Seekers"}
    )
    assert "Career Fair for Job Seekers" in names(robin, "include_circles=true")
    assert "Startup Pitch Night" in names(robin, "km=200")


def test_an_unknown_price_is_neither_free_nor_cheap_nor_dear(
    robin: Caller, town: dict[str, UUID]
) -> None:
    assert names(robin, "free=true") == ["Tech Mixer"]
    assert names(robin, "free=false") == ["Chamber Evening", "Founders Breakfast"]
    assert names(robin, "price_max=1500") == ["Founders Breakfast", "Tech Mixer"]
    prices = {item["name"]: item["price"] for item in robin.json("/api/v1/events")["items"]}
    unknown = prices["Product People Meetup"]
    assert (unknown["free"], unknown["min"], unknown["max"]) == (None, None, None)
    assert prices["Tech Mixer"]["free"] is True


def test_F3_an_unknown_place_is_kept_and_has_no_distance(
    robin: Caller, town: dict[str, UUID]
) -> None:
    found = {item["name"]: item for item in robin.json("/api/v1/events?km=1")["items"]}
    assert "Design Breakfast" in found
    assert found["Design Breakfast"]["distance_km"] is None
    assert found["Design Breakfast"]["location"]["latitude"] is None
    assert found["Tech Mixer"]["distance_km"] == pytest.approx(0.1, abs=0.1)
    assert "Startup Pitch Night" not in found


@embedded
@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("q=breakfast", {"Founders Breakfast", "Design Breakfast"}),
        ("q=FOUNDERS%20gull", {"Founders Breakfast"}),
        ("q=nowhere", set()),
        ("attendance_mode=online", {"Remote Data Talk"}),
        ("from=2026-12-01T00:00:00Z&to=2026-12-02T10:00:00-05:00", {"Remote Data Talk"}),
        ("weekday=5", {"Chamber Evening"}),
        ("weekday=4&weekday=5", {"Chamber Evening", "Founders Breakfast"}),
        ("evenings=true&to=2026-11-27T12:00:00Z", {"Tech Mixer"}),
        ("min_score=1", set()),
        ("kind=food_drink&q=nowhere", set()),
    ],
)
def test_each_filter(robin: Caller, town: dict[str, UUID], query: str, kept: set[str]) -> None:
    assert set(names(robin, query)) == kept


def test_what_was_decided_can_be_left_out(robin: Caller, town: dict[str, UUID]) -> None:
    for name, state in (("Tech Mixer", "chosen"), ("Chamber Evening", "dismissed")):
        robin("PUT", f"/api/v1/choices/{town[name]}", json={"state": state})
    left = names(robin, "undecided=true")
    assert "Tech Mixer" not in left
    assert "Chamber Evening" not in left
    assert "Product People Meetup" in left
    shown = {item["name"]: item["choice"] for item in robin.json("/api/v1/events")["items"]}
    assert shown["Chamber Evening"] == "dismissed"


def test_a_cancelled_event_is_never_suggested_and_can_be_looked_at(
    robin: Caller, town: dict[str, UUID]
) -> None:
    assert "Cloud Conference" not in names(robin)
    one = robin.json(f"/api/v1/events/{town['Cloud Conference']}")
    assert one["event_status"] == "cancelled"


def test_the_reasons_add_up(robin: Caller, town: dict[str, UUID]) -> None:
    one = robin.json(f"/api/v1/events/{town['Tech Mixer']}")
    score = one["score"]
    for start, reasons, total in (
        ("start_points", "reasons", "any_field"),
        ("your_start_points", "your_reasons", "your_field"),
    ):
        points = one[start] + sum(reason["points"] for reason in one[reasons])
        assert points == pytest.approx(100 * score[total], abs=1e-6)
    assert one["listings"][0]["source"] == "Gull Room"
    assert one["links"]["ics"].startswith("http://gomeet.test/api/v1/events/")


def test_G12_a_single_event_is_an_attachment_and_needs_no_token(
    api: Api, town: dict[str, UUID]
) -> None:
    answer = api.anonymous.get(f"/api/v1/events/{town['Tech Mixer']}.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"%" not in answer.content, "public facts only: nobody's chance"


SAME_TIME = [
    listing(f"Meetup number {word}", start=NOW + timedelta(days=3), uid=f"{word}@gull.example")
    for word in [
        "alpha",
        "bravo",
        "charlie",
        "delta",
        "echo",
        "foxtrot",
        "golf",
        "hotel",
        "india",
        "juliett",
        "kilo",
        "lima",
        "mike",
        "november",
        "oscar",
        "papa",
        "quebec",
        "romeo",
        "sierra",
        "tango",
    ]
]


@pytest.fixture
def crowded(world: Resources) -> int:
    """Twenty events that begin at the same moment, and look alike to the score."""
    tell(world, add_source(world), SAME_TIME)
    return len(SAME_TIME)


def all_pages(caller: Caller, query: str, after_each: Callable[[], object] = bool) -> list[Any]:
    found: list[Any] = []
    cursor = ""
    for _ in range(50):
        page = caller.json(f"/api/v1/events?{query}&cursor={cursor}")
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = page["next_cursor"]
        after_each()
    raise AssertionError("the pages do not end")


@embedded
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(limit=st.integers(1, 25), sort=st.sampled_from(["score", "start", "added"]))
def test_J3_pages_are_complete_and_stable_with_ties(
    robin: Caller, crowded: int, limit: int, sort: str
) -> None:
    found = [item["id"] for item in all_pages(robin, f"limit={limit}&sort={sort}")]
    assert len(found) == len(set(found)) == crowded
    whole = [item["id"] for item in robin.json(f"/api/v1/events?sort={sort}")["items"]]
    assert found == whole


def test_pages_of_another_process_fit(api: Api, robin: Caller, person: UUID, crowded: int) -> None:
    """Ties stand in the same order everywhere, so that a page may come from any worker."""
    fresh = Resources(
        settings=api.world.settings,
        database=api.world.database,
        keys=api.world.keys,
        client=api.world.client,
        sandbox=api.world.sandbox,
    )
    source = UUID(robin.json("/api/v1/sources")["items"][0]["id"])
    robin.json("/api/v1/events")  # the first worker knows the town before it changes
    later = [listing("Latecomer", start=NOW + timedelta(days=3)), *SAME_TIME[:5]]
    tell(api.world, source, [*SAME_TIME[5:], *later], NOW + timedelta(hours=1))
    other = Api(fresh, api.runner).as_user(person)
    whole = [item["id"] for item in robin.json("/api/v1/events?sort=start")["items"]]
    assert [item["id"] for item in all_pages(other, "sort=start&limit=4")] == whole


def test_a_page_goes_on_where_the_last_ended_although_an_event_came_between(
    world: Resources, robin: Caller, crowded: int
) -> None:
    source = UUID(robin.json("/api/v1/sources")["items"][0]["id"])
    early = [
        listing(f"Early {number}", start=NOW + timedelta(days=1, hours=number))
        for number in range(3)
    ]
    added = iter([early[:1], early[:2], early])

    def announce() -> None:
        tell(world, source, [*SAME_TIME, *next(added, early)])

    found = [item["name"] for item in all_pages(robin, "sort=start&limit=7", announce)]
    assert sorted(found) == sorted(item.name for item in SAME_TIME), "none twice, none left out"


def test_the_list_moves_on_with_the_clock(api: Api, robin: Caller, town: dict[str, UUID]) -> None:
    api.now = NOW + timedelta(days=3, hours=10, minutes=1)
    assert "Chamber Evening" not in names(robin)
    assert "Product People Meetup" in names(robin)


def test_B7_an_all_day_event_without_end_is_listed_until_its_day_is_over(
    api: Api, robin: Caller, world: Resources
) -> None:
    day = datetime(2026, 12, 1, 5, tzinfo=UTC)  # midnight in New York
    tell(world, add_source(world), [listing("Tech Mixer", start=day, end=None, all_day=True)])
    for hours, total in ((23, 1), (25, 0)):
        api.now = day + timedelta(hours=hours)
        assert robin.json("/api/v1/events")["total"] == total


def test_the_catalog_forgets_what_another_sees_too(
    world: Resources, robin: Caller, person: UUID, town: dict[str, UUID]
) -> None:
    """What is asked of the cache for one person is never given to another."""
    with world.database.write() as session:
        users.touch(session, [person])
    assert robin.json("/api/v1/events")["total"] == 7 - 1


@embedded
def test_F21_a_run_of_sixty_days_is_one_line_a_week(robin: Caller, world: Resources) -> None:
    """FEATURES 21, whether its dates have one UID or sixty; each date stays to be had."""
    nightly = [
        listing("Lanterns on the harbor", days=day, uid=f"lantern-{day}") for day in range(1, 61)
    ]
    four = [listing("A play", days=day, uid=f"play-{day}") for day in range(1, 5)]
    ids = tell(world, add_source(world), [*nightly, *four])
    for sort in ("score", "start"):
        found = robin.json(f"/api/v1/events?limit=100&sort={sort}")["items"]
        lanterns = [event for event in found if event["name"] == "Lanterns on the harbor"]
        assert len(lanterns) == 9
        assert {event["dates"] for event in lanterns} == {60}
        assert sum(event["name"] == "A play" for event in found) == 4, "four nights are no run"
    assert str(ids[0]) in {event["id"] for event in robin.json("/api/v1/events?limit=100")["items"]}
    assert robin.json("/api/v1/events?limit=100&every_date=true")["total"] == 64
