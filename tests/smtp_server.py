"""A small raw SMTP server that fails on command, at any phase (SECURITY.md X11)."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

DROP = "drop"  # hang up without a word
SILENT = "silent"  # never answer again
STORE_AND_DROP = "store and drop"  # take the letter, then hang up instead of saying so

_USUAL = {
    "banner": "220 harbor.example ready",
    "ehlo": "250 harbor.example",
    "mail": "250 ok",
    "rcpt": "250 ok",
    "data": "354 go on",
    "body": "",  # an answer or a fault while the body is still coming in
    "dot": "250 queued",
    "quit": "221 bye",
}


@dataclass
class Letter:
    """What the server has taken: the envelope, and the text with dots unstuffed."""

    sender: str
    recipients: list[str]
    raw: bytes


@dataclass
class FaultServer:
    """Listens on loopback. `faults` maps a phase to an answer line or one of the faults above;
    `delays` maps a phase to seconds before its answer."""

    faults: dict[str, str] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    broke_off: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):  # wake accept()
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            connection, _ = self._listener.accept()
            if self._closing.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
            self._talk(_Session(self, connection), lines)

    def _talk(self, session: "_Session", lines: Iterator[bytes]) -> None:
        if not session.answer("banner"):
            return
        sender, recipients = "", list[str]()
        for line in lines:
            command = line.decode("ascii").strip()
            self.commands.append(command)
            phase = command.split(" ")[0].split(":")[0].lower()
            phase = "ehlo" if phase == "helo" else phase
            if phase == "mail":
                sender, recipients = command, []
            if phase == "rcpt":
                recipients.append(command.partition(":")[2])
            if not session.answer(phase):
                return
            if phase == "data" and session.last.startswith("354"):
                if not self._receive(session, lines, Letter(sender, recipients, b"")):
                    return
            elif phase == "quit":
                return

    def _receive(self, session: "_Session", lines: Iterator[bytes], letter: Letter) -> bool:
        if "body" in self.faults:
            next(lines)
            return session.answer("body")
        body = b""
        for line in lines:
            if line == b".\r\n":
                break
            body += line.removeprefix(b".")
        else:
            return False  # the client went away before the dot
        letter.raw = body
        answer = self.faults.get("dot", _USUAL["dot"])
        if answer.startswith("250") or answer == STORE_AND_DROP:
            self.letters.append(letter)
        return session.answer("dot")


@dataclass
class _Session:
    server: FaultServer
    connection: socket.socket
    last: str = ""

    def answer(self, phase: str) -> bool:
        """Say what is due; False if the session is over."""
        reply = self.server.faults.get(phase, _USUAL.get(phase, "500 what?"))
        time.sleep(self.server.delays.get(phase, 0))
        if reply == SILENT:
            self.server._closing.wait(10)
            return False
        if reply in {DROP, STORE_AND_DROP}:
            self.connection.shutdown(socket.SHUT_RDWR)  # the open file would hold back a close
            self.server.broke_off.set()
            return False
        self.last = reply
        self.connection.sendall(reply.encode() + b"\r\n")
        if phase == "body":
            self.server.broke_off.set()
        return not reply.startswith("421")


@contextlib.contextmanager
def fault_server(
    faults: dict[str, str] | None = None, delays: dict[str, float] | None = None
) -> Iterator[FaultServer]:
    server = FaultServer(faults or {}, delays or {})
    try:
        yield server
    finally:
        server.close()
