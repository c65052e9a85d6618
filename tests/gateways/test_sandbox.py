"""Whatever a document does to its parser, the service lives: SECURITY.md 4.2 and 5.3, limits on."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest

from app.errors import ReadError, Unavailable
from app.gateways.sandbox import Sandbox
from app.gateways.zygote import REPLY_LIMIT
from app.settings import Settings
from scrapers.base import Document, Parsed
from tests.gateways import hostile_scrapers
from tests.servers import Server, reply

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HOSTILE = "tests.gateways.hostile_scrapers"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(registry=HOSTILE, cpu_limit=2, deadline=5) as built:
        yield built


@pytest.fixture(scope="module")
def hasty() -> Iterator[Sandbox]:
    with Sandbox(registry=HOSTILE, cpu_limit=1, deadline=0.5) as built:
        yield built


def document(content: bytes | str = b"", **options: str) -> Document:
    data = content.encode() if isinstance(content, str) else content
    return Document("https://a.test/", data, NOW, options=options)


def told(parsed: tuple[str, Parsed]) -> list[str]:
    return [problem.cause for problem in parsed[1].problems]


def test_a_good_document_comes_back_whole(sandbox: Sandbox) -> None:
    name, parsed = sandbox.parse(document("good morning", title="Title"))
    assert name == "good"
    assert parsed == hostile_scrapers.good(document("good morning", title="Title"))
    assert parsed.listings[0].start.tzinfo == ZoneInfo("Europe/Berlin")


def test_a_document_nobody_claims(sandbox: Sandbox) -> None:
    with pytest.raises(ReadError, match="format"):
        sandbox.parse(document("<html>"))
    with pytest.raises(ReadError, match="no scraper named 'nonsense'"):
        sandbox.parse(document(), "nonsense")


@pytest.mark.parametrize("kind", [kind.__name__ for kind in hostile_scrapers.FAULTS])
def test_P23_whatever_a_parser_raises_is_the_documents_fault(sandbox: Sandbox, kind: str) -> None:
    with pytest.raises(ReadError, match=kind) as caught:
        sandbox.parse(document(), kind)
    assert "secret" not in str(caught.value)


def test_P23_a_parse_error_speaks_for_itself(sandbox: Sandbox) -> None:
    with pytest.raises(ReadError, match="secret words"):
        sandbox.parse(document(), "ParseError")


@pytest.mark.parametrize("name", ["recursing", "segfault", "garbage", "naive", "no_zone", "year_1"])
def test_P22_a_dying_child_costs_its_document_only(sandbox: Sandbox, name: str) -> None:
    with pytest.raises(ReadError):
        sandbox.parse(document(), name)
    assert sandbox.parse(document("good"))[0] == "good"


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not limit address space")
def test_P22_memory_beyond_the_limit_is_not_to_be_had(sandbox: Sandbox) -> None:
    with pytest.raises(ReadError, match="MemoryError"):
        sandbox.parse(document(), "hog")


def test_P22_a_child_that_hangs_with_its_pipe_closed_is_given_up_at_once(hasty: Sandbox) -> None:
    hasty.start()
    started = time.monotonic()
    with pytest.raises(ReadError):
        hasty.parse(document(), "hang_without_pipe")
    assert time.monotonic() - started < 0.5
    assert children_gone(hasty)


@pytest.mark.parametrize("name", ["sleep", "spin"])
def test_P22_the_wall_clock_ends_a_child(hasty: Sandbox, name: str) -> None:
    started = time.monotonic()
    with pytest.raises(ReadError, match="too long"):
        hasty.parse(document(), name)
    assert time.monotonic() - started < 3
    assert children_gone(hasty)


def test_P22_the_cpu_limit_ends_a_child() -> None:
    built = Sandbox(registry=HOSTILE, cpu_limit=1, deadline=20)
    with built, pytest.raises(ReadError, match="limits"):
        built.parse(document(), "spin")


def children_gone(built: Sandbox) -> bool:
    """Whether the zygote's children, zombies included, disappear within seconds."""
    zygote = zygote_of(built)
    for _ in range(100):
        if not zygote.children():
            return True
        time.sleep(0.05)
    return False


