"""Attempts to pay through Stripe: what was quoted, what is under way, and who holds a charge."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, or_, select, update

from portal.records.engine import Session
from portal.records.tables import attempt_charges, attempts, chargebacks, charges, payments, refunds
from portal.records.types import new_public_id
from portal.rules.reversals import DECIDED


class AttemptRow(NamedTuple):
    """`version` rises with every change; `honoured_until` is how long its quote stands.

    With `plan_id` it pays for a plan, where `ahead` (last, next) says what more than is due is for; with a
    `collection_id` nobody is at the keyboard. `saves_method` are the words under which its method is to be saved.
    """

    id: int
    public_id: str
    account_id: int
    session_id: int | None
    contact_id: int | None
    method: str
    state: str
    amount_cents: int
    currency: str
    quoted_at: datetime
    honoured_until: datetime
    checkout_expires_at: datetime
    checkout_id: str | None
    checkout_url: str | None
    payment_intent_id: str | None
    processing_at: datetime | None
    ended_at: datetime | None
    failure: str | None
    version: int
    created_at: datetime
    plan_id: int | None
    ahead: str | None
    collection_id: int | None
    saves_method: str | None


class QuotedRow(NamedTuple):
    """What an attempt is to pay on one charge, and the discount and account credit that come with it."""

    charge_id: int
    charge_public_id: str
    number: str
    pay_cents: int
    discount_cents: int
    credit_cents: int


_ATTEMPT = tuple(attempts.c[name] for name in AttemptRow._fields)
_BY_ID = select(*_ATTEMPT).where(attempts.c.id == bindparam("wanted"))
_BY_PUBLIC_ID = select(*_ATTEMPT).where(attempts.c.public_id == bindparam("wanted"))
_OF_ACCOUNT = _BY_PUBLIC_ID.where(attempts.c.account_id == bindparam("account"))
_BY_STRIPE = select(*_ATTEMPT).where(
    or_(attempts.c.checkout_id == bindparam("wanted"), attempts.c.payment_intent_id == bindparam("wanted"))
)
_QUOTED = (
    select(
        attempt_charges.c.attempt_id,
        attempt_charges.c.charge_id,
        charges.c.public_id,
        charges.c.number,
        attempt_charges.c.pay_cents,
        attempt_charges.c.discount_cents,
        attempt_charges.c.credit_cents,
    )
    .join(charges, charges.c.id == attempt_charges.c.charge_id)
    .where(attempt_charges.c.attempt_id.in_(bindparam("attempts", expanding=True)))
    .order_by(attempt_charges.c.id)
)
_HOLDING = (
    select(*_ATTEMPT)
    .distinct()
    .join(attempt_charges, attempt_charges.c.attempt_id == attempts.c.id)
    .where(attempt_charges.c.is_active, attempt_charges.c.charge_id.in_(bindparam("charges", expanding=True)))
    .order_by(attempts.c.id)
)
_OVERDUE = (
    select(*_ATTEMPT)
    .where(
        attempts.c.state.in_(("created", "open")),
        attempts.c.checkout_expires_at < bindparam("now"),
        attempts.c.collection_id.is_(None),
    )
    .order_by(attempts.c.id)
    .limit(100)
)
_LONG_UNDER_WAY = (
    select(*_ATTEMPT)
    .where(attempts.c.state == "processing", attempts.c.processing_at < bindparam("before"))
    .order_by(attempts.c.processing_at)
    .limit(100)
)
_UNSETTLED = (
    select(*_ATTEMPT)
    .distinct()
    .outerjoin(payments, payments.c.attempt_id == attempts.c.id)
    .outerjoin(refunds, (refunds.c.payment_id == payments.c.id) & (refunds.c.state == "pending"))
    .outerjoin(
        chargebacks,
        (chargebacks.c.payment_id == payments.c.id) & chargebacks.c.state.not_in(DECIDED),
    )
    .where(
        or_(
            attempts.c.state.in_(("open", "processing")),
            refunds.c.id.is_not(None),
            chargebacks.c.id.is_not(None),
        ),
        or_(attempts.c.checkout_id.is_not(None), attempts.c.payment_intent_id.is_not(None)),
    )
    .order_by(attempts.c.id)
)
_INTENTS = select(attempts.c.payment_intent_id, attempts.c.currency).where(attempts.c.payment_intent_id.is_not(None))
_WITHOUT_PAYMENT = (
    select(*_ATTEMPT)
    .where(attempts.c.account_id == bindparam("account"), attempts.c.state.in_(("processing", "failed")))
    .order_by(attempts.c.id.desc())
)
_CHANGE = update(attempts).where(attempts.c.id == bindparam("wanted"), attempts.c.version == bindparam("read_version"))
_LET_GO = update(attempt_charges).where(attempt_charges.c.attempt_id == bindparam("attempt")).values(is_active=False)


def by_id(session: Session, attempt_id: int) -> AttemptRow:
    """The attempt of this id, which must exist."""
    return AttemptRow(*session.execute(_BY_ID, {"wanted": attempt_id}).one())


def by_public_id(session: Session, public_id: str) -> AttemptRow | None:
    """The attempt of any account by the id that Stripe was given; for a customer's address there is `find`."""
    row = session.execute(_BY_PUBLIC_ID, {"wanted": public_id}).first()
    return AttemptRow(*row) if row else None


