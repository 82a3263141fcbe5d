"""The list of payments: what of each is on no invoice, and what went back."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import case, exists, func, select

from portal.records.listing import Condition, Listing
from portal.records.tables import accounts, chargebacks, movements, payments
from portal.records.types import cents
from portal.rules.reversals import DECIDED


class PaymentListedRow(NamedTuple):
    """A payment and whose it is; `back_cents` is what was refunded or returned of it."""

    id: int
    public_id: str
    customer: str
    customer_public_id: str
    currency: str
    method: str
    reference: str
    received_on: date
    amount_cents: int
    unapplied_cents: int
    back_cents: int


_outside = ("clearing", "bank", "chargebacks_held")
# What came in first is no money that comes back: of money out and in again the balance counts.
_flows = case(
    (movements.c.debit.in_(_outside) & (movements.c.credit == "unapplied"), movements.c.amount_cents),
    (movements.c.credit.in_(_outside) & (movements.c.debit == "unapplied"), -movements.c.amount_cents),
    else_=0,
)
_moved = (
    select(
        movements.c.payment_id,
        cents(func.sum(movements.c.unapplied_cents)).label("unapplied_cents"),
        cents(func.sum(_flows)).label("kept_cents"),
    )
    .where(movements.c.payment_id.is_not(None))
    .group_by(movements.c.payment_id)
    .subquery("moved")
)
_UNAPPLIED = func.coalesce(_moved.c.unapplied_cents, 0)
_BACK = payments.c.amount_cents - func.coalesce(_moved.c.kept_cents, 0)


def _state(value: str) -> Condition:
    contested = exists().where(
        chargebacks.c.payment_id == payments.c.id, chargebacks.c.kind != "return", chargebacks.c.state.not_in(DECIDED)
    )
    return {"unapplied": _UNAPPLIED > 0, "back": _BACK > 0, "contested": contested}[value]


def _method(value: str) -> Condition:
    by_hand = ("cheque", "wire", "cash")
    if value == "stripe":
        return payments.c.stripe_charge_id.is_not(None)
    if value == "other":
        return payments.c.stripe_charge_id.is_(None) & payments.c.method.not_in(by_hand)
    return payments.c.method == value


def _of(public_id: str) -> Condition:
    return accounts.c.public_id == public_id


PAYMENTS = Listing(
    found=select(
        payments.c.id,
        payments.c.public_id,
        accounts.c.name,
        accounts.c.public_id,
        payments.c.currency,
        payments.c.method,
        payments.c.reference,
        payments.c.received_on,
        payments.c.amount_cents,
        _UNAPPLIED,
        _BACK,
    )
    .select_from(payments)
    .join(accounts, accounts.c.id == payments.c.account_id)
    .outerjoin(_moved, _moved.c.payment_id == payments.c.id),
    row=PaymentListedRow._make,
    searched=(accounts.c.name, accounts.c.number, payments.c.reference, payments.c.stripe_charge_id),
    sorts={
        "number": payments.c.id,
        "customer": accounts.c.name,
        "received": payments.c.received_on,
        "amount": payments.c.amount_cents,
        "unapplied": _UNAPPLIED,
        "back": _BACK,
    },
    last=payments.c.id,
    choices={"method": _method, "state": _state, "customer": _of},
    days={"from": lambda day: payments.c.received_on >= day, "until": lambda day: payments.c.received_on <= day},
)
