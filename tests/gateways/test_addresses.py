"""Which addresses and URLs may be contacted: SECURITY.md 5.1, the part that needs no socket."""

import ast
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.gateways.addresses import BadHost, Policy, canonical_host, is_public, unmapped
from app.gateways.urls import (
    Target,
    is_international,
    normalize_url,
    read_url,
    resolve_redirect,
)

PUBLIC = Policy()
ROOT = Path(__file__).resolve().parents[2]


def cases(name: str, *urls: str) -> list[object]:
    return [pytest.param(url, id=f"{name}-{url[:40]!r}") for url in urls]


REFUSED = [
    *cases("S01", "http://127.0.0.1/", "http://127.255.255.254/", "http://localhost/"),
    *cases("S01", "http://LOCALHOST/", "http://localhost./"),
    *cases("S02", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://127.1/"),
    *cases("S02", "http://0/"),
    *cases("S03", "http://0177.0.0.1/", "http://256.1.1.1/"),
    *cases("S04", "http://127。0。0。1/", "http://８.8.8.8/", "http://８.８.８.８/"),
    *cases("S04", "http://ｅxample.com/", "http://8｡8｡8｡8/", "http://8．8.8.8/", "http://①.com/"),
    *cases("S05", "http://[::]/", "http://[::1]/", "http://[::ffff:127.0.0.1]/"),
    *cases("S05", "http://[0:0:0:0:0:ffff:7f00:1]/", "http://[::127.0.0.1]/"),
    *cases("S05", "http://[::ffff:0:127.0.0.1]/"),
    *cases("S06", "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[fd00:ec2::254]/"),
    *cases("S07", "http://169.254.169.254/", "http://10.0.0.1/", "http://192.168.1.1/"),
    *cases("S13", "http://intranet/", "http://printer.local/", "http://x.internal/"),
    *cases("S13", "http://x.onion/", "http://x.localhost/", "http://x.localdomain/"),
    *cases("S15", "file:///etc/passwd", "gopher://example.com/", "ftp://example.com/"),
    *cases("S15", "javascript:alert(1)", "data:text/plain,x", "http:10.0.0.1", "mailto:a@b.co"),
    *cases("S21", "http://user:pw@example.com/", "http://user@example.com/"),
    *cases("S22", "http://example.com\\@127.0.0.1/", "http://example.com;@127.0.0.1/"),
    *cases("S22", "http://example.com:80@127.0.0.1/", "http://example.com/a\\b"),
    *cases("S22", "http://exa\tmple.com/", "http://exa\nmple.com/", "http://example.com/a\r\nb"),
    *cases("S23", "http://example.com:22/", "http://example.com:25/", "http://example.com:6379/"),
    *cases("S23", "http://example.com:0/", "http://example.com:-1/", "http://example.com:99999/"),
    *cases("S23", "http://example.com:8080/", "http://example.com:80:80/"),
    *cases("S25", "http://a..b/", f"http://{'a' * 64}.com/", f"http://{'a.' * 150}com/"),
    *cases("S25", f"http://example.com/{'a' * 70_000}", "http://[::1", "http://a\0b.com/"),
    *cases("S25", "http://[::1]x.com/", "http://[8.8.8.8]/", "http://\ud800.com/", "http://xn--/"),
    *cases("S25", "http://-a.com/", "http://a.com%2f.evil.org/", "", "   ", "https:///feed"),
]


@pytest.mark.parametrize("url", REFUSED)
def test_refused_at_input(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        normalize_url(url)
    assert caught.value.field == "url"
    assert "pw" not in str(caught.value)


BAD_ADDRESSES = [
    *cases("S05", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1"),
    *cases("S05", "0:0:0:0:0:ffff:7f00:1", "::ffff:0:127.0.0.1"),
    *cases("S06", "64:ff9b::7f00:1", "64:ff9b:1::a9fe:a9fe", "2002:7f00:1::", "2001:0:4136::1"),
    *cases("S06", "fec0::1", "fc00::1", "fd00:ec2::254", "fe80::1%eth0", "fe80::1", "ff02::1"),
    *cases("S06", "5f00::1", "3fff::1", "2001:db8::1", "100::1", "2620:4f:8000::1"),
    *cases("S07", "169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
    *cases("S07", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1"),
    *cases("S07", "100.64.0.1", "100.127.255.255", "198.18.0.1", "198.19.255.255", "224.0.0.1"),
    *cases("S07", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1"),
    *cases("S07", "0.0.0.0", "192.88.99.1", "192.31.196.1", "192.52.193.1", "192.175.48.1"),
    *cases("S02", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "example.com", ""),
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_refused_by_the_classifier(address: str) -> None:
    assert not PUBLIC.admits(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "172.15.255.255",
        "172.32.0.1",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "223.255.255.255",
        "192.0.1.1",
        "2001:200::1",
        "2003::1",
    ],
)
def test_S08_public_addresses_are_admitted(address: str) -> None:
    assert PUBLIC.admits(address)


@given(st.ip_addresses(v=4))
def test_nothing_python_calls_private_is_public_to_us(address: object) -> None:
    parsed = ip_address(str(address))
    assert not (is_public(parsed) and (parsed.is_private or parsed.is_multicast))


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
    ],
)
def test_S07_metadata_stays_refused_under_an_allow_list(address: str) -> None:
    generous = Policy.of(["0.0.0.0/0", "::/0"], [80])
    assert not generous.admits(address)
    assert generous.admits("10.0.0.1")
    assert generous.admits("fe80::1")


def test_allow_list_admits_only_its_networks() -> None:
    policy = Policy.of(["127.0.0.0/8"], [80])
    assert policy.admits("127.0.0.1")
    assert policy.admits("::ffff:127.0.0.1")
    assert not policy.admits("10.0.0.1")
    assert not policy.admits("::1")
    assert policy.is_own(unmapped("127.0.0.1"))
    assert not policy.is_own(unmapped("8.8.8.8"))


def test_allow_list_with_a_typing_error_is_refused() -> None:
    with pytest.raises(ValueError, match="127"):
        Policy.of(["127.0.0.0/33"], [80])


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("webcal://h.org/x", "https://h.org/x"),
        ("webcals://h.org/x", "https://h.org/x"),
        ("WEBCAL://H.org/X", "https://h.org/X"),
        ("http://h.org/x", "http://h.org/x"),
    ],
)
def test_S26_webcal_is_stored_as_https(typed: str, stored: str) -> None:
    assert normalize_url(typed) == stored


def test_S23_operator_may_add_a_port() -> None:
    url = "http://example.com:8080/"
    assert normalize_url(url, Policy.of([], [8080])) == url


def test_S27_international_host_is_stored_as_punycode_with_a_warning() -> None:
    url = normalize_url("http://аррӏе.com/")  # all Cyrillic
    assert url == "http://xn--80ak6aa92e.com/"
    assert is_international(url)
    assert not is_international(normalize_url("http://apple.com/"))
    assert normalize_url("http://FAß.de/") == "http://xn--fa-hia.de/"
    assert normalize_url("http://cafe\u0301.fr/") == normalize_url("http://café.fr/")


@pytest.mark.parametrize(
    ("pasted", "stored"),
    [
        ("  https://example.com/cal.ics \n", "https://example.com/cal.ics"),
        ("https://example.com/cal.ics (copied from their site)", "https://example.com/cal.ics"),
        ("https://example.com/cal.ics, thanks!", "https://example.com/cal.ics"),
        ("<https://example.com/cal.ics>", "https://example.com/cal.ics"),
        ("(https://example.com/x_(1))", "https://example.com/x_(1)"),
        ("“https://example.com/cal.ics”.", "https://example.com/cal.ics"),
        ("example.com/events", "https://example.com/events"),
        ("example.com:443/events", "https://example.com/events"),
        ("HTTPS://Example.COM.:443", "https://example.com/"),
        ("https://example.com/a?x=1#top", "https://example.com/a?x=1"),
        ("https://example.com/é?q=ü", "https://example.com/%C3%A9?q=%C3%BC"),
        ("https://example.com/%0d%0aX:y", "https://example.com/%0d%0aX:y"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
        ("https://example.com/?next=http://b.org/", "https://example.com/?next=http://b.org/"),
    ],
)
def test_A9_pasted_text_is_normalised(pasted: str, stored: str) -> None:
    assert normalize_url(pasted) == stored
    assert normalize_url(stored) == stored


def test_A10_two_queries_stay_two_feeds() -> None:
    first, second = (normalize_url(f"https://example.com/f?school={n}") for n in (1, 2))
    assert first != second
    assert normalize_url("https://example.com/f?B=1&a=%2F") == "https://example.com/f?B=1&a=%2F"


def test_S25_a_url_that_grows_too_long_by_encoding_is_refused() -> None:
    with pytest.raises(Invalid):
        normalize_url("https://example.com/" + "é" * 1000)


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/",
        "//10.0.0.1/",
        "http://[::ffff:10.0.0.1]/",
        "file:///etc/passwd",
        "gopher://x.org/",
        "ftp://x.org/",
        "javascript:alert(1)",
        "data:,x",
        "http:10.0.0.1",
        "http://u:p@example.org/",
        "//u:p@example.org/",
        "http://[::1",
        "//[::1",
        "http://a..b/",
        "http://example.org:22/",
        "https://a.org/\r\nX: y",
        "/a\\b",
        "https:/example.org/",
    ],
)
def test_S14_S15_S16_redirects_that_may_not_be_followed(location: str) -> None:
    with pytest.raises(Invalid):
        resolve_redirect(read_url("http://example.com/a/b", PUBLIC), location, PUBLIC)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/c", "https://example.com/c"),
        ("c?d=1", "https://example.com/a/c?d=1"),
        ("//other.org/x", "https://other.org/x"),
        ("https://other.org", "https://other.org/"),
        ("/with space", "https://example.com/with%20space"),
        ("/é", "https://example.com/%C3%A9"),
        ("webcal://other.org/x", "https://other.org/x"),
        ("?page=2", "https://example.com/a/b?page=2"),
        ("x?u=http://y.org", "https://example.com/a/x?u=http://y.org"),
    ],
)
def test_redirects_resolve_as_browsers_do(location: str, url: str) -> None:
    base = read_url("https://example.com/a/b", PUBLIC)
    assert resolve_redirect(base, location, PUBLIC).url == url


