"""Letters go out by SMTP, one connection each, with the Message-ID and the date that the caller gives.

A letter sent again after an unclear end keeps its Message-ID, by which mailboxes and people recognise it.
Errors say whether to try again: MailUnavailable (yes) or MailRefused (no).
"""

import re
import smtplib
import ssl
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import css_inline

Security = Literal["none", "starttls", "tls"]

_SHAPE = "The mail server must look like smtp://user:password@host:587?starttls=1 or smtps://user:password@host."
_SECONDS = 20
_MAX_NAME = 120
_MAX_SUBJECT = 200
_MAX_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
_PORTS: dict[Security, int] = {"none": 25, "starttls": 587, "tls": 465}
_POLICY = SMTP.clone(cte_type="7bit")
# No quoted local parts, comments or lists: only what people have.
_ADDRESS = re.compile(r"[^\s\"(),:;<>@\[\\\]]+@[^\s\"(),:;<>@\[\\\]]+")
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


class MailUnavailable(Exception):
    """Not now: the server is away or busy, or does not accept us. Try again later.

    `maybe_sent` says that the letter was handed over before the line broke, so that it may have arrived.
    """

    def __init__(self, reason: str, *, maybe_sent: bool = False) -> None:
        super().__init__(reason)
        self.maybe_sent = maybe_sent


class MailRefused(Exception):
    """Never: this letter or its recipient is not accepted, and will not be next time."""


class UnsafeLetter(MailRefused):
    """Something for a header holds a line break or another control character, or is not well formed."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """`media_type` as `application/pdf`; one of another shape is an UnsafeLetter."""

    file_name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class OutgoingLetter:
    """`message_id` with its angle brackets. `html` may have a <style>: it is inlined, at-rules are kept. Answers go to
    `reply_to` where it is set, else to the sender."""

    to_name: str
    to_email: str
    subject: str
    text: str
    html: str
    message_id: str
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Mailer:
    """Where letters are handed over, and in whose name. Safe to share between threads."""

    host: str
    port: int
    security: Security
    sender: Address
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def send(self, letter: OutgoingLetter, sent_at: datetime) -> None:
        """Hand the letter to the server; returns once the server has taken it.

        Raises MailUnavailable, MailRefused or UnsafeLetter. Blocks for up to a minute: not in a transaction.
        """
        message = compose(letter, self.sender, sent_at)
        with _transport_errors(), self._connected() as server:
            _envelope(server, self.sender.addr_spec, message["To"].addresses[0].addr_spec)
            _hand_over(server, message.as_bytes())

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        # Named after the sender's domain: smtplib would ask the name server who we are, which may take long.
        name = self.sender.domain
        context = None if self.security == "none" else ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, local_hostname=name, timeout=_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, local_hostname=name, timeout=_SECONDS)
        try:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user is not None and self.password is not None:
                server.login(self.user, self.password)
            yield server
        finally:
            _leave(server)


def open_mailer(url: str, sender_name: str, sender_email: str) -> Mailer:
    """A mailer from `smtp://user:password@host:port?starttls=1` or `smtps://…`; user, port and query are
    optional. Raises ValueError with a sentence for the owner, which never shows the password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(_SHAPE) from None
    options = parse_qsl(parts.query, keep_blank_values=True)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or options not in ([], [("starttls", "1")]):
        raise ValueError(_SHAPE)
    security: Security = "tls" if parts.scheme == "smtps" else "starttls" if options else "none"
    if security == "none" and parts.password and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("The mail server's password would travel in the clear: add ?starttls=1 or use smtps://.")
    try:
        sender = _address(sender_name, sender_email)
    except UnsafeLetter as unsafe:
        raise ValueError(f"Letters cannot be sent in this name: {unsafe}") from None
    return Mailer(
        host=parts.hostname,
        port=port or _PORTS[security],
        security=security,
        sender=sender,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def compose(letter: OutgoingLetter, sender: Address, sent_at: datetime) -> EmailMessage:
    """The message as it will travel: text, HTML with its styles inlined, attachments. Raises UnsafeLetter."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = _address(letter.to_name, letter.to_email)
    if letter.reply_to:
        message["Reply-To"] = _address("", letter.reply_to)
    message["Subject"] = _clipped(_one_line(letter.subject), _MAX_SUBJECT)
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = _matching(_MESSAGE_ID, letter.message_id)
    # Nobody's holiday notice needs to answer a machine (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(_INLINER.inline(letter.html), subtype="html", cte="quoted-printable")
    for each in letter.attachments:
        kind, _, subkind = _matching(_MEDIA_TYPE, each.media_type).partition("/")
        name = _clipped(_one_line(each.file_name), _MAX_NAME)
        message.add_attachment(each.data, maintype=kind, subtype=subkind, filename=name)
    return message


def _address(name: str, email: str) -> Address:
    if len(email) > _MAX_ADDRESS:
        raise UnsafeLetter("The email address is too long.")
    local, _, domain = _matching(_ADDRESS, _one_line(email)).partition("@")
    try:
        local.encode("ascii")
        # Domains have an ASCII spelling, local parts have none.
        return Address(_clipped(_one_line(name), _MAX_NAME), local, domain.encode("idna").decode("ascii"))
    except (UnicodeError, ValueError):
        raise UnsafeLetter("The email address cannot be written to.") from None


def _one_line(text: str) -> str:
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text):
        raise UnsafeLetter("A header may not hold line breaks or control characters.")
    return text


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise UnsafeLetter("An address, a Message-ID or a media type is not well formed.")
    return text


def _clipped(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


@contextmanager
def _transport_errors() -> Iterator[None]:
    """What happens before the letter is handed over leaves no doubt: it was not sent."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise MailUnavailable(f"The mail server answered {error.smtp_code}.") from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailUnavailable(f"The mail server could not be used ({type(error).__name__}).") from None


def _envelope(server: smtplib.SMTP, sender: str, recipient: str) -> None:
    server.ehlo_or_helo_if_needed()
    code, _ = server.mail(sender)
    if code != 250:
        # Not the recipient's doing, so never a reason to give the letter up.
        raise MailUnavailable(f"The mail server does not accept the sender ({code}).")
    code, _ = server.rcpt(recipient)
    if code not in (250, 251):
        raise _answer_to(code, "the recipient")


def _hand_over(server: smtplib.SMTP, message: bytes) -> None:
    try:
        code, _ = server.data(message)
    except smtplib.SMTPDataError as error:
        raise _answer_to(error.smtp_code, "letters now") from None
    except (smtplib.SMTPException, OSError):
        raise MailUnavailable("The line broke while the letter was handed over.", maybe_sent=True) from None
    if code != 250:
        raise _answer_to(code, "the letter")


def _answer_to(code: int, what: str) -> MailUnavailable | MailRefused:
    kind = MailRefused if 500 <= code < 600 else MailUnavailable
    return kind(f"The mail server does not accept {what} ({code}).")


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye, which changes nothing about a letter that was taken."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()
