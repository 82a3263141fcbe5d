"""Charges of saved methods: what was announced of each, when it is tried next, and what every try said."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, or_, select, update

from portal.records.attempts import AttemptRow
from portal.records.engine import Session
from portal.records.tables import (
    allocations,
    attempts,
    autopays,
    collection_tries,
    collections,
    payments,
    plans,
    releases,
)
from portal.records.types import new_public_id


class CollectionRow(NamedTuple):
    """One charge that is to be made, of an instalment or of an invoice under autopay.

    `noticed_cents` is the most that may be charged, `noticed_on` the day on which the letter that says so went out or
    is to go out, `notices` counts these letters; `tries` counts since the last change of method; `why` is the code of
    the last refusal, or the word for its having stopped.
    """

    id: int
    public_id: str
    account_id: int
    plan_id: int | None
    position: int | None
    autopay_id: int | None
    charge_id: int | None
    method_id: int
    state: str
    why: str
    noticed_cents: int
    noticed_on: date
    notices: int
    notice_days: int
    next_on: date
    first_tried_on: date | None
    tries: int
    created_at: datetime
    version: int


class TryRow(NamedTuple):
    """One try; `outcome` is None until it is known, `told_at` when that was."""

    id: int
    collection_id: int
    attempt_id: int
    number: int
    amount_cents: int
    tried_at: datetime
    outcome: str | None
    code: str
    told_at: datetime | None


# What stopped because of these goes on, newly announced, once it may be charged again.
GOES_ON = frozenset({"paused", "by_hand", "frozen", "chosen"})
_COLLECTION = tuple(collections.c[name] for name in CollectionRow._fields)
_TRY = tuple(collection_tries.c[name] for name in TryRow._fields)
_ATTEMPT = tuple(attempts.c[name] for name in AttemptRow._fields)
_IS_LIVE = attempts.c.state.in_(("created", "open", "processing"))
_BY_ID = select(*_COLLECTION).where(collections.c.id == bindparam("wanted"))
_FIND = select(*_COLLECTION).where(
    collections.c.public_id == bindparam("wanted"), collections.c.account_id == bindparam("account")
)
_OF_PLAN = select(*_COLLECTION).where(collections.c.plan_id == bindparam("plan")).order_by(collections.c.position)
_OF_AUTOPAY = select(*_COLLECTION).where(collections.c.autopay_id == bindparam("autopay")).order_by(collections.c.id)
_OF_ACCOUNT = select(*_COLLECTION).where(collections.c.account_id == bindparam("account")).order_by(collections.c.id)
_DUE = (
    select(*_COLLECTION)
    .where(collections.c.state == "waiting", collections.c.next_on <= bindparam("day"))
    .order_by(collections.c.next_on, collections.c.autopay_id.is_not(None), collections.c.id)
)
_BEGUN = (
    select(*_COLLECTION)
    .distinct()
    .join(collection_tries, collection_tries.c.collection_id == collections.c.id)
    .join(attempts, attempts.c.id == collection_tries.c.attempt_id)
    .where(
        collections.c.state == "trying",
        collection_tries.c.outcome.is_(None),
        collection_tries.c.tried_at < bindparam("before"),
        attempts.c.state == "open",
    )
    .order_by(collections.c.id)
)
_LEFT_OPEN = (
    select(*_ATTEMPT)
    .join(collections, collections.c.id == attempts.c.collection_id)
    .where(collections.c.state.in_(("stopped", "done")), attempts.c.state.in_(("created", "open")))
    .order_by(attempts.c.id)
)
_LIVE_ATTEMPT = select(*_ATTEMPT).where(attempts.c.collection_id == bindparam("collection"), _IS_LIVE)
_DEAD_INTENT = (
    select(attempts.c.payment_intent_id)
    .where(attempts.c.collection_id == bindparam("collection"), attempts.c.state == "failed")
    .order_by(attempts.c.id.desc())
    .limit(1)
)
_TRIES = (
    select(*_TRY).where(collection_tries.c.collection_id == bindparam("collection")).order_by(collection_tries.c.number)
)
_TRIES_OF_PLAN = (
    select(*_TRY)
    .join(collections, collections.c.id == collection_tries.c.collection_id)
    .where(collections.c.plan_id == bindparam("plan"))
    .order_by(collection_tries.c.collection_id, collection_tries.c.number)
)
_LAST_TRIED_AT = (
    select(func.max(collection_tries.c.tried_at))
    .join(collections, collections.c.id == collection_tries.c.collection_id)
    .where(collections.c.account_id == bindparam("account"))
)
_UNDER_WAY = select(collections.c.id).where(
    collections.c.account_id == bindparam("account"),
    collections.c.plan_id.is_not_distinct_from(bindparam("plan")),
    collections.c.state == "trying",
)
_ACCOUNTS = (
    select(plans.c.account_id)
    .where(plans.c.state == "active")
    .union(
        select(autopays.c.account_id).where(autopays.c.ended_at.is_(None)),
        select(collections.c.account_id).where(collections.c.state.in_(("waiting", "confirming"))),
    )
)
_LAST_OF_AUTOPAY = (
    select(collection_tries.c.amount_cents)
    .join(collections, collections.c.id == collection_tries.c.collection_id)
    .join(autopays, autopays.c.id == collections.c.autopay_id)
    .where(
        autopays.c.account_id == bindparam("account"),
        or_(collection_tries.c.outcome == "succeeded", collection_tries.c.outcome == "processing"),
    )
    .order_by(collection_tries.c.id.desc())
    .limit(1)
)
_CAME_BACK = (
    select(releases.c.id)
    .join(allocations, allocations.c.id == releases.c.allocation_id)
    .join(payments, payments.c.id == allocations.c.payment_id)
    .join(attempts, attempts.c.id == payments.c.attempt_id)
    .where(attempts.c.collection_id == bindparam("collection"))
    .limit(1)
)


def by_id(session: Session, collection_id: int) -> CollectionRow:
    """The collection of this id, which must exist."""
    return CollectionRow._make(session.execute(_BY_ID, {"wanted": collection_id}).one())


def find(session: Session, account_id: int, public_id: str) -> CollectionRow | None:
    """One collection, if it is this account's."""
    row = session.execute(_FIND, {"account": account_id, "wanted": public_id}).first()
    return CollectionRow._make(row) if row else None


