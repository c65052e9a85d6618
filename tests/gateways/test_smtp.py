"""Every way a mail server can fail, and what the sender then knows (X11, C15, C16)."""

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import AuthResult

from app.errors import MailError
from app.gateways.smtp import Relay, relay_from, send
from app.publish.digest import render_digest
from app.publish.message import build_message
from app.settings import Settings
from tests.mail_server import MailServer
from tests.publish.samples import digest
from tests.smtp_server import DROP, SILENT, STORE_AND_DROP, fault_server

SENDER = "gomeet@meet.example"
RECIPIENT = "ada@mail.example"
LETTER = b"Subject: hello\r\n\r\nOne line.\r\n"


def relay(port: int, **changes: Any) -> Relay:
    base = Relay("127.0.0.1", port, "none", timeout=10, final_timeout=10)
    return replace(base, **changes)


def fate(
    port: int, letter: bytes = LETTER, before_dot: Callable[[], Any] = lambda: None, **changes: Any
) -> str:
    """`sent`, or the state of the MailError."""
    try:
        send(letter, SENDER, RECIPIENT, relay(port, **changes), before_dot)
    except MailError as error:
        return error.state
    return "sent"


# A silent server is given up on after a moment, every other one has time under load.
PATIENCE: dict[str, Any] = {"silent": {"timeout": 0.3}, "silent_after_dot": {"final_timeout": 0.3}}


# (phase → fault, what the sender knows, letters the server holds)
MODES = {
    "normal": ({}, "sent", 1),
    "silent": ({"banner": SILENT}, "retry", 0),
    "554_banner": ({"banner": "554 no service here"}, "retry", 0),
    "421_at_banner": ({"banner": "421 too busy"}, "retry", 0),
    "421_at_mail": ({"mail": "421 shutting down"}, "retry", 0),
    "450_recipient": ({"rcpt": "450 greylisted"}, "retry", 0),
    "550_recipient": ({"rcpt": "550 no such user"}, "failed", 0),
    "odd_answer_before_the_body": ({"data": "250 what?"}, "retry", 0),
    "451_data": ({"data": "451 no space"}, "retry", 0),
    "drop_after_rcpt": ({"data": DROP}, "retry", 0),
    "drop_mid_body": ({"body": DROP}, "retry", 0),
    "drop_after_dot_before_store": ({"dot": DROP}, "uncertain", 0),
    "drop_after_dot_after_store": ({"dot": STORE_AND_DROP}, "uncertain", 1),
    "silent_after_dot": ({"dot": SILENT}, "uncertain", 0),
    "452_after_dot": ({"dot": "452 disk full"}, "retry", 0),
    "554_after_dot": ({"dot": "554 looks like spam"}, "failed", 0),
    "odd_answer_after_dot": ({"dot": "350 hm"}, "uncertain", 0),
    "drop_at_quit": ({"quit": DROP}, "sent", 1),
}


@pytest.mark.parametrize("mode", MODES)
def test_X11_each_fault_leaves_the_sender_with_the_right_state(mode: str) -> None:
    faults, state, stored = MODES[mode]
    with fault_server(faults) as server:
        # a server that breaks off within the body has done so before the dot is due
        wait = server.broke_off.wait if "body" in faults else server.broke_off.is_set
        assert fate(server.port, before_dot=wait, **PATIENCE.get(mode, {})) == state
    assert len(server.letters) == stored


def test_X11_a_server_that_is_down_is_retried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert fate(port) == "retry"


def test_X11_a_slow_250_is_waited_for_longer_than_other_answers() -> None:
    with fault_server(delays={"dot": 1.2}) as server:
        assert fate(server.port, timeout=0.9) == "sent"


def test_X11_an_answer_within_the_body_counts_before_the_dot() -> None:
    with fault_server({"body": "421 going down"}) as server:
        assert fate(server.port, before_dot=server.broke_off.wait) == "retry"
    assert not server.letters


def test_X11_the_mark_is_set_once_and_before_the_dot() -> None:
    marks: list[int] = []
    with fault_server() as server:
        fate(server.port, before_dot=lambda: marks.append(len(server.letters)))
    assert marks == [0]


@pytest.mark.parametrize("mode", ["450_recipient", "451_data", "554_banner"])
def test_X11_the_mark_is_not_set_if_the_letter_never_went(mode: str) -> None:
    marks: list[int] = []
    with fault_server(MODES[mode][0]) as server:
        fate(server.port, before_dot=lambda: marks.append(1))
    assert marks == []


def test_X11_a_lost_lease_stops_the_letter_before_the_dot() -> None:
    def lease_lost() -> None:
        raise RuntimeError("lease lost")

    with fault_server() as server, pytest.raises(RuntimeError, match="lease lost"):
        send(LETTER, SENDER, RECIPIENT, relay(server.port), lease_lost)
    assert not server.letters
    assert "quit" not in server.commands  # it would have been text of the letter


def test_a_refused_recipient_gets_a_polite_goodbye() -> None:
    with fault_server({"rcpt": "550 no such user"}) as server:
        assert fate(server.port) == "failed"
    assert server.commands[-1] == "quit"


def test_the_servers_words_are_passed_on_without_the_persons_address() -> None:
    faults = {"rcpt": f"550 <{RECIPIENT}>: no such user"}
    with fault_server(faults) as server, pytest.raises(MailError) as caught:
        send(LETTER, SENDER, RECIPIENT, relay(server.port))
    assert str(caught.value) == "The mail server refused the recipient: 550 … no such user"