def find(session: Session, account_id: int, public_id: str) -> AttemptRow | None:
    """One attempt, if it is this account's."""
    row = session.execute(_OF_ACCOUNT, {"account": account_id, "wanted": public_id}).first()
    return AttemptRow(*row) if row else None


def by_stripe_id(session: Session, stripe_id: str) -> AttemptRow | None:
    """The attempt whose checkout session or payment intent this is."""
    row = session.execute(_BY_STRIPE, {"wanted": stripe_id}).first()
    return AttemptRow(*row) if row else None


def quoted(session: Session, attempt_id: int) -> Sequence[QuotedRow]:
    """The quote, oldest due first."""
    return quoted_of(session, [attempt_id])[attempt_id]


def quoted_of(session: Session, attempt_ids: Collection[int]) -> Mapping[int, Sequence[QuotedRow]]:
    """The quotes of these attempts, by their ids."""
    found: dict[int, list[QuotedRow]] = {attempt_id: [] for attempt_id in attempt_ids}
    for attempt_id, *line in session.execute(_QUOTED, {"attempts": list(attempt_ids)}):
        found[attempt_id].append(QuotedRow(*line))
    return found


def holding(session: Session, charge_ids: Collection[int]) -> Sequence[AttemptRow]:
    """Attempts that are created or open and have one of these charges."""
    return [AttemptRow(*row) for row in session.execute(_HOLDING, {"charges": list(charge_ids)})]


def without_payment(session: Session, account_id: int) -> Sequence[AttemptRow]:
    """The account's attempts that are under way or came to nothing at the bank, newest first."""
    return [AttemptRow(*row) for row in session.execute(_WITHOUT_PAYMENT, {"account": account_id})]


def past_expiry(session: Session, now: datetime) -> Sequence[AttemptRow]:
    """Attempts still created or open whose checkout should have ended; at most a hundred at a time. One of a
    collection has no checkout."""
    return [AttemptRow(*row) for row in session.execute(_OVERDUE, {"now": now})]


def long_under_way(session: Session, *, before: datetime) -> Sequence[AttemptRow]:
    """Bank debits that were started before that instant and have not ended; at most a hundred at a time."""
    return [AttemptRow(*row) for row in session.execute(_LONG_UNDER_WAY, {"before": before})]


def unsettled(session: Session) -> Sequence[AttemptRow]:
    """Attempts of which Stripe may still tell something: not at their end, a refund pending, a dispute undecided."""
    return [AttemptRow(*row) for row in session.execute(_UNSETTLED)]


def known_intents(session: Session) -> dict[str, str]:
    """Every payment intent that an attempt has, with the attempt's currency."""
    return {row[0]: row[1] for row in session.execute(_INTENTS)}


def add(session: Session, values: dict[str, object], lines: Sequence[dict[str, object]]) -> int:
    """Insert an attempt with its quote. A charge that another one has already raises IntegrityError."""
    attempt_id = int(
        session.execute(insert(attempts).returning(attempts.c.id), values | {"public_id": new_public_id()}).scalar_one()
    )
    session.execute(insert(attempt_charges), [line | {"attempt_id": attempt_id, "is_active": True} for line in lines])
    return attempt_id


def change(session: Session, attempt: AttemptRow, **values: object) -> bool:
    """Change the attempt if it still is the version that was read; False where somebody was faster."""
    wanted = {"wanted": attempt.id, "read_version": attempt.version}
    changed = session.execute(_CHANGE, wanted | {"version": attempt.version + 1} | values)
    return changed.rowcount == 1


def let_go(session: Session, attempt_id: int) -> None:
    """The attempt no longer keeps its charges from being paid by another."""
    session.execute(_LET_GO, {"attempt": attempt_id})
