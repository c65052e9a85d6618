"""How much an answer may cost: SECURITY.md 5.2, against servers that try to cost more."""

import asyncio
import gzip
import resource
import time
import zlib
from typing import Any

import pytest

from app.errors import FetchError
from app.gateways.decoding import STEP, Decoder, TooMuch, Undecodable
from app.gateways.http import Client, FetchRequest
from tests.gateways.fetching import NOW, client, fetch, refusal
from tests.servers import (
    Behaviour,
    Names,
    Server,
    endless,
    gzip_bomb,
    head,
    raw,
    redirect,
    reply,
    silent,
)

MIB = 2**20
OK = b"HTTP/1.1 200 OK\r\n"


async def lagging(built: Client, url: str) -> tuple[float, str]:
    """The longest time in seconds that a failing fetch kept the loop busy, and its outcome."""
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        while True:
            started = time.monotonic()
            await asyncio.sleep(0.01)
            worst = max(worst, time.monotonic() - started - 0.01)

    watcher = asyncio.create_task(watch())
    with pytest.raises(FetchError) as caught:
        await built.fetch(FetchRequest(url, NOW))
    watcher.cancel()
    return worst, caught.value.outcome


def peak_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_R01_endless_body_stops_at_the_limit() -> None:
    body = endless(OK + b"\r\n", b"x" * 65536)
    with Server(body) as server, client(server) as built:
        before, started = peak_memory(), time.monotonic()
        error = refusal(built, server.url())
        assert error.outcome == "too_large"
        assert peak_memory() - before < 30 * MIB
        assert time.monotonic() - started < 3


def test_R01_both_sides_of_the_wire_limit() -> None:
    routes = {"/at": reply(b"x" * 1000), "/over": reply(b"x" * 1001)}
    with Server(routes) as server, client(server, fetch_wire_limit=1000) as built:
        assert fetch(built, server.url("/at")).wire_bytes == 1000
        assert refusal(built, server.url("/over")).outcome == "too_large"


SLOW = {
    "body": endless(OK + b"content-length: 9999\r\n\r\n", b"x", pause=0.05),
    "headers": endless(OK, b"a: b\r\n", pause=0.05),
    "endless-103": endless(b"", head(103), pause=0.05),
    "never-answers": silent(),
    "slow-redirects": raw(head(302, [("location", "/"), ("content-length", "0")]), pause=0.3),
}


@pytest.mark.parametrize("behaviour", SLOW.values(), ids=SLOW.keys())
def test_R02_R03_slowness_ends_at_the_total_deadline(behaviour: Behaviour) -> None:
    with Server(behaviour) as server, client(server, fetch_deadline=0.5) as built:
        started = time.monotonic()
        error = refusal(built, server.url())
        assert 0.4 < time.monotonic() - started < 1.5
    assert (error.outcome, error.detail) == ("temporary", "deadline passed")


@pytest.mark.parametrize(
    ("start", "chunk", "outcome"),
    [(b"", head(103) * 500, "too_large"), (OK, b"a: b\r\n" * 5000, "broken")],
    ids=["103", "headers"],
)
def test_R02_floods_of_headers_end_early_and_leave_the_loop_free(
    start: bytes, chunk: bytes, outcome: str
) -> None:
    with (
        Server(endless(start, chunk)) as server,
        client(server, fetch_wire_limit=2**18, fetch_deadline=30) as built,
    ):
        lag, found = asyncio.run(lagging(built, server.url()))
    assert found == outcome
    assert lag < 3  # about 0.1 on a quiet machine


def test_R03_tls_that_never_completes() -> None:
    with Server(silent()) as server, client(server, fetch_connect_timeout=0.3) as built:
        started = time.monotonic()
        url = server.url().replace("http:", "https:")
        assert refusal(built, url).outcome == "temporary"
        assert time.monotonic() - started < 2


def test_R03_a_resolver_that_never_answers() -> None:
    names = Names({"a.test": ["127.0.0.1"]}, delay=60)
    with client(names=names, fetch_resolve_timeout=0.2) as built:
        error = refusal(built, "http://a.test/")
    assert error.outcome == "temporary"
    assert "look-up" in error.detail


def test_R03_hanging_look_ups_do_not_take_the_loops_own_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hanging(*_: Any, **__: Any) -> list[Any]:
        time.sleep(0.6)
        raise OSError

    async def innocent(built: Client) -> float:
        fetches = [
            asyncio.create_task(built.fetch(FetchRequest(f"http://a{n}.test/", NOW)))
            for n in range(30)
        ]
        await asyncio.sleep(0.05)
        started = time.monotonic()
        await asyncio.to_thread(lambda: None)
        waited = time.monotonic() - started
        await asyncio.gather(*fetches, return_exceptions=True)
        return waited

    monkeypatch.setattr("app.gateways.pinning.socket.getaddrinfo", hanging)
    with client(fetch_resolve_timeout=0.2, fetch_concurrency=30) as built:
        built._resolver = built._system
        assert asyncio.run(innocent(built)) < 0.3


