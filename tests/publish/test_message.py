"""The letter as bytes: SECURITY C14–C16, F12, RFC 8058."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Invalid
from app.model.address import one_address, sender
from app.publish.digest import Rendered, render_digest
from app.publish.message import FIXED_SUBJECT, build_message
from tests.publish.samples import digest

HEADERS = [
    "From", "To", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe",
    "List-Unsubscribe-Post", "Subject", "MIME-Version", "Content-Type",
]  # fmt: skip
UNSUBSCRIBE = "https://a-rather-long-host-name.meet.example/unsubscribe/" + "q7Tz" * 20
LETTER = Rendered("Your week", "<p>Hé</p>", "Hé\n")


def build(rendered: Rendered = LETTER, **changes: Any) -> bytes:
    options: dict[str, Any] = {
        "sender": "Go Meet People <gomeet@meet.example>",
        "recipient": "ada@mail.example",
        "message_id": "<digest.2026-W50.0f3a@meet.example>",
        "unsubscribe_url": UNSUBSCRIBE,
        "date": datetime(2026, 12, 7, 13, 0, tzinfo=UTC),
    }
    return build_message(rendered, **{**options, **changes})


def parse(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_letter_reads_back_as_it_was_written() -> None:
    rendered = render_digest(digest())
    assert rendered is not None
    message = parse(build(rendered))
    assert message.keys() == HEADERS
    assert message["Subject"] == rendered.subject
    assert message["From"] == "Go Meet People <gomeet@meet.example>"
    assert message["To"] == "ada@mail.example"
    assert message["Date"] == "Mon, 07 Dec 2026 13:00:00 +0000"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == rendered.text
    assert html.get_content().replace("\r\n", "\n").strip() == rendered.html.strip()


def test_rfc8058_the_unsubscribe_address_stays_whole_on_its_line() -> None:
    lines = build().split(b"\r\n")
    assert f"List-Unsubscribe: <{UNSUBSCRIBE}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_rfc8058_one_click_is_offered_over_https_only() -> None:
    message = parse(build(unsubscribe_url="http://127.0.0.1:8000/unsubscribe/x"))
    assert message["List-Unsubscribe"] == "<http://127.0.0.1:8000/unsubscribe/x>"
    assert message["List-Unsubscribe-Post"] is None


def test_same_input_gives_same_bytes() -> None:
    assert build() == build()
    assert build() != build(message_id="<other@meet.example>")


@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?q?hi=0ABcc:_x?=",
        "=?utf-8?q?hi=0D=0ABcc:_victim@x.example?= =?utf-8?b?Qg==?=",
        "a\r\nBcc: x@y.example",
        "a\rBcc: x\x0bBcc: y\x0cBcc: z\x85Bcc: w\u2028Bcc: v\u2029Bcc: u",
        "nul\x00\ud800",
        "x" * 2000,
        "é" * 2000,
        "",
        "\u202e\u200b",
        "?= =? ?=",
    ],
)
def test_C14_no_text_becomes_a_header_in_subject_or_name(text: str) -> None:
    rendered = Rendered(text, "<p>x</p>", "x")
    content = build(rendered, sender=f'"{text[:200]}" <gomeet@meet.example>')
    message = parse(content)
    assert message.keys() == HEADERS
    assert not re.search(rb"(?mi)^bcc", content)
    assert message.get_content_type() == "multipart/alternative"


def test_C14_a_subject_in_any_script_survives() -> None:
    subject = "Go meet people: Käse & 会议 — 😀 and 2 more"
    assert parse(build(Rendered(subject, "x", "x")))["Subject"] == subject


@settings(deadline=None)
@given(st.text(max_size=300))
def test_C14_any_subject_gives_a_letter_with_the_planned_headers(subject: str) -> None:
    content = build(Rendered(subject, "<p>x</p>", "x"))
    assert parse(content).keys() == HEADERS
    assert content.isascii()


def test_C14_on_doubt_the_fixed_subject_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.publish.message._canonical", lambda text: text)
    for broken in ("=?utf-8?q?hi=0ABcc:_x?=", "=?utf-8?q?plain?="):
        message = parse(build(Rendered(broken, "<p>x</p>", "x")))
        assert message.keys() == HEADERS
        assert message["Subject"] == FIXED_SUBJECT


def test_C16_lines_are_short_and_end_in_crlf_whatever_the_text() -> None:
    body = ".\r\n..\n\n.\n" + "z" * 5000 + "\rbare\r.\n" + "é" * 5000
    content = build(Rendered("x", f"<p>{body}</p>", body))
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", content) is None
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.isascii()


BAD_ADDRESSES = [
    "a@b.example,c@d.example", "a@b.example>\r\nRCPT TO:<x@y.example", '"a\r\nb"@c.example',
    "a@[127.0.0.1]", "-oX@x.example", "ada@exämple.example", "ädä@mail.example", "", "ada",
    "Ada <ada@mail.example>", "a@b.example ", "ada@mail.example\x00", "a" * 65 + "@mail.example",
]  # fmt: skip


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_C15_a_letter_has_exactly_one_recipient(address: str) -> None:
    with pytest.raises(Invalid):
        build(recipient=address)
    with pytest.raises(Invalid) as caught:
        one_address(address)
    assert caught.value.field == "email"


def test_C15_a_plain_address_is_normalized() -> None:
    assert one_address("Ada.B+x@Mail.Example") == "Ada.B+x@mail.example"


def test_a_sender_may_be_this_machine_but_must_be_one() -> None:
    assert sender("Go Meet People <gomeet@localhost>") == ("Go Meet People", "gomeet@localhost")
    with pytest.raises(Invalid):
        sender("a@b.example, c@d.example")


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "no brackets"},
        {"message_id": "<a@b>\r\nBcc: x"},
        {"message_id": "<a@b> <c@d>"},
        {"unsubscribe_url": "javascript:x"},
        {"unsubscribe_url": "https://x.example/>\r\nBcc: x"},
        {"unsubscribe_url": ""},
    ],
)
def test_a_letter_without_a_sound_id_or_way_out_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        build(**changes)
