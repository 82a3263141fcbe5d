"""A letter as it arrived, and what a person wants to see of it."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from html import unescape

_LINK = re.compile(r"https?://[^\s<>\"']+")
_HREF = re.compile(r"<a\s[^>]*?href=[\"']([^\"']+)[\"']", re.IGNORECASE)


@dataclass(frozen=True)
class Enclosure:
    """An attachment, decoded."""

    file_name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class ReceivedLetter:
    """`number` counts from 1 in the order of arrival; `raw` is exactly what the server was given."""

    number: int
    envelope_from: str
    recipients: tuple[str, ...]
    raw: bytes
    message: EmailMessage
    text: str
    html: str
    attachments: tuple[Enclosure, ...]

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def message_id(self) -> str:
        return self.header("Message-ID")

    @property
    def sent_at(self) -> datetime | None:
        """From the Date header, so by the sender's clock."""
        written = self.header("Date")
        return parsedate_to_datetime(written) if written else None

    @property
    def links(self) -> tuple[str, ...]:
        """Every address in the text and then in the HTML, once each, in order."""
        found = [link.rstrip(".,;:!?)") for link in _LINK.findall(self.text)]
        found += [unescape(link) for link in _HREF.findall(self.html)]
        return tuple(dict.fromkeys(found))

    def header(self, name: str) -> str:
        """Decoded, on one line; empty if there is none."""
        return str(self.message.get(name, ""))


def received(number: int, envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> ReceivedLetter:
    message = message_from_bytes(raw, _class=EmailMessage, policy=default)
    return ReceivedLetter(
        number=number,
        envelope_from=envelope_from,
        recipients=recipients,
        raw=raw,
        message=message,
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(_enclosure(part) for part in message.iter_attachments()),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    # Lines end in CRLF on the wire, in LF for people.
    return str(part.get_content()).replace("\r\n", "\n") if isinstance(part, EmailMessage) else ""


def _enclosure(part: EmailMessage) -> Enclosure:
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    return Enclosure(part.get_filename() or "attachment", part.get_content_type(), data)
