"""The list of payment plans: how each stands, what is left of it on a day, and how it is paid.

`left_cents` is what `actions/plan_standing` works out too; only that knows whether one is late in its grace days.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, bindparam, case, func, literal, select

from portal.records import plan_money
from portal.records.listing import Condition, Listing
from portal.records.plans import PlanRow
from portal.records.tables import (
    accounts,
    charges,
    movements,
    plan_charges,
    plan_options,
    plans,
    saved_methods,
)
from portal.records.types import cents, smaller

# The order in which they want to be looked at: what waits for an answer, then what goes wrong.
_HEALTH = (
    "requested",
    "late",
    "offered",
    "active",
    "paused",
    "defaulted",
    "completed",
    "cancelled",
    "replaced",
    "declined",
    "expired",
    "withdrawn",
)
# Place to fill: today.
_DAY = bindparam("day", type_=Date)


class PlanListedRow(NamedTuple):
    """A plan and whose it is. `health` is its state, or `late` while the time to make up for a payment runs.

    `left_cents` is None for a plan that is not kept; `down_cents` is its first amount, `payments` how many come after;
    `method` names what is charged, with its last digits.
    """

    plan: PlanRow
    customer: str
    customer_public_id: str
    currency: str
    health: str
    left_cents: int | None
    down_cents: int
    payments: int
    method: str | None
    last4: str | None


_open = (
    select(cents(func.sum(movements.c.receivable_cents)))
    .where(movements.c.charge_id == plan_charges.c.charge_id, movements.c.effective_on <= _DAY)
    .correlate(plan_charges)
    .scalar_subquery()
)
_each = (
    select(
        plan_charges.c.plan_id,
        _open.label("open_cents"),
        (plan_charges.c.covered_cents - plan_money.paid(_DAY)).label("owed_cents"),
    )
    .join(plans, plans.c.id == plan_charges.c.plan_id)
    .where(plan_money.kept(_DAY))
    .subquery("each_covered")
)
_unpaid = smaller(_each.c.open_cents, _each.c.owed_cents)
_left = (
    select(_each.c.plan_id, cents(func.sum(case((_unpaid > 0, _unpaid), else_=0))).label("cents"))
    .group_by(_each.c.plan_id)
    .subquery("left_of")
)
_health: ColumnElement[str] = case(
    ((plans.c.state == "active") & plans.c.cure_by.is_not(None), literal("late")), else_=plans.c.state
)
_rank = case(*((_health == name, number) for number, name in enumerate(_HEALTH)), else_=len(_HEALTH))


def _option(name: str) -> ColumnElement[int]:
    """Of the option that was accepted; of several that may be, the one with the most payments says how long it may
    last."""
    of_plan = select(plan_options.c[name]).where(plan_options.c.plan_id == plans.c.id).correlate(plans)
    in_order = of_plan.order_by(plan_options.c.is_chosen.desc(), plan_options.c.times.desc(), plan_options.c.position)
    return func.coalesce(in_order.limit(1).scalar_subquery(), 0)


def _stands(value: str) -> Condition:
    if value == "kept":
        return plans.c.state.in_(("active", "paused"))
    return _health == value


def _paid(value: str) -> Condition:
    is_kept = plans.c.state.in_(("active", "paused"))
    return is_kept & (plans.c.method_id.is_not(None) if value == "automatic" else plans.c.method_id.is_(None))


def _of(public_id: str) -> Condition:
    return accounts.c.public_id == public_id


def _covering(public_id: str) -> Condition:
    covering = (
        select(plan_charges.c.plan_id)
        .join(charges, charges.c.id == plan_charges.c.charge_id)
        .where(charges.c.public_id == public_id)
    )
    return plans.c.id.in_(covering)


def _row(found: Sequence[Any]) -> PlanListedRow:
    width = len(PlanRow._fields)
    return PlanListedRow(PlanRow._make(found[:width]), *found[width:])


PLANS = Listing(
    found=select(
        *(plans.c[name] for name in PlanRow._fields),
        accounts.c.name,
        accounts.c.public_id,
        accounts.c.currency,
        _health.label("health"),
        _left.c.cents,
        _option("down_cents"),
        _option("times"),
        saved_methods.c.name,
        saved_methods.c.last4,
    )
    .select_from(plans)
    .join(accounts, accounts.c.id == plans.c.account_id)
    .outerjoin(_left, _left.c.plan_id == plans.c.id)
    .outerjoin(saved_methods, saved_methods.c.id == plans.c.method_id),
    row=_row,
    searched=(plans.c.number, accounts.c.name, accounts.c.number),
    sorts={
        "number": plans.c.number,
        "customer": func.lower(accounts.c.name),
        "health": _rank,
        "total": plans.c.total_cents,
        "left": _left.c.cents,
        "made": plans.c.created_at,
    },
    last=plans.c.id,
    choices={"state": _stands, "paid": _paid, "customer": _of, "invoice": _covering},
    days={"from": lambda day: plans.c.accepted_on >= day, "until": lambda day: plans.c.accepted_on <= day},
)
