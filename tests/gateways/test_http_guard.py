"""Where the door lets nobody out to: SECURITY.md 5.1 against real servers on loopback (CASES K1)."""

import asyncio
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx
import pytest
import trustme

from app.gateways.addresses import Policy
from app.gateways.http import Client, FetchRequest
from app.gateways.pinning import (
    MAX_DIALS,
    PinnedBackend,
    PinnedTransport,
    Refused,
    SystemResolver,
    in_turn,
)
from tests.gateways.fetching import NOW, client, fetch, refusal, settings
from tests.servers import Behaviour, Names, Request, Send, Server, redirect, reply

FEED = reply(b"BEGIN:VCALENDAR", content_type="text/calendar")
COARSE = "The source could not be fetched; it will be tried again."


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_tls(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1"])
def test_S01_S02_loopback_is_refused_without_a_connection(host: str) -> None:
    with Server(FEED) as server, client(server, allow_networks=[]) as built:
        error = refusal(built, server.url(host=host))
    assert (error.outcome, str(error)) == ("blocked", "This address may not be fetched.")
    assert server.connections == 0


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "0",
        "localhost",
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "intranet",
        "fe80::1%eth0",
        "",
    ],
)
def test_S02_refused_at_connect_with_the_input_check_out_of_the_way(host: str) -> None:
    names = Names({host: ["127.0.0.1"]})
    with Server(FEED) as server, pytest.raises(Refused):
        asyncio.run(backend(names, server.port).connect_tcp(host, server.port, 1))
    assert server.connections == 0
    assert names.asked == []


def backend(names: Names, port: int, **changes: Any) -> PinnedBackend:
    async def at_once(address: str) -> None:
        return

    values: dict[str, Any] = {"resolve_timeout": 1.0, "wire_limit": 1000, "pace": at_once}
    return PinnedBackend(Policy.of([], [port]), names, **(values | changes))


def test_S23_a_port_outside_the_list_is_refused_at_connect() -> None:
    with pytest.raises(Refused):
        asyncio.run(backend(Names({}), 80).connect_tcp("a.test", 81, 1))


@pytest.mark.parametrize("order", [["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"]])
def test_S09_one_bad_address_refuses_the_name(order: list[str]) -> None:
    with Server(FEED) as server, client(server, names=Names({"a.test": order})) as built:
        error = refusal(built, server.url(host="a.test"))
    assert (error.outcome, str(error)) == ("temporary", COARSE)
    assert "10.0.0.1" in error.detail
    assert server.connections == 0


def test_S10_rebinding_finds_exactly_one_look_up_per_fetch() -> None:
    names = Names({"a.test": iter([["127.0.0.1"], ["10.0.0.1"]])})
    with Server(FEED) as server, client(server, names=names) as built:
        assert fetch(built, server.url(host="a.test")).content == b"BEGIN:VCALENDAR"
        assert names.asked == ["a.test"]
        error = refusal(built, server.url(host="a.test"))
    assert error.outcome == "temporary"
    assert server.connections == 1


def test_S11_nothing_is_kept_from_an_earlier_answer() -> None:
    names = Names({"a.test": iter([["127.0.0.1"], ["169.254.169.254"]])})
    with Server({"/": redirect("/next")}) as server, client(server, names=names) as built:
        error = refusal(built, server.url(host="a.test"))
    assert "169.254.169.254" in error.detail
    assert names.asked == ["a.test", "a.test"]
    assert server.connections == 1


class CountingDialler(httpcore.AsyncNetworkBackend):
    """Notes what it is asked to dial; fails, or connects to `port` on loopback instead."""

    def __init__(self, port: int | None = None, peer: str | None = None) -> None:
        self.dialled: list[str] = []
        self._port = port
        self._peer = peer

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append(host)
        if self._port is None:
            raise httpcore.ConnectError("closed")
        stream = await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", self._port, timeout)
        return Disguised(stream, self._peer) if self._peer else stream


