"""The mailbox itself: what a person sees of a letter, and what it refuses to do for one."""

import json
import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from http.client import HTTPResponse
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from e2e.mailbox import Mailbox, start_mailbox


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with start_mailbox() as box:
        yield box


def send(mailbox: Mailbox, subject: str = "Your statement", *, html: str | None = None, **headers: str) -> None:
    letter = EmailMessage()
    letter["From"] = "Studio <billing@example.com>"
    letter["To"] = "Pat <pat@example.com>"
    letter["Subject"] = subject
    letter["Date"] = "Mon, 02 Mar 2026 15:00:00 +0000"
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    letter.set_content("Pay at http://127.0.0.1:1/l/abc?x=1&y=2. <b>Thanks</b>\n")
    if html is not None:
        letter.add_alternative(html, subtype="html")
        letter.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="reçu; 1.pdf")
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, local_hostname="test") as server:
        server.send_message(letter)


def get(mailbox: Mailbox, path: str) -> tuple[str, HTTPResponse]:
    with urlopen(mailbox.url + path) as answer:
        return answer.read().decode(), answer


def test_an_empty_mailbox_says_so(mailbox: Mailbox) -> None:
    assert "No letters yet" in get(mailbox, "/")[0]
    assert json.loads(get(mailbox, "/letters.json")[0]) == []


def test_letters_are_listed_newest_first(mailbox: Mailbox) -> None:
    for number in range(3):
        send(mailbox, f"Letter <{number}>")
    page, _ = get(mailbox, "/")
    assert page.index("Letter &lt;2&gt;") < page.index("Letter &lt;1&gt;") < page.index("Letter &lt;0&gt;")
    assert [letter.number for letter in mailbox.messages()] == [3, 2, 1]
    assert "Mar 2, 15:00" in page


def test_a_letter_is_shown_in_a_frame_that_may_do_nothing(mailbox: Mailbox) -> None:
    send(mailbox, html='<html><head></head><body><script>x()</script><a href="http://127.0.0.1:1/l/abc">Pay</a></body>')
    page, _ = get(mailbox, "/letters/1")
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "x()" not in page
    frame, answer = get(mailbox, "/letters/1/frame")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert '<base target="_blank">' in frame


def test_text_has_its_links_and_nothing_else_alive(mailbox: Mailbox) -> None:
    send(mailbox)
    for path in ("/letters/1", "/letters/1/text"):
        page, _ = get(mailbox, path)
        assert 'href="http://127.0.0.1:1/l/abc?x=1&amp;y=2" target="_blank"' in page
        assert "&lt;b&gt;Thanks&lt;/b&gt;" in page
    assert mailbox.messages()[0].links == ("http://127.0.0.1:1/l/abc?x=1&y=2",)


def test_attachments_are_downloaded_under_their_name(mailbox: Mailbox) -> None:
    send(mailbox, html="<p>Attached</p>")
    assert "reçu; 1.pdf" in get(mailbox, "/letters/1")[0]
    data, answer = get(mailbox, "/letters/1/attachments/0")
    assert data == "%PDF-1.7"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''re%C3%A7u%3B%201.pdf"
    assert answer.headers["Content-Type"] == "application/pdf"


def test_the_source_is_what_came(mailbox: Mailbox) -> None:
    send(mailbox, X_Note="kept")
    source, answer = get(mailbox, "/letters/1/source")
    assert "X-Note: kept" in source
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_the_json_view(mailbox: Mailbox) -> None:
    send(mailbox, html='<a href="http://127.0.0.1:1/l/abc?a=1&amp;b=2">Pay</a>', Message_ID="<1@example.com>")
    (letter,) = json.loads(get(mailbox, "/letters.json")[0])
    assert (letter["number"], letter["subject"], letter["message_id"]) == (1, "Your statement", "<1@example.com>")
    assert letter["recipients"] == ["pat@example.com"]
    assert letter["date"] == "2026-03-02T15:00:00+00:00"
    assert letter["links"] == ["http://127.0.0.1:1/l/abc?x=1&y=2", "http://127.0.0.1:1/l/abc?a=1&b=2"]
    assert letter["attachments"] == [{"file_name": "reçu; 1.pdf", "media_type": "application/pdf", "size": 8}]


@pytest.mark.parametrize("path", ["/letters/2", "/letters/2/frame", "/letters/1/attachments/0", "/nowhere"])
def test_what_is_not_there_is_404(mailbox: Mailbox, path: str) -> None:
    send(mailbox)
    with pytest.raises(HTTPError) as missing:
        urlopen(mailbox.url + path)
    assert missing.value.code == 404
    missing.value.close()


def test_waiting_for_a_letter(mailbox: Mailbox) -> None:
    found: list[str] = []
    waiting = threading.Thread(
        target=lambda: found.append(mailbox.wait_for(lambda letter: "Receipt" in letter.subject).subject)
    )
    waiting.start()
    send(mailbox, "Statement")
    send(mailbox, "Receipt 7")
    waiting.join()
    assert found == ["Receipt 7"]
    with pytest.raises(TimeoutError):
        mailbox.wait_for(lambda letter: False, seconds=0)


def test_misbehaving_lasts_until_it_recovers(mailbox: Mailbox) -> None:
    mailbox.fail("defer_recipient", times=None)
    for _ in range(3):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(mailbox)
    mailbox.recover()
    send(mailbox)
    assert len(mailbox.messages()) == 1
    mailbox.clear()
    assert mailbox.messages() == ()


def test_two_mailboxes_have_their_own_ports() -> None:
    with start_mailbox() as one, start_mailbox() as other:
        assert one.smtp_port != other.smtp_port
        assert one.url != other.url
        assert one.url.startswith("http://localhost:")
