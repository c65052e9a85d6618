"""The weekly letter goes out over a real mail server, exactly once, whoever runs and how often."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP

from app.cli.world import now
from app.sample_city import server as sample_city
from app.sample_city.cycle import ZONE
from app.store import users
from app.store.database import Database
from tests.e2e.service import Api, command, environment, eventually, free_port, gomeet, running, web
from tests.mail_server import MailServer

PUBLIC = "https://meet.example"  # one click needs https, which a proxy would give us


class Mailbox:
    """A handler of aiosmtpd that keeps what comes, with the facts of its session."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.encrypted: list[bool] = []

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        """Take a letter."""
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.encrypted.append(session.ssl is not None)
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for somebody."""
        return [letter for letter in self.letters if letter["To"] == address]


@dataclass
class Office:
    """A service with people, events and a mail server, as commands find it."""

    folder: Path
    env: dict[str, str]
    mailbox: Mailbox

    def join(self, email: str, *, wants_letters: bool = True) -> str:
        """Somebody who joined ten days ago and whose letter is due since this hour; the token."""
        token = command(
            "user", "add", email, "--name", "Ada", "--time-zone", "America/New_York",
            "--home", "41.93,-70.52", env=self.env,
        ).stdout.strip()  # fmt: skip
        database = Database(f"sqlite:///{self.env['GOMEET_DATA_DIR']}/gomeet.db")
        hour = self._this_hour()
        with database.write() as session:
            person = users.find(session, email)
            users.row(session, person.id).created_at = hour - timedelta(days=10)
            profile = replace(
                person.profile,
                digest_weekday=hour.isoweekday(),
                digest_hour=hour.hour,
                digest_enabled=wants_letters,
            )
            users.set_profile(session, person.id, profile)
        database.dispose()
        return token

    def digest(self) -> str:
        """What `gomeet digest` says, in a process of its own."""
        return gomeet("digest", env=self.env, cwd=self.folder).stdout.strip()

    @staticmethod
    def _this_hour() -> datetime:
        return now().astimezone(ZONE).replace(minute=0, second=0, microsecond=0)


@pytest.fixture(scope="module")
def office(city: sample_city.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Three calendars (one alone has empty weeks), a mail server with STARTTLS, and nobody yet."""
    folder = tmp_path_factory.mktemp("office")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    mailbox = Mailbox()
    server = MailServer(mailbox, tls_context=context, require_starttls=True)
    server.start()
    env = environment(
        folder,
        city.url,
        base_url=PUBLIC,
        tick_seconds="0.3",
        smtp_host="127.0.0.1",
        smtp_port=str(server.port),
        smtp_ca_file=str(folder / "ca.pem"),
        mail_from="Go Meet People <letters@meet.example>",
    )
    for row in city.sources:
        if any(name in row.url for name in ("/clubs/", "/saltmarsh/", "/chamber/")):
            command("sources", "add", row.url, "--name", row.name, env=env)
    yield Office(folder, env, mailbox)
    server.stop()


def test_digest_sends_once_over_starttls_and_a_second_run_sends_nothing(office: Office) -> None:
    office.join("ada@mail.example")
    assert office.digest() == "1 queued, 1 sent"
    assert office.digest() == "0 queued, 0 sent"
    (letter,) = office.mailbox.to("ada@mail.example")
    assert all(office.mailbox.encrypted)
    assert letter["From"] == "Go Meet People <letters@meet.example>"
    kinds = [part.get_content_type() for part in letter.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    plain = letter.get_body(("plain",))
    assert plain is not None
    assert f"{PUBLIC}/#/events/" in plain.get_content()


def test_two_services_at_once_send_one_letter_and_its_headers_end_them(office: Office) -> None:
    token = office.join("bea@mail.example")
    later = office.join("cleo@mail.example", wants_letters=False)
    with ExitStack() as stack:
        urls = [f"http://127.0.0.1:{free_port()}" for _ in range(2)]
        for url in urls:
            port = url.rpartition(":")[2]
            command = ("serve", "--port", port)
            stack.enter_context(running(*command, url=url, env=office.env, cwd=office.folder))
        eventually(lambda: office.mailbox.to("bea@mail.example"))
        # When Cleo has hers, which she asks for only now, the clocks have gone round again.
        cleo = Api(urls[1], later)
        profile = cleo.get("me/profile") | {"digest_enabled": True}
        cleo.call("PUT", "me/profile", json=profile)
        eventually(lambda: office.mailbox.to("cleo@mail.example"))
        assert len(office.mailbox.to("bea@mail.example")) == 1
        assert office.digest() == "0 queued, 0 sent"
        _unsubscribe(office.mailbox.to("bea@mail.example")[0], Api(urls[0], token))
    assert len(office.mailbox.to("cleo@mail.example")) == 1


def _unsubscribe(letter: EmailMessage, api: Api) -> None:
    """As a mail program does it: with nothing but the two headers (RFC 8058 section 3.1)."""
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter["List-Unsubscribe"].strip("<>")
    assert address.startswith(f"{PUBLIC}/unsubscribe/")
    here = address.replace(PUBLIC, api.url)
    assert web.get(here).status_code == 200
    assert api.get("me/profile")["digest_enabled"] is True  # looking alone changes nothing
    for _ in range(2):
        answer = web.post(here, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert api.get("me/profile")["digest_enabled"] is False


def test_a_dry_run_writes_the_letter_and_sends_nothing(office: Office, tmp_path: Path) -> None:
    office.join("dora@mail.example", wants_letters=False)
    options = ("--user", "dora@mail.example", "--dry-run", "--out", str(tmp_path / "letter"))
    command("digest", *options, env=office.env)
    written = {file.name: file.read_bytes() for file in (tmp_path / "letter").iterdir()}
    assert written.keys() == {"digest.eml", "digest.html", "digest.txt"}
    letter = message_from_bytes(written["digest.eml"], policy=policy.default)
    assert letter["To"] == "dora@mail.example"
    assert b"<html" in written["digest.html"]
    assert PUBLIC in written["digest.txt"].decode()
    assert office.mailbox.to("dora@mail.example") == []


def test_a_letter_for_nobody_is_refused_in_one_sentence(office: Office) -> None:
    done = command("digest", "--dry-run", env=office.env, status=1)
    assert done.stderr == "gomeet: Say whose letter to write: --user ADDRESS.\n"
