"""Load on a server on loopback: `wrk` where it is installed, else a small client of our own."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter
from typing import Self

CONNECTIONS = 16
_RATE = re.compile(r"Requests/sec:\s*([\d.]+)")
_FAILED = re.compile(r"Non-2xx|Socket errors")
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_LUA = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local n = 0
request = function()
  n = n %% #paths + 1
  return wrk.format("GET", paths[n])
end
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: its status, its body, and the seconds it took."""

    status: int
    body: bytes
    seconds: float


def rate(
    port: int, paths: list[str], headers: Mapping[str, str], seconds: float, scratch: Path
) -> float:
    """Answers per second to these paths, again and again, over a few connections."""
    wrk = shutil.which("wrk")
    if wrk is None or seconds < 1:  # wrk counts in whole seconds
        return _own_rate(port, paths, headers, seconds)
    listed, script = scratch / "paths.txt", scratch / "paths.lua"
    listed.write_text("\n".join(paths))
    script.write_text(_LUA % listed)
    command = [
        wrk,
        "-t1",
        "--timeout",
        "60s",
        f"-c{CONNECTIONS}",
        f"-d{round(seconds)}",
        f"-s{script}",
    ]
    command += [f"-H{name}: {value}" for name, value in headers.items()]
    printed = subprocess.run(
        [*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True
    ).stdout
    found = _RATE.search(printed)
    if found is None or not float(found[1]) or _FAILED.search(printed):
        raise RuntimeError(f"the load failed:\n{printed}")
    return float(found[1])


def _own_rate(port: int, paths: list[str], headers: Mapping[str, str], seconds: float) -> float:
    """The same in another process with asyncio; slower than wrk, so it measures itself as well."""
    command = [sys.executable, "-m", "bench.load", str(port), str(seconds)]
    command += [f"{name}: {value}" for name, value in headers.items()]
    done = subprocess.run(
        command, input="\n".join(paths), capture_output=True, text=True, check=True
    )
    return float(done.stdout)


class Connection:
    """One kept-alive connection; answers must have a Content-Length, as all of ours have."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._port = port
        self._head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def send(self, method: str, path: str, body: bytes = b"") -> Answered:
        """One request and its whole answer."""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self._head}"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        begun = perf_counter()
        self._writer.write(head.encode() + body)
        top = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(top)
        content = await self._reader.readexactly(int(length[1])) if length else b""
        return Answered(int(top.split(None, 2)[1]), content, perf_counter() - begun)


async def _hammer(port: int, paths: Iterator[str], headers: Mapping[str, str], end: float) -> int:
    count = 0
    async with Connection(port, headers) as connection:
        while perf_counter() < end:
            answered = await connection.send("GET", next(paths))
            if answered.status != 200:
                raise RuntimeError(f"the load failed: {answered.status}")
            count += 1
    return count


async def _main(port: int, seconds: float, lines: Iterable[str]) -> float:
    headers = dict(line.split(": ", 1) for line in lines)
    paths = cycle(sys.stdin.read().split())
    begun = perf_counter()
    counts = await asyncio.gather(
        *(_hammer(port, paths, headers, begun + seconds) for _ in islice(paths, CONNECTIONS))
    )
    return sum(counts) / (perf_counter() - begun)


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(_main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))))
