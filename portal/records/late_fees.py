"""Late fees: which invoice drew which for which period, and what of it was waived."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select

from portal.records.engine import Session
from portal.records.tables import charges, late_fees, waivers
from portal.records.types import cents


class FeeRow(NamedTuple):
    """The fee `charge_id` of the invoice `invoice_id`, which is over `invoice_cents`; `principal_cents` of that was
    payable and due on `assessed_on`."""

    charge_id: int
    invoice_id: int
    invoice_number: str
    invoice_cents: int
    number: str
    period: int
    assessed_on: date
    principal_cents: int
    amount_cents: int
    waived_cents: int


_WAIVED = (
    select(cents(func.sum(waivers.c.amount_cents)))
    .where(waivers.c.charge_id == late_fees.c.charge_id)
    .scalar_subquery()
)
_INVOICES = charges.alias("invoices")
_FEES = (
    select(
        late_fees.c.charge_id,
        late_fees.c.invoice_id,
        _INVOICES.c.number,
        _INVOICES.c.amount_cents,
        charges.c.number,
        late_fees.c.period,
        late_fees.c.assessed_on,
        late_fees.c.principal_cents,
        charges.c.amount_cents,
        _WAIVED,
    )
    .join(charges, charges.c.id == late_fees.c.charge_id)
    .join(_INVOICES, _INVOICES.c.id == late_fees.c.invoice_id)
)
_WAIVED_BECAUSE = (
    select(cents(func.sum(waivers.c.amount_cents)))
    .join(late_fees, late_fees.c.charge_id == waivers.c.charge_id)
    .where(late_fees.c.invoice_id == bindparam("invoice"), waivers.c.reason == bindparam("reason"))
)
_OF_INVOICE = _FEES.where(late_fees.c.invoice_id == bindparam("invoice")).order_by(late_fees.c.period)
_OF_ACCOUNT = _FEES.where(charges.c.account_id == bindparam("account")).order_by(late_fees.c.id)
_OF_CHARGE = _FEES.where(late_fees.c.charge_id == bindparam("charge"))


def of_invoice(session: Session, invoice_id: int) -> Sequence[FeeRow]:
    """The fees that an invoice drew, oldest first."""
    return [FeeRow._make(row) for row in session.execute(_OF_INVOICE, {"invoice": invoice_id})]


def waived_because(session: Session, invoice_id: int, reason: str) -> int:
    """What was waived for this reason of the fees that an invoice drew, in cents."""
    return int(session.execute(_WAIVED_BECAUSE, {"invoice": invoice_id, "reason": reason}).scalar_one())


def of_account(session: Session, account_id: int) -> Sequence[FeeRow]:
    """Every late fee of the account, in the order in which they were charged."""
    return [FeeRow._make(row) for row in session.execute(_OF_ACCOUNT, {"account": account_id})]


def of_charge(session: Session, charge_id: int) -> FeeRow | None:
    """What made this charge, if it is a late fee."""
    row = session.execute(_OF_CHARGE, {"charge": charge_id}).first()
    return FeeRow._make(row) if row else None


def add(
    session: Session,
    *,
    charge_id: int,
    invoice_id: int,
    period: int,
    principal_cents: int,
    assessed_on: date,
    now: datetime,
) -> None:
    """Insert a fee; a second one for the same period of an invoice raises IntegrityError."""
    values = {"charge_id": charge_id, "invoice_id": invoice_id, "period": period, "principal_cents": principal_cents}
    session.execute(insert(late_fees), values | {"assessed_on": assessed_on, "created_at": now})


def add_waiver(
    session: Session, *, account_id: int, charge_id: int, amount_cents: int, reason: str, on: date, now: datetime
) -> int:
    """Insert a waiver and return its id; the movement that posts it is named after that."""
    values = {"account_id": account_id, "charge_id": charge_id, "amount_cents": amount_cents, "reason": reason}
    made = insert(waivers).returning(waivers.c.id)
    return int(session.execute(made, values | {"effective_on": on, "created_at": now}).scalar_one())
