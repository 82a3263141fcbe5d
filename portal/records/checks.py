"""Questions that only a look over the whole books asks: rows that contradict each other, and everything at once.

`CONTRADICTIONS` finds what no constraint of the database can: each row found is (subject, wrong figure, right one).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
)

from portal.records.charges import ChargeRow
from portal.records.checks_disputed import DISPUTED
from portal.records.engine import Session
from portal.records.tables import (
    accounts,
    allocations,
    attempt_charges,
    attempts,
    charge_lines,
    charges,
    credits,
    late_fees,
    letters,
    movements,
    payments,
    refunds,
    releases,
    waivers,
    write_offs,
)
from portal.records.types import cents


class Counts(NamedTuple):
    """How many rows the books hold."""

    accounts: int
    charges: int
    movements: int


class Contradiction(NamedTuple):
    """Whose figures are wrong, what they are, and what they should be."""

    subject: str
    found: int
    wanted: int


def _named(kind: str, column: ColumnElement[Any]) -> ColumnElement[str]:
    return literal(f"{kind} ").concat(cast(column, String))


_QUOTED = select(cents(func.sum(attempt_charges.c.pay_cents))).where(attempt_charges.c.attempt_id == attempts.c.id)
_POSTED = select(func.count()).where(payments.c.attempt_id == attempts.c.id).scalar_subquery()
_SHOULD_BE_POSTED = case((attempts.c.state == "succeeded", 1), else_=0)
_SHOULD_HOLD = case((attempts.c.state.in_(("created", "open")), 1), else_=0)
_HOLDS = case((attempt_charges.c.is_active, 1), else_=0)
_MOVED = select(cents(func.sum(movements.c.amount_cents)))
_ALLOCATION = literal("allocation:").concat(cast(allocations.c.id, String))
_DISCOUNT = literal("discount:").concat(cast(allocations.c.id, String))
_INVOICE = literal("invoice:").concat(cast(charges.c.id, String))
_CREDIT = literal("credit:").concat(cast(credits.c.id, String))
_RELEASE = literal("release:").concat(cast(releases.c.id, String))
_WRITE_OFF = literal("write_off:").concat(cast(write_offs.c.id, String))
_WAIVER = literal("waiver:").concat(cast(waivers.c.id, String))
_LATE_FEE = (
    literal("late_fee:")
    .concat(cast(late_fees.c.invoice_id, String))
    .concat(":")
    .concat(cast(late_fees.c.period, String))
)
_REFUND = literal("stripe:").concat(refunds.c.stripe_refund_id)
_FAILED = select(cents(func.sum(movements.c.amount_cents))).where(movements.c.source == _REFUND.concat("/failed"))
_FIRST = select(func.min(allocations.c.id)).group_by(allocations.c.payment_id, allocations.c.charge_id)
_LINES = select(cents(func.sum(charge_lines.c.amount_cents + charge_lines.c.tax_cents)))
_LINES_OF = _LINES.where(charge_lines.c.charge_id == charges.c.id).scalar_subquery()
_HAS_LINES = select(charge_lines.c.id).where(charge_lines.c.charge_id == charges.c.id).exists()


def _moved_by(source: ColumnElement[str]) -> ColumnElement[int]:
    """What the movements of that source and of its tax add up to."""
    return _MOVED.where(movements.c.source.in_([source, source.concat("/tax")])).scalar_subquery()


def _differ(
    subject: ColumnElement[str], found: ColumnElement[int], wanted: ColumnElement[int]
) -> Select[str, int, int]:
    return select(subject, found, wanted).where(found != wanted)


CONTRADICTIONS: Mapping[str, Select[str, int, int]] = {
    "lines": _differ(_named("invoice", charges.c.number), _LINES_OF, charges.c.amount_cents).where(_HAS_LINES),
    "issued": _differ(_named("invoice", charges.c.number), _moved_by(_INVOICE), charges.c.amount_cents).where(
        charges.c.kind == "invoice"
    ),
    "credited": _differ(_named("credit memo", credits.c.number), _moved_by(_CREDIT), credits.c.amount_cents),
    "owner": _differ(_named("movement", movements.c.source), movements.c.account_id, charges.c.account_id).join_from(
        movements, charges, charges.c.id == movements.c.charge_id
    ),
    "currency": select(_named("movement", movements.c.source), literal(0), literal(0))
    .join_from(movements, accounts, accounts.c.id == movements.c.account_id)
    .where(movements.c.currency != accounts.c.currency),
    "allocation": _differ(_named("allocation", allocations.c.id), _moved_by(_ALLOCATION), allocations.c.amount_cents),
    "discount": _differ(_named("allocation", allocations.c.id), _moved_by(_DISCOUNT), allocations.c.discount_cents),
    "unquoted": select(
        _named("allocation", allocations.c.id),
        allocations.c.discount_cents,
        attempt_charges.c.discount_cents,
    )
    .join_from(allocations, payments, payments.c.id == allocations.c.payment_id)
    .join(
        attempt_charges,
        and_(
            attempt_charges.c.attempt_id == payments.c.attempt_id,
            attempt_charges.c.charge_id == allocations.c.charge_id,
        ),
    )
    .where(
        payments.c.stripe_charge_id.is_not(None),
        # What the owner puts there later, or what comes back, was not quoted.
        allocations.c.id.in_(_FIRST),
        allocations.c.discount_cents > attempt_charges.c.discount_cents,
    ),
    "release": _differ(_named("release", releases.c.id), _moved_by(_RELEASE), releases.c.amount_cents),
    "write_off": _differ(_named("write-off", write_offs.c.id), _moved_by(_WRITE_OFF), write_offs.c.amount_cents),
    "late_fee": _differ(_named("late fee", charges.c.number), _moved_by(_LATE_FEE), charges.c.amount_cents).join_from(
        late_fees, charges, charges.c.id == late_fees.c.charge_id
    ),
    "waiver": _differ(_named("waiver", waivers.c.id), _moved_by(_WAIVER), waivers.c.amount_cents),
    "refund": _differ(
        _named("refund", refunds.c.id),
        _moved_by(_REFUND) - _FAILED.scalar_subquery(),
        case((refunds.c.state.in_(("pending", "succeeded")), refunds.c.amount_cents), else_=0),
    ).where(refunds.c.stripe_refund_id.is_not(None)),
    "posted": _differ(_named("attempt", attempts.c.id), _POSTED, _SHOULD_BE_POSTED),
    "quote": _differ(_named("attempt", attempts.c.id), _QUOTED.scalar_subquery(), attempts.c.amount_cents),
    "holding": _differ(_named("attempt", attempts.c.id), _HOLDS, _SHOULD_HOLD).join_from(
        attempt_charges, attempts, attempts.c.id == attempt_charges.c.attempt_id
    ),
    "receipts": select(_named("payment", letters.c.payment_id), func.count(), literal(1))
    .where(letters.c.kind == "receipt")
    .group_by(letters.c.payment_id)
    .having(func.count() > 1),
    **DISPUTED,
}
_CHARGES: Select[Any] = (
    select(*(charges.c[name] for name in ChargeRow._fields if name != "open_cents"), literal(0))
    .where(charges.c.account_id == bindparam("account"))
    .order_by(charges.c.id)
)
_PAYMENTS = select(payments.c.id, payments.c.amount_cents).where(payments.c.account_id == bindparam("account"))
_SHAPES = select(movements.c.source, movements.c.debit, movements.c.credit, movements.c.amount_cents)


def counts(session: Session) -> Counts:
    """How much there is to look at."""
    return Counts(_count(session, accounts), _count(session, charges), _count(session, movements))


def contradictions(session: Session, name: str) -> Sequence[Contradiction]:
    """The rows that one of CONTRADICTIONS finds, in no particular order."""
    return [Contradiction(*row) for row in session.execute(CONTRADICTIONS[name])]


def shapes(session: Session) -> Iterator[tuple[str, str, str, int]]:
    """(source, debit, credit, amount_cents) of every movement as it is stored, a few at a time."""
    for row in session.execute(_SHAPES, execution_options={"yield_per": 1000}):
        yield row[0], row[1], row[2], row[3]


def all_charges(session: Session, account_id: int) -> Sequence[ChargeRow]:
    """Every charge of the account as it was issued; `open_cents` is 0, whatever is open."""
    return [ChargeRow(*row) for row in session.execute(_CHARGES, {"account": account_id})]


def received(session: Session, account_id: int) -> Mapping[int, int]:
    """Payment id -> amount_cents of every payment of the account."""
    return {row[0]: row[1] for row in session.execute(_PAYMENTS, {"account": account_id})}


def _count(session: Session, table: FromClause) -> int:
    return session.execute(select(func.count()).select_from(table)).scalar_one()
