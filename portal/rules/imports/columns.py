"""What only a whole column can tell: whether the day or the month comes first, and which mark is the decimal one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.rules.dates import DateOrder, date_orders, parse_date
from portal.rules.imports.cells import marks_of
from portal.rules.imports.formats import AMOUNT_FIELDS, DATE_FIELDS, Layout
from portal.rules.imports.tables import Row
from portal.rules.imports.values import Findings
from portal.rules.money import DecimalMark
from portal.rules.refusals import Refusal

_DIGITS = str.maketrans("123456789", "999999999")


@dataclass(frozen=True, slots=True)
class _Example:
    """A cell that can be read in one way only."""

    line: int
    column: str
    text: str


def find_date_order(
    rows: Sequence[Row], layout: Layout, asked: DateOrder | None, findings: Findings
) -> DateOrder | None:
    """The order of every date in the file; None with a problem named when the file does not tell.

    What was asked for wins. A format that writes the month first does so unless its dates say otherwise.
    """
    if asked:
        return asked
    telling: dict[DateOrder, _Example] = {}
    open_question: _Example | None = None
    for example in _cells(rows, layout, DATE_FIELDS):
        orders = date_orders(example.text)
        if len(orders) == 1:
            telling.setdefault(next(iter(orders)), example)
        elif open_question is None and orders and _is_ambiguous(example.text):
            open_question = example
    if len(telling) > 1:
        month, day = telling["mdy"], telling["dmy"]
        findings.problem(
            day.line,
            day.column,
            f"“{day.text}” has the day first, but “{month.text}” on line {month.line} has the month first."
            " One file needs one order.",
        )
        return None
    if telling:
        return next(iter(telling))
    if open_question is None or layout.format.is_american:
        return "mdy"
    findings.problem(
        open_question.line,
        open_question.column,
        f"“{open_question.text}” can be two dates, and no date in the file tells which."
        " Say so: --dates mdy (month first) or --dates dmy (day first).",
    )
    return None


def find_decimal_mark(
    rows: Sequence[Row], layout: Layout, currency: str, findings: Findings
) -> tuple[DecimalMark | None, bool]:
    """The decimal mark of every amount in the file, None when nothing tells; and whether the file mixes them."""
    telling: dict[DecimalMark, _Example] = {}
    seen: dict[str, tuple[DecimalMark, ...]] = {}
    for example in _cells(rows, layout, AMOUNT_FIELDS):
        shape = example.text.translate(_DIGITS)
        marks = seen.get(shape)
        if marks is None:
            marks = seen[shape] = marks_of(example.text, currency)
        if len(marks) == 1:
            telling.setdefault(marks[0], example)
    if len(telling) > 1:
        point, comma = telling["."], telling[","]
        findings.problem(
            comma.line,
            comma.column,
            f"“{comma.text}” has a decimal comma, but “{point.text}” on line {point.line} has a decimal point."
            " One file needs one kind.",
        )
        return None, True
    return next(iter(telling), "." if layout.format.is_american else None), False


def _cells(rows: Sequence[Row], layout: Layout, fields: Iterable[str]) -> Iterable[_Example]:
    """Every different text of these columns once, with the first line that has it."""
    for field in fields:
        if field not in layout.columns:
            continue
        place, seen = layout.columns[field], set()
        for row in rows:
            text = row.cells[place].strip() if place < len(row.cells) else ""
            if text and text not in seen:
                seen.add(text)
                yield _Example(row.line, layout.headers[place], text)


def _is_ambiguous(text: str) -> bool:
    try:
        parse_date(text)
    except Refusal:
        return True
    return False
