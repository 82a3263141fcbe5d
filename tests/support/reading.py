"""Reading what the portal wrote as others read it: a page's words and tables, a PDF's text, a CSV's cells."""

import csv
import io
from html.parser import HTMLParser

from pypdf import PdfReader

_SILENT = ("script", "style", "svg", "title")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self._silent = 0
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent -= 1
        elif tag in ("td", "th") and self._cell is not None:
            self.rows[-1].append(" ".join(" ".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)
            if self._cell is not None:
                self._cell.append(data)


def words(html: str) -> str:
    """Everything that can be read on a page, spaces made single."""
    parser = _Words()
    parser.feed(html)
    return " ".join(" ".join(parser.words).split())


def rows(html: str) -> list[list[str]]:
    """The rows of all tables of a page, their headings included."""
    parser = _Words()
    parser.feed(html)
    return parser.rows


def pdf_text(content: bytes) -> str:
    """The text of a PDF, spaces made single."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def csv_table(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV that begins with a byte order mark, by the names of its columns."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