def zygote_of(built: Sandbox) -> psutil.Process:
    assert built._stop is not None
    peeked = built._stop.peek()
    assert peeked is not None
    return psutil.Process(peeked[2][0].pid)


def test_P22_no_descriptor_and_no_zombie_is_left_over_many_runs(sandbox: Sandbox) -> None:
    names = ["good", "ValueError", "segfault", "garbage"]

    def run(n: int) -> None:
        with suppress(ReadError):
            sandbox.parse(document("good"), names[n % len(names)])

    for n in range(20):
        run(n)
    zygote = zygote_of(sandbox)
    before = (psutil.Process().num_fds(), zygote.num_fds())
    for n in range(300):
        run(n)
    assert (psutil.Process().num_fds(), zygote.num_fds()) == before
    assert children_gone(sandbox)


def test_threads_may_share_a_sandbox(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(8) as threads:
        names = [f"good {n}" for n in range(40)]
        parsed = list(threads.map(lambda name: sandbox.parse(document(name))[1], names))
    assert [each.listings[0].name for each in parsed] == names


def test_no_more_children_at_once_than_places() -> None:
    with (
        Sandbox(registry=HOSTILE, deadline=0.4, parallel=2) as built,
        ThreadPoolExecutor(5) as pool,
    ):
        built.start()
        futures = [pool.submit(built.parse, document(), "sleep") for _ in range(5)]
        time.sleep(0.2)
        assert len(zygote_of(built).children()) <= 2
        assert all(isinstance(future.exception(), ReadError) for future in futures)


def test_F5_each_document_gets_a_fresh_process(sandbox: Sandbox) -> None:
    for content in ("first", "second"):
        assert told(sandbox.parse(document(content), "linger")) == ["nothing", "True"]


def test_a_child_has_no_network_and_starts_no_program(sandbox: Sandbox) -> None:
    with Server(reply(b"x")) as server:
        outcomes = told(sandbox.parse(document(f"127.0.0.1:{server.port}"), "reach_out"))
    assert outcomes == ["refused"] * 7
    assert server.connections == 0


def test_a_child_writes_no_file(sandbox: Sandbox, tmp_path: Path) -> None:
    target = tmp_path / "written"
    assert told(sandbox.parse(document(str(target)), "write_file")) == ["OSError"]
    assert not target.exists() or target.stat().st_size == 0


def test_a_child_knows_no_secret_and_runs_no_foreign_main(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOMEET_SECRET_KEY", "s3cret")
    with Sandbox(registry=HOSTILE) as built:
        names, mains, descriptors = told(built.parse(document(), "environment"))
    assert "GOMEET" not in names
    assert mains == "[]"
    assert int(descriptors) < 10


def test_a_result_beyond_the_limit_is_cut_and_flagged(sandbox: Sandbox) -> None:
    whole = sandbox.parse(document("300 20000"), "many")[1]
    assert (len(whole.listings), whole.truncated) == (300, False)
    cut = sandbox.parse(document("1000 20000"), "many")[1]
    assert cut.truncated
    assert REPLY_LIMIT * 0.8 < sum(len(each.description) for each in cut.listings) < REPLY_LIMIT
    assert cut.problems[-1].code == "too_much"
    assert sandbox.parse(document(f"1 {REPLY_LIMIT}"), "many")[1].listings == ()
    with pytest.raises(ReadError, match="too much"):
        sandbox.parse(document(), "shout")


def test_a_zygote_that_died_is_replaced() -> None:
    with Sandbox(registry=HOSTILE) as built:
        built.parse(document("good"))
        zygote = zygote_of(built)
        zygote.kill()
        while zygote.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        assert built.parse(document("good"))[0] == "good"


def test_closing_ends_the_zygote_and_parse_starts_another() -> None:
    built = Sandbox(registry=HOSTILE)
    built.close()
    built.start()
    zygote = zygote_of(built)
    built.close()
    assert not zygote.is_running()
    assert built.parse(document("good"))[0] == "good"
    built.close()


def test_a_registry_that_cannot_be_loaded_is_not_the_documents_fault(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with Sandbox(registry="tests.no_such_module") as built, pytest.raises(Unavailable):
        built.parse(document())
    assert "no_such_module" in capfd.readouterr().err


def test_the_default_registry_and_the_settings() -> None:
    built = Sandbox.of(Settings(_env_file=None, parse_cpu_limit=3, parse_deadline=4.0))
    assert (built._limits.cpu, built._limits.wall) == (3, 4.0)
    with built, pytest.raises(ReadError):
        built.parse(document(b"\x00nothing of any format\x00"))


MAIN = """
print("main runs")
from datetime import UTC, datetime
from app.gateways.sandbox import Sandbox
from scrapers.base import Document
sandbox = Sandbox(registry="tests.gateways.hostile_scrapers")
print(sandbox.parse(Document("", b"good", datetime(2026, 1, 1, tzinfo=UTC)))[0])
"""


@pytest.mark.parametrize("way", ["script", "command", "stdin"])
def test_the_main_module_is_never_run_again(way: str, tmp_path: Path) -> None:
    """As from a console script, uvicorn or a shell: no guard, no `__main__` protection needed."""
    script = tmp_path / "console"
    script.write_text(MAIN)
    arguments = {"script": [str(script)], "command": ["-c", MAIN], "stdin": ["-"]}[way]
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, *arguments],
        input=MAIN,
        env={**os.environ, "PYTHONPATH": root, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("main runs\ngood\n", "")


# Attacks of section 5.3 on the bare libraries, without our parsers' own bounds: the child pays.


def event(*lines: str, before: str = "") -> bytes:
    body = "\r\n".join(["BEGIN:VEVENT", "UID:1", "SUMMARY:x", *lines, "END:VEVENT"])
    return f"BEGIN:VCALENDAR\r\n{before}{body}\r\nEND:VCALENDAR\r\n".encode()


def zone(name: str, offset: str, rule: str = "") -> str:
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}", "BEGIN:STANDARD", "DTSTART:19700101T000000"]
    lines += [f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", *([rule] if rule else [])]
    return "\r\n".join([*lines, "END:STANDARD", "END:VTIMEZONE", ""])


def survives(built: Sandbox, content: bytes, name: str, limit: float = 5.0) -> list[str] | None:
    """What the parser tells, None if it was ended; never later than `limit` seconds."""
    started = time.monotonic()
    try:
        return told(built.parse(document(content), name))
    except ReadError:
        return None
    finally:
        assert time.monotonic() - started < limit


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=MONTHLY;INTERVAL=0;BYDAY=MO",
        "RRULE:FREQ=MINUTELY;COUNT=9",
        "RRULE:FREQ=DAILY;COUNT=1000000000",
    ],
)
def test_P02_P03_endless_recurrence_ends_in_the_limits(hasty: Sandbox, rule: str) -> None:
    survives(hasty, event("DTSTART:19700101T000000Z", rule), "expand")
    assert children_gone(hasty)


@pytest.mark.parametrize(
    "before",
    [
        zone("X", "+0100", "RRULE:FREQ=SECONDLY"),
        zone("X", "+9999"),
        zone("X", "+0100") * 2000,
        zone("X", "+0100", "RDATE:" + ",".join(["19700101T000000"] * 2000)),
    ],
    ids=["secondly", "offset", "definitions", "rdates"],
)
def test_P10_hostile_time_zones_end_in_the_limits(sandbox: Sandbox, before: str) -> None:
    survives(sandbox, event("DTSTART;TZID=X:20260715T120000", before=before), "calendar", 8)
    assert sandbox.parse(document("good"))[0] == "good"


def test_P11_a_feeds_time_zone_does_not_reach_the_next_feed(sandbox: Sandbox) -> None:
    name = "W. Europe Standard Time"
    start = f"DTSTART;TZID={name}:20260715T120000"
    poisoned = told(sandbox.parse(document(event(start, before=zone(name, "+1100"))), "calendar"))
    own = told(sandbox.parse(document(event(start, before=zone(name, "+0200"))), "calendar"))
    none = told(sandbox.parse(document(event(start)), "calendar"))
    right = str(datetime(2026, 7, 15, 10, tzinfo=UTC))
    assert none == [right]
    assert own == [right]
    assert poisoned in ([right], [str(datetime(2026, 7, 15, 1, tzinfo=UTC))])


@pytest.mark.parametrize(
    "content",
    [
        b"BEGIN:VEVENT\r\n" * 100_000,
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        b"",
        b"<html></html>",
        b"\xef\xbb\xbf" + event("DTSTART:20260101T120000Z"),
        event("DTSTART:20260101T120000Z") * 2,
        event("DTSTART:20260101T120000Z").replace(b"\r\n", b"\n"),
        event("DTSTART:20260101T120000Z").replace(b"\r\n", b"\r"),
        b"BEGIN:VCALENDAR" + b"x" * 5_000_000,
        b"BEGIN:VCALENDAR" + b"\r\n x" * 300_000,
    ],
    ids=["nested", "unterminated", "empty", "html", "bom", "two", "lf", "cr", "long", "folds"],
)
def test_P14_odd_calendars_end_in_the_limits(sandbox: Sandbox, content: bytes) -> None:
    survives(sandbox, content, "calendar", 8)
    assert sandbox.parse(document("good"))[0] == "good"


XINCLUDE = "http://www.w3.org/2001/XInclude"
BILLION = b'<!DOCTYPE r [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(12)
)


