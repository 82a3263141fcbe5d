"""Movements, and the rows that decide them: payments and allocations. Everything here only adds."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select

from portal.records import allocated
from portal.records.engine import Session
from portal.records.tables import accounts, allocations, attempts, charges, movements, payments
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
    """What of a payment stands on one charge; 0 where all of it was taken back."""

    payment_id: int
    charge_id: int
    charge_public_id: str
    number: str
    amount_cents: int
    discount_cents: int
    effective_on: date


# Fewer than the parameters that any database takes in one statement.
_AT_ONCE = 500

_PAYMENT = tuple(payments.c[name] for name in PaymentRow._fields)
_CREDIT_ON = select(cents(func.sum(movements.c.unapplied_cents))).where(
    movements.c.account_id == bindparam("account"), movements.c.effective_on <= bindparam("day")
)
_PAYMENTS = select(*_PAYMENT).where(payments.c.account_id == bindparam("account")).order_by(payments.c.id.desc())
_ONE_PAYMENT = select(*_PAYMENT).where(
    payments.c.account_id == bindparam("account"), payments.c.public_id == bindparam("wanted")
)
_LIKE = (
    select(payments.c.id)
    .where(
        payments.c.account_id == bindparam("account"),
        payments.c.method == bindparam("method"),
        payments.c.amount_cents == bindparam("cents"),
        payments.c.received_on == bindparam("day"),
        payments.c.reference == bindparam("reference"),
        payments.c.id > bindparam("after"),
    )
    .order_by(payments.c.id)
)
_PAYMENT_BY_ID = select(*_PAYMENT).where(payments.c.id == bindparam("wanted"))
_PAYMENT_BY_PUBLIC_ID = select(*_PAYMENT).where(payments.c.public_id == bindparam("wanted"))
_NEWEST_PAYMENT = select(func.max(payments.c.id)).where(payments.c.account_id == bindparam("account"))
_PAYMENT_OF_ATTEMPT = select(*_PAYMENT).where(payments.c.attempt_id == bindparam("attempt"))
_APPLIED = (
    select(
        allocations.c.payment_id,
        allocations.c.charge_id,
        charges.c.public_id,
        charges.c.number,
        allocated.money_left(),
        allocated.discount_left(),
        allocations.c.effective_on,
    )
    .join(charges, charges.c.id == allocations.c.charge_id)
    .where(allocations.c.payment_id.in_(bindparam("payments", expanding=True)))
    .order_by(allocations.c.id)
)
_ADD_MOVEMENTS = insert(movements)
_ADD_PAYMENT = insert(payments).returning(payments.c.id)
_ADD_ALLOCATION = insert(allocations).returning(allocations.c.id)
_LOCK = select(accounts.c.id).where(accounts.c.id == bindparam("account")).with_for_update()
_BY_STRIPE_CHARGE = select(payments.c.id).where(payments.c.stripe_charge_id == bindparam("wanted"))
MOVEMENT = (
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
    select(*MOVEMENT)
    .where(movements.c.account_id == bindparam("account"), movements.c.effective_on <= bindparam("day"))
    .order_by(movements.c.effective_on, movements.c.id)
)
_OF_CHARGE = (
    select(*MOVEMENT)
    .where(movements.c.charge_id == bindparam("charge"), movements.c.effective_on <= bindparam("day"))
    .order_by(movements.c.effective_on, movements.c.id)
)
_BY_CHARGE = select(payments.c.stripe_charge_id, attempts.c.payment_intent_id).join(
    attempts, attempts.c.id == payments.c.attempt_id
)
_POSTED = select(movements.c.source, movements.c.amount_cents).where(
    movements.c.source.in_(bindparam("sources", expanding=True))
)
_OF_PAYMENT = select(*MOVEMENT).where(movements.c.payment_id == bindparam("payment")).order_by(movements.c.id)


def post(
    session: Session, found: Iterable[Movement], *, account_id: int | None, currency: str, posted_at: datetime
) -> None:
    """Write movements. A source that is already there raises IntegrityError: nothing is posted twice.

    Stripe's fees are no customer's: their account_id is None.
    """
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
        session.execute(_ADD_MOVEMENTS, rows)


def credit_on(session: Session, account_id: int, on: date) -> int:
    """Account credit in cents: money and credit memos that are on no charge."""
    return int(session.execute(_CREDIT_ON, {"account": account_id, "day": on}).scalar_one())


def of_account(session: Session, account_id: int, until: date) -> Sequence[Movement]:
    """Every movement of the account effective by that day, in order."""
    return [movement(row) for row in session.execute(_OF_ACCOUNT, {"account": account_id, "day": until})]


def of_charge(session: Session, charge_id: int, until: date) -> Sequence[Movement]:
    """Every movement of the charge effective by that day, in order."""
    return [movement(row) for row in session.execute(_OF_CHARGE, {"charge": charge_id, "day": until})]


def of_payment(session: Session, payment_id: int) -> Sequence[Movement]:
    """Every movement of the payment, in the order of posting."""
    return [movement(row) for row in session.execute(_OF_PAYMENT, {"payment": payment_id})]


def intents_by_charge(session: Session) -> dict[str, str]:
    """Stripe charge id -> payment intent id of every payment through Stripe."""
    return {row[0]: row[1] for row in session.execute(_BY_CHARGE) if row[0] and row[1]}


def posted(session: Session, sources: Iterable[str]) -> dict[str, int]:
    """Amounts in cents of those of the sources that are posted."""
    wanted = list(sources)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = session.execute(_POSTED, {"sources": wanted[start : start + _AT_ONCE]})
        found |= {row[0]: row[1] for row in rows}
    return found


def payments_of(session: Session, account_id: int) -> Sequence[PaymentRow]:
    """The account's payments, newest first."""
    return [PaymentRow(*row) for row in session.execute(_PAYMENTS, {"account": account_id})]


