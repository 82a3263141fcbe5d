"""Cards and bank accounts that Stripe keeps for a customer: of which account, with whose leave, and until when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, exists, insert, or_, select, update

from portal.records.engine import Session
from portal.records.tables import accounts, attempts, autopays, collections, plan_events, plans, saved_methods
from portal.records.types import new_public_id


class MethodRow(NamedTuple):
    """A saved method; `consent` is what its holder agreed to, word for word. Without `detached_at` one that has ended
    is still to be taken from Stripe."""

    id: int
    public_id: str
    account_id: int
    contact_id: int | None
    session_id: int | None
    payment_method_id: str
    customer_id: str
    mandate_id: str | None
    kind: str
    name: str
    last4: str
    exp_month: int | None
    exp_year: int | None
    consent: str
    saved_at: datetime
    ended_at: datetime | None
    ended_why: str | None
    detached_at: datetime | None


class UsesRow(NamedTuple):
    """What a method is charged for: a plan that is kept, by its number, or (None) autopay."""

    method_id: int
    plan_id: int | None
    plan_public_id: str | None
    number: str | None


class SavingRow(NamedTuple):
    """An attempt whose method is to be saved; `payment_intent_id` is there where Stripe has begun with it;
    `consent` is what the payer agreed to, word for word."""

    attempt_id: int
    account_id: int
    contact_id: int | None
    session_id: int | None
    plan_id: int | None
    payment_intent_id: str | None
    consent: str


_METHOD = tuple(saved_methods.c[name] for name in MethodRow._fields)
_IS_KEPT = plans.c.state.in_(("active", "paused"))
_LIVES = saved_methods.c.ended_at.is_(None)
_BY_ID = select(*_METHOD).where(saved_methods.c.id == bindparam("wanted"))
_FIND = select(*_METHOD).where(
    saved_methods.c.account_id == bindparam("account"), saved_methods.c.public_id == bindparam("wanted")
)
_BY_STRIPE = select(*_METHOD).where(saved_methods.c.payment_method_id == bindparam("wanted"))
_OF_ACCOUNT = (
    select(*_METHOD)
    .where(saved_methods.c.account_id == bindparam("account"), _LIVES)
    .order_by(saved_methods.c.id.desc())
)
_EXPIRING = (
    select(*_METHOD)
    .where(
        _LIVES,
        or_(
            saved_methods.c.exp_year < bindparam("year"),
            (saved_methods.c.exp_year == bindparam("year")) & (saved_methods.c.exp_month <= bindparam("month")),
        ),
    )
    .order_by(saved_methods.c.id)
)
_UNDETACHED = (
    select(*_METHOD)
    .where(saved_methods.c.ended_at.is_not(None), saved_methods.c.detached_at.is_(None))
    .order_by(saved_methods.c.id)
    .limit(100)
)
_PLANS_OF = (
    select(plans.c.method_id, plans.c.id, plans.c.public_id, plans.c.number)
    .where(plans.c.account_id == bindparam("account"), plans.c.method_id.is_not(None))
    .where(_IS_KEPT)
    .order_by(plans.c.id)
)
_AUTOPAYS_OF = select(autopays.c.method_id).where(
    autopays.c.account_id == bindparam("account"), autopays.c.ended_at.is_(None)
)
_SAVING = select(
    attempts.c.id,
    attempts.c.account_id,
    attempts.c.contact_id,
    attempts.c.session_id,
    attempts.c.plan_id,
    attempts.c.payment_intent_id,
    attempts.c.saves_method,
).where(attempts.c.saves_method.is_not(None), attempts.c.state.in_(("processing", "succeeded")))
_SAVING_ONE = _SAVING.where(attempts.c.id == bindparam("wanted"))
_SAVING_ALL = _SAVING.order_by(attempts.c.id).limit(100)


def by_id(session: Session, method_id: int) -> MethodRow:
    """The method of this id, which must exist."""
    return MethodRow(*session.execute(_BY_ID, {"wanted": method_id}).one())


def find(session: Session, account_id: int, public_id: str) -> MethodRow | None:
    """One method, living or not, if it is this account's."""
    row = session.execute(_FIND, {"account": account_id, "wanted": public_id}).first()
    return MethodRow(*row) if row else None


def of_account(session: Session, account_id: int) -> Sequence[MethodRow]:
    """The account's living methods, newest first."""
    return [MethodRow(*row) for row in session.execute(_OF_ACCOUNT, {"account": account_id})]


def by_stripe_id(session: Session, payment_method_id: str) -> MethodRow | None:
    """The method that Stripe calls so, living or not."""
    row = session.execute(_BY_STRIPE, {"wanted": payment_method_id}).first()
    return MethodRow(*row) if row else None


def expiring(session: Session, *, year: int, month: int) -> Sequence[MethodRow]:
    """Living cards that are good until this month or ended before it."""
    return [MethodRow(*row) for row in session.execute(_EXPIRING, {"year": year, "month": month})]


