"""Files that are more than they seem, opened in a browser: they are saved, and nothing in them runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from e2e.serving import serve
from portal.actions import attachments
from portal.records import Database
from portal.records.attachments import AttachmentRow
from portal.web import downloads
from portal.web.visit import Visit, resource
from tests.support.clock import MovableClock
from tests.support.pictures import chunk, flag, saved, zipped
from tests.support.site import Site

SCRIPT = b"<html><body><script>top.ran = 1; alert(1)</script></body></html>"
FILES = {
    "PDF and HTML": ("paper.pdf", b"%PDF-1.7\n" + SCRIPT),
    "PDF with a script": ("paper.pdf", b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\n" + SCRIPT),
    "PNG and HTML": ("box.png", saved(flag(), "PNG") + SCRIPT),
    "PNG with a script": ("box.png", saved(flag(), "PNG")[:-12] + chunk(b"tEXt", SCRIPT) + chunk(b"IEND", b"")),
    "JPEG with a comment": ("box.jpg", saved(flag(), comment=SCRIPT)),
    "JPEG and ZIP": ("box.jpg", saved(flag()) + zipped()),
    "a name that is a script": ("<img src=x onerror=alert(1)>.pdf", b"%PDF-1.7\n" + SCRIPT),
}


class Desk:
    """A site on which these files are kept, and a page that tries everything to make one of them run."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.kept: list[AttachmentRow] = []
        self.base = f"/a/{site.account.public_id}"
        lines = (("file", self._file), ("small", self._small), ("page", self._page))
        for name, page in lines:
            site.app.router.routes.append(resource(f"/a/{{account}}/{name}/{{number}}", get=page))

    def keep(self, name: str, data: bytes) -> int:
        now = self.site.clock.now()
        given = {"account_id": self.site.account.id, "session_id": None, "actor": "test", "now": now}
        self.kept.append(attachments.keep(self.site.resources, name=name, data=data, **given))  # type: ignore[arg-type]
        return len(self.kept) - 1

    def _file(self, visit: Visit) -> Response:
        return downloads.attachment(visit.resources, self.kept[int(visit.path["number"])])

    def _small(self, visit: Visit) -> Response:
        return downloads.thumbnail(visit.resources, self.kept[int(visit.path["number"])])

    def _page(self, visit: Visit) -> Response:
        file, small = (f"{self.base}/{kind}/{visit.path['number']}" for kind in ("file", "small"))
        page = (
            f"<iframe src={file}></iframe><object data={file}></object><embed src={file}>"
            f"<script src={file}></script><img src={small} alt=small>"
        )
        # Nothing but the file's own headers stands in its way.
        return HTMLResponse(page, headers={"content-security-policy": "default-src * 'unsafe-inline'"})


@pytest.fixture
def desk(sqlite_database: Database, clock: MovableClock) -> Iterator[Desk]:
    site = Site(sqlite_database, clock)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await site.app(scope, receive, send)

    with serve(answer) as serving:
        site.serve(sqlite_database, base_url=serving.url)
        yield Desk(site)


@pytest.fixture
def page(chromium: Browser, desk: Desk) -> Iterator[Page]:
    with chromium.new_context(base_url=desk.site.settings.base_url, accept_downloads=True) as context:
        yield context.new_page()


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_saved_and_does_not_run(desk: Desk, page: Page, name: str, tmp_path: Path) -> None:
    number = desk.keep(*FILES[name])
    dialogs: list[str] = []

    def met(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", met)
    page.goto("/healthz")
    with page.expect_download() as started:
        page.evaluate("address => { location.href = address }", f"{desk.base}/file/{number}")
    started.value.save_as(tmp_path / "saved")
    assert Path(started.value.suggested_filename).suffix in (".pdf", ".png", ".jpg")
    assert (tmp_path / "saved").read_bytes() == attachments.read(desk.site.resources, desk.kept[number])
    assert page.url.endswith("/healthz")
    page.goto(f"{desk.base}/page/{number}", wait_until="load")
    width = page.evaluate("document.querySelector('img').naturalWidth")
    assert width == (0 if desk.kept[number].thumbnail_name is None else 40)
    assert page.evaluate("window.ran === undefined")
    assert dialogs == []


def test_what_would_run_does_run_here(desk: Desk, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    number = desk.keep(*FILES["PDF and HTML"])
    monkeypatch.setattr(downloads, "_answer", lambda data, media_type, how: HTMLResponse(data, headers=OPEN))
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.goto(f"{desk.base}/page/{number}", wait_until="load")
    assert page.evaluate("window.ran === 1")


OPEN = {"content-security-policy": "default-src * 'unsafe-inline'"}
