"""What stands of a payment, and what has come back of it: releases, refunds and chargebacks."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Date,
    Select,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from portal.records import allocated
from portal.records.engine import Session
from portal.records.tables import allocations, chargebacks, charges, movements, refunds, releases
from portal.records.types import cents, new_public_id
from portal.rules.reversals import DECIDED, Applied, Release


class RefundRow(NamedTuple):
    """A refund that the owner asked for, or that was found at Stripe (`asked_by` is then `stripe`)."""

    id: int
    public_id: str
    account_id: int
    payment_id: int
    amount_cents: int
    state: str
    covers: bool
    reason: str
    asked_by: str
    stripe_refund_id: str | None
    failure: str | None
    version: int
    created_at: datetime


class ChargebackRow(NamedTuple):
    """A dispute at Stripe; `kind` is inquiry, chargeback or return, `state` is Stripe's word for how it stands."""

    id: int
    account_id: int
    payment_id: int
    stripe_dispute_id: str
    kind: str
    state: str
    reason: str
    amount_cents: int
    answer_by: datetime | None
    opened_at: datetime
    noticed_at: datetime


class PartRow(NamedTuple):
    """Unapplied money: of a payment or of a credit memo."""

    payment_id: int | None
    credit_id: int | None
    unapplied_cents: int


class NoteRow(NamedTuple):
    """A debit note: what of it still stands for money that is missing, and how often a part of it was undone."""

    charge_id: int
    missing_cents: int
    times_undone: int


_REFUND = tuple(refunds.c[name] for name in RefundRow._fields)
_CHARGEBACK = tuple(chargebacks.c[name] for name in ChargebackRow._fields)
_LEFT = allocated.money_left()
_APPLIED = (
    select(
        allocations.c.id,
        allocations.c.charge_id,
        _LEFT,
        allocated.discount_left(),
        allocated.discount_left(tax_only=True),
        case((charges.c.discount_mode == "pro_rata", True), else_=False),
        allocations.c.started_on,
        allocations.c.effective_on,
        allocations.c.payment_id,
        allocations.c.credit_id,
    )
    .join(charges, charges.c.id == allocations.c.charge_id)
    .order_by(allocations.c.id)
)
_OF_PAYMENT = _APPLIED.where(_LEFT > 0, allocations.c.payment_id == bindparam("payment"))
_OF_CHARGE = _APPLIED.where(allocations.c.charge_id == bindparam("charge"))
_RELEASED_BECAUSE = (
    select(
        allocations.c.id,
        allocations.c.charge_id,
        releases.c.amount_cents,
        releases.c.discount_cents,
        releases.c.discount_tax_cents,
        allocations.c.started_on,
    )
    .join(allocations, allocations.c.id == releases.c.allocation_id)
    .where(
        releases.c.because.in_(bindparam("because", expanding=True)), allocations.c.payment_id == bindparam("payment")
    )
    .order_by(releases.c.id.desc())
)
_UNAPPLIED = select(cents(func.sum(movements.c.unapplied_cents))).where(movements.c.payment_id == bindparam("payment"))
_LATEST_ON = select(type_coerce(func.max(movements.c.effective_on), Date)).where(
    movements.c.payment_id == bindparam("payment")
)
_UNAPPLIED_SUM = cents(func.sum(movements.c.unapplied_cents))
_PARTS = (
    select(movements.c.payment_id, movements.c.credit_id, _UNAPPLIED_SUM)
    .where(movements.c.account_id == bindparam("account"), movements.c.effective_on <= bindparam("day"))
    .group_by(movements.c.payment_id, movements.c.credit_id)
    .having(_UNAPPLIED_SUM > 0)
    .order_by(func.min(movements.c.id))
)
_OF_NOTE = movements.c.source.startswith("charge:")
_OUTSTANDING = cents(func.sum(movements.c.receivable_cents))
_DEBIT_NOTES = (
    select(movements.c.charge_id, _OUTSTANDING, func.count() - 1)
    .where(_OF_NOTE, movements.c.payment_id == bindparam("payment"))
    .group_by(movements.c.charge_id)
    .having(_OUTSTANDING > 0)
    .order_by(movements.c.charge_id)
)
_UNDONE = select(movements.c.source).where(
    movements.c.payment_id == bindparam("payment"),
    or_(movements.c.source.endswith("/failed"), movements.c.source.contains("/reinstated/")),
)


def applied(session: Session, payment_id: int) -> Sequence[Applied]:
    """What of the payment stands on charges, oldest allocation first."""
    return [Applied(*row) for row in session.execute(_OF_PAYMENT, {"payment": payment_id})]


def applied_on_charge(session: Session, charge_id: int) -> Sequence[Applied]:
    """Every allocation on the charge with what stands of it, oldest first: of one that was refunded, the discount may
    stand alone."""
    return [Applied(*row) for row in session.execute(_OF_CHARGE, {"charge": charge_id})]


