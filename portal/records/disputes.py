"""Disputes, the lines they are about, and their moves; what of a charge stood still on a day, and by which clock."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, case, exists, func, insert, select, update

from portal.records.engine import Session
from portal.records.tables import accounts, dispute_lines, dispute_moves, disputes
from portal.records.types import cents, new_public_id


class DisputeRow(NamedTuple):
    """A dispute; `reply_by` is the last day of whose turn it is, `decision` the words of the decision."""

    id: int
    public_id: str
    account_id: int
    charge_id: int
    contact_id: int | None
    number: str
    state: str
    filed_at: datetime
    filed_on: date
    moved_at: datetime
    reply_by: date | None
    decided_on: date | None
    decision: str
    is_goodwill: bool
    reopened_at: datetime | None
    assignee_id: int | None
    version: int


class LineRow(NamedTuple):
    """What of a line is disputed and what of that is approved; quantities are decimal text, amounts before tax."""

    dispute_id: int
    position: int
    reason: str
    claimed: str
    disputed_quantity: str
    disputed_net_cents: int
    disputed_tax_cents: int
    approved_quantity: str
    approved_net_cents: int
    approved_tax_cents: int


class MoveRow(NamedTuple):
    """From `moved_at` on the dispute was in this state, and so much of its charge stood still (0 once closed).

    `clock_…` is the part that has a discount clock of its own since a decision for the customer.
    """

    dispute_id: int
    charge_id: int
    moved_at: datetime
    moved_on: date
    state: str
    actor: str
    disputed_net_cents: int
    disputed_tax_cents: int
    clock_net_cents: int
    clock_tax_cents: int
    clock_filed_on: date | None
    clock_decided_on: date | None


class TakenRow(NamedTuple):
    """What of a line is disputed now, or was credited by a dispute that is over."""

    position: int
    net_cents: int
    tax_cents: int


_DISPUTE = tuple(disputes.c[name] for name in DisputeRow._fields)
_LINE = tuple(dispute_lines.c[name] for name in LineRow._fields)
_MOVE = tuple(dispute_moves.c[name] for name in MoveRow._fields)
_IS_OPEN = disputes.c.state.in_(("new", "in_review", "waiting", "offered"))

_BY_ID = select(*_DISPUTE).where(disputes.c.id == bindparam("wanted"))
_BY_PUBLIC_ID = select(*_DISPUTE).where(disputes.c.public_id == bindparam("wanted"))
_OF_ACCOUNT = select(*_DISPUTE).where(disputes.c.account_id == bindparam("account")).order_by(disputes.c.id.desc())
_OF_CHARGE = select(*_DISPUTE).where(disputes.c.charge_id == bindparam("charge")).order_by(disputes.c.id)
_LINES = select(*_LINE).where(dispute_lines.c.dispute_id == bindparam("dispute")).order_by(dispute_lines.c.position)
_MOVES = select(*_MOVE).where(dispute_moves.c.dispute_id == bindparam("dispute")).order_by(dispute_moves.c.id)
_TAKEN = (
    select(
        dispute_lines.c.position,
        cents(func.sum(case((_IS_OPEN, dispute_lines.c.disputed_net_cents), else_=dispute_lines.c.approved_net_cents))),
        cents(func.sum(case((_IS_OPEN, dispute_lines.c.disputed_tax_cents), else_=dispute_lines.c.approved_tax_cents))),
    )
    .join(disputes, disputes.c.id == dispute_lines.c.dispute_id)
    .where(disputes.c.charge_id == bindparam("charge"))
    .group_by(dispute_lines.c.position)
)
_later = dispute_moves.alias("later")
_STANDING = (
    select(*_MOVE)
    .join(disputes, disputes.c.id == dispute_moves.c.dispute_id)
    .where(
        disputes.c.account_id == bindparam("account"),
        dispute_moves.c.moved_on <= bindparam("day"),
        dispute_moves.c.disputed_net_cents
        + dispute_moves.c.disputed_tax_cents
        + dispute_moves.c.clock_net_cents
        + dispute_moves.c.clock_tax_cents
        > 0,
        ~exists().where(
            _later.c.dispute_id == dispute_moves.c.dispute_id,
            _later.c.id > dispute_moves.c.id,
            _later.c.moved_on <= bindparam("day"),
        ),
    )
    .order_by(dispute_moves.c.dispute_id)
)
_GOODWILL = (
    select(cents(func.sum(dispute_lines.c.approved_net_cents + dispute_lines.c.approved_tax_cents)))
    .join(disputes, disputes.c.id == dispute_lines.c.dispute_id)
    .join(accounts, accounts.c.id == disputes.c.account_id)
    .where(
        disputes.c.is_goodwill,
        disputes.c.decided_on >= bindparam("since"),
        accounts.c.currency == bindparam("currency"),
    )
)
_OVERDUE = (
    select(*_DISPUTE)
    .where(disputes.c.state.in_(("waiting", "offered")), disputes.c.reply_by < bindparam("day"))
    .order_by(disputes.c.id)
)
_DUE = (
    select(*_DISPUTE)
    .where(
        disputes.c.state.in_(("waiting", "offered")),
        disputes.c.reply_by >= bindparam("day"),
        disputes.c.reply_by <= bindparam("until"),
    )
    .order_by(disputes.c.id)
)

_WAITING_FOR_SELLER = (
    select(*_DISPUTE).where(disputes.c.state.in_(("new", "in_review"))).order_by(disputes.c.reply_by, disputes.c.id)
)


def add(session: Session, values: Mapping[str, object], lines: Sequence[Mapping[str, object]]) -> DisputeRow:
    """Insert a dispute with its lines; its first move is for the caller to write."""
    made = insert(disputes).returning(*_DISPUTE)
    row = DisputeRow._make(session.execute(made, {**values, "public_id": new_public_id()}).one())
    session.execute(insert(dispute_lines), [{**line, "dispute_id": row.id} for line in lines])
    return row


def by_id(session: Session, dispute_id: int) -> DisputeRow:
    """The dispute of this id, which must exist."""
    return DisputeRow._make(session.execute(_BY_ID, {"wanted": dispute_id}).one())


def by_public_id(session: Session, public_id: str) -> DisputeRow | None:
    """Whoever's it is: for staff. A customer's page asks by `find`."""
    row = session.execute(_BY_PUBLIC_ID, {"wanted": public_id}).first()
    return DisputeRow._make(row) if row else None


def find(session: Session, account_id: int, public_id: str) -> DisputeRow | None:
    """One dispute, if it is this account's."""
    row = by_public_id(session, public_id)
    return row if row and row.account_id == account_id else None


