"""Writing accounts and invoices straight into the books, for tests of what happens to them afterwards."""

from dataclasses import dataclass
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
    now: datetime,
) -> Invoice:
    """Issue an invoice of one line."""
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
    line = {"charge_id": charge_id, "position": 1, "description": "Rope, 12 mm", "quantity": "1", "unit_price": ""}
    session.execute(insert(charge_lines), line | {"amount_cents": net_cents, "tax_cents": tax_cents})
    issued = rules.invoice_issued(charge_id, net_cents=net_cents, tax_cents=tax_cents, on=issued_on)
    ledger.post(session, issued, account_id=account.id, currency=account.currency, posted_at=now)
    return Invoice(charge_id, public_id, number)
