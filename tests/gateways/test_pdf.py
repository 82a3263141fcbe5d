"""PDFs: what is in them, what they may reach (packaged assets), and what happens when drawing one fails."""

import gc
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from pypdf import PdfReader

from portal.gateways import pdf
from portal.gateways.pdf import PdfFailed, render_here, render_pdf

STATIC = Path(__file__).parents[2] / "static"
FONT = "vendor/inter/inter-latin-wght-normal.woff2"


def page(inside: str = "", *, head: str = "") -> str:
    return f'<!doctype html><html lang="en"><head><title>Statement</title>{head}</head><body>{inside}</body></html>'


# Every way in which a document can ask for another file.
REACHING_OUT = (
    '<link rel="stylesheet" href="ADDRESS">',
    '<link rel="attachment" href="ADDRESS">',
    '<a rel="attachment" href="ADDRESS">x</a>',
    '<img src="ADDRESS" alt="">',
    '<object data="ADDRESS"></object><embed src="ADDRESS">',
    '<style>@import url("ADDRESS"); p { background: url("ADDRESS"); list-style: url("ADDRESS") }</style>',
    '<style>@font-face { font-family: F; src: url("ADDRESS") } p { font-family: F }</style>',
    '<svg><image href="ADDRESS"/><use href="ADDRESS#a"/></svg>',
)


