"""What a look over the whole books asks about disputes: each row found is (subject, wrong figure, right one)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, literal, select

from portal.records.engine import Session
from portal.records.tables import charge_lines, charges, credits, dispute_lines, dispute_moves, disputes
from portal.records.types import cents

_IS_OPEN = disputes.c.state.in_(("new", "in_review", "waiting", "offered"))
_IS_FOR_THE_CUSTOMER = disputes.c.state.in_(("accepted", "partly_accepted"))
_SUBJECT = literal("dispute ").concat(disputes.c.number)
_approved = dispute_lines.c.approved_net_cents + dispute_lines.c.approved_tax_cents
_disputed = dispute_lines.c.disputed_net_cents + dispute_lines.c.disputed_tax_cents
_HELD = dispute_moves.c.disputed_net_cents + dispute_moves.c.disputed_tax_cents
_RUNS = dispute_moves.c.clock_net_cents + dispute_moves.c.clock_tax_cents
_UNAPPROVED = select(cents(func.sum(_disputed - _approved))).where(dispute_lines.c.dispute_id == disputes.c.id)
_APPROVED = select(cents(func.sum(_approved))).where(dispute_lines.c.dispute_id == disputes.c.id)
# Its credit memos name it as their reason.
_CREDITED = select(cents(func.sum(credits.c.amount_cents))).where(
    credits.c.charge_id == disputes.c.charge_id, credits.c.reason == literal("Dispute ").concat(disputes.c.number)
)
_any = dispute_moves.alias("any_move")
_LAST = select(func.max(_any.c.id)).where(_any.c.dispute_id == disputes.c.id).correlate(disputes).scalar_subquery()
_WITH_LAST = and_(dispute_moves.c.dispute_id == disputes.c.id, dispute_moves.c.id == _LAST)
_left = case((_IS_OPEN, _UNAPPROVED.scalar_subquery()), else_=0)
# Of a line: what is disputed now, and what was approved by disputes that are over.
_TAKEN = func.sum(case((_IS_OPEN, _disputed), else_=_approved))
_LINE = func.coalesce(charge_lines.c.amount_cents + charge_lines.c.tax_cents, charges.c.amount_cents)

DISPUTED: Mapping[str, Select[str, int, int]] = {
    "disputed": select(_SUBJECT, _HELD, _left).join_from(disputes, dispute_moves, _WITH_LAST).where(_left != _HELD),
    "clock": select(_SUBJECT, _RUNS, _UNAPPROVED.scalar_subquery())
    .join_from(disputes, dispute_moves, _WITH_LAST)
    .where(_IS_FOR_THE_CUSTOMER, _UNAPPROVED.scalar_subquery() != _RUNS),
    "moved": select(_SUBJECT, literal(0), literal(0))
    .outerjoin_from(disputes, dispute_moves, _WITH_LAST)
    .where(func.coalesce(dispute_moves.c.state, "") != disputes.c.state),
    "turn": select(_SUBJECT, literal(0), literal(0)).where(disputes.c.reply_by.is_(None) == _IS_OPEN),
    "approved": select(_SUBJECT, _CREDITED.scalar_subquery(), _APPROVED.scalar_subquery()).where(
        _CREDITED.scalar_subquery() != _APPROVED.scalar_subquery()
    ),
    "claimed": select(literal("invoice ").concat(charges.c.number), cents(_TAKEN), cents(func.max(_LINE)))
    .join_from(dispute_lines, disputes, disputes.c.id == dispute_lines.c.dispute_id)
    .join(charges, charges.c.id == disputes.c.charge_id)
    .outerjoin(
        charge_lines,
        and_(charge_lines.c.charge_id == disputes.c.charge_id, charge_lines.c.position == dispute_lines.c.position),
    )
    .group_by(charges.c.number, disputes.c.charge_id, dispute_lines.c.position)
    .having(func.max(_LINE) < _TAKEN),
}
_DAYS: Select[Any] = (
    select(dispute_moves.c.moved_on)
    .distinct()
    .join(disputes, disputes.c.id == dispute_moves.c.dispute_id)
    .where(disputes.c.account_id == bindparam("account"))
    .order_by(dispute_moves.c.moved_on)
)


def days_moved(session: Session, account_id: int) -> Sequence[date]:
    """The days on which a dispute of the account changed what of it stands still."""
    return list(session.execute(_DAYS, {"account": account_id}).scalars())