def released(session: Session, payment_id: int, because: Collection[str]) -> Sequence[Release]:
    """What was taken back off charges for these reasons, the last first."""
    wanted = {"payment": payment_id, "because": list(because)}
    return [Release(*row) for row in session.execute(_RELEASED_BECAUSE, wanted)]


def add_release(session: Session, values: dict[str, object]) -> int:
    """Insert a release and return its id; the movements that post it are named after that."""
    return int(session.execute(insert(releases).returning(releases.c.id), values).scalar_one())


def unapplied(session: Session, payment_id: int) -> int:
    """What of the payment is on no charge, in cents."""
    return int(session.execute(_UNAPPLIED, {"payment": payment_id}).scalar_one())


def latest_on(session: Session, payment_id: int) -> date:
    """The business date of the payment's last movement: nothing that happens to it later is dated before."""
    found: date = session.execute(_LATEST_ON, {"payment": payment_id}).scalar_one()
    return found


def unapplied_parts(session: Session, account_id: int, on: date) -> Sequence[PartRow]:
    """The account credit by where it comes from, oldest first."""
    return [PartRow(*row) for row in session.execute(_PARTS, {"account": account_id, "day": on})]


def debit_notes(session: Session, payment_id: int) -> Sequence[NoteRow]:
    """The charges made because more left the payment than it had, as far as that still holds."""
    return [NoteRow(*row) for row in session.execute(_DEBIT_NOTES, {"payment": payment_id})]


def came_back(session: Session, payment_id: int) -> Sequence[str]:
    """The movements that took money from the payment and whose money is back: failed refunds, chargebacks won late."""
    found = session.execute(_UNDONE, {"payment": payment_id}).scalars()
    return [source.removesuffix("/failed").replace("/reinstated/", "/lost/") for source in found]


def refunds_of(session: Session, payment_ids: Collection[int]) -> Sequence[RefundRow]:
    """All refunds of these payments, oldest first, those that came to nothing too."""
    return _refunds(session, select(*_REFUND).where(refunds.c.payment_id.in_(payment_ids)))


def refund_by_id(session: Session, refund_id: int) -> RefundRow:
    """The refund of this id, which must exist."""
    return _refunds(session, select(*_REFUND).where(refunds.c.id == refund_id))[0]


def asked_cents(session: Session, account_id: int) -> int:
    """What of the account's payments is about to go back and has not been posted yet."""
    total = select(cents(func.sum(refunds.c.amount_cents)))
    return int(
        session.execute(total.where(refunds.c.account_id == account_id, refunds.c.state == "created")).scalar_one()
    )


def unsent_refunds(session: Session) -> Sequence[RefundRow]:
    """Refunds that were asked for and of which Stripe's answer is not known."""
    return _refunds(session, select(*_REFUND).where(refunds.c.state == "created"))


def add_refund(session: Session, values: dict[str, object]) -> RefundRow:
    """Insert a refund; a Stripe refund that is there already raises IntegrityError."""
    made = session.execute(insert(refunds).returning(*_REFUND), values | {"public_id": new_public_id()})
    return RefundRow(*made.one())


def change_refund(session: Session, refund_id: int, **values: object) -> None:
    """Remember what became of a refund."""
    session.execute(update(refunds).where(refunds.c.id == refund_id).values(**values))


def chargebacks_of(session: Session, payment_ids: Collection[int]) -> Sequence[ChargebackRow]:
    """Disputes of these payments, oldest first."""
    found = select(*_CHARGEBACK).where(chargebacks.c.payment_id.in_(payment_ids)).order_by(chargebacks.c.id)
    return [ChargebackRow(*row) for row in session.execute(found)]


def chargeback_by_id(session: Session, chargeback_id: int) -> ChargebackRow:
    """The dispute of this id, which must exist."""
    return ChargebackRow(*session.execute(select(*_CHARGEBACK).where(chargebacks.c.id == chargeback_id)).one())


def contested(session: Session, account_id: int) -> Sequence[ChargebackRow]:
    """Disputes of the account's payments that the bank has not decided."""
    found = select(*_CHARGEBACK).where(chargebacks.c.account_id == account_id, chargebacks.c.state.not_in(DECIDED))
    return [ChargebackRow(*row) for row in session.execute(found.order_by(chargebacks.c.id))]


def add_chargeback(session: Session, values: dict[str, object]) -> int:
    """Insert a dispute and return its id; one that is there already raises IntegrityError."""
    return int(session.execute(insert(chargebacks).returning(chargebacks.c.id), values).scalar_one())


def change_chargeback(session: Session, chargeback_id: int, **values: object) -> None:
    """Remember how a dispute stands."""
    session.execute(update(chargebacks).where(chargebacks.c.id == chargeback_id).values(**values))


def _refunds(session: Session, found: Select[Any]) -> Sequence[RefundRow]:
    return [RefundRow(*row) for row in session.execute(found.order_by(refunds.c.id))]
