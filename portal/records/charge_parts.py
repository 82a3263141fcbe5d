"""What of every charge is open on a day, in its parts and how it stands: `rules/balance` and `rules/statement` in SQL.

For lists, which sort and filter by it; a test compares it with the statement's own figures.
"""

from sqlalchemy import Date, bindparam, case, func, literal, or_, select

from portal.records import plan_money
from portal.records.tables import (
    attempt_charges,
    attempts,
    charges,
    dispute_moves,
    disputes,
    movements,
    plan_charges,
    plans,
)
from portal.records.types import Instant, cents, smaller

# Places to fill: the day, the instant at which it ends, and the last day that is due soon.
DAY = bindparam("day", type_=Date)
BEFORE = bindparam("before", type_=Instant)
SOON = bindparam("soon", type_=Date)


_open = (
    select(movements.c.charge_id, cents(func.sum(movements.c.receivable_cents)).label("cents"))
    .where(movements.c.charge_id.is_not(None), movements.c.effective_on <= DAY)
    .group_by(movements.c.charge_id)
    .subquery("opened")
)
_pending = (
    select(
        attempt_charges.c.charge_id,
        cents(
            func.sum(attempt_charges.c.pay_cents + attempt_charges.c.discount_cents + attempt_charges.c.credit_cents)
        ).label("cents"),
    )
    .join(attempts, attempts.c.id == attempt_charges.c.attempt_id)
    .where(attempts.c.processing_at < BEFORE, or_(attempts.c.ended_at.is_(None), attempts.c.ended_at >= BEFORE))
    .group_by(attempt_charges.c.charge_id)
    .subquery("pending")
)
_later = dispute_moves.alias("later")
_last_move = (
    select(func.max(_later.c.id))
    .where(_later.c.dispute_id == disputes.c.id, _later.c.moved_on <= DAY)
    .correlate(disputes)
    .scalar_subquery()
)
_held = (
    select(
        disputes.c.charge_id,
        cents(func.sum(dispute_moves.c.disputed_net_cents + dispute_moves.c.disputed_tax_cents)).label("cents"),
    )
    .select_from(disputes)
    .join(dispute_moves, dispute_moves.c.id == _last_move)
    .group_by(disputes.c.charge_id)
    .subquery("held")
)
_planned = (
    select(
        plan_charges.c.charge_id,
        cents(func.sum(plan_charges.c.covered_cents - plan_money.paid(DAY))).label("cents"),
    )
    .join(plans, plans.c.id == plan_charges.c.plan_id)
    .where(plan_money.kept(DAY))
    .group_by(plan_charges.c.charge_id)
    .subquery("planned")
)
_raw = (
    select(
        charges.c.id.label("charge_id"),
        case((func.coalesce(_open.c.cents, 0) > 0, _open.c.cents), else_=0).label("open_cents"),
        func.coalesce(_pending.c.cents, 0).label("pending_cents"),
        func.coalesce(_held.c.cents, 0).label("held_cents"),
        case((_planned.c.cents > 0, _planned.c.cents), else_=0).label("planned_cents"),
    )
    .select_from(charges)
    .outerjoin(_open, _open.c.charge_id == charges.c.id)
    .outerjoin(_pending, _pending.c.charge_id == charges.c.id)
    .outerjoin(_held, _held.c.charge_id == charges.c.id)
    .outerjoin(_planned, _planned.c.charge_id == charges.c.id)
    .subquery("raw")
)
_clipped = select(
    _raw.c.charge_id,
    _raw.c.open_cents,
    smaller(_raw.c.pending_cents, _raw.c.open_cents).label("pending_cents"),
    _raw.c.held_cents,
    _raw.c.planned_cents,
).subquery("clipped")
_disputed = select(
    _clipped.c.charge_id,
    _clipped.c.open_cents,
    _clipped.c.pending_cents,
    smaller(_clipped.c.held_cents, _clipped.c.open_cents - _clipped.c.pending_cents).label("disputed_cents"),
    _clipped.c.planned_cents,
).subquery("disputed")
_left = _disputed.c.open_cents - _disputed.c.pending_cents - _disputed.c.disputed_cents
_parted = select(
    _disputed.c.charge_id,
    _disputed.c.open_cents,
    _disputed.c.pending_cents,
    _disputed.c.disputed_cents,
    # What a plan covers is never more than is open of the charge, whatever has paid it.
    smaller(_disputed.c.planned_cents, _left).label("on_plan_cents"),
).subquery("parted")
_payable = _parted.c.open_cents - _parted.c.pending_cents - _parted.c.disputed_cents - _parted.c.on_plan_cents

# One row for each charge: charge_id, account_id, open_cents = pending + disputed + on plan + payable, and the status.
# `ahead` is a charge whose own day has not come.
PARTS = (
    select(
        charges.c.id.label("charge_id"),
        charges.c.account_id,
        charges.c.due_on,
        _parted.c.open_cents,
        _parted.c.pending_cents,
        _parted.c.disputed_cents,
        _parted.c.on_plan_cents,
        _payable.label("payable_cents"),
        case(
            (charges.c.issued_on > DAY, literal("ahead")),
            (_parted.c.open_cents == 0, literal("paid")),
            ((_payable == 0) & (_parted.c.pending_cents > 0), literal("pending")),
            ((_payable == 0) & (_parted.c.disputed_cents > 0), literal("disputed")),
            (_payable == 0, literal("on_plan")),
            (charges.c.due_on < DAY, literal("overdue")),
            (charges.c.due_on <= SOON, literal("due_soon")),
            else_=literal("open"),
        ).label("status"),
    )
    .select_from(charges)
    .join(_parted, _parted.c.charge_id == charges.c.id)
    .subquery("parts")
)