def of_plan(session: Session, plan_id: int) -> Sequence[CollectionRow]:
    """The collections of a plan, in the order of its instalments."""
    return [CollectionRow._make(row) for row in session.execute(_OF_PLAN, {"plan": plan_id})]


def of_autopay(session: Session, autopay_id: int) -> Sequence[CollectionRow]:
    """The collections under one leave to charge, oldest first."""
    return [CollectionRow._make(row) for row in session.execute(_OF_AUTOPAY, {"autopay": autopay_id})]


def of_account(session: Session, account_id: int) -> Sequence[CollectionRow]:
    """All of an account's, in whatever state, oldest first."""
    return [CollectionRow._make(row) for row in session.execute(_OF_ACCOUNT, {"account": account_id})]


def waiting(session: Session, today: date) -> Sequence[CollectionRow]:
    """Those whose day has come, the one that has waited longest first, and a plan before the invoices of its day."""
    return [CollectionRow._make(row) for row in session.execute(_DUE, {"day": today})]


def begun(session: Session, *, before: datetime) -> Sequence[CollectionRow]:
    """Those of which a try was begun before that instant and nobody knows its end."""
    return [CollectionRow._make(row) for row in session.execute(_BEGUN, {"before": before})]


def left_open(session: Session) -> Sequence[AttemptRow]:
    """Attempts that could still be charged for collections that are not to be made any more."""
    return [AttemptRow(*row) for row in session.execute(_LEFT_OPEN)]


def live_attempt(session: Session, collection_id: int) -> AttemptRow | None:
    """The attempt that is created, open or processing; the database lets there be one."""
    row = session.execute(_LIVE_ATTEMPT, {"collection": collection_id}).first()
    return AttemptRow(*row) if row else None