def undetached(session: Session) -> Sequence[MethodRow]:
    """Methods that have ended and that Stripe may keep still; at most a hundred at a time."""
    return [MethodRow(*row) for row in session.execute(_UNDETACHED)]


def uses(session: Session, account_id: int) -> Sequence[UsesRow]:
    """What the account's methods are charged for."""
    of_plans = [UsesRow(*row) for row in session.execute(_PLANS_OF, {"account": account_id})]
    of_autopay = session.execute(_AUTOPAYS_OF, {"account": account_id}).scalars()
    return [*of_plans, *(UsesRow(method_id, None, None, None) for method_id in of_autopay)]


def plans_ended_with(session: Session, method: MethodRow) -> Sequence[str]:
    """The numbers of the plans that were paid by this method until it ended."""
    found = (
        select(plans.c.number)
        .join(plan_events, plan_events.c.plan_id == plans.c.id)
        .where(
            plans.c.account_id == method.account_id,
            plan_events.c.kind == "method_ended",
            plan_events.c.at == method.ended_at,
        )
        .order_by(plans.c.id)
    )
    return session.execute(found).scalars().all()


def add(session: Session, values: Mapping[str, object]) -> MethodRow:
    """Insert a method; one that Stripe calls the same raises IntegrityError. What it is called now is kept for good."""
    made = insert(saved_methods).returning(*_METHOD)
    saved_as = {name: values.get(name) for name in ("name", "last4", "exp_month", "exp_year")}
    return MethodRow(*session.execute(made, {**values, "public_id": new_public_id(), "saved_as": saved_as}).one())


def change(session: Session, method_id: int, values: Mapping[str, object]) -> None:
    session.execute(update(saved_methods).where(saved_methods.c.id == method_id).values(**values))


def end(session: Session, method_id: int, *, why: str, now: datetime) -> bool:
    """The method is not charged any more; False where it had ended before."""
    ended = session.execute(
        update(saved_methods).where(saved_methods.c.id == method_id, _LIVES).values(ended_at=now, ended_why=why)
    )
    return ended.rowcount == 1


def put_on_plan(session: Session, plan_id: int, method_id: int) -> bool:
    """Charge this method for the plan from now on; False where it is not kept any more, or was so before."""
    changed = session.execute(
        update(plans)
        .where(plans.c.id == plan_id, _IS_KEPT, plans.c.method_id.is_distinct_from(method_id))
        .values(method_id=method_id, version=plans.c.version + 1)
    )
    return changed.rowcount == 1


def take_off_plans(session: Session, method_id: int) -> Sequence[int]:
    """Charge this method for no plan any more; the ids of those being kept that it was charged for."""
    kept = session.execute(select(plans.c.id).where(plans.c.method_id == method_id, _IS_KEPT)).scalars().all()
    session.execute(
        update(plans).where(plans.c.method_id == method_id).values(method_id=None, version=plans.c.version + 1)
    )
    return kept


def stop_collections(
    session: Session, *, method_id: int | None = None, autopay_id: int | None = None, why: str
) -> None:
    """Charge nothing that is still waiting. What is at Stripe already is ended by whoever began it there."""
    is_one = collections.c.method_id == method_id if autopay_id is None else collections.c.autopay_id == autopay_id
    is_at_stripe = exists().where(
        attempts.c.collection_id == collections.c.id, attempts.c.state.in_(("created", "open", "processing"))
    )
    session.execute(
        update(collections)
        .where(is_one, collections.c.state == "waiting", ~is_at_stripe)
        .values(state="stopped", why=why, version=collections.c.version + 1)
    )


def stripe_customer(session: Session, account_id: int) -> str | None:
    """The customer at Stripe whom this account's methods belong to."""
    found = session.execute(select(accounts.c.stripe_customer_id).where(accounts.c.id == account_id)).scalar_one()
    return str(found) if found is not None else None


def set_stripe_customer(session: Session, account_id: int, customer_id: str) -> None:
    session.execute(update(accounts).where(accounts.c.id == account_id).values(stripe_customer_id=customer_id))


def saving(session: Session, attempt_id: int) -> SavingRow | None:
    """The attempt, if its method is still to be saved."""
    row = session.execute(_SAVING_ONE, {"wanted": attempt_id}).first()
    return SavingRow(*row) if row else None


def all_saving(session: Session) -> Sequence[SavingRow]:
    """Attempts whose methods are still to be saved; at most a hundred at a time."""
    return [SavingRow(*row) for row in session.execute(_SAVING_ALL)]


def saving_done(session: Session, attempt_id: int) -> None:
    """The attempt's method was saved, or there is none to save."""
    session.execute(update(attempts).where(attempts.c.id == attempt_id).values(saves_method=None))