def coded(body: bytes, coding: str) -> Behaviour:
    return reply(body, content_encoding=coding)


def test_R04_gzip_bomb_is_stopped_while_it_unfolds() -> None:
    with Server(coded(gzip_bomb(200 * MIB), "gzip")) as server, client(server) as built:
        before = peak_memory()
        assert refusal(built, server.url()).outcome == "too_large"
        assert peak_memory() - before < 60 * MIB


def test_R04_both_sides_of_the_decoded_limit() -> None:
    routes = {
        "/at": coded(gzip.compress(b"x" * 1000), "gzip"),
        "/over": coded(gzip.compress(b"x" * 1001), "gzip"),
    }
    with Server(routes) as server, client(server, fetch_decoded_limit=1000) as built:
        found = fetch(built, server.url("/at"))
        assert found.content == b"x" * 1000
        assert found.wire_bytes < 100
        assert refusal(built, server.url("/over")).outcome == "too_large"


@pytest.mark.parametrize(
    "coding", ["gzip, gzip", "deflate, gzip", ", ".join(["gzip"] * 10), "br", "zstd", "deflate"]
)
def test_R05_R06_codings_not_asked_for_are_refused(coding: str) -> None:
    with Server(coded(b"anything", coding)) as server, client(server) as built:
        error = refusal(built, server.url())
    assert error.outcome == "broken"
    assert server.requests[0].headers["accept-encoding"] == "gzip"


def test_R05_two_fields_count_as_two_layers() -> None:
    fields = [("content-encoding", "gzip"), ("content-encoding", "gzip")]
    with Server(raw(head(200, fields) + gzip.compress(b"x"))) as server, client(server) as built:
        assert refusal(built, server.url()).outcome == "broken"


def test_R05_gzip_inside_gzip_is_unfolded_once() -> None:
    inner = gzip_bomb(MIB)
    with Server(coded(gzip.compress(inner), "gzip")) as server, client(server) as built:
        assert fetch(built, server.url()).content == inner


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"BEGIN" * 99)[:-9],
        gzip.compress(b"x") + b"garbage",
        b"plain",
        b"\x1f\x8b",
        gzip.compress(b"a") + gzip.compress(b"b"),
    ],
    ids=["truncated", "trailing", "not-gzip", "start-only", "two-members"],
)
def test_R07_damaged_gzip_is_broken(body: bytes) -> None:
    with Server(coded(body, "gzip")) as server, client(server) as built:
        assert refusal(built, server.url()).outcome == "broken"


@pytest.mark.parametrize("size", [0, 1, STEP - 1, STEP, STEP + 1, 3 * STEP])
@pytest.mark.parametrize("piece", [1 << 20, 7])
def test_decoder_gives_everything_back(size: int, piece: int) -> None:
    plain = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    packed = gzip.compress(plain)
    decoder = Decoder("GZIP", size)
    for at in range(0, len(packed), piece):
        decoder.feed(packed[at : at + piece])
    assert decoder.finish() == plain


def test_decoder_refuses_one_byte_more() -> None:
    decoder = Decoder("", 3)
    decoder.feed(b"abc")
    with pytest.raises(TooMuch):
        decoder.feed(b"d")
    with pytest.raises(Undecodable):
        Decoder("identity, br", 3)
    with pytest.raises(Undecodable):
        Decoder("gzip", 9).feed(zlib.compress(b"raw"))


@pytest.mark.parametrize(
    ("fields", "outcomes"),
    [
        ([("x", "y")] * 100_000, {"broken", "too_large"}),
        ([("x", "y" * 200_000)], {"broken"}),
        ([("x", "y")] * 10_000, {"ok"}),
    ],
    ids=["100000-fields", "200-KB-field", "10000-small-fields"],
)
def test_R08_header_limits(fields: list[tuple[str, str]], outcomes: set[str]) -> None:
    answer = head(200, [("content-length", "2"), *fields]) + b"ok"
    with Server(raw(answer)) as server, client(server) as built:
        if "ok" in outcomes:
            assert fetch(built, server.url()).content == b"ok"
        else:
            assert refusal(built, server.url()).outcome in outcomes


