"""Rows to invoices: the rows of one number are the lines of one invoice. Every problem is found, not the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.rules.dates import DateOrder
from portal.rules.imports.cells import LONGEST, Cells
from portal.rules.imports.columns import find_date_order, find_decimal_mark
from portal.rules.imports.decoding import decode
from portal.rules.imports.formats import known_headers, recognise
from portal.rules.imports.grouping import Group, group_rows
from portal.rules.imports.lines import read_lines
from portal.rules.imports.tables import Row, read_table
from portal.rules.imports.totals import settle_total
from portal.rules.imports.values import Findings, ImportedFile, ImportedInvoice, Progress
from portal.rules.money import check_currency
from portal.rules.refusals import Refusal
from portal.rules.terms import parse_terms, to_text

_HEAD_FIELDS = (
    "customer", "customer_number", "email", "issued_on", "due_on", "terms", "currency", "paid_on",
    "paid_amount", "total",
)  # fmt: skip
_LONGEST_TERM_DAYS = 999
_STEP = 500


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is the same for every invoice of the file."""

    cells: Cells
    currency: str
    today: date


def read_invoices(
    data: bytes,
    *,
    currency: str,
    today: date,
    columns: Mapping[str, str] | None = None,
    dates: DateOrder | None = None,
    on_progress: Progress | None = None,
) -> ImportedFile:
    """Read a whole file. `columns` maps own fields to the file's headers; `currency` is what rows without one are in.

    A file that is no table of invoices at all is a Refusal; rows that are wrong are problems in the findings.
    """
    mapping = columns or {}
    table = read_table(decode(data), known_headers(mapping))
    layout = recognise(table.header, mapping)
    findings = Findings()
    if table.broken:
        findings.problem(table.broken[0], None, table.broken[1])
    order = find_date_order(table.rows, layout, dates, findings)
    mark, is_mixed = find_decimal_mark(table.rows, layout, currency, findings)
    reading = _Reading(Cells(layout, order, mark, is_mixed, findings), currency, today)
    groups = group_rows(table, reading.cells)
    invoices = _read_all(groups, reading, len(table.rows), on_progress)
    if not groups and not findings.problems:
        raise Refusal("The file has a header but no invoices.")
    findings.problems.sort(key=lambda problem: problem.line)
    findings.notes.sort(key=lambda note: note.line)
    headers = {field: layout.header(field) for field in layout.columns}
    return ImportedFile(layout.format.name, headers, len(table.rows), invoices, findings)


def _read_all(
    groups: Sequence[Group], reading: _Reading, row_count: int, on_progress: Progress | None
) -> tuple[ImportedInvoice, ...]:
    found = []
    done = 0
    for place, group in enumerate(groups):
        if on_progress and place % _STEP == 0:
            on_progress(done, row_count)
        invoice = _invoice(group, reading)
        if invoice:
            found.append(invoice)
        done += len(group.rows)
    if on_progress:
        on_progress(row_count, row_count)
    return tuple(found)


def _invoice(group: Group, reading: _Reading) -> ImportedInvoice | None:
    """One invoice, or None: its problems are named, or a note says that it comes to nothing."""
    cells, rows = reading.cells, group.rows
    before = len(cells.findings.problems)
    head = _head(rows, cells)
    first = rows[0]
    currency, states_currency = _currency(head, reading)
    customer_number = cells.text(head.get("customer_number", first), "customer_number")
    email = cells.email(head.get("email", first))
    name = cells.text(head.get("customer", first), "customer") or email or customer_number
    if not name:
        cells.problem(first, "customer", "is missing. Say whose invoice this is.")
    issued_on, due_on, terms = _promise(head, first, cells)
    lines = read_lines(rows, cells, currency)
    paid_on, paid_cents = _paid(head, first, reading, currency)
    if len(cells.findings.problems) > before or issued_on is None:
        return None
    settled = settle_total(group.number, lines, head, cells, currency, first)
    if settled is None:
        return None
    if settled.amount_cents < 0 and paid_on:
        cells.problem(head["paid_on"], "paid_on", "A credit memo (a negative total) is not paid. Leave it empty.")
        return None
    return ImportedInvoice(
        line=first.line,
        number=group.number,
        customer_number=customer_number,
        customer_name=name,
        email=email,
        issued_on=issued_on,
        due_on=due_on,
        terms=terms,
        lines=settled.lines,
        amount_cents=settled.amount_cents,
        tax_cents=settled.tax_cents,
        currency=currency,
        states_currency=states_currency,
        paid_on=paid_on,
        paid_cents=paid_cents,
    )


