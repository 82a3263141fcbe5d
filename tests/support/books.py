"""Writing accounts and invoices straight into the books, for tests of what happens to them afterwards."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import insert

from portal.records import Session, accounts, ledger
from portal.records.accounts import AccountRow
from portal.records.tables import charge_lines, charges
from portal.records.types import new_public_id
from portal.rules import ledger as rules
from portal.rules.terms import due_on, parse_terms


@dataclass(frozen=True, slots=True)
class Invoice:
    """What a test needs to name an invoice it made."""

    id: int
    public_id: str
    number: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice, before tax and its tax."""

    description: str
    quantity: str
    amount_cents: int
    tax_cents: int = 0


def add_customer(
    session: Session, now: datetime, *, name: str = "Northwind Traders", email: str = "ap@northwind.example"
) -> AccountRow:
    """An account in dollars with one contact."""
    account = accounts.add(session, number=None, name=name, currency="usd", now=now)
    if email:
        accounts.add_contact(session, account_id=account.id, name="", email=email, now=now)
    return account


def add_invoice(
    session: Session,
    account: AccountRow,
    number: str,
    *,
    issued_on: date,
    net_cents: int,
    tax_cents: int = 0,
    terms: str = "net 30",
    mode: str = "full",
    lines: Sequence[Line] | None = None,
    now: datetime,
) -> Invoice:
    """Issue an invoice of one line, or of these, which may be none."""
    public_id = new_public_id()
    values = {
        "public_id": public_id,
        "account_id": account.id,
        "kind": "invoice",
        "number": number,
        "issued_on": issued_on,
        "due_on": due_on(parse_terms(terms), issued_on),
        "amount_cents": net_cents + tax_cents,
        "tax_cents": tax_cents,
        "terms": terms,
        "discount_base": "net",
        "discount_mode": mode,
        "created_at": now,
    }
    charge_id = int(session.execute(insert(charges).returning(charges.c.id), values).scalar_one())
    only = [Line("Rope, 12 mm", "1", net_cents, tax_cents)]
    for position, line in enumerate(only if lines is None else lines, 1):
        values = {"charge_id": charge_id, "position": position, "unit_price": "", **asdict(line)}
        session.execute(insert(charge_lines), values)
    issued = rules.invoice_issued(charge_id, net_cents=net_cents, tax_cents=tax_cents, on=issued_on)
    ledger.post(session, issued, account_id=account.id, currency=account.currency, posted_at=now)
    return Invoice(charge_id, public_id, number)
