"""Text to a table: which character separates the cells, which row is the header, and on which line a row starts.

Reports of accounting programs carry a title above the header, so the header is the row with the most names we know.
"""

import csv
import io
import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from portal.rules.refusals import Refusal

MOST_ROWS = 1_000_000
LONGEST_LINE = 64 * 1024
_DELIMITERS = (",", ";", "\t")
_HEADER_WITHIN = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line it starts on, from 1, and its cells as written."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`has_title` when something stood above the header; `broken` is where reading had to stop, if it had to."""

    header: tuple[str, ...]
    header_line: int
    has_title: bool
    rows: tuple[Row, ...]
    broken: tuple[int, str] | None


def read_table(text: str, known: Collection[str]) -> Table:
    """Read delimited text. `known` are the header names (as `plain_header` makes them) that tell a header.

    Refuses too many rows. A line that cannot be read ends the table and is named in `broken`.
    """
    delimiter, header_at = _find_header(text, known)
    records = _records(text, delimiter)
    above = list(itertools.islice(records, header_at))
    header = next(records, None)
    if header is None or isinstance(header, Broken):
        raise Refusal(f"Line {header.line}: {header.reason}" if header else "The file has no header.")
    rows: list[Row] = []
    broken = None
    for record in records:
        if isinstance(record, Broken):
            broken = (record.line, record.reason)
        elif any(cell and not cell.isspace() for cell in record.cells):
            rows.append(record)
        if len(rows) > MOST_ROWS:
            raise Refusal("The file has more than 1,000,000 rows. Split it and import the parts.")
    names = tuple(cell.strip().lstrip("\ufeff") for cell in header.cells)
    return Table(names, header.line, bool(above), tuple(rows), broken)


def plain_header(name: str) -> str:
    """`*Invoice No` and `invoice_no` are the same header: letters and digits only, in lower case."""
    return "".join(character for character in name.casefold() if character.isalnum())


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the text stops being a table."""

    line: int
    reason: str


def _find_header(text: str, known: Collection[str]) -> tuple[str, int]:
    """The delimiter and the place of the header among the records: those that show the most known names.

    Without any, the first record, and whichever delimiter gives it the most cells: so that a refusal can list them.
    """
    best = (-1, -1, ",", 0)
    for delimiter in _DELIMITERS:
        for place, record in enumerate(itertools.islice(_records(text, delimiter), _HEADER_WITHIN)):
            if isinstance(record, Broken):
                break
            names = {plain_header(cell) for cell in record.cells}
            score = (len(names & set(known)), len(record.cells) if place == 0 else 0)
            if score > best[:2]:
                best = (*score, delimiter, place)
    return best[2], best[3]


def _records(text: str, delimiter: str) -> Iterator[Row | Broken]:
    """Records with the line they start on. Only line feeds and carriage returns end a line, quoted ones do not."""
    lines = io.StringIO(text, newline="")
    long_line: list[int] = []
    reader = csv.reader(_short_lines(lines, long_line), delimiter=delimiter, strict=True)
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield Broken(*_explain(error, start, reader.line_num, long_line))
            return
        yield Row(start, tuple(cells))
        start = reader.line_num + 1
    if long_line:
        yield Broken(long_line[0], "The line is longer than 64 KB. It is no row of a table.")


def _short_lines(lines: io.StringIO, long_line: list[int]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            long_line.append(number)
            return
        yield line


def _explain(error: csv.Error, start: int, at: int, long_line: list[int]) -> tuple[int, str]:
    if long_line:
        return long_line[0], "The line is longer than 64 KB. It is no row of a table."
    said = str(error)
    if "unexpected end" in said or "field larger" in said:
        return start, 'A quote (") that opens in this row is never closed. Close it, or write "" for a quote.'
    if "expected after" in said:
        return at, 'A cell goes on after its closing quote ("). Write "" for a quote inside a cell.'
    return at, "The row cannot be read as delimited text."