def of_account(session: Session, account_id: int) -> Sequence[DisputeRow]:
    """The account's disputes, newest first."""
    return [DisputeRow._make(row) for row in session.execute(_OF_ACCOUNT, {"account": account_id})]


def of_charge(session: Session, charge_id: int) -> Sequence[DisputeRow]:
    """The disputes about a charge, oldest first."""
    return [DisputeRow._make(row) for row in session.execute(_OF_CHARGE, {"charge": charge_id})]


def lines(session: Session, dispute_id: int) -> Sequence[LineRow]:
    """What it is about, in the order of the invoice."""
    return [LineRow._make(row) for row in session.execute(_LINES, {"dispute": dispute_id})]


def moves(session: Session, dispute_id: int) -> Sequence[MoveRow]:
    """Its story, oldest first."""
    return [MoveRow._make(row) for row in session.execute(_MOVES, {"dispute": dispute_id})]


def taken(session: Session, charge_id: int) -> Mapping[int, TakenRow]:
    """By the position of a line of this charge: what cannot be disputed any more."""
    return {row[0]: TakenRow._make(row) for row in session.execute(_TAKEN, {"charge": charge_id})}


def standing_on(session: Session, account_id: int, on: date) -> Sequence[MoveRow]:
    """The last move by the end of that day of each dispute that holds something still or left a clock running."""
    return [MoveRow._make(row) for row in session.execute(_STANDING, {"account": account_id, "day": on})]


def change(session: Session, dispute: DisputeRow, values: Mapping[str, object]) -> bool:
    """Set columns of a dispute and raise its version; False where it has changed since it was read."""
    changed = session.execute(
        update(disputes)
        .where(disputes.c.id == dispute.id, disputes.c.version == dispute.version)
        .values(**values, version=dispute.version + 1)
    )
    return changed.rowcount == 1


def assign(session: Session, dispute_id: int, staff_id: int | None) -> None:
    """Say who works on it, which is no move: whoever else is deciding need not look again."""
    session.execute(update(disputes).where(disputes.c.id == dispute_id).values(assignee_id=staff_id))


def leave(session: Session, staff_id: int) -> None:
    """Open disputes of somebody who works here no more are nobody's again."""
    session.execute(update(disputes).where(disputes.c.assignee_id == staff_id, _IS_OPEN).values(assignee_id=None))


def approve(session: Session, dispute_id: int, position: int, *, quantity: str, net_cents: int, tax_cents: int) -> None:
    """Set what is approved of a line, earlier decisions included."""
    session.execute(
        update(dispute_lines)
        .where(dispute_lines.c.dispute_id == dispute_id, dispute_lines.c.position == position)
        .values(approved_quantity=quantity, approved_net_cents=net_cents, approved_tax_cents=tax_cents)
    )


def add_move(session: Session, row: MoveRow) -> None:
    """Write down from when on which state held, and what it held still."""
    session.execute(insert(dispute_moves), row._asdict())


def goodwill_since(session: Session, since: date, *, currency: str, account_id: int | None = None) -> int:
    """What was given without looking since that day, in cents with tax: to one account, or to all of this currency."""
    wanted = _GOODWILL if account_id is None else _GOODWILL.where(disputes.c.account_id == account_id)
    return int(session.execute(wanted, {"since": since, "currency": currency}).scalar_one())


def unanswered(session: Session, today: date) -> Sequence[DisputeRow]:
    """Disputes that the customer has let go by: the last day to answer is over."""
    return [DisputeRow._make(row) for row in session.execute(_OVERDUE, {"day": today})]


def due(session: Session, today: date, *, until: date) -> Sequence[DisputeRow]:
    """Disputes that the customer has to answer by then."""
    return [DisputeRow._make(row) for row in session.execute(_DUE, {"day": today, "until": until})]


def waiting_for_seller(session: Session) -> Sequence[DisputeRow]:
    """Open disputes in which it is the seller's turn, the most urgent first."""
    return [DisputeRow._make(row) for row in session.execute(_WAITING_FOR_SELLER)]