class Canary(HTTPServer):
    """A local server that nothing should ever ask."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hit)
        self.hits: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Hit(BaseHTTPRequestHandler):
    server: Canary

    def do_GET(self) -> None:
        self.server.hits.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"p { color: red }")

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


@pytest.fixture
def canary() -> Iterator[Canary]:
    server = Canary()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_text_can_be_read_back() -> None:
    rows = "".join(f"<tr><td>INV-{number}</td><td>1,{number}.60</td></tr>" for number in range(100, 130))
    drawn = PdfReader(io.BytesIO(render_pdf(page(f"<h1>Café № 7</h1><table>{rows}</table>"), assets=STATIC)))
    text = "\n".join(each.extract_text() for each in drawn.pages)
    assert "Café № 7" in text
    assert all(f"INV-{number}" in text and f"1,{number}.60" in text for number in range(100, 130))
    assert drawn.metadata is not None
    assert drawn.metadata.title == "Statement"
    catalog: Any = drawn.root_object
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"


@pytest.mark.parametrize("base", ["", "/static/0123456789ab/"])
def test_packaged_assets_may_be_used(base: str) -> None:
    style = f"<style>@font-face {{ font-family: Own; src: url({base}{FONT}) }} body {{ font-family: Own }}</style>"
    first: Any = PdfReader(io.BytesIO(render_pdf(page("Hello", head=style), assets=STATIC))).pages[0]
    (font,) = first["/Resources"]["/Font"].values()
    assert font.get_object()["/BaseFont"].endswith("+Own")


def test_the_same_page_gives_the_same_bytes_from_another_child() -> None:
    style = f"<style>@font-face {{ font-family: I; src: url({FONT}) }} body {{ font-family: I }}</style>"
    first = render_pdf(page("Hello", head=style), assets=STATIC)
    pdf._drawer.close()
    assert render_pdf(page("Hello", head=style), assets=STATIC) == first


def test_nothing_else_is_ever_opened(canary: Canary, tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("p::before { content: 'STOLEN' }")
    outside = [f"{canary.url}/x", secret.as_uri(), str(secret), f"../{secret}", "file:///etc/passwd",
               f"/static/x/../../../../../..{secret}", f"/static/x/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e{secret}",
               "ftp://127.0.0.1/x", "data:text/css,p::before{content:'STOLEN'}", "//127.0.0.1/x",
               "http://[bad"]  # fmt: skip
    links = "".join(part.replace("ADDRESS", address) for address in outside for part in REACHING_OUT)
    drawn = PdfReader(io.BytesIO(render_pdf(page(f"<p>Fine</p>{links}"), assets=STATIC)))
    assert canary.hits == []
    assert drawn.attachments == {}
    text = "".join(each.extract_text() for each in drawn.pages)
    assert "Fine" in text
    assert "STOLEN" not in text
    assert "root:" not in text


def test_a_base_address_in_the_document_opens_nothing(canary: Canary) -> None:
    head = f'<base href="{canary.url}/"><link rel="stylesheet" href="x.css"><link rel="attachment" href="x">'
    drawn = PdfReader(io.BytesIO(render_pdf(page("Fine", head=head), assets=STATIC)))
    assert canary.hits == []
    assert drawn.attachments == {}


def test_a_link_out_of_the_assets_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    assets = tmp_path / "assets"
    assets.mkdir()
    (assets / "way-out").symlink_to(tmp_path / "secret")
    (assets / "own.txt").write_text("own")
    with pytest.raises(ValueError):
        pdf._packaged("https://assets.invalid/static/-/way-out", assets)
    assert pdf._packaged("https://assets.invalid/static/-/own.txt?v=1#x", assets) == assets / "own.txt"


@pytest.mark.parametrize("address", [
    "file:///etc/passwd", "http://127.0.0.1/", "https://assets.invalid/static/-/", "https://assets.invalid/other/x",
    "https://assets.invalid.example/static/-/favicon.svg", "https://user@assets.invalid/static/-/favicon.svg",
    "https://assets.invalid/static/-//etc/passwd", "https://assets.invalid/static/-/%00", "data:,x", "",
])  # fmt: skip
def test_the_fetcher_refuses_with_a_value_error(address: str) -> None:
    with pytest.raises(ValueError):
        pdf._fetcher(STATIC)(address)


def test_a_child_that_has_ended_is_replaced() -> None:
    child = pdf._drawer._running()
    child.kill()
    child.wait()
    assert render_pdf(page("Hello"), assets=STATIC).startswith(b"%PDF")


def test_a_child_that_dies_at_work_fails_that_document_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_WALL_SECONDS", 0)
    with pytest.raises(PdfFailed):
        render_pdf(page("<p>Hello</p>" * 3_000), assets=STATIC)
    monkeypatch.undo()
    assert render_pdf(page("Hello"), assets=STATIC).startswith(b"%PDF")


def test_a_child_that_dies_before_it_takes_its_order_fails_that_document_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def after_its_end(child: Popen[bytes], order: bytes) -> bytes:
        child.kill()
        child.wait()
        return ask(child, order)

    ask = pdf._ask
    monkeypatch.setattr(pdf, "_ask", after_its_end)
    with pytest.raises(PdfFailed):
        render_pdf(page("Hello"), assets=STATIC)
    monkeypatch.undo()
    assert render_pdf(page("Hello"), assets=STATIC).startswith(b"%PDF")


def test_a_child_that_answers_nonsense_answers_nobody_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def misread(child: Popen[bytes], order: bytes) -> bytes:
        ask(child, order)
        raise ValueError("not a length")

    ask = pdf._ask
    before = pdf._drawer._running()
    monkeypatch.setattr(pdf, "_ask", misread)
    with pytest.raises(PdfFailed):
        render_pdf(page("Theirs"), assets=STATIC)
    assert before.poll() is not None
    monkeypatch.undo()
    assert "Mine" in PdfReader(io.BytesIO(render_pdf(page("Mine"), assets=STATIC))).pages[0].extract_text()


def test_too_many_do_not_wait_in_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf._drawer, "_places", threading.Semaphore(0))
    with pytest.raises(PdfFailed):
        render_pdf(page("Hello"), assets=STATIC)


def test_several_threads_each_get_their_own() -> None:
    drawn: dict[int, str] = {}

    def draw(number: int) -> None:
        reader = PdfReader(io.BytesIO(render_pdf(page(f"Number {number}"), assets=STATIC)))
        drawn[number] = reader.pages[0].extract_text()

    threads = [threading.Thread(target=draw, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert drawn == {number: f"Number {number}" for number in range(6)}


def test_drawing_here_leaves_garbage_collection_as_it_was() -> None:
    assert render_here(page("Hello"), assets=STATIC).startswith(b"%PDF")
    assert gc.isenabled()
