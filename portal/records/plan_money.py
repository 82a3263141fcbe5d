"""The money of payment plans: what has been received for them, what is under way, and what of a charge is on one.

Money is a plan's where its payment was made for the plan, or where the seller put it on a covered charge while the
plan was kept, less what could be paid of that charge beside the plan. What pays a covered charge otherwise only leaves
less to be paid by the plan, as a credit does.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Date, bindparam, case, func, or_, select, type_coerce

from portal.records import allocated
from portal.records.engine import Session
from portal.records.tables import allocations, attempt_charges, attempts, collections, payments, plan_charges, plans
from portal.records.types import Instant, cents, smaller


class OnPlanRow(NamedTuple):
    """What of a charge a kept plan covers, and what of that its own money has paid."""

    plan_id: int
    charge_id: int
    covered_cents: int
    paid_cents: int


class ReceivedRow(NamedTuple):
    """Money that a payment has put on the charges of a plan; `position` is of the instalment it was collected for,
    `ahead` where a payment by hand said that more than is due goes."""

    payment_id: int
    received_on: date
    cents: int
    position: int | None
    ahead: str | None


class UnderWayRow(NamedTuple):
    """What a bank debit under way for a plan is to pay of a charge."""

    attempt_id: int
    charge_id: int
    started_at: datetime
    cents: int
    position: int | None
    ahead: str | None


_IS_PLAN_MONEY = or_(
    attempts.c.plan_id == plans.c.id,
    payments.c.attempt_id.is_(None)
    & (allocations.c.created_at >= plans.c.accepted_at)
    # The last move of a plan that has ended is its end.
    & or_(plans.c.ended_on.is_(None), allocations.c.created_at <= plans.c.moved_at),
)


def _cents(day: ColumnElement[date]) -> ColumnElement[int]:
    """What of an allocation is the plan's and has not been taken back by that day."""
    whole = case((attempts.c.plan_id == plans.c.id, allocations.c.amount_cents), else_=allocations.c.on_plan_cents)
    return smaller(whole, allocated.money_left(until=day))


def kept(day: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether a row of `plans` was being kept at the end of that day."""
    return (plans.c.accepted_on <= day) & or_(plans.c.ended_on.is_(None), plans.c.ended_on > day)


def paid(day: ColumnElement[date]) -> ColumnElement[int]:
    """What the plan's own money has put on the charge by that day and has not been taken back, for a row of
    `plan_charges` joined with `plans`."""
    money = (
        select(cents(func.sum(_cents(day))))
        .select_from(allocations)
        .join(payments, payments.c.id == allocations.c.payment_id)
        .outerjoin(attempts, attempts.c.id == payments.c.attempt_id)
        .where(
            allocations.c.charge_id == plan_charges.c.charge_id,
            allocations.c.effective_on <= day,
            _IS_PLAN_MONEY,
        )
        .correlate(plan_charges, plans)
    )
    return money.scalar_subquery()


_DAY = bindparam("day", type_=Date)
_ON_PLAN = (
    select(plan_charges.c.plan_id, plan_charges.c.charge_id, plan_charges.c.covered_cents, paid(_DAY))
    .join(plans, plans.c.id == plan_charges.c.plan_id)
    .where(plans.c.account_id == bindparam("account"), kept(_DAY))
    .order_by(plan_charges.c.id)
)
_RECEIVED = (
    select(
        payments.c.id,
        payments.c.received_on,
        cents(func.sum(_cents(_DAY))),
        collections.c.position,
        attempts.c.ahead,
    )
    .select_from(plan_charges)
    .join(plans, plans.c.id == plan_charges.c.plan_id)
    .join(allocations, allocations.c.charge_id == plan_charges.c.charge_id)
    .join(payments, payments.c.id == allocations.c.payment_id)
    .outerjoin(attempts, attempts.c.id == payments.c.attempt_id)
    .outerjoin(collections, collections.c.id == attempts.c.collection_id)
    .where(plans.c.id == bindparam("plan"), allocations.c.effective_on <= _DAY, _IS_PLAN_MONEY)
    .group_by(payments.c.id, payments.c.received_on, collections.c.position, attempts.c.ahead)
    .order_by(payments.c.id)
)
_UNDER_WAY = (
    select(
        attempts.c.id,
        attempt_charges.c.charge_id,
        attempts.c.created_at,
        attempt_charges.c.pay_cents,
        collections.c.position,
        attempts.c.ahead,
    )
    .join(attempt_charges, attempt_charges.c.attempt_id == attempts.c.id)
    .outerjoin(collections, collections.c.id == attempts.c.collection_id)
    .where(attempts.c.plan_id == bindparam("plan"), attempts.c.state == "processing")
    .order_by(attempts.c.id, attempt_charges.c.id)
)


def last_put_at(session: Session, charge_ids: Sequence[int]) -> datetime | None:
    """When money was put on any of these charges last; None where none was."""
    asked = select(type_coerce(func.max(allocations.c.created_at), Instant))
    return session.execute(asked.where(allocations.c.charge_id.in_(charge_ids))).scalar_one()


def on_plans(session: Session, account_id: int, on: date) -> Sequence[OnPlanRow]:
    """What of the account's charges was on plans being kept at the end of that day."""
    return [OnPlanRow._make(row) for row in session.execute(_ON_PLAN, {"account": account_id, "day": on})]


def received(session: Session, plan_id: int, on: date) -> Sequence[ReceivedRow]:
    """The plan's money by that day, payment by payment, in the order of its coming."""
    found = session.execute(_RECEIVED, {"plan": plan_id, "day": on})
    return [ReceivedRow._make(row) for row in found if row[2]]


def under_way(session: Session, plan_id: int) -> Sequence[UnderWayRow]:
    """Bank debits for the plan that have not arrived yet, charge by charge, in the order of their start."""
    return [UnderWayRow._make(row) for row in session.execute(_UNDER_WAY, {"plan": plan_id})]