def dead_intent(session: Session, collection_id: int) -> str | None:
    """The intent of the newest attempt that failed at the bank: Stripe would let it be confirmed again."""
    found: str | None = session.execute(_DEAD_INTENT, {"collection": collection_id}).scalar()
    return found


def tries(session: Session, collection_id: int) -> Sequence[TryRow]:
    """Every try, oldest first."""
    return [TryRow._make(row) for row in session.execute(_TRIES, {"collection": collection_id})]


def tries_of_plan(session: Session, plan_id: int) -> Sequence[TryRow]:
    """Every try for a plan, charge by charge, oldest first."""
    return [TryRow._make(row) for row in session.execute(_TRIES_OF_PLAN, {"plan": plan_id})]


def last_tried_at(session: Session, account_id: int, *, for_plans: bool) -> datetime | None:
    """When the account was charged last without its holder, for whatever or for plans."""
    asked = _LAST_TRIED_AT.where(collections.c.plan_id.is_not(None)) if for_plans else _LAST_TRIED_AT
    found: datetime | None = session.execute(asked, {"account": account_id}).scalar()
    return found


def is_under_way(session: Session, account_id: int, plan_id: int | None) -> bool:
    """Whether money for that plan of the account, or by autopay (None), is being asked for or is on its way."""
    return session.execute(_UNDER_WAY, {"account": account_id, "plan": plan_id}).first() is not None


def accounts_to_plan(session: Session) -> Sequence[int]:
    """Accounts with a plan that is being paid, with autopay, or with something that waits to be charged."""
    return sorted(session.execute(_ACCOUNTS).scalars())


def last_of_autopay(session: Session, account_id: int) -> int | None:
    """What the account was charged last by autopay, in cents."""
    found: int | None = session.execute(_LAST_OF_AUTOPAY, {"account": account_id}).scalar()
    return found


def came_back(session: Session, collection_id: int) -> bool:
    """Whether some of the money that was collected has gone back, or was taken off its charges again."""
    return session.execute(_CAME_BACK, {"collection": collection_id}).first() is not None


def add(session: Session, values: Mapping[str, object]) -> CollectionRow:
    """Insert a collection; a second one of an instalment or an invoice raises IntegrityError."""
    made = insert(collections).returning(*_COLLECTION)
    return CollectionRow._make(session.execute(made, {**values, "public_id": new_public_id()}).one())


def change(session: Session, row: CollectionRow, **values: object) -> bool:
    """Set columns and raise the version; False where it has changed since it was read."""
    changed = session.execute(
        update(collections)
        .where(collections.c.id == row.id, collections.c.version == row.version)
        .values(**values, version=row.version + 1)
    )
    return changed.rowcount == 1


def let_go_on(session: Session, plan_id: int) -> None:
    """Whatever has stopped of a plan may be announced and tried anew: its customer has chosen how."""
    session.execute(
        update(collections)
        .where(collections.c.plan_id == plan_id, collections.c.state == "stopped")
        .values(why="chosen", tries=0, first_tried_on=None, version=collections.c.version + 1)
    )


def has_stopped(session: Session, plan_id: int) -> bool:
    """Whether a charge of the plan is not tried any more because it was refused, came back, or could not be told."""
    return any(row.state == "stopped" and row.why not in GOES_ON for row in of_plan(session, plan_id))


def add_try(session: Session, values: Mapping[str, object]) -> int:
    """Insert a try, and answer its number: the next one of its collection."""
    of_collection = select(func.coalesce(func.max(collection_tries.c.number), 0) + 1).where(
        collection_tries.c.collection_id == values["collection_id"]
    )
    number = int(session.execute(of_collection).scalar_one())
    session.execute(insert(collection_tries), {**values, "number": number})
    return number


def tell(session: Session, row: TryRow, *, outcome: str, code: str = "", now: datetime) -> None:
    """Write down what became of a try."""
    session.execute(
        update(collection_tries)
        .where(collection_tries.c.id == row.id)
        .values(outcome=outcome, code=code[:80], told_at=now)
    )