def find_payment(session: Session, account_id: int, public_id: str) -> PaymentRow | None:
    """One payment, if it is this account's."""
    row = session.execute(_ONE_PAYMENT, {"account": account_id, "wanted": public_id}).first()
    return PaymentRow(*row) if row else None


def payment_by_id(session: Session, payment_id: int) -> PaymentRow:
    """The payment of this id, which must exist."""
    return PaymentRow(*session.execute(_PAYMENT_BY_ID, {"wanted": payment_id}).one())


def payment_by_public_id(session: Session, public_id: str) -> PaymentRow | None:
    """The payment that addresses call so, of any account."""
    row = session.execute(_PAYMENT_BY_PUBLIC_ID, {"wanted": public_id}).first()
    return PaymentRow(*row) if row else None


def newest_payment(session: Session, account_id: int) -> int:
    """The id of the account's newest payment; 0 without any."""
    return int(session.execute(_NEWEST_PAYMENT, {"account": account_id}).scalar() or 0)


def payment_like(
    session: Session,
    account_id: int,
    *,
    method: str,
    amount_cents: int,
    received_on: date,
    reference: str,
    after: int = 0,
) -> int | None:
    """The id of a payment that looks the same: perhaps this one has been recorded before. `after`: only of those that
    came after this one."""
    wanted = {"account": account_id, "method": method, "cents": amount_cents, "day": received_on, "after": after}
    return session.execute(_LIKE, wanted | {"reference": reference}).scalar()


def payment_of_attempt(session: Session, attempt_id: int) -> PaymentRow | None:
    """The payment that the attempt became, once its money was received."""
    row = session.execute(_PAYMENT_OF_ATTEMPT, {"attempt": attempt_id}).first()
    return PaymentRow(*row) if row else None


def applied(session: Session, payment_ids: Sequence[int]) -> Sequence[AppliedRow]:
    """What these payments paid, in the order it was applied."""
    found = session.execute(_APPLIED, {"payments": list(payment_ids)})
    return [AppliedRow(*row) for row in found]


def add_payment(session: Session, values: dict[str, object]) -> int:
    """Insert a payment and return its id; a Stripe charge that is already there raises IntegrityError."""
    return int(session.execute(_ADD_PAYMENT, values | {"public_id": new_public_id()}).scalar_one())


def add_allocation(session: Session, values: dict[str, object]) -> int:
    """Insert an allocation and return its id; the movements that post it are named after that."""
    return int(session.execute(_ADD_ALLOCATION, values).scalar_one())


def payment_of_stripe_charge(session: Session, stripe_charge_id: str) -> int | None:
    """The id of the payment that posted this Stripe charge, if one did."""
    return session.execute(_BY_STRIPE_CHARGE, {"wanted": stripe_charge_id}).scalar()


def lock_account(session: Session, account_id: int) -> None:
    """Let one writer at a time decide about this account (SQLite's write lock does so already)."""
    if session.dialect.name != "sqlite":
        session.execute(_LOCK, {"account": account_id}).one()


def movement(row: Sequence[Any]) -> Movement:
    """A row of the columns `MOVEMENT`."""
    source, debit, credit, amount_cents, effective_on, charge_id, payment_id, credit_id = row
    return Movement(
        source=source,
        debit=LedgerAccount(debit),
        credit=LedgerAccount(credit),
        amount_cents=amount_cents,
        effective_on=effective_on,
        charge_id=charge_id,
        payment_id=payment_id,
        credit_id=credit_id,
    )
