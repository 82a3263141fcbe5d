"""Files in a form: what a page gets of them, what is not even read, and how they go out again."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from httpx2 import Response as Answer
from starlette.responses import PlainTextResponse, Response

from portal.actions import attachments
from portal.records.attachments import AttachmentRow
from portal.rules.attachments import LARGEST_BYTES, MOST_FILES
from portal.rules.refusals import Refusal
from portal.web import downloads
from portal.web import visit as rooms
from portal.web.bodies import LARGEST_BODY, LARGEST_UPLOAD
from portal.web.visit import Visit, resource
from tests.support.pictures import flag, opened, saved
from tests.support.site import Site

PAPER = b"%PDF-1.7 paper"
HOSTILE = {
    "page.html": b"<!doctype html><script>x</script>",
    "box.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
    "moves.gif": b"GIF89a<script>",
    "photos.zip": b"PK\x03\x04 zip",
    "page.png": b"<html>",
    "both.html": b"%PDF-1.7 <html><script>x</script>",
    "broken.jpg": b"\xff\xd8\xff\xe0 broken",
    "empty.pdf": b"",
    "large.pdf": b"%PDF-" + b"x" * (LARGEST_BYTES + 1_000_000),
}


@dataclass
class Desk:
    """A page that keeps what is sent to it, one that does not ask for files, and one for each way out."""

    site: Site
    visits: list[Visit] = field(default_factory=list)
    kept: list[AttachmentRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        routes = self.site.app.router.routes
        routes.append(resource("/a/{account}/files", post=self._keep, uploads=True))
        routes.append(resource("/a/{account}/words", post=self._keep))
        routes.append(resource("/a/{account}/file/{number}", get=self._file))
        routes.append(resource("/a/{account}/small/{number}", get=self._small))
        self.base = f"/a/{self.site.account.public_id}"

    def _keep(self, visit: Visit) -> Response:
        self.visits.append(visit)
        if len(visit.files) > MOST_FILES:
            raise Refusal("At most five files.", field="files")
        with visit.resources.reading() as session:
            access = visit.access(session)
        for each in visit.files:
            self.kept.append(
                attachments.keep(
                    visit.resources,
                    account_id=access.account.id,
                    session_id=access.session_id,
                    name=each.name,
                    data=each.read(),
                    now=visit.now,
                )
            )
        return PlainTextResponse(visit.form.get("words", ""))

    def _file(self, visit: Visit) -> Response:
        return downloads.attachment(visit.resources, self.kept[int(visit.path["number"])])

    def _small(self, visit: Visit) -> Response:
        return downloads.thumbnail(visit.resources, self.kept[int(visit.path["number"])])

    def send(self, *files: tuple[str, bytes], to: str = "files") -> Answer:
        parts = [("files", (name, data, "text/html")) for name, data in files]
        return self.site.visitor().post(f"{self.base}/{to}", files=parts, data={"words": "two arrived"})


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site)


def test_a_page_gets_files_and_words(desk: Desk) -> None:
    answer = desk.send(("note.pdf", PAPER), ("other.pdf", PAPER + b"x" * 2_000_000))
    assert (answer.status_code, answer.text) == (200, "two arrived")
    (came,) = desk.visits
    assert [(each.field, each.name, each.size) for each in came.files] == [
        ("files", "note.pdf", len(PAPER)),
        ("files", "other.pdf", len(PAPER) + 2_000_000),
    ]
    assert came.body == b""
    # What the request brought is closed when it is over.
    assert all(each.file.closed for each in came.files)
    assert attachments.read(desk.site.resources, desk.kept[1]) == PAPER + b"x" * 2_000_000


def test_a_file_can_be_read_again_when_a_page_is_done_again(desk: Desk) -> None:
    read: list[bytes] = []

    def twice(visit: Visit) -> Response:
        read.extend([visit.files[0].read(), visit.files[0].read()])
        return PlainTextResponse("")

    desk.site.app.router.routes.append(resource("/a/{account}/twice", post=twice, uploads=True))
    desk.send(("note.pdf", PAPER), to="twice")
    assert read == [PAPER, PAPER]


def test_a_form_without_a_chosen_file_has_none(desk: Desk) -> None:
    boundary = {"content-type": "multipart/form-data; boundary=x"}
    part = b'--x\r\ncontent-disposition: form-data; name="files"; filename=""\r\n\r\n\r\n--x--\r\n'
    assert desk.site.visitor().post(f"{desk.base}/files", content=part, headers=boundary).status_code == 200
    plain = desk.site.visitor().post(f"{desk.base}/files", data={"words": "no file"})
    assert plain.text == "no file"
    assert [came.files for came in desk.visits] == [(), ()]


def test_a_page_that_asks_for_no_files_gets_none(desk: Desk) -> None:
    assert desk.send(("note.pdf", PAPER), to="words").status_code == 400
    assert desk.send(("large.pdf", b"x" * LARGEST_BODY), to="words").status_code == 413
    assert desk.visits == []


def test_what_strangers_send_is_not_even_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(*_: object, **__: object) -> None:
        raise AssertionError("it was read")

    owner, other = desk.site.visitor(), desk.site.visitor(desk.site.add_account("Somebody Else", "else@example.org"))
    monkeypatch.setattr(rooms, "read_request", read)
    statuses = [
        browser.post(f"{desk.base}/files", files={"files": ("note.pdf", PAPER)}).status_code
        for browser in (desk.site.browser(), other, owner)
    ]
    assert statuses == [404, 404, 500]


def test_a_file_that_is_too_large_is_read_and_refused_in_a_sentence(desk: Desk) -> None:
    answer = desk.send(("large.pdf", HOSTILE["large.pdf"]))
    assert answer.status_code == 422
    assert "This file is larger than 10 MB." in answer.text


def test_a_sixth_file_is_read_and_refused_in_a_sentence(desk: Desk) -> None:
    answer = desk.send(*[(f"{number}.pdf", PAPER) for number in range(6)])
    assert (answer.status_code, len(desk.visits[0].files)) == (422, 6)
    assert "At most five files." in answer.text
    assert desk.kept == []


def test_five_files_of_ten_megabytes_are_not_too_much(desk: Desk) -> None:
    data = b"%PDF-" + b"x" * (LARGEST_BYTES - 5)
    assert desk.send(*[(f"{number}.pdf", data) for number in range(5)]).status_code == 200
    assert len(desk.kept) == 5


def test_more_than_that_gets_a_page_that_says_what_to_do(desk: Desk) -> None:
    data = b"x" * (LARGEST_UPLOAD // 6)
    answer = desk.send(*[(f"{number}.pdf", data) for number in range(6)])
    assert answer.status_code == 413
    assert "choose fewer or smaller ones: at most 5 files of 10 MB each" in answer.text
    assert f'href="{desk.base}"' in answer.text
    assert desk.visits == []


def test_what_grows_without_end_is_stopped(desk: Desk) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\ncontent-disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
        while sent < 2 * LARGEST_UPLOAD:
            sent += 1024 * 1024
            yield b"x" * 1024 * 1024

    answer = desk.site.visitor().post(
        f"{desk.base}/files", content=endless(), headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code == 413
    assert desk.visits == []


def test_a_thousand_parts_are_refused(desk: Desk) -> None:
    assert desk.send(*[(f"{number}.pdf", PAPER) for number in range(1_000)]).status_code == 400
    assert desk.visits == []


@pytest.mark.parametrize("name", HOSTILE)
def test_what_may_not_be_sent_gets_a_sentence(desk: Desk, name: str) -> None:
    answer = desk.send((name, HOSTILE[name]))
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert desk.kept == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/cron.d/x.pdf", "x.pdf"),
        ("C:\\Windows\\x.pdf", "x.pdf"),
        ("bill\u202efdp.exe.pdf", "billfdp.exe.pdf"),
        ("Rechnung für Müller.pdf", "Rechnung für Müller.pdf"),
        ("写真.pdf", "写真.pdf"),
        ('a"; filename=evil.html; x=".pdf', 'a"; filename=evil.html; x=".pdf'),
        ("x" * 400 + ".pdf", "x" * 116 + ".pdf"),
        ("%2e%2e%2fx.pdf", "%2e%2e%2fx.pdf"),
    ],
)
def test_a_name_does_no_harm_on_its_way_in_and_out(desk: Desk, name: str, shown: str) -> None:
    boundary = {"content-type": "multipart/form-data; boundary=x"}
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').encode()
    head = b'--x\r\ncontent-disposition: form-data; name="files"; filename="' + escaped + b'"\r\n\r\n'
    answer = desk.site.visitor().post(f"{desk.base}/files", content=head + PAPER + b"\r\n--x--\r\n", headers=boundary)
    assert answer.status_code == 200, answer.text
    assert desk.kept[0].name == shown
    said = desk.site.visitor().get(f"{desk.base}/file/0").headers["content-disposition"]
    assert said.startswith('attachment; filename="')
    assert said.isascii()
    assert said.count('"') == 2


def test_a_control_character_in_a_name_is_dropped(desk: Desk) -> None:
    boundary = {"content-type": "multipart/form-data; boundary=x"}
    head = b'--x\r\ncontent-disposition: form-data; name="files"; filename="a\x00\x1b[31m\tb.pdf"\r\n\r\n'
    answer = desk.site.visitor().post(f"{desk.base}/files", content=head + PAPER + b"\r\n--x--\r\n", headers=boundary)
    assert answer.status_code in (200, 400)
    assert [row.name for row in desk.kept] in ([], ["a[31mb.pdf"])


def test_a_file_goes_out_to_be_saved_and_never_to_be_run(desk: Desk) -> None:
    desk.send(("page.pdf", b"%PDF-1.7 <script>x</script>"), ("box.jpg", saved(flag())))
    browser = desk.site.visitor()
    for number, kind in enumerate(["application/pdf", "image/jpeg"]):
        answer = browser.get(f"{desk.base}/file/{number}")
        assert answer.headers["content-type"] == kind
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
    assert browser.get(f"{desk.base}/file/0").content == b"%PDF-1.7 <script>x</script>"


def test_the_small_picture_is_one_that_we_drew(desk: Desk) -> None:
    desk.send(("box.png", saved(flag(), "PNG") + b"<script>"), ("note.pdf", PAPER))
    browser = desk.site.visitor()
    answer = browser.get(f"{desk.base}/small/0")
    assert (answer.headers["content-type"], answer.headers["content-disposition"]) == ("image/jpeg", "inline")
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert opened(answer.content).format == "JPEG"
    assert browser.get(f"{desk.base}/small/1").status_code == 404


@pytest.mark.parametrize("ranges", ["bytes=0-1", "bytes=" + ",".join(f"{n}-{n + 1}" for n in range(10_000))])
def test_a_file_goes_out_whole_whatever_part_is_asked_for(desk: Desk, ranges: str) -> None:
    desk.send(("note.pdf", PAPER))
    answer = desk.site.visitor().get(f"{desk.base}/file/0", headers={"range": ranges})
    assert (answer.status_code, answer.content) == (200, PAPER)
    assert answer.headers["accept-ranges"] == "none"
