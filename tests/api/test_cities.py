"""City packs over HTTP."""

import pytest

from app.model.user import Profile
from app.services import sources as service
from app.settings import Settings
from app.store import sources
from tests.api.conftest import Api, Caller
from tests.kinds import embedded
from tests.seed import add_person


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Those of all tests, with the ports that packs use."""
    settings.allow_ports = [*settings.allow_ports, 80, 443]
    return settings


def pack(caller: Caller, name: str) -> dict[str, object]:
    items = caller.json("/api/v1/cities")["items"]
    found: dict[str, object] = next(item for item in items if item["name"] == name)
    return found


def test_a_city_is_put_as_often_as_one_likes(api: Api, robin: Caller) -> None:
    before = pack(robin, "davis")
    assert (before["sources"], before["added"], before["read"]) == (20, 0, 0)
    first = robin("PUT", "/api/v1/cities/davis")
    assert first.status_code == 200, first.text
    assert first.json()["added"] == 20
    assert robin("PUT", "/api/v1/cities/Davis").json() == first.json() == pack(robin, "davis")
    with api.world.database.read() as session:
        assert sources.number(session) == 20


@embedded
def test_the_pages_whose_calendar_must_be_found_are_named(robin: Caller) -> None:
    found = pack(robin, "lancaster")
    assert found["to_discover"] == [{"name": "F&M Athletics", "url": "https://godiplomats.com/"}]


@embedded
def test_a_home_is_offered_to_whoever_has_none(api: Api, robin: Caller) -> None:
    kim = api.as_user(add_person(api.world, "kim@harborfalls.example", profile=Profile()))
    assert pack(robin, "davis")["home_offered"] is False
    assert pack(kim, "davis")["home_offered"] is True


@embedded
def test_a_pack_for_which_there_is_no_room_says_so(
    robin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_SOURCES", 0)
    answer = robin("PUT", "/api/v1/cities/davis")
    assert answer.status_code == 422
    assert "There can be 0 sources" in answer.text


@embedded
def test_an_unknown_city_is_not_found(robin: Caller) -> None:
    answer = robin("PUT", "/api/v1/cities/atlantis")
    assert answer.status_code == 404
    assert "there are asheville" in answer.json()["detail"]


@embedded
def test_what_has_not_changed_is_not_sent_again(robin: Caller) -> None:
    tag = robin.get("/api/v1/cities").headers["etag"]
    assert robin.get("/api/v1/cities", headers={"if-none-match": tag}).status_code == 304
