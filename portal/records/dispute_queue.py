"""The queue of disputes: what waits, for whom and until when; what is at stake in it; and which comes next."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Date, Integer, bindparam, case, func, or_, select, true

from portal.records.engine import Session
from portal.records.listing import Condition, Listing, Wanted
from portal.records.tables import accounts, charges, dispute_lines, disputes, staff
from portal.records.types import cents

_SELLERS = ("new", "in_review")
_CUSTOMERS = ("waiting", "offered")
# Places to fill: today, and who asks.
_DAY = bindparam("day", type_=Date)
_ME = bindparam("me", type_=Integer)


class QueuedRow(NamedTuple):
    """A dispute in the queue. `reasons` are keys with a space between them; `at_stake_cents` is what is disputed with
    its tax and not approved while it is open, and nothing afterwards."""

    id: int
    public_id: str
    number: str
    customer: str
    customer_public_id: str
    currency: str
    invoice: str
    invoice_public_id: str
    state: str
    filed_on: date
    reply_by: date | None
    decided_on: date | None
    is_goodwill: bool
    assignee: str | None
    reasons: str
    disputed_cents: int
    approved_cents: int
    at_stake_cents: int


class StakesRow(NamedTuple):
    """Disputes in one currency: how many, how many wait for the seller and how many of those too long, the money."""

    currency: str
    disputes: int
    waiting: int
    overdue: int
    at_stake_cents: int


_claimed = (
    select(
        dispute_lines.c.dispute_id,
        cents(func.sum(dispute_lines.c.disputed_net_cents + dispute_lines.c.disputed_tax_cents)).label("disputed"),
        cents(func.sum(dispute_lines.c.approved_net_cents + dispute_lines.c.approved_tax_cents)).label("approved"),
        func.aggregate_strings(dispute_lines.c.reason, " ").label("reasons"),
    )
    .group_by(dispute_lines.c.dispute_id)
    .subquery("claimed")
)
_IS_OPEN = disputes.c.state.in_((*_SELLERS, *_CUSTOMERS))
_AT_STAKE: ColumnElement[int] = case((_IS_OPEN, _claimed.c.disputed - _claimed.c.approved), else_=0)


def _stands(value: str) -> Condition:
    if value in ("open", "closed"):
        return _IS_OPEN if value == "open" else ~_IS_OPEN
    return true() if value == "all" else disputes.c.state == value


def _turn(value: str) -> Condition:
    return disputes.c.state.in_(_SELLERS if value == "seller" else _CUSTOMERS)


def _because(value: str) -> Condition:
    return disputes.c.id.in_(select(dispute_lines.c.dispute_id).where(dispute_lines.c.reason == value))


def _assigned(value: str) -> Condition:
    if value == "nobody":
        return disputes.c.assignee_id.is_(None)
    return disputes.c.assignee_id == _ME if value == "mine" else staff.c.public_id == value


def _due(value: str) -> Condition:
    return disputes.c.reply_by < _DAY if value == "overdue" else disputes.c.reply_by <= _DAY


def _of(public_id: str) -> Condition:
    return accounts.c.public_id == public_id


QUEUE = Listing(
    found=select(
        disputes.c.id,
        disputes.c.public_id,
        disputes.c.number,
        accounts.c.name,
        accounts.c.public_id,
        accounts.c.currency.label("currency"),
        charges.c.number,
        charges.c.public_id,
        disputes.c.state.label("state"),
        disputes.c.filed_on,
        disputes.c.reply_by.label("reply_by"),
        disputes.c.decided_on,
        disputes.c.is_goodwill,
        staff.c.name,
        _claimed.c.reasons,
        _claimed.c.disputed,
        _claimed.c.approved,
        _AT_STAKE.label("at_stake"),
    )
    .select_from(disputes)
    .join(accounts, accounts.c.id == disputes.c.account_id)
    .join(charges, charges.c.id == disputes.c.charge_id)
    .join(_claimed, _claimed.c.dispute_id == disputes.c.id)
    .outerjoin(staff, staff.c.id == disputes.c.assignee_id),
    row=QueuedRow._make,
    searched=(disputes.c.number, accounts.c.name, accounts.c.number, charges.c.number),
    sorts={
        "number": disputes.c.number,
        "customer": func.lower(accounts.c.name),
        "stake": _AT_STAKE,
        "filed": disputes.c.filed_at,
        "clock": disputes.c.reply_by,
    },
    last=disputes.c.id,
    choices={
        "state": _stands,
        "turn": _turn,
        "reason": _because,
        "assignee": _assigned,
        "clock": _due,
        "customer": _of,
    },
)
_NEXT = (
    select(disputes.c.public_id)
    .where(disputes.c.state.in_(_SELLERS), disputes.c.id != bindparam("but"))
    .where(or_(disputes.c.assignee_id.is_(None), disputes.c.assignee_id == _ME))
    .order_by(disputes.c.reply_by, disputes.c.id)
    .limit(1)
)


def stakes(session: Session, wanted: Wanted, *, day: date, me: int) -> Sequence[StakesRow]:
    """What the disputes that are wanted come to, by currency; `day` is today, `me` the id of whoever asks."""
    rows = QUEUE.matching(wanted).order_by(None).subquery("wanted")
    is_sellers = rows.c.state.in_(_SELLERS)
    found = select(
        rows.c.currency,
        func.count(),
        cents(func.sum(case((is_sellers, 1), else_=0))),
        cents(func.sum(case((is_sellers & (rows.c.reply_by < _DAY), 1), else_=0))),
        cents(func.sum(rows.c.at_stake)),
    )
    found = found.group_by(rows.c.currency).order_by(rows.c.currency)
    return [StakesRow(*row) for row in session.execute(found, {"day": day, "me": me})]


def next_for(session: Session, staff_id: int, *, but: int) -> str | None:
    """The public id of the most urgent dispute that waits for the seller, is nobody else's and not that one."""
    return session.execute(_NEXT, {"me": staff_id, "but": but}).scalar()
