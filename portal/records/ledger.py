"""Movements, and the rows that decide them: payments and allocations. Everything here only adds."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select

from portal.records.engine import Session
from portal.records.tables import accounts, allocations, movements, payments
from portal.records.types import cents, new_public_id
from portal.rules.ledger import LedgerAccount, Movement


class PaymentRow(NamedTuple):
    """Money received. `started_at` is when the customer started it, `received_on` its business date."""

    id: int
    public_id: str
    account_id: int
    attempt_id: int | None
    method: str
    amount_cents: int
    currency: str
    started_at: datetime
    received_on: date
    stripe_charge_id: str | None
    reference: str


class AppliedRow(NamedTuple):
    """What of a payment (or credit) went to one charge."""

    charge_id: int
    charge_public_id: str
    number: str
    amount_cents: int
    discount_cents: int
    effective_on: date


_PAYMENT = tuple(payments.c[name] for name in PaymentRow._fields)
_CREDIT_ON = select(cents(func.sum(movements.c.unapplied_cents))).where(
    movements.c.account_id == bindparam("account"), movements.c.effective_on <= bindparam("day")
)
_BY_STRIPE_CHARGE = select(payments.c.id).where(payments.c.stripe_charge_id == bindparam("wanted"))
_MOVEMENT = (
    movements.c.source,
    movements.c.debit,
    movements.c.credit,
    movements.c.amount_cents,
    movements.c.effective_on,
    movements.c.charge_id,
    movements.c.payment_id,
    movements.c.credit_id,
)
_OF_ACCOUNT = (
    select(*_MOVEMENT)
    .where(movements.c.account_id == bindparam("account"), movements.c.effective_on <= bindparam("day"))
    .order_by(movements.c.effective_on, movements.c.id)
)
_OF_CHARGE = (
    select(*_MOVEMENT)
    .where(movements.c.charge_id == bindparam("charge"), movements.c.effective_on <= bindparam("day"))
    .order_by(movements.c.effective_on, movements.c.id)
)


def post(session: Session, found: Iterable[Movement], *, account_id: int, currency: str, posted_at: datetime) -> None:
    """Write movements. A source that is already there raises IntegrityError: nothing is posted twice."""
    rows = [
        {
            "source": movement.source,
            "debit": movement.debit.value,
            "credit": movement.credit.value,
            "amount_cents": movement.amount_cents,
            "currency": currency,
            "account_id": account_id,
            "charge_id": movement.charge_id,
            "payment_id": movement.payment_id,
            "credit_id": movement.credit_id,
            "effective_on": movement.effective_on,
            "posted_at": posted_at,
        }
        for movement in found
    ]
    if rows:
        session.execute(insert(movements), rows)


def credit_on(session: Session, account_id: int, on: date) -> int:
    """Account credit in cents: money and credit memos that are on no charge."""
    return int(session.execute(_CREDIT_ON, {"account": account_id, "day": on}).scalar_one())


def of_account(session: Session, account_id: int, until: date) -> Sequence[Movement]:
    """Every movement of the account effective by that day, in order."""
    return [_movement(row) for row in session.execute(_OF_ACCOUNT, {"account": account_id, "day": until})]


def of_charge(session: Session, charge_id: int, until: date) -> Sequence[Movement]:
    """Every movement of the charge effective by that day, in order."""
    return [_movement(row) for row in session.execute(_OF_CHARGE, {"charge": charge_id, "day": until})]


def add_payment(session: Session, values: dict[str, object]) -> int:
    """Insert a payment and return its id; a Stripe charge that is already there raises IntegrityError."""
    made = session.execute(insert(payments).returning(payments.c.id), values | {"public_id": new_public_id()})
    return int(made.scalar_one())


def add_allocation(session: Session, values: dict[str, object]) -> int:
    return int(session.execute(insert(allocations).returning(allocations.c.id), values).scalar_one())


def payment_of_stripe_charge(session: Session, stripe_charge_id: str) -> int | None:
    """The id of the payment that posted this Stripe charge, if one did."""
    return session.execute(_BY_STRIPE_CHARGE, {"wanted": stripe_charge_id}).scalar()


def lock_account(session: Session, account_id: int) -> None:
    """Let one writer at a time decide about this account (SQLite's write lock does so already)."""
    session.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update()).one()


def _movement(row: Sequence[object]) -> Movement:
    source, debit, credit, amount_cents, effective_on, charge_id, payment_id, credit_id = row
    return Movement(
        source=source,  # type: ignore[arg-type]
        debit=LedgerAccount(debit),
        credit=LedgerAccount(credit),
        amount_cents=amount_cents,  # type: ignore[arg-type]
        effective_on=effective_on,  # type: ignore[arg-type]
        charge_id=charge_id,  # type: ignore[arg-type]
        payment_id=payment_id,  # type: ignore[arg-type]
        credit_id=credit_id,  # type: ignore[arg-type]
    )
