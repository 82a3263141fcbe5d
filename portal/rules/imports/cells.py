"""One cell to one value, or a problem that names its line and column."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from portal.rules.dates import DateOrder, date_orders, parse_date
from portal.rules.imports.formats import Layout
from portal.rules.imports.tables import Row
from portal.rules.imports.values import Findings
from portal.rules.money import DecimalMark, decimal_marks, exponent, parse_amount
from portal.rules.refusals import Refusal

T = TypeVar("T")

FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST = {"customer": 200, "customer_number": 64, "email": 254, "number": 64, "terms": 64, "description": 5000}
_SYMBOLS = "$€£¥₹₩"
_SPACES = re.compile(r"[ \u00a0\u2007\u2009\u202f']")
# Control characters, and the invisible ones that make a name read backwards.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_COMMON = re.compile(r"-?[0-9]{1,12}\.[0-9]{2}")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)


@dataclass(frozen=True, slots=True)
class Cells:
    """Reads the cells of one file. Whatever cannot be read is a problem in `findings`, and None here.

    In a file that contradicts itself (`order` None, `is_mixed`) each cell is read by itself, so that everything
    else that is wrong can be named as well.
    """

    layout: Layout
    order: DateOrder | None
    mark: DecimalMark | None
    is_mixed: bool
    findings: Findings
    days: dict[str, date] = field(default_factory=dict)

    def raw(self, row: Row, name: str) -> str:
        """The cell as written, without the space around it; empty where there is no such column or cell."""
        place = self.layout.columns.get(name)
        return row.cells[place].strip() if place is not None and place < len(row.cells) else ""

    def text(self, row: Row, name: str) -> str:
        """Text without hidden characters, on one line (a description keeps its own lines)."""
        found = self.raw(row, name)
        if found.isascii() and found.isprintable() and len(found) <= LONGEST[name]:
            return found
        if _HIDDEN.search(found):
            self.problem(row, name, "holds a control character. Remove it.")
        if name != "description":
            found = " ".join(found.split())
        if len(found) > LONGEST[name]:
            self.problem(row, name, f"is longer than {LONGEST[name]} characters.")
        return found

    def email(self, row: Row) -> str:
        """In lower case, empty where there is none. A wrong one comes back as it is, beside its problem."""
        found = self.text(row, "email").lower()
        if found and not _EMAIL.fullmatch(found):
            self.problem(row, "email", f"“{found[:80]}” is not one email address. Write it like ada@example.com.")
        return found

    def day(self, row: Row, name: str) -> date | None:
        """A date from FIRST_YEAR to LAST_YEAR; None for an empty cell too, which is no problem yet."""
        text = self.raw(row, name)
        if not text:
            return None
        known = self.days.get(text)
        if known is None:
            order = self.order or min(date_orders(text), default=None)
            known = self._try(row, name, lambda: parse_date(text, order=order))
            if known is None:
                return None
            if not FIRST_YEAR <= known.year <= LAST_YEAR:
                self.problem(row, name, f"“{text[:40]}” is not between {FIRST_YEAR} and {LAST_YEAR}.")
                return None
            self.days[text] = known
        return known

    def amount(self, row: Row, name: str, currency: str) -> int | None:
        """Minor units of the currency."""
        text = self.raw(row, name)
        if not text:
            return None
        mark = self._mark(text, currency)
        if mark == "." and _COMMON.fullmatch(text) and exponent(currency) == 2:
            # Nearly every amount of a long file: a shortcut to what parse_amount says of it.
            return int(text.replace(".", ""))
        if mark is None and len(marks_of(text, currency)) > 1 and ("," in text or "." in text):
            self.problem(row, name, _two_ways(text))
            return None
        return self._try(row, name, lambda: parse_amount(text, currency, decimal_mark=mark))

    def decimal(self, row: Row, name: str) -> Decimal | None:
        """A number of any precision: a quantity, a unit price, a percentage."""
        text = self.raw(row, name)
        if not text:
            return None
        return self._try(row, name, lambda: read_decimal(text.rstrip("% "), self._mark(text, "usd")))

    def problem(self, row: Row, name: str, reason: str) -> None:
        """Note what is wrong with a cell, under the file's own header where it has one for this field."""
        header = self.layout.headers[self.layout.columns[name]] if name in self.layout.columns else name
        self.findings.problem(row.line, header, reason)

    def _mark(self, text: str, currency: str) -> DecimalMark | None:
        return next(iter(marks_of(text, currency)), None) if self.is_mixed else self.mark

    def _try(self, row: Row, name: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Refusal as refusal:
            self.problem(row, name, refusal.sentence)
            return None


def marks_of(text: str, currency: str) -> tuple[DecimalMark, ...]:
    """The marks under which the text is an amount; none when it is no amount at all, which its row will say."""
    try:
        return decimal_marks([text.rstrip("% ")], currency)
    except Refusal:
        return ()


def read_decimal(text: str, mark: DecimalMark | None) -> Decimal:
    """`1,234.5678`, `(2)`, `$ 0.125` -> the exact number. Without a mark, one with a point or comma is refused."""
    body = _SPACES.sub("", text.replace("\u2212", "-"))
    negative = body.startswith("(") and body.endswith(")")
    body = body[1:-1] if negative else body
    if body.startswith("-"):
        body, negative = body[1:], True
    body = body.strip(_SYMBOLS)
    if mark is None and ("," in body or "." in body):
        raise Refusal(_two_ways(text))
    grouping = "." if mark == "," else ","
    whole, _, decimals = body.partition(mark or ".")
    if re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(grouping)}[0-9]{{3}})+", whole):
        whole = whole.replace(grouping, "")
    if not re.fullmatch("[0-9]{1,15}", whole or "0") or not re.fullmatch("[0-9]{0,15}", decimals) or body in ".,":
        raise Refusal(f"“{text[:40]}” is not a number. Write it like 1234.56.")
    number = Decimal(f"{whole or '0'}.{decimals or '0'}")
    return -number if negative else number


def plain_decimal(number: Decimal | None) -> str:
    """`12.500` -> `12.5`; nothing -> empty."""
    return "" if number is None else f"{number.normalize():f}"


def _two_ways(text: str) -> str:
    return f"“{text[:40]}” can be read in two ways, and no amount in the file tells which. Write it like 1234.00."
