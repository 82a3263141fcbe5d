"""An invoice that is on file already: whether the file says the same, and what its payment adds."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from portal.rules.imports.values import ImportedInvoice
from portal.rules.money import words
from portal.rules.refusals import Refusal
from portal.rules.terms import due_on, parse_terms, to_text

CREDIT = "credit memo"


@dataclass(frozen=True, slots=True)
class Known:
    """What is on file under a number; `kind` in words. A credit memo has no due date and no terms."""

    number: str
    account_id: int
    issued_on: date
    due_on: date | None
    terms: str
    amount_cents: int
    tax_cents: int
    kind: str = CREDIT


@lru_cache(maxsize=4096)
def promise(stated: str, due: date | None, issued_on: date, default_terms: str) -> tuple[str, date]:
    """Terms and due date as they stand on the invoice from now on.

    Stated terms are copied, and a stated due date wins over them. A due date alone takes the default terms where
    they give that very date, else as many net days: nothing is promised that the file does not say.
    """
    if stated:
        return stated, due or due_on(parse_terms(stated), issued_on)
    default = parse_terms(default_terms)
    if due is None or due == due_on(default, issued_on):
        return to_text(default), due or due_on(default, issued_on)
    days = (due - issued_on).days
    return (f"net {days}" if days else "due on receipt"), due


def differences(invoice: ImportedInvoice, known: Known, account_id: int | None) -> list[str]:
    """What the file says otherwise, in words; empty when it says the same. What it leaves out is no difference."""
    currency = invoice.currency
    kind = CREDIT if invoice.amount_cents < 0 else "invoice"
    if kind != known.kind:
        return [f"{_a(known.kind)} there, {_a(kind)} in the file"]
    found = []
    if account_id != known.account_id:
        found.append("another customer")
    if invoice.issued_on != known.issued_on:
        found.append(f"dated {known.issued_on} there, {invoice.issued_on} in the file")
    file_due = _stated_due(invoice)
    if file_due and known.due_on and file_due != known.due_on:
        found.append(f"due {known.due_on} there, {file_due} in the file")
    if invoice.terms and known.terms and invoice.terms != known.terms:
        found.append(f"terms {known.terms} there, {invoice.terms} in the file")
    pairs = (("", invoice.amount_cents, known.amount_cents), ("tax ", invoice.tax_cents, known.tax_cents))
    for what, in_file, there in pairs:
        if abs(in_file) != there:
            found.append(f"{what}{words(there, currency)} there, {words(abs(in_file), currency)} in the file")
    return found


def further_payment_cents(invoice: ImportedInvoice, open_cents: int, imported_cents: int | None) -> int | None:
    """What the stated payment adds to an invoice on file, None when nothing: it is there, or all is paid.

    `imported_cents` is what an earlier import posted for this invoice and day. Refuses another amount for it.
    """
    if imported_cents is None:
        return (invoice.paid_cents or open_cents) if open_cents else None
    if invoice.paid_cents in (None, imported_cents):
        return None
    there, in_file = words(imported_cents, invoice.currency), words(invoice.paid_cents or 0, invoice.currency)
    raise Refusal(
        f"Invoice {invoice.number} was imported with {there} paid on {invoice.paid_on}; the file says {in_file}."
    )


def _stated_due(invoice: ImportedInvoice) -> date | None:
    if invoice.due_on is None and invoice.terms:
        return due_on(parse_terms(invoice.terms), invoice.issued_on)
    return invoice.due_on


def _a(thing: str) -> str:
    return f"an {thing}" if thing.startswith("i") else f"a {thing}"
