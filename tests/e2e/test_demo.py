"""What `make run` starts, and the README's tour through it, as written."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psutil
import pytest

from app.cli.demo import today, turning
from app.sample_city import server as sample_city
from app.sample_city.write_troubles import TROUBLES
from tests import servers as publisher
from tests.e2e.service import (
    PATIENCE,
    ROOT,
    Api,
    Server,
    clean_environment,
    command,
    environment,
    eventually,
    free_port,
    running,
    web,
)


@dataclass
class Demo:
    """A demo that was started, stopped and started again on the same data at another port."""

    server: Server
    folder: Path
    first_total: int
    first_status: int
    stopping_took: float  # seconds
    helpers: list[psutil.Process]  # of the first start

    @property
    def api(self) -> Api:
        """The API with the token that this start printed."""
        return Api(self.server.url, self.server.token)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo in a folder of its own, with `gomeet` where `make` puts it."""
    folder = tmp_path_factory.mktemp("demo")
    program = folder / ".venv" / "bin" / "gomeet"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m app "$@"\n')
    program.chmod(0o755)
    (folder / ".env").write_text(
        "GOMEET_DATABASE_URL=sqlite:///real.db\nGOMEET_SMTP_HOST=mail.harborfalls.example\n"
    )
    with start(folder) as server:
        total = len(Api(server.url, server.token).get("events", limit=100)["items"])
        helpers = psutil.Process(server.process.pid).children(recursive=True)
        begun = time.monotonic()
        status = server.stop(signal.SIGINT)
        took = time.monotonic() - begun
    with start(folder) as server:
        yield Demo(server, folder, total, status, took, helpers)
        assert server.stop(signal.SIGTERM) == 0


def start(folder: Path) -> AbstractContextManager[Server]:
    """`gomeet demo` on a free port, ready."""
    port = free_port(beside=1)
    url = f"http://127.0.0.1:{port}"
    return running("demo", "--port", str(port), url=url, env=clean_environment(), cwd=folder)


def test_the_demo_prints_a_link_that_signs_in(demo: Demo) -> None:
    said = demo.server.stdout.read_text()
    assert f"{demo.server.url}/#token={demo.server.token}" in said
    for address in re.findall(r"http://\S+", said):
        assert web.get(address, headers={"Authorization": f"Bearer {demo.server.token}"}).is_success
    assert demo.api.get("me")["name"] == "Robin"
    assert demo.api.get("events", limit=3)["total"] > 50


def test_the_demo_leaves_the_real_database_alone(demo: Demo) -> None:
    assert (demo.folder / "data" / "demo" / "gomeet.db").exists()
    assert not (demo.folder / "real.db").exists(), "it would add a person and feeds of its own"


def test_the_demo_ends_on_ctrl_c_within_seconds(demo: Demo) -> None:
    assert demo.first_status == 0
    assert demo.stopping_took < 10


def test_a_second_start_reads_the_city_where_it_is_now(demo: Demo) -> None:
    sources = demo.api.get("sources")["items"]
    assert len(sources) == 32
    troubled = {trouble.name for trouble in TROUBLES}
    well = [source["outcome"] for source in sources if source["name"] not in troubled]
    assert len(well) == 25
    assert set(well) <= {"ok", "ok_partial", "not_modified"}
    city = re.findall(r"The city +(\S+)/\n", demo.server.stdout.read_text())[0]
    assert all(source["url"].startswith(city) for source in sources)
    assert len(demo.api.get("events", limit=100)["items"]) == demo.first_total


def test_nothing_that_the_demo_started_outlives_it(demo: Demo) -> None:
    assert demo.helpers
    assert not any(helper.is_running() for helper in demo.helpers)


def test_a_port_that_is_taken_is_named(demo: Demo, tmp_path: Path) -> None:
    port = int(demo.server.url.rpartition(":")[2])
    for taken in (port, port + 1):
        done = command("serve", "--port", str(taken), env=environment(tmp_path), status=1)
        assert done.stderr == (
            f"gomeet: Cannot listen on 127.0.0.1:{taken} (address already in use); "
            "choose another --port.\n"
        )
    assert not (tmp_path / "data").exists()


def test_at_midnight_the_city_turns_to_the_new_day() -> None:
    start_day = today()
    days = iter([start_day, start_day + timedelta(days=1)])
    shown: list[date] = []

    def day() -> date:
        shown.append(next(days, start_day + timedelta(days=1)))
        return shown[-1]

    with sample_city.serve("127.0.0.1", 0, start_day) as city:
        before = city.resource("/")
        with turning(city, day, every=0.01):
            eventually(lambda: city.resource("/") != before)
        count = len(shown)
        assert count >= 2


def test_the_readme_works_as_written(demo: Demo) -> None:
    tour = re.findall(
        r"<!-- tour -->(.*?)<!-- /tour -->", (ROOT / "README.md").read_text(), re.DOTALL
    )[0]
    blocks = re.findall(r"```sh\n(.*?)```", tour, re.DOTALL)
    script = "".join(f"echo '==='\n{block}" for block in blocks)
    for placeholder, value in {
        "gmp_api_…": demo.server.token,
        "http://127.0.0.1:8000": demo.server.url,
    }.items():
        assert placeholder in script
        script = script.replace(placeholder, value)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=demo.folder,
        env=clean_environment() | {"no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    _, _, ranked, why, week, feed, letter = done.stdout.split("===\n")
    assert ranked.count('"headline"') == 3
    # The invented city always has something to do, but on the week's last evening it may be over.
    assert json.loads(week)["outings"] or today().isoweekday() == 7
    name, *parts, total = why.splitlines()
    points = [float(part.split()[0]) for part in parts]
    assert sum(points) == pytest.approx(float(total.split()[0]), abs=0.1 * len(points))
    assert feed.startswith("BEGIN:VCALENDAR")
    unfolded = re.sub(r"\r?\n ", "", feed).replace("\\,", ",").replace("\\;", ";")
    assert f"SUMMARY:{name}" in unfolded
    assert letter.splitlines() == [f"letter/digest.{kind}" for kind in ("eml", "html", "txt")]
    assert (demo.folder / "letter" / "digest.html").stat().st_size > 2000


def test_X22_a_stop_during_a_fetch_waits_for_it_and_leaves_nothing_behind(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with publisher.Server(publisher.silent()) as silent:
        settings = {"fetch_deadline": "1.5", "respect_robots": "false", "clock": "false"}
        env = environment(tmp_path, silent.url(), **settings)
        token = command("user", "add", "ada@mail.example", env=env).stdout.strip()
        with running("serve", "--port", str(port), url=url, env=env, cwd=tmp_path) as server:
            api = Api(url, token)
            api.call("POST", "sources", json={"url": silent.url("/calendar.ics")})
            eventually(lambda: silent.connections)
            assert server.stop(signal.SIGTERM) == 0
    (source,) = command("sources", "list", "--json", env=env).stdout.splitlines()
    assert json.loads(source)["last_polled_at"]  # what the fetch came to was written down