@pytest.mark.parametrize(
    "address",
    ["a@b.example,c@d.example", 'a@b.example>\r\nRCPT TO:<x@y.example', '"a\r\nb"@c.example',
     "a@[127.0.0.1]", "-oX@x.example", "a@exämple.org", "", "a b@c.example"],
)  # fmt: skip
def test_C15_only_one_plain_address_is_ever_a_recipient(address: str) -> None:
    with fault_server() as server, pytest.raises(MailError) as caught:
        send(LETTER, SENDER, address, relay(server.port))
    assert caught.value.state == "failed"
    assert server.commands == []


def test_C16_dots_long_lines_and_bare_line_ends_arrive_as_one_letter() -> None:
    smuggled = b"A: b\r\n\r\n.\r\n..\r\nx\n.\nMAIL FROM:<e@x>\r.\r" + b"y" * 900 + b"\r\n.\r\n"
    with fault_server() as server:
        assert fate(server.port, smuggled) == "sent"
    assert len(server.letters) == 1
    lines = server.letters[0].raw.split(b"\r\n")
    assert lines[2:8] == [b".", b"..", b"x", b".", b"MAIL FROM:<e@x>", b"."]
    assert [c.split(" ")[0] for c in server.commands] == ["ehlo", "mail", "rcpt", "DATA", "quit"]


def test_C16_the_weekly_letter_arrives_byte_for_byte() -> None:
    rendered = render_digest(digest())
    assert rendered is not None
    letter = build_message(
        rendered,
        f"Go Meet People <{SENDER}>",
        RECIPIENT,
        message_id="<digest.2026-W50.0f3a@meet.example>",
        unsubscribe_url="https://meet.example/unsubscribe/q7Tz",
        date=datetime(2026, 12, 7, 13, 0, tzinfo=UTC),
    )
    with fault_server() as server:
        assert fate(server.port, letter) == "sent"
    assert server.letters[0].raw == letter
    assert server.letters[0].recipients == [f"<{RECIPIENT}>"]


def test_a_letter_that_is_not_ascii_is_not_sent() -> None:
    with fault_server() as server:
        assert fate(server.port, "é".encode()) == "failed"
    assert server.commands == []


@pytest.mark.parametrize("host", ["192.0.2.1", "mail.example"])
def test_mail_without_tls_goes_to_this_machine_only(host: str) -> None:
    with pytest.raises(MailError, match="without TLS"):
        send(LETTER, SENDER, RECIPIENT, Relay(host, 25, "none"))


def test_an_unknown_security_setting_is_named() -> None:
    with pytest.raises(MailError, match="smtp_security"):
        send(LETTER, SENDER, RECIPIENT, Relay("127.0.0.1", 25, "ssl"))


def test_starttls_is_required_when_it_is_set() -> None:
    faults = {"ehlo": "250-harbor.example\r\n250 SIZE 1000000"}
    with fault_server(faults) as server, pytest.raises(MailError) as caught:
        send(LETTER, SENDER, RECIPIENT, relay(server.port, security="starttls"))
    assert caught.value.state == "retry"
    assert not any(c.startswith("mail") for c in server.commands)


class Inbox(Message):
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.letters.append(message)


def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
    known = (data.login, data.password) == (b"gomeet", b"s3cret")
    return AuthResult(success=known, handled=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    authority = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return authority, path


@pytest.fixture(params=["starttls", "tls"])
def secure_server(
    request: pytest.FixtureRequest, authority: tuple[trustme.CA, Path]
) -> Iterator[tuple[Inbox, Relay]]:
    """A real aiosmtpd server that wants TLS and a login."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority[0].issue_cert("127.0.0.1").configure_cert(context)
    inbox = Inbox()
    options: dict[str, Any] = {"authenticator": authenticate}
    if request.param == "starttls":
        options |= {"tls_context": context, "require_starttls": True, "auth_required": True}
    else:
        options |= {"auth_require_tls": False}  # aiosmtpd does not count the outer TLS
    server = MailServer(inbox, tls=context if request.param == "tls" else None, **options)
    server.start()
    yield (
        inbox,
        Relay(
            "127.0.0.1",
            server.port,
            request.param,
            "gomeet",
            "s3cret",
            str(authority[1]),
            timeout=5,
        ),
    )
    server.stop()


def test_a_real_server_takes_the_letter_over_tls(secure_server: tuple[Inbox, Relay]) -> None:
    inbox, relay = secure_server
    send(LETTER, f"Go Meet People <{SENDER}>", RECIPIENT, relay)
    assert len(inbox.letters) == 1
    assert inbox.letters[0]["X-RcptTo"] == RECIPIENT
    assert inbox.letters[0]["X-MailFrom"] == SENDER
    assert inbox.letters[0].get_payload().strip() == "One line."


def test_an_untrusted_certificate_is_refused(secure_server: tuple[Inbox, Relay]) -> None:
    inbox, relay = secure_server
    with pytest.raises(MailError, match="SSLCert") as caught:
        send(LETTER, SENDER, RECIPIENT, replace(relay, ca_file=""))
    assert caught.value.state == "retry"
    assert inbox.letters == []


def test_a_wrong_password_does_not_condemn_the_letter(secure_server: tuple[Inbox, Relay]) -> None:
    _, relay = secure_server
    with pytest.raises(MailError) as caught:
        send(LETTER, SENDER, RECIPIENT, replace(relay, password="wröng"))
    with pytest.raises(MailError, match="535"):
        send(LETTER, SENDER, RECIPIENT, replace(relay, password="wrong"))
    assert caught.value.state == "retry"
    assert "wr" not in repr(replace(relay, password="wrong"))


def test_the_relay_comes_from_the_settings() -> None:
    assert relay_from(Settings(smtp_host="")) is None
    made = relay_from(Settings(smtp_host="mail.example", smtp_password="s3cret", smtp_port=465))
    assert made is not None
    assert (made.host, made.port, made.password) == ("mail.example", 465, "s3cret")
    assert "s3cret" not in repr(made)
