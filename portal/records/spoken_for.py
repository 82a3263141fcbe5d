"""What is spoken for by payments that have not ended: money of charges, and account credit that is to be used."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, or_, select, type_coerce

from portal.records.engine import Session
from portal.records.tables import attempt_charges, attempts, chargebacks, payments
from portal.records.types import Instant


class PromiseRow(NamedTuple):
    """Account credit that an attempt which has not ended is to use, and for which charge."""

    attempt_id: int
    charge_id: int
    credit_cents: int


class DebitRow(NamedTuple):
    """A bank debit for a charge: under way, or (`failed_at`) one that failed or was returned and had a discount.

    `credit_cents` of account credit are to be used with it; `plan_id` is of the plan that it pays.
    """

    charge_id: int
    attempt_id: int
    pay_cents: int
    discount_cents: int
    credit_cents: int
    quoted_at: datetime
    failed_at: datetime | None
    plan_id: int | None


# A bank may take back what had arrived: that is a failure too, of which we were told later.
_RETURNED_AT = (
    select(func.min(chargebacks.c.noticed_at))
    .join(payments, payments.c.id == chargebacks.c.payment_id)
    .where(
        payments.c.attempt_id == attempts.c.id,
        chargebacks.c.kind == "return",
        chargebacks.c.state == "lost",
        chargebacks.c.reason != "debit_not_authorized",
    )
    .scalar_subquery()
)
_FAILED_AT = case(
    (attempts.c.method != "us_bank_account", None),
    ((attempts.c.state == "failed") & (attempts.c.failure != "debit_not_authorized"), attempts.c.ended_at),
    (attempts.c.state == "succeeded", _RETURNED_AT),
)
_BEFORE = bindparam("before", type_=Instant)
_DEBITS = (
    select(
        attempt_charges.c.charge_id,
        attempts.c.id,
        attempt_charges.c.pay_cents,
        attempt_charges.c.discount_cents,
        attempt_charges.c.credit_cents,
        attempts.c.quoted_at,
        type_coerce(case((attempts.c.ended_at < _BEFORE, _FAILED_AT)), Instant),
        attempts.c.plan_id,
    )
    .join(attempt_charges, attempt_charges.c.attempt_id == attempts.c.id)
    .where(
        attempts.c.account_id == bindparam("account"),
        attempts.c.processing_at < _BEFORE,
        or_(
            attempts.c.ended_at.is_(None),
            attempts.c.ended_at >= _BEFORE,
            (attempt_charges.c.discount_cents > 0) & (_FAILED_AT < _BEFORE),
        ),
    )
    .order_by(attempts.c.id)
)
_PROMISED = (
    select(attempts.c.id, attempt_charges.c.charge_id, attempt_charges.c.credit_cents)
    .join(attempt_charges, attempt_charges.c.attempt_id == attempts.c.id)
    .where(
        attempts.c.account_id == bindparam("account"),
        attempts.c.state.in_(("created", "open", "processing")),
        attempt_charges.c.credit_cents > 0,
    )
)


def debits(session: Session, account_id: int, *, before: datetime) -> Sequence[DebitRow]:
    """Bank debits of the account that were under way just before that instant, or had failed and may be made up for.

    One that the customer says was never authorized cannot.
    """
    found = session.execute(_DEBITS, {"account": account_id, "before": before})
    return [DebitRow(*row) for row in found]


def promised_credit(session: Session, account_id: int) -> Sequence[PromiseRow]:
    """The account credit that checkouts and bank debits which have not ended are to use."""
    return [PromiseRow(*row) for row in session.execute(_PROMISED, {"account": account_id})]
