"""Differences between Stripe and the ledger as they were found, and how far work that looks back has come."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select, update

from portal.records.engine import Session
from portal.records.tables import attempts, breaks, chargebacks, marks, movements, payments, refunds
from portal.records.upsert import insert_unless_there


class BreakRow(NamedTuple):
    """A difference that still stands, since when it is known."""

    key: str
    kind: str
    subject: str
    ours: str
    theirs: str
    repair: str
    found_at: datetime


class PostedRow(NamedTuple):
    """A movement that was posted by Stripe's word, and the payment that it is of."""

    source: str
    amount_cents: int
    currency: str
    is_held: bool
    payment_id: int
    charge_id: str
    intent_id: str


# Fewer than the parameters that any database takes in one statement.
_AT_ONCE = 500
_BREAK = tuple(breaks.c[name] for name in BreakRow._fields)
_OPEN = select(*_BREAK).where(breaks.c.closed_at.is_(None)).order_by(breaks.c.id)
_HELD = or_(movements.c.debit == "chargebacks_held", movements.c.credit == "chargebacks_held")
_BY_STRIPE = (
    select(
        movements.c.source,
        movements.c.amount_cents,
        movements.c.currency,
        _HELD,
        payments.c.id,
        payments.c.stripe_charge_id,
        attempts.c.payment_intent_id,
    )
    .join(payments, payments.c.id == movements.c.payment_id)
    .join(attempts, attempts.c.id == payments.c.attempt_id)
    .where(
        payments.c.stripe_charge_id.is_not(None),
        attempts.c.payment_intent_id.is_not(None),
        or_(movements.c.source.startswith("stripe:"), movements.c.source.startswith("fee:")),
        movements.c.posted_at >= bindparam("since"),
        movements.c.posted_at <= bindparam("until"),
    )
    .order_by(movements.c.id)
)
_HELD_OF = (
    select(movements.c.source, movements.c.debit, movements.c.amount_cents)
    .join(payments, payments.c.id == movements.c.payment_id)
    .where(_HELD, payments.c.stripe_charge_id.in_(bindparam("charges", expanding=True)))
)
_INTENT_OF_REFUND = (
    select(refunds.c.stripe_refund_id, attempts.c.payment_intent_id)
    .join(payments, payments.c.id == refunds.c.payment_id)
    .join(attempts, attempts.c.id == payments.c.attempt_id)
    .where(refunds.c.stripe_refund_id.in_(bindparam("wanted", expanding=True)))
)
_INTENT_OF_DISPUTE = (
    select(chargebacks.c.stripe_dispute_id, attempts.c.payment_intent_id)
    .join(payments, payments.c.id == chargebacks.c.payment_id)
    .join(attempts, attempts.c.id == payments.c.attempt_id)
    .where(chargebacks.c.stripe_dispute_id.in_(bindparam("wanted", expanding=True)))
)
_MARK = select(marks.c.at).where(marks.c.name == bindparam("wanted"))


def open_breaks(session: Session) -> Sequence[BreakRow]:
    """The differences that stand, oldest first."""
    return [BreakRow(*row) for row in session.execute(_OPEN)]


def add(session: Session, row: BreakRow) -> bool:
    """Remember a difference, unless it stands already; whether it is new."""
    return insert_unless_there(session, breaks, row._asdict())


def posted_between(session: Session, since: datetime, until: datetime) -> Sequence[PostedRow]:
    """What was posted by Stripe's word in that time, both ends included."""
    return [PostedRow(*row) for row in session.execute(_BY_STRIPE, {"since": since, "until": until})]


def held(session: Session, charge_ids: Collection[str]) -> dict[str, int]:
    """What each movement of these Stripe charges put into chargebacks_held (negative: took out), by its source."""
    wanted = list(charge_ids)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        for source, debit, amount_cents in session.execute(_HELD_OF, {"charges": wanted[start : start + _AT_ONCE]}):
            found[source] = amount_cents if debit == "chargebacks_held" else -amount_cents
    return found


def intents_of(session: Session, stripe_ids: Collection[str]) -> dict[str, str]:
    """Refund or dispute at Stripe -> the payment intent that it is of, for those that we know."""
    wanted = list(stripe_ids)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        for asked in (_INTENT_OF_REFUND, _INTENT_OF_DISPUTE):
            rows = session.execute(asked, {"wanted": wanted[start : start + _AT_ONCE]})
            found |= {row[0]: row[1] for row in rows if row[1]}
    return found


def close(session: Session, keys: Collection[str], *, now: datetime) -> None:
    """These are differences no longer."""
    session.execute(
        update(breaks).where(breaks.c.key.in_(list(keys)), breaks.c.closed_at.is_(None)).values(closed_at=now)
    )


def mark(session: Session, name: str) -> datetime | None:
    """How far this work has come."""
    return session.execute(_MARK, {"wanted": name}).scalar()


def set_mark(session: Session, name: str, at: datetime) -> None:
    """This work has come so far."""
    if not insert_unless_there(session, marks, {"name": name, "at": at}):
        session.execute(update(marks).where(marks.c.name == name).values(at=at))


def claim(session: Session, name: str, *, before: datetime, now: datetime) -> bool:
    """Whether the work is due, last done before that instant, and ours to do: two workers never both hear yes."""
    if insert_unless_there(session, marks, {"name": name, "at": now}):
        return True
    taken = update(marks).where(marks.c.name == name, marks.c.at < before).values(at=now)
    return session.execute(taken).rowcount == 1