@pytest.mark.parametrize("name", ["xml", "feed"])
def test_P16_entities_open_no_file_and_no_connection(
    sandbox: Sandbox, name: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    with Server(reply(b"hunter2")) as server:
        attacks = [
            f'<!DOCTYPE r [<!ENTITY e SYSTEM "file://{secret}">]><rss><title>&e;</title></rss>',
            f'<!DOCTYPE r [<!ENTITY e SYSTEM "{server.url()}">]><rss><title>&e;</title></rss>',
            f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{server.url()}"> %p;]><rss><title>x</title></rss>',
            f'<!DOCTYPE r SYSTEM "{server.url()}"><rss><title>x</title></rss>',
            f'<rss xmlns:xi="{XINCLUDE}"><xi:include href="{server.url()}" parse="text"/></rss>',
        ]
        for attack in attacks:
            assert "hunter2" not in str(survives(sandbox, attack.encode(), name))
    assert server.connections == 0


@pytest.mark.parametrize("name", ["xml", "feed"])
def test_P16_billion_laughs_end_in_the_limits(sandbox: Sandbox, name: str) -> None:
    laughs = BILLION + b"]><rss><channel><title>&m;</title></channel></rss>"
    quadratic = b'<!DOCTYPE r [<!ENTITY a "' + b"x" * 100_000 + b'">]><rss>' + b"&a;" * 10_000
    for attack in (laughs, quadratic + b"</rss>"):
        answered = survives(sandbox, attack, name, 8)
        assert len(str(answered)) < REPLY_LIMIT


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("feed", b"<rss><channel>" + b"<item><title>x</title></item>" * 50_000),
        ("feed", b"<" * 200_000),
        ("html", b"<div>" * 50_000),
        ("html", b"<p " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">"),
        ("html", b"<!-- " * 80_000),
        ("html", b"<![CDATA[" * 40_000),
        ("html", b"".join(b"<p><a href=%d><b>" % n for n in range(20_000))),
    ],
    ids=[
        "P17-items",
        "P17-less",
        "P17-divs",
        "P18-attributes",
        "P18-comments",
        "P18-cdata",
        "P18-links",
    ],
)
def test_P17_P18_costly_markup_ends_in_the_limits(
    hasty: Sandbox, sandbox: Sandbox, name: str, content: bytes
) -> None:
    survives(hasty, content, name)
    assert sandbox.parse(document("good"))[0] == "good"


def test_instants_keep_their_wall_clock_across_the_process_border(sandbox: Sandbox) -> None:
    start = sandbox.parse(document("good"))[1].listings[0].start
    assert (start.hour, start.utcoffset()) == (14, timedelta(hours=2))
