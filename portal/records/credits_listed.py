"""The list of credit memos, and one of them with where its value went."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from portal.records import allocated
from portal.records.engine import Session
from portal.records.listing import Condition, Listing
from portal.records.tables import accounts, allocations, charges, credits, movements
from portal.records.types import cents


class CreditListedRow(NamedTuple):
    """A credit memo and whose it is; `unapplied_cents` of it is on no charge. The charge is what it was written for."""

    id: int
    public_id: str
    number: str
    customer: str
    customer_public_id: str
    currency: str
    charge_number: str | None
    charge_public_id: str | None
    issued_on: date
    amount_cents: int
    tax_cents: int
    unapplied_cents: int
    reason: str


class PutRow(NamedTuple):
    """What of a credit memo stands on one charge."""

    charge_public_id: str
    number: str
    amount_cents: int
    effective_on: date


_moved = (
    select(movements.c.credit_id, cents(func.sum(movements.c.unapplied_cents)).label("cents"))
    .where(movements.c.credit_id.is_not(None))
    .group_by(movements.c.credit_id)
    .subquery("moved")
)
_UNAPPLIED = func.coalesce(_moved.c.cents, 0)
_FOUND = (
    select(
        credits.c.id,
        credits.c.public_id,
        credits.c.number,
        accounts.c.name,
        accounts.c.public_id,
        accounts.c.currency,
        charges.c.number,
        charges.c.public_id,
        credits.c.issued_on,
        credits.c.amount_cents,
        credits.c.tax_cents,
        _UNAPPLIED,
        credits.c.reason,
    )
    .select_from(credits)
    .join(accounts, accounts.c.id == credits.c.account_id)
    .outerjoin(charges, charges.c.id == credits.c.charge_id)
    .outerjoin(_moved, _moved.c.credit_id == credits.c.id)
)
_PUT = (
    select(charges.c.public_id, charges.c.number, allocated.money_left(), allocations.c.effective_on)
    .select_from(allocations)
    .join(charges, charges.c.id == allocations.c.charge_id)
    .where(allocations.c.credit_id == bindparam("credit"))
    .order_by(allocations.c.id)
)


def _of(public_id: str) -> Condition:
    return accounts.c.public_id == public_id


CREDITS = Listing(
    found=_FOUND,
    row=CreditListedRow._make,
    searched=(credits.c.number, credits.c.reason, accounts.c.name, accounts.c.number, charges.c.number),
    sorts={
        "number": credits.c.number,
        "customer": accounts.c.name,
        "issued": credits.c.issued_on,
        "amount": credits.c.amount_cents,
        "unapplied": _UNAPPLIED,
    },
    last=credits.c.id,
    choices={"state": lambda value: _UNAPPLIED > 0, "customer": _of},
    days={"from": lambda day: credits.c.issued_on >= day, "until": lambda day: credits.c.issued_on <= day},
)


def find(session: Session, public_id: str) -> CreditListedRow | None:
    """The credit memo of this public id, of any account."""
    row = session.execute(_FOUND.where(credits.c.public_id == public_id)).first()
    return CreditListedRow._make(row) if row else None


def put(session: Session, credit_id: int) -> Sequence[PutRow]:
    """The charges that it is on, in the order in which it was put there."""
    return [PutRow._make(row) for row in session.execute(_PUT, {"credit": credit_id}) if row[2]]
