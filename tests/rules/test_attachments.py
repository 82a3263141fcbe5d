"""What may be attached, and under which name it is shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.attachments import JPEG, LARGEST_BYTES, LONGEST_NAME, PDF, PNG, check_size, check_type, shown_name
from portal.rules.refusals import Refusal


@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        (PDF, "delivery note.PDF"),
        (PNG, "screen.png"),
        (JPEG, "IMG_1.JPEG"),
        ("image/webp", "photo.webp"),
        # A phone that converts a picture may keep its name, and a picture is drawn anew in any case.
        (JPEG, "IMG_2.HEIC"),
        (PNG, "mistaken.jpg"),
        (JPEG, "C:\\photos\\box.jpg"),
    ],
)
def test_what_may_be_sent(media_type: str, name: str) -> None:
    check_type(media_type, name)


@pytest.mark.parametrize(
    ("media_type", "name", "sentence"),
    [
        ("image/heic", "IMG_1.HEIC", "as a JPEG"),
        ("image/avif", "IMG_1.avif", "as a JPEG"),
        ("image/gif", "box.gif", "Only PDF, JPEG and PNG"),
        ("application/zip", "photos.zip", "Only PDF, JPEG and PNG"),
        (None, "box.svg", "Only PDF, JPEG and PNG"),
        (None, "box.pdf", "Only PDF, JPEG and PNG"),
        (PDF, "page.html", "does not say what it holds"),
        (PDF, "photo.jpg", "does not say what it holds"),
        (PNG, "script.js", "does not say what it holds"),
        (PNG, "paper.pdf", "does not say what it holds"),
        (JPEG, "photo", "does not say what it holds"),
        (JPEG, ".jpg/..", "does not say what it holds"),
        (JPEG, "", "does not say what it holds"),
    ],
)
def test_what_may_not_be_sent(media_type: str | None, name: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence) as refused:
        check_type(media_type, name)
    assert refused.value.field == "files"


def test_a_file_has_a_size() -> None:
    check_size(1)
    check_size(LARGEST_BYTES)
    with pytest.raises(Refusal, match="empty"):
        check_size(0)
    with pytest.raises(Refusal, match="larger than 10 MB"):
        check_size(LARGEST_BYTES + 1)


@pytest.mark.parametrize(
    ("sent", "media_type", "shown"),
    [
        ("box.jpg", JPEG, "box.jpg"),
        ("box.jpeg", JPEG, "box.jpg"),
        ("IMG_2.HEIC", JPEG, "IMG_2.jpg"),
        ("photo.webp", JPEG, "photo.jpg"),
        ("report.final.PDF", PDF, "report.final.pdf"),
        ("../../etc/passwd.pdf", PDF, "passwd.pdf"),
        ("C:\\Users\\Ann\\box.png", PNG, "box.png"),
        ("nul\0 and\r\nlines\t.pdf", PDF, "nul andlines.pdf"),
        ("bill\u202efdp.exe.pdf", PDF, "billfdp.exe.pdf"),
        ("zero\u200bwidth\ufeff.png", PNG, "zerowidth.png"),
        ("two\u2028lines.png", PNG, "two lines.png"),
        ("cafe\u0301.pdf", PDF, "caf\u00e9.pdf"),
        ("写真.jpg", JPEG, "写真.jpg"),
        ("half \ud800 of a pair.jpg", JPEG, "half of a pair.jpg"),
        ("....pdf", PDF, "file.pdf"),
        (".pdf", PDF, "file.pdf"),
        ("", PNG, "file.png"),
        ("/", PNG, "file.png"),
        (' a"b;c%0d.pdf', PDF, 'a"b;c%0d.pdf'),
        ("x" * 300 + ".pdf", PDF, "x" * 116 + ".pdf"),
        ("evil.html.png", PNG, "evil.html.png"),
    ],
)
def test_the_name_that_is_shown(sent: str, media_type: str, shown: str) -> None:
    assert shown_name(sent, media_type) == shown


@given(st.text(max_size=300), st.sampled_from([PDF, PNG, JPEG]))
def test_no_name_does_harm(sent: str, media_type: str) -> None:
    shown = shown_name(sent, media_type)
    assert 5 <= len(shown) <= LONGEST_NAME
    assert shown == unicodedata.normalize("NFC", shown)
    assert not set(shown) & set("/\\\0\r\n")
    assert all(unicodedata.category(letter)[0] != "C" for letter in shown)
    assert not shown.startswith((".", " "))
    assert shown_name(shown, media_type) == shown