def test_S18_https_never_falls_back_to_http() -> None:
    base = read_url("https://example.com/", PUBLIC)
    with pytest.raises(Invalid):
        resolve_redirect(base, "http://example.com/", PUBLIC)


def test_target_has_origin_and_port() -> None:
    target = read_url("https://Example.com/a?b", PUBLIC)
    assert target == Target("https", "example.com", 443, "/a?b")
    assert target.origin == "https://example.com"
    assert read_url("http://[2606:4700::1]/", PUBLIC).origin == "http://[2606:4700::1]"


@given(st.text(max_size=60))
def test_S25_no_text_raises_anything_but_invalid(text: str) -> None:
    try:
        url = normalize_url(text)
    except Invalid:
        return
    assert normalize_url(url) == url
    assert url.isascii()


@given(st.text(alphabet="0123456789abcdefx.:%[]", max_size=24))
def test_no_host_in_disguise_passes(host: str) -> None:
    try:
        canonical = canonical_host(host)
    except BadHost:
        return
    last = canonical.rpartition(".")[2]
    assert ":" in canonical or not last.isdigit() or str(ip_address(canonical)) == canonical


HTTP_LIBRARIES = {"httpx", "httpcore", "requests", "urllib3", "aiohttp", "httpx2", "niquests"}
HTTP_LIBRARIES |= {"caldav", "urllib.request", "http.client"}
DOOR = {"http.py", "pinning.py", "verdicts.py"}


def test_S36_no_module_but_the_door_imports_an_http_library() -> None:
    found = [
        (path.name, name)
        for package in ("app", "scrapers")
        for path in (ROOT / package).rglob("*.py")
        for name in _imports(path)
        if any(name == lib or name.startswith(f"{lib}.") for lib in HTTP_LIBRARIES)
        and not (path.parent.name == "gateways" and path.name in DOOR)
    ]
    assert found == []
    assert "httpx" in set(_imports(ROOT / "app/gateways/http.py"))  # the scan sees imports at all


def _imports(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names