@pytest.mark.parametrize(
    "answer",
    [
        head(200, [("content-length", "5"), ("content-length", "6")]) + b"123456",
        head(200, [("content-length", "50")]) + b"short",
        head(200, [("transfer-encoding", "chunked")]) + b"5\r\nhel",
        head(200, [("transfer-encoding", "chunked")]) + b"5\r\nhello\r\n",
        head(200, [("content-length", "-5")]) + b"12345",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
    ids=["two-lengths", "cut", "cut-chunk", "no-last-chunk", "negative", "not-http", "nothing"],
)
def test_R09_broken_framing_is_broken(answer: bytes) -> None:
    with Server(raw(answer)) as server, client(server) as built:
        assert refusal(built, server.url()).outcome == "broken"


def test_R09_bytes_after_the_declared_length_are_not_the_document() -> None:
    with (
        Server(raw(head(200, [("content-length", "5")]) + b"BEGIN:V")) as server,
        client(server) as built,
    ):
        assert fetch(built, server.url()).content == b"BEGIN"


def test_R10_close_delimited_body_arrives_as_far_as_it_came() -> None:
    with Server(raw(OK + b"\r\nBEGIN:VCALENDAR\r\nBEG")) as server, client(server) as built:
        assert fetch(built, server.url()).content.endswith(b"BEG")


@pytest.mark.parametrize(
    "tag", ['"\xe9t\xe9"', '"' + "x" * 90_000 + '"', '"a\tb"', "unquoted", '"a b"', 'w/"a"', ""]
)
def test_R11_bad_validators_are_dropped_and_the_next_fetch_works(tag: str) -> None:
    answer = head(200, [("content-length", "1"), ("etag", tag), ("last-modified", "yesterday")])
    with Server(raw(answer + b"x")) as server, client(server) as built:
        found = fetch(built, server.url())
        assert (found.etag, found.last_modified) == (None, None)
        fetch(built, server.url(), etag=tag, last_modified="gestern \xe9")
    assert "if-none-match" not in server.requests[1].headers
    assert "if-modified-since" not in server.requests[1].headers


def test_R13_one_host_gets_two_at_once_and_others_are_not_delayed() -> None:
    slow, quick = raw(reply_bytes(), pause=0.05), reply(b"x")
    names = Names({"busy.test": ["127.0.0.1"], "idle.test": ["127.0.0.1"]})

    async def race(built: Client) -> float:
        busy = [built.fetch(FetchRequest(one.url(f"/{n}", "busy.test"), NOW)) for n in range(40)]
        tasks = [asyncio.create_task(each) for each in busy]
        await asyncio.sleep(0.05)
        started = time.monotonic()
        await built.fetch(FetchRequest(two.url("/", "idle.test"), NOW))
        waited = time.monotonic() - started
        await asyncio.gather(*tasks)
        return waited

    with (
        Server(slow) as one,
        Server(quick) as two,
        client(one, two, names=names, fetch_concurrency=3) as built,
    ):
        assert asyncio.run(race(built)) < 0.5
    assert len(one.requests) == 40
    assert one.most_at_once <= 2


def reply_bytes() -> bytes:
    return head(200, [("content-length", "1")]) + b"x"


def test_R14_many_sources_are_all_tried_once_and_keep_little() -> None:
    routes = {"/ok": reply(b"x" * 2000), "/same": reply(status=304), "/hang": silent()}
    hosts = {f"h{n}.test": ["127.0.0.1"] for n in range(300)}

    async def all_of_them(built: Client) -> list[Any]:
        def request(n: int) -> FetchRequest:
            path = "/hang" if n % 50 == 0 else "/same" if n % 2 else "/ok"
            return FetchRequest(server.url(path, f"h{n}.test"), NOW, etag='"a"')

        fetches = (built.fetch(request(n)) for n in range(300))
        return await asyncio.gather(*fetches, return_exceptions=True)

    with Server(routes) as server, client(server, names=Names(hosts), fetch_deadline=2) as built:
        before = peak_memory()
        results = asyncio.run(all_of_them(built))
        assert peak_memory() - before < 60 * MIB
        assert len(built._politeness._gates) == 0
    assert sum(isinstance(result, Exception) for result in results) == 6
    assert len(server.requests) == 300


def test_redirect_bodies_are_not_read() -> None:
    body = endless(head(302, [("location", "/ok")]), b"x" * 65536)
    with Server({"/": body, "/ok": reply(b"x")}) as server, client(server) as built:
        assert fetch(built, server.url()).content == b"x"


def test_X25_no_descriptor_is_left_open() -> None:
    routes = {"/": reply(b"x"), "/r": redirect("/"), "/hang": silent(), "/cut": raw(OK)}

    async def rounds(built: Client) -> int:
        for n in range(60):
            path = ("/", "/r", "/hang", "/cut", "/nothing")[n % 5]
            await asyncio.gather(
                built.fetch(FetchRequest(server.url(path), NOW)), return_exceptions=True
            )
            if n == 10:
                before = open_files()
        await asyncio.sleep(0.05)
        return open_files() - before

    with Server(routes) as server, client(server, fetch_deadline=0.1) as built:
        assert asyncio.run(rounds(built)) <= 2


def open_files() -> int:
    psutil = pytest.importorskip("psutil")
    return int(psutil.Process().num_fds())
