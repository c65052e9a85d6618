"""`gomeet serve` keeps a clock in a process of its own: always one, and never without the service."""

import signal
from pathlib import Path

import psutil

from tests.e2e.service import Server, environment, eventually, free_port, running


def clock_of(server: Server) -> psutil.Process | None:
    """The newest child, which begins after whatever Python starts to watch over it."""
    children = psutil.Process(server.process.pid).children()
    clocks = [each for each in children if "resource_tracker" not in str(each.cmdline())]
    return clocks[0] if clocks else None


def test_a_clock_that_dies_is_followed_by_another_and_none_outlives_the_service(
    tmp_path: Path,
) -> None:
    """The service is killed here, so that it cannot say goodbye."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = environment(tmp_path)
    with running(
        "serve", "--port", str(port), url=url, env=env, cwd=tmp_path, killed=True
    ) as server:
        first = clock_of(server)
        assert first
        first.kill()
        first.wait(20)
        second = eventually(lambda: clock_of(server))
        server.stop(signal.SIGKILL)
        assert not psutil.wait_procs([second], timeout=20)[1]
        assert "another one begins" in server.stderr.read_text()
