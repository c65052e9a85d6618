"""The city over HTTP: validators, compression, changes, a clean end."""

import gzip
import http.client
import socket
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest

from app.errors import NotFound
from app.sample_city.city import documents
from app.sample_city.server import Server, serve

TODAY = date(2026, 11, 24)
FEED = "/chamber/calendar.ics"


@pytest.fixture
def city() -> Iterator[Server]:
    with serve("127.0.0.1", 0, TODAY) as server:
        yield server


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def ask(city: Server, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(urlsplit(city.url).netloc, timeout=5)
    try:
        connection.request(method, path, body or None, named)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def test_serves_the_documents_of_the_day(city: Server) -> None:
    for path, (content_type, content) in documents(TODAY, base_url=city.url).items():
        if path.count("/") < 3:
            answer = ask(city, path)
            assert (answer.status, answer.body) == (200, content), path
            assert answer.headers["Content-Type"] == content_type


def test_unchanged_is_304_by_etag_and_by_date(city: Server) -> None:
    first = ask(city, FEED)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert first.headers["Cache-Control"] == "max-age=60"
    again = ask(city, FEED, If_None_Match=etag)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == etag
    assert ask(city, FEED, If_None_Match=f'"x", W/{etag}').status == 304
    assert ask(city, FEED, If_Modified_Since=modified).status == 304
    assert ask(city, FEED, If_None_Match='"x"', If_Modified_Since=modified).status == 200
    assert ask(city, FEED, If_Modified_Since="yesterday").status == 200


def test_gzip_if_asked_under_its_own_etag(city: Server) -> None:
    plain = ask(city, FEED)
    packed = ask(city, FEED, Accept_Encoding="gzip, deflate")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert (
        ask(city, FEED, Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"]).status == 304
    )


def test_head_has_the_headers_alone(city: Server) -> None:
    answer = ask(city, FEED, "HEAD")
    assert answer.status == 200
    assert int(answer.headers["Content-Length"]) > 1000
    assert answer.body == b""


def test_robots_and_the_page_for_nothing(city: Server) -> None:
    assert ask(city, "/robots.txt").body.startswith(b"User-agent: *")
    missing = ask(city, "/no/such/street")
    assert missing.status == 404
    assert b"no such street" in missing.body


def test_a_move_changes_the_publisher_alone_and_undo_takes_it_back(city: Server) -> None:
    before, other = ask(city, FEED), ask(city, "/thisweek/everything.ics")
    uid = city.move("after-hours", by=timedelta(hours=2))
    after = ask(city, FEED, If_None_Match=before.headers["ETag"])
    assert after.status == 200
    assert f"UID:{uid}@".encode() in after.body
    assert after.headers["Last-Modified"] > before.headers["Last-Modified"]
    unmoved = ask(city, "/thisweek/everything.ics", If_None_Match=other.headers["ETag"])
    assert unmoved.status == 304
    city.undo(uid)
    assert ask(city, FEED).body == before.body


def test_a_cancelled_event_is_named_by_slug(city: Server) -> None:
    assert b"STATUS:CANCELLED" not in ask(city, FEED).body
    city.cancel("after-hours")
    assert ask(city, FEED).body.count(b"STATUS:CANCELLED") == 1


def test_an_unknown_event_cannot_be_moved(city: Server) -> None:
    with pytest.raises(NotFound, match="nonesuch"):
        city.move("nonesuch")


def test_the_buttons_of_the_pages_play_the_publisher(city: Server) -> None:
    before = ask(city, FEED).body
    form = {"Content_Type": "application/x-www-form-urlencoded", "Referer": f"{city.url}/chamber/"}
    answer = ask(city, "/changes", "POST", "cancel=after-hours", **form)
    assert (answer.status, answer.headers["Location"]) == (303, "/chamber/")
    assert ask(city, FEED).body != before
    assert ask(city, "/changes", "POST", "undo=", **form).status == 303
    assert ask(city, FEED).body == before
    assert ask(city, "/changes", "POST", "move=nonesuch", **form).status == 404
    assert ask(city, "/elsewhere", "POST", "move=gala", **form).status == 404


@pytest.mark.parametrize("length", ["-1", "many"])
def test_a_form_of_senseless_length_is_no_form(city: Server, length: str) -> None:
    assert ask(city, "/changes", "POST", Content_Length=length).status == 404


def test_the_way_back_leads_nowhere_else(city: Server) -> None:
    answer = ask(city, "/changes", "POST", "undo=", Referer="http://h//elsewhere.example/")
    assert answer.headers["Location"] == "/elsewhere.example/"


def test_the_day_turns(city: Server) -> None:
    city.turn_to(TODAY + timedelta(days=7))
    wanted = documents(TODAY + timedelta(days=7), base_url=city.url)
    assert ask(city, FEED).body == wanted[FEED][1]
    robots = ask(city, "/robots.txt")
    assert robots.headers["Last-Modified"].startswith("Tue, 24 Nov 2026")  # its bytes stayed


def test_closes_cleanly_under_a_client_that_hangs_up_late() -> None:
    before = threading.active_count()
    with serve("127.0.0.1", 0, TODAY) as city:
        address = urlsplit(city.url)
        assert address.hostname
        assert address.port
        ask(city, "/")
        with socket.create_connection((address.hostname, address.port)) as late:
            late.sendall(b"GET / HTTP/1.1\r\n")
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port), timeout=1)