def _head(rows: Sequence[Row], cells: Cells) -> dict[str, Row]:
    """For each field that belongs to the whole invoice, the first row that states it; the others must agree."""
    stated: dict[str, Row] = {}
    for field in _HEAD_FIELDS:
        if field not in cells.layout.columns:
            continue
        for row in rows:
            text = cells.raw(row, field)
            if not text:
                continue
            first = stated.setdefault(field, row)
            if first is not row and text.casefold() != cells.raw(first, field).casefold():
                cells.problem(
                    row,
                    field,
                    f"“{text[:80]}” is not what line {first.line} says for the same invoice,"
                    f" “{cells.raw(first, field)[:80]}”.",
                )
    return stated


def _currency(head: Mapping[str, Row], reading: _Reading) -> tuple[str, bool]:
    row = head.get("currency")
    if row is None:
        return reading.currency, False
    try:
        return check_currency(reading.cells.raw(row, "currency")), True
    except Refusal as refusal:
        reading.cells.problem(row, "currency", refusal.sentence)
        return reading.currency, True


def _promise(head: Mapping[str, Row], first: Row, cells: Cells) -> tuple[date | None, date | None, str]:
    """Invoice date, due date as stated, and terms in their canonical words as stated."""
    before = len(cells.findings.problems)
    issued_on = cells.day(head.get("issued_on", first), "issued_on")
    if issued_on is None and len(cells.findings.problems) == before:
        cells.problem(first, "issued_on", "is missing. Give the date of the invoice.")
    due_on = cells.day(head.get("due_on", first), "due_on")
    terms = _terms(head, cells)
    if cells.order and issued_on and due_on and due_on < issued_on:
        cells.problem(head["due_on"], "due_on", f"{due_on} is before the invoice date, {issued_on}.")
    if issued_on and due_on and not terms and (due_on - issued_on).days > _LONGEST_TERM_DAYS:
        cells.problem(head["due_on"], "due_on", f"{due_on} is more than {_LONGEST_TERM_DAYS} days after {issued_on}.")
    return issued_on, due_on, terms


def _terms(head: Mapping[str, Row], cells: Cells) -> str:
    row = head.get("terms")
    if row is None:
        return ""
    try:
        terms = to_text(parse_terms(cells.text(row, "terms")))
    except Refusal as refusal:
        cells.problem(row, "terms", refusal.sentence)
        return ""
    if len(terms) > LONGEST["terms"]:
        cells.problem(row, "terms", f"is longer than {LONGEST['terms']} characters.")
    return terms


def _paid(head: Mapping[str, Row], first: Row, reading: _Reading, currency: str) -> tuple[date | None, int | None]:
    cells = reading.cells
    paid_on = cells.day(head.get("paid_on", first), "paid_on")
    paid_cents = cells.amount(head.get("paid_amount", first), "paid_amount", currency)
    if cells.order and paid_on and paid_on > reading.today:
        cells.problem(head["paid_on"], "paid_on", f"{paid_on} is in the future.")
    if paid_cents is not None and paid_cents <= 0:
        cells.problem(
            head["paid_amount"], "paid_amount", "must be more than 0. Where nothing was paid, leave it empty."
        )
    elif paid_cents is not None and "paid_on" not in head:
        cells.problem(head["paid_amount"], "paid_amount", "has no date. Give paid_on, or leave this empty.")
    return paid_on, paid_cents
