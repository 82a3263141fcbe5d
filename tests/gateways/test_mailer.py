"""Letters through a real SMTP server: what arrives, what is refused before it leaves, and what went wrong with it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from e2e.mailbox import Fault, Mailbox, start_mailbox
from portal.gateways.mailer import (
    Attachment,
    Mailer,
    MailRefused,
    MailUnavailable,
    OutgoingLetter,
    UnsafeLetter,
    compose,
    open_mailer,
)
from tests.support.clock import A_MONDAY

LETTER = OutgoingLetter(
    to_name="Jörg Müller",
    to_email="jorg@example.com",
    subject="Your receipt – $981.60",
    text="Thank you.\n.\nSee http://127.0.0.1:1/l/abc?x=1&y=2.\n",
    html="<html><head><style>p { color: red } @media (prefers-color-scheme: dark) { p { color: white !important } }"
    "</style></head><body><p>Thank you.</p></body></html>",
    message_id="<letter.1@billing.example>",
    attachments=(Attachment("reçu.pdf", "application/pdf", bytes(range(256)) * 40),),
)


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with start_mailbox() as box:
        yield box


@pytest.fixture
def mailer(mailbox: Mailbox) -> Mailer:
    mailbox.clear()
    mailbox.recover()
    return open_mailer(mailbox.smtp_url, "Studio, Hudson & Co", "billing@example.com")


def test_a_letter_arrives_whole(mailbox: Mailbox, mailer: Mailer) -> None:
    mailer.send(LETTER, A_MONDAY)
    (came,) = mailbox.messages()
    assert came.envelope_from == "billing@example.com"
    assert came.recipients == ("jorg@example.com",)
    assert came.header("From") == '"Studio, Hudson & Co" <billing@example.com>'
    assert came.header("To") == "Jörg Müller <jorg@example.com>"
    assert came.subject == LETTER.subject
    assert came.message_id == LETTER.message_id
    assert came.sent_at == A_MONDAY
    assert came.header("Auto-Submitted") == "auto-generated"
    assert came.text == LETTER.text
    assert '<p style="color: red;">' in came.html
    assert "@media (prefers-color-scheme: dark)" in came.html
    assert "white !important" in came.html
    (pdf,) = came.attachments
    assert (pdf.file_name, pdf.media_type, pdf.data) == ("reçu.pdf", "application/pdf", LETTER.attachments[0].data)
    assert all(line.isascii() and len(line) <= 998 for line in came.raw.split(b"\r\n"))


def test_a_letter_sent_again_is_recognisable(mailbox: Mailbox, mailer: Mailer) -> None:
    mailer.send(LETTER, A_MONDAY)
    mailer.send(LETTER, A_MONDAY)
    assert [came.message_id for came in mailbox.messages()] == [LETTER.message_id] * 2


def test_a_foreign_domain_is_written_in_ascii(mailbox: Mailbox, mailer: Mailer) -> None:
    mailer.send(replace(LETTER, to_email="anna@bücher.example"), A_MONDAY)
    assert mailbox.messages()[0].recipients == ("anna@xn--bcher-kva.example",)


@pytest.mark.parametrize(
    ("fault", "error", "maybe_sent", "kept"),
    [
        ("refuse_recipient", MailRefused, None, 0),
        ("refuse_letter", MailRefused, None, 0),
        ("defer_recipient", MailUnavailable, False, 0),
        ("defer_letter", MailUnavailable, False, 0),
        ("hang_up", MailUnavailable, False, 0),
        ("drop", MailUnavailable, True, 1),
    ],
)
def test_the_error_says_whether_to_try_again(
    mailbox: Mailbox, mailer: Mailer, fault: Fault, error: type[Exception], maybe_sent: bool | None, kept: int
) -> None:
    mailbox.fail(fault)
    with pytest.raises(error) as raised:
        mailer.send(LETTER, A_MONDAY)
    assert getattr(raised.value, "maybe_sent", None) is maybe_sent
    assert len(mailbox.messages()) == kept
    mailer.send(LETTER, A_MONDAY)
    assert len(mailbox.messages()) == kept + 1


def test_a_server_that_is_away_or_cannot_do_tls_is_to_be_tried_later(mailbox: Mailbox) -> None:
    with start_mailbox() as gone:
        url = gone.smtp_url
    for address in (url, f"{mailbox.smtp_url}?starttls=1", mailbox.smtp_url.replace("smtp", "smtps", 1)):
        with pytest.raises(MailUnavailable) as away:
            open_mailer(address, "Studio", "billing@example.com").send(LETTER, A_MONDAY)
        assert not away.value.maybe_sent


SENDER = open_mailer("smtp://localhost", "Studio", "billing@example.com").sender
BREAKS = ["\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x7f"]


@pytest.mark.parametrize("field", ["to_name", "to_email", "subject", "message_id"])
@pytest.mark.parametrize("breaking", BREAKS)
def test_no_header_can_be_smuggled_in(field: str, breaking: str) -> None:
    smuggled: dict[str, Any] = {field: f"{getattr(LETTER, field)}{breaking}Bcc: thief@example.com"}
    with pytest.raises(UnsafeLetter):
        compose(replace(LETTER, **smuggled), SENDER, A_MONDAY)


@pytest.mark.parametrize("attachment", [
    Attachment("a\r\nBcc: thief@example.com", "application/pdf", b""),
    Attachment("a.pdf", "application/pdf\r\nBcc: thief@example.com", b""),
    Attachment("a.pdf", "pdf", b""),
])  # fmt: skip
def test_no_header_can_be_smuggled_in_by_an_attachment(attachment: Attachment) -> None:
    with pytest.raises(UnsafeLetter):
        compose(replace(LETTER, attachments=(attachment,)), SENDER, A_MONDAY)


@pytest.mark.parametrize("email", [
    "", "nobody", "@example.com", "a@", "a b@example.com", "a@example.com, b@example.com", "<a@example.com>",
    '"a b"@example.com', "a@b@example.com", "jörg@example.com", "a" * 250 + "@example.com", "a@..", "a@\ud800.com",
])  # fmt: skip
def test_what_is_no_address_is_not_written_to(email: str) -> None:
    with pytest.raises(UnsafeLetter):
        compose(replace(LETTER, to_email=email), SENDER, A_MONDAY)


@settings(deadline=None)  # other work on the machine is no failure
@given(name=st.text(), subject=st.text())
def test_any_name_and_subject_is_refused_or_stays_one_header(name: str, subject: str) -> None:
    try:
        message = compose(replace(LETTER, to_name=name, subject=subject, attachments=()), SENDER, A_MONDAY)
    except UnsafeLetter:
        return
    head = message.as_bytes().split(b"\r\n\r\n")[0]
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert names == [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"MIME-Version",
                     b"Content-Type"]  # fmt: skip


def test_huge_names_are_shortened(mailbox: Mailbox, mailer: Mailer) -> None:
    mailer.send(replace(LETTER, to_name="n" * 5_000, subject="s" * 5_000), A_MONDAY)
    (came,) = mailbox.messages()
    assert len(came.subject) == 200
    assert came.header("To").count("n") == 119


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtp://mail.example", "mail.example", 25, "none"),
        ("smtp://mail.example?starttls=1", "mail.example", 587, "starttls"),
        ("smtps://u%40x:p%2Fw@mail.example:4465", "mail.example", 4465, "tls"),
        ("smtp://u:p@127.0.0.1:1025", "127.0.0.1", 1025, "none"),
    ],
)
def test_the_address_of_the_server(url: str, host: str, port: int, security: str) -> None:
    mailer = open_mailer(url, "Studio", "billing@example.com")
    assert (mailer.host, mailer.port, mailer.security) == (host, port, security)
    if "%" in url:
        assert (mailer.user, mailer.password) == ("u@x", "p/w")


@pytest.mark.parametrize("url", [
    "", "mail.example:25", "http://mail.example", "smtp://", "smtp://u:hidden@mail.example",
    "smtp://u:hidden@mail.example:99999", "smtp://u:hidden@[mail", "smtp://u:hidden@mail.example?starttls",
    "smtp://u:hidden@mail.example?tls=1",
])  # fmt: skip
def test_a_wrong_address_of_the_server_gets_a_sentence_without_the_password(url: str) -> None:
    with pytest.raises(ValueError) as wrong:
        open_mailer(url, "Studio", "billing@example.com")
    assert "hidden" not in str(wrong.value)
    assert str(wrong.value).endswith(".")


def test_the_sender_must_be_an_address() -> None:
    with pytest.raises(ValueError):
        open_mailer("smtp://localhost", "Studio", "nobody")
    assert "hidden" not in repr(open_mailer("smtps://u:hidden@mail.example", "Studio", "billing@example.com"))
