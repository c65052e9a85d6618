"""A publisher that answers at every loopback address with a small calendar of its own."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from bench.feeds import calendar, feed

EVENTS = 3  # in each calendar


class Publisher:
    """Counts who asked for what, and how many asked one address at once.

    The calendar at `/N.ics` holds the same events whenever it is asked for.
    """

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.most_at_once = 0
        self.port = 0
        self._at_once: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()

    def url(self, number: int) -> str:
        """The address of calendar `number`, 0 to 60,000, on a host of its own."""
        return f"http://127.1.{number // 250}.{number % 250 + 1}:{self.port}/{number}.ics"

    @contextmanager
    def running(self) -> Iterator["Publisher"]:
        """It answers while the block runs."""
        started = threading.Event()
        thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        thread.start()
        started.wait()
        yield self
        self._loop.call_soon_threadsafe(self._loop.stop)
        thread.join()

    def _run(self, started: threading.Event) -> None:
        start = asyncio.start_server(self._answer, "0.0.0.0", 0)  # all of 127.0.0.0/8
        server = self._loop.run_until_complete(start)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        self._at_once[host] += 1
        self.most_at_once = max(self.most_at_once, self._at_once[host])
        try:
            request = await reader.readuntil(b"\r\n\r\n")
        except (OSError, asyncio.IncompleteReadError):  # a killed process asks no more
            self._at_once[host] -= 1
            return
        path = request.split(b" ", 2)[1].decode()
        self.asked[path] += 1
        number = path.removeprefix("/").removesuffix(".ics")
        body = calendar(feed(int(number), EVENTS)) if number.isdecimal() else b""
        status = b"200 OK" if body else b"404 Not Found"
        head = b"HTTP/1.1 %s\r\ncontent-type: text/calendar\r\ncontent-length: %d\r\n\r\n"
        writer.write(head % (status, len(body)) + body)
        await writer.drain()
        writer.close()
        self._at_once[host] -= 1
