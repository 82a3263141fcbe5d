"""What a file of invoices says, and what is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

# Called with how many rows are done and how many there are.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row cannot be imported. `line` counts from 1 as an editor does; `column` is the file's own header."""

    line: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Note:
    """Something a careful owner wants to know that keeps nothing from being imported."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """One line, before tax. Quantity and unit price are plain decimal text, empty when the file has none."""

    description: str
    quantity: str
    unit_price: str
    amount_cents: int
    tax_cents: int


@dataclass(frozen=True, slots=True)
class ImportedInvoice:
    """One invoice as stated: what the file leaves out is empty or None.

    `amount_cents` includes tax; a negative one is a credit memo. `paid_cents` None with a `paid_on` means paid
    whole. `states_currency` is False when `currency` is only the house's default.
    """

    line: int
    number: str
    customer_number: str
    customer_name: str
    email: str
    issued_on: date
    due_on: date | None
    terms: str
    lines: tuple[ImportedLine, ...]
    amount_cents: int
    tax_cents: int
    currency: str
    states_currency: bool
    paid_on: date | None = None
    paid_cents: int | None = None


@dataclass(slots=True)
class Findings:
    """Problems and notes, collected while a file is read to its end."""

    problems: list[RowProblem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def problem(self, line: int, column: str | None, reason: str) -> None:
        self.problems.append(RowProblem(line, column, reason))

    def note(self, line: int, text: str) -> None:
        self.notes.append(Note(line, text))


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file read to its end; `headers` are its own names of our fields. With problems, `invoices` is incomplete."""

    format_name: str
    headers: Mapping[str, str]
    row_count: int
    invoices: tuple[ImportedInvoice, ...]
    findings: Findings