class Disguised(httpcore.AsyncNetworkStream):
    """A loopback stream whose peer is said to be another address."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, peer: str) -> None:
        self.read, self.write = stream.read, stream.write  # type: ignore[method-assign]
        self.aclose = stream.aclose  # type: ignore[method-assign]
        self._peer = peer

    def get_extra_info(self, info: str) -> Any:
        return (self._peer, 80) if info == "server_addr" else None


def test_S12_at_most_four_dials_for_fifty_addresses() -> None:
    dialler = CountingDialler()
    names = Names({"a.test": [f"8.8.4.{n}" for n in range(50)]})
    with client(names=names, options={"dialler": dialler}, fetch_host_interval=0) as built:
        error = refusal(built, "http://a.test/")
    assert error.outcome == "temporary"
    assert dialler.dialled == [f"8.8.4.{n}" for n in range(MAX_DIALS)]


def test_S12_a_name_that_leads_to_a_private_address_is_refused() -> None:
    dialler = CountingDialler()
    names = Names({"a.test": ["192.168.0.10"]})  # what a CNAME ends in
    with client(names=names, options={"dialler": dialler}) as built:
        refusal(built, "http://a.test/")
    assert dialler.dialled == []


def test_peer_that_is_not_the_address_dialled_is_refused() -> None:
    names = Names({"a.test": ["8.8.8.8"]})
    with Server(FEED) as server:
        dialler = CountingDialler(server.port)
        with client(server, names=names, options={"dialler": dialler}) as built:
            error = refusal(built, server.url(host="a.test"))
    assert dialler.dialled == ["8.8.8.8"]
    assert "peer" in error.detail
    assert server.requests == []


def test_peer_check_passes_for_the_address_dialled() -> None:
    names = Names({"a.test": ["8.8.8.8"]})
    with Server(FEED) as server:
        dialler = CountingDialler(server.port, peer="::ffff:8.8.8.8")
        with client(server, names=names, options={"dialler": dialler}) as built:
            assert fetch(built, server.url(host="a.test")).status == "ok"


@pytest.mark.parametrize("host", ["intranet", "printer.local", "x.internal", "x.onion"])
def test_S13_local_names_are_never_asked_of_the_resolver(host: str) -> None:
    names = Names({host: ["127.0.0.1"]})
    with client(names=names) as built:
        assert refusal(built, f"http://{host}/").outcome == "blocked"
    assert names.asked == []


def test_S13_the_system_resolver_asks_for_absolute_names(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def getaddrinfo(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("8.8.8.8", 0)), (10, 1, 6, "", ("2606:4700::1111", 0, 0, 0))]

    monkeypatch.setattr("app.gateways.pinning.socket.getaddrinfo", getaddrinfo)
    resolver = SystemResolver()
    assert asyncio.run(asks(resolver)) == ["2606:4700::1111", "8.8.8.8"]
    resolver.close()
    assert asked == ["a.test."]


async def asks(resolver: SystemResolver) -> list[str]:
    return list(await resolver("a.test"))


def test_address_families_take_turns() -> None:
    assert in_turn(["::1", "::2", "1.1.1.1", "::1"]) == ["::1", "1.1.1.1", "::2"]


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/",
        "//10.0.0.1/",
        "http://[::ffff:10.0.0.1]/",
        "file:///etc/passwd",
        "gopher://a.test/",
        "ftp://a.test/",
        "javascript:alert(1)",
        "data:,x",
        "http:10.0.0.1",
        "http://[::1",
        "http://a..b/",
        "http://ÿþ/",
        "http://" + "a" * 300 + ".test/",
    ],
)
def test_S14_S15_bad_redirects_end_the_fetch(location: str) -> None:
    with Server({"/": redirect(location)}) as server, client(server) as built:
        error = refusal(built, server.url())
    assert error.outcome == "broken"
    assert server.connections == 1


def test_S14_a_redirect_to_a_name_with_a_private_address_is_refused_on_the_hop() -> None:
    names = Names({"b.test": ["10.0.0.1"]})
    with Server(redirect("http://b.test/")) as server, client(server, names=names) as built:
        error = refusal(built, server.url())
    assert (error.outcome, str(error)) == ("temporary", COARSE)
    assert server.connections == 1


def test_S16_credentials_in_a_redirect_are_never_sent() -> None:
    with Server({"/": redirect("http://u:p@127.0.0.1/x")}) as server, client(server) as built:
        assert refusal(built, server.url()).outcome == "broken"
    assert all("authorization" not in request.headers for request in server.requests)


def chain(length: int) -> dict[str, Behaviour]:
    steps = {f"/{n}": redirect(f"/{n + 1}") for n in range(length)}
    return {**steps, f"/{length}": FEED}


def test_S17_a_chain_of_five_works_and_of_six_does_not() -> None:
    with Server(chain(5)) as server, client(server) as built:
        assert fetch(built, server.url("/0")).url == server.url("/5")
    with Server(chain(6)) as server, client(server) as built:
        error = refusal(built, server.url("/0"))
    assert (error.outcome, error.detail) == ("broken", "too_many_redirects")
    assert len(server.requests) == 6


@pytest.mark.parametrize("routes", [{"/": "/"}, {"/": "/b", "/b": "/"}])
def test_S17_loops_end(routes: dict[str, str]) -> None:
    with (
        Server({path: redirect(to) for path, to in routes.items()}) as server,
        client(server) as built,
    ):
        assert refusal(built, server.url()).detail == "too_many_redirects"
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [((301,), "/1"), ((308, 301), "/2"), ((301, 302), "/1"), ((302, 301), None), ((307,), None)],
)
def test_S20_permanent_url_is_where_the_leading_permanent_redirects_end(
    statuses: tuple[int, ...], permanent: str | None
) -> None:
    routes = {f"/{n}": redirect(f"/{n + 1}", status) for n, status in enumerate(statuses)}
    with Server({**routes, f"/{len(statuses)}": FEED}) as server, client(server) as built:
        found = fetch(built, server.url("/0"))
    assert found.permanent_url == (server.url(permanent) if permanent else None)


def test_S18_https_to_http_is_refused(authority: trustme.CA) -> None:
    options = {"ssl_context": trusting(authority)}
    names = Names({"a.test": ["127.0.0.1"]})
    with (
        Server(FEED) as plain,
        Server(redirect(plain.url()), server_tls(authority, "a.test")) as s,
        client(s, plain, names=names, options=options) as built,
    ):
        assert refusal(built, s.url(host="a.test")).outcome == "broken"
    assert plain.connections == 0


def test_S19_credentials_stay_at_their_origin(authority: trustme.CA) -> None:
    tls = server_tls(authority, "a.test", "b.test")
    names = Names({"a.test": ["127.0.0.1"], "b.test": ["127.0.0.1"]})

    async def behave(request: Request, send: Send) -> None:
        to = {"/": "/same", "/same": f"https://b.test:{server.port}/other"}.get(request.path)
        await (redirect(to) if to else FEED)(request, send)

    with Server(behave, tls) as server:
        options = {"ssl_context": trusting(authority)}
        with client(server, names=names, options=options) as built:
            fetch(built, server.url(host="a.test"), credentials=("u", "secret"))
    sent = [request.headers.get("authorization") for request in server.requests]
    assert sent == ["Basic dTpzZWNyZXQ=", "Basic dTpzZWNyZXQ=", None]


def test_S19_credentials_are_not_sent_in_the_clear() -> None:
    with Server(FEED) as server, client(server) as built:
        fetch(built, server.url(), credentials=("u", "secret"))
    assert "authorization" not in server.requests[0].headers


def test_S24_stored_validators_cannot_add_a_header() -> None:
    bad = '"x"\r\nX-Evil: 1'
    with Server(FEED) as server, client(server) as built:
        fetch(built, server.url("/%0d%0aX:y"), etag=bad, last_modified=bad)
    request = server.requests[0]
    assert request.path == "/%0d%0aX:y"
    assert {"x-evil", "x", "if-none-match", "if-modified-since"}.isdisjoint(request.headers)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"])
def test_S28_proxies_of_the_environment_are_ignored(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(FEED) as proxy, Server(FEED) as server:
        monkeypatch.setenv(variable, proxy.url())
        with client(server, proxy) as built:
            assert fetch(built, server.url()).status == "ok"
    assert proxy.connections == 0


def test_S29_a_second_name_without_certificate_on_the_same_address_fails(
    authority: trustme.CA,
) -> None:
    names = Names({"a.test": ["127.0.0.1"], "b.test": ["127.0.0.1"]})
    options = {"ssl_context": trusting(authority)}
    with (
        Server(FEED, server_tls(authority, "a.test")) as server,
        client(server, names=names, options=options) as built,
    ):
        assert fetch(built, server.url(host="a.test")).status == "ok"
        error = refusal(built, server.url(host="b.test"))
    assert (error.outcome, str(error)) == ("temporary", COARSE)
    assert len(server.requests) == 1


def test_S30_name_and_host_header_stay_the_original_name(authority: trustme.CA) -> None:
    names = Names({"a.test": ["127.0.0.1"]})
    options = {"ssl_context": trusting(authority)}
    with (
        Server(FEED, server_tls(authority, "a.test")) as server,
        client(server, names=names, options=options) as built,
    ):
        found = fetch(built, server.url(host="A.test."))
    assert found.url == server.url(host="a.test")
    assert server.requests[0].server_name == "a.test"
    assert server.requests[0].headers["host"] == f"a.test:{server.port}"


def test_S30_an_unknown_authority_is_refused(authority: trustme.CA) -> None:
    with (
        Server(FEED, server_tls(authority, "a.test")) as server,
        client(server, names=Names({"a.test": ["127.0.0.1"]})) as built,
    ):
        assert refusal(built, server.url(host="a.test")).outcome == "temporary"
    assert server.requests == []


def test_S31_no_cookie_is_ever_sent() -> None:
    cookie = reply(b"x", set_cookie="id=1; Path=/; Domain=127.0.0.1")
    steps = {"/": redirect("/a"), "/a": cookie}
    with Server(steps) as server, client(server) as built:
        for path in ("/a", "/", "/a"):
            fetch(built, server.url(path))
    assert all("cookie" not in request.headers for request in server.requests)


def closed_port() -> int:
    with Server(FEED) as server:
        return server.port


def test_S34_refused_unknown_closed_and_hanging_look_alike() -> None:
    names = Names({"private.test": ["10.0.0.1"], "closed.test": ["127.0.0.1"]})
    port = closed_port()
    hosts = ["private.test", "closed.test", "unknown.test"]
    with client(names=names, allow_ports=[port]) as built:
        started = time.monotonic()
        errors = [refusal(built, f"http://{host}:{port}/") for host in hosts]
        assert time.monotonic() - started < 2
    assert {(e.outcome, str(e), e.retry_after) for e in errors} == {("temporary", COARSE, None)}
    assert len({error.detail for error in errors}) == 3


def test_S32_S35_the_client_reads_every_url_with_the_one_validator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forbidden(*_: Any) -> None:
        raise AssertionError("a connection was attempted")

    monkeypatch.setattr(PinnedBackend, "connect_tcp", forbidden)
    with client() as built:
        for url in ("http://10.0.0.1/", "http://u:p@a.test/", "http://a.test:22/", "ftp://a.test"):
            assert refusal(built, url).outcome == "blocked"


def test_the_pool_of_httpx_is_ours() -> None:
    """Pins the one private attribute of httpx that we set."""
    assert "_pool" in vars(httpx.AsyncHTTPTransport(trust_env=False))
    ours = backend(Names({}), 80)
    transport = PinnedTransport(ours, ssl.create_default_context())
    assert transport._pool._network_backend is ours


def test_A15_errors_hold_no_more_of_the_url_than_the_host() -> None:
    secrets = ["/private-s3cret/basic.ics?token=t0ken", "/gone-s3cret", "/r-s3cret"]
    routes = {"/gone-s3cret": reply(status=410), "/r-s3cret": redirect("ftp://x/s3cret")}
    with Server(routes) as server, client(server) as built:
        errors = [refusal(built, server.url(path)) for path in secrets]
        errors.append(refusal(built, "http://10.0.0.1/s3cret?t0ken"))
        request = FetchRequest(server.url("/s3cret"), NOW, credentials=("u", "s3cret"))
    for text in [*map(str, errors), *(error.detail for error in errors), repr(request)]:
        assert "s3cret" not in text
        assert "t0ken" not in text


def test_user_agent_names_us_and_the_operator() -> None:
    with Server(FEED) as server, client(server, contact="mailto:me@example.org\r\nX: y") as built:
        fetch(built, server.url())
    agent = server.requests[0].headers["user-agent"]
    assert agent.startswith("GoMeetPeople")
    assert agent.endswith("(+mailto:me@example.orgX: y)")
    assert Client(settings()).user_agent.startswith("GoMeetPeople")


def test_second_request_to_a_public_address_waits_its_second() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    names = Names({"a.test": ["8.8.8.8"], "b.test": ["8.8.8.8"]})
    with Server(FEED) as server:
        dialler = CountingDialler(server.port, peer="8.8.8.8")
        options = {"dialler": dialler, "sleep": sleep, "clock": lambda: 0.0}
        with client(server, names=names, options=options) as built:
            for host in ("a.test", "b.test"):
                fetch(built, server.url(host=host))
    assert slept == [1.0]
