"""What must be true of every charge that is made while nobody is there, as Stripe is asked for it and afterwards."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from sqlalchemy import bindparam, func, select

from e2e.machine.town import Town
from e2e.stripe.api import Incoming
from e2e.stripe.state import Wire
from portal.actions import policies, statements
from portal.records import Session, allocated, plan_money, plans, saved_methods
from portal.records.autopays import in_force
from portal.records.tables import (
    allocations,
    attempt_charges,
    attempts,
    collections,
    instalments,
    movements,
    payments,
)
from portal.records.types import cents as whole

_CONFIRM = "/confirm"
# Banks allow two debits more of an account without funds.
_MOST_TRIES = {"card": 4, "us_bank_account": 3}
_SPACE = timedelta(hours=24)
_NOTICE = timedelta(days=2)
_LIVE = ("requires_payment_method", "requires_confirmation", "requires_action", "processing")


class Charging:
    """Watches the calls of a town; what it finds is among the town's breaches. It asks the books, not the house."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._keys: set[str] = set()
        self._last: dict[tuple[int, bool], datetime] = {}
        town.watchers.append(self._watch)

    def _watch(self, incoming: Incoming) -> None:
        """Of each try only the first call counts: what Stripe's library repeats was right when it was asked."""
        if incoming.method != "POST" or not incoming.path.endswith(_CONFIRM):
            return
        given, key = parse_qs(incoming.body), incoming.headers.get("idempotency-key", "")
        if given.get("off_session") != ["true"] or key in self._keys:
            return
        self._keys.add(key)
        intent = self._town.world.get("payment_intent", incoming.path.split("/")[-2])
        with self._town.resources.reading() as session:
            self._town.breaches += [
                f"{intent['id']} of {intent['amount']} is charged, and {why}"
                for why in self._reasons(session, intent, given["payment_method"][0])
            ]

    def _reasons(self, session: Session, intent: Wire, at_stripe: str) -> Iterator[str]:
        """Why it must not be charged."""
        now, cents = self._town.clock.now(), intent["amount"]
        today = policies.load(session, now=now).today
        row = session.execute(_OF_ATTEMPT, {"attempt": intent["metadata"]["attempt"]}).one()
        method = saved_methods.by_stripe_id(session, at_stripe)
        if method is None or method.ended_at is not None or method.account_id != row.account_id:
            yield "its method has ended"
            return
        if row.tries > _MOST_TRIES[method.kind]:
            yield f"it is try {row.tries}"
        if cents > row.noticed_cents:
            yield f"{row.noticed_cents} were announced"
        if today < row.noticed_on + _NOTICE:
            yield f"it was announced on {row.noticed_on}"
        # A plan keeps its distance from plans, what is late from everything; an invoice is charged on its day.
        is_of_today = row.autopay_id is not None and row.tries == 1 and row.next_on == today
        last = self._last.get((row.account_id, row.plan_id is not None))
        if last is not None and now - last < _SPACE and not is_of_today:
            yield f"its customer was charged at {last}"
        self._last[row.account_id, False] = now
        if row.plan_id is not None:
            self._last[row.account_id, True] = now
        if row.plan_id is not None:
            plan = plans.by_id(session, row.plan_id)
            if plan.state != "active" or plan.method_id != method.id:
                yield f"plan {plan.number} is {plan.state}, with method {plan.method_id}"
        else:
            autopay = in_force(session, row.account_id)
            if autopay is None or (autopay.id, autopay.method_id) != (row.autopay_id, method.id):
                yield "autopay is not on"
        open_cents = session.execute(_OPEN_OF_ATTEMPT, {"attempt": row.attempt_id}).scalar_one()
        if cents > open_cents:
            yield f"{open_cents} are open"


def intents_at_once(town: Town, session: Session) -> Iterator[str]:
    """A charge that is to be made has one intent at Stripe that could still be charged."""
    of_attempt = dict(session.execute(_COLLECTIONS).all())
    living: Counter[int] = Counter()
    for intent in town.world.all("payment_intent"):
        collection_id = of_attempt.get(intent["metadata"].get("attempt", ""))
        if collection_id is not None and intent["status"] in _LIVE:
            living[collection_id] += 1
    yield from (f"collection {each} has {count} living intents" for each, count in living.items() if count > 1)


def charged_beyond(town: Town, session: Session) -> Iterator[str]:
    """What was charged of an instalment, and stands on what it is for, is no more than was agreed."""
    of_attempt = dict(session.execute(_COLLECTIONS).all())
    agreed = dict(session.execute(_AGREED).all())
    standing = {str(charge_id): int(cents) for charge_id, cents in session.execute(_STANDING)}
    kept: Counter[int] = Counter()
    for charge in town.world.all("charge"):
        collection_id = of_attempt.get(charge["metadata"].get("attempt", ""))
        if collection_id is not None and collection_id in agreed and charge["status"] != "failed":
            known = charge["id"] in standing
            kept[collection_id] += standing[charge["id"]] if known else charge["amount"]
    for collection_id, cents in kept.items():
        if cents > agreed[collection_id]:
            yield f"collection {collection_id} brought {cents}, {agreed[collection_id]} were agreed"


def chased(town: Town, session: Session) -> Iterator[str]:
    """What is on a plan is not payable beside it."""
    policy = policies.load(session, now=town.clock.now())
    for account in town.accounts:
        on_plans = {row.charge_id: row for row in plan_money.on_plans(session, account.id, policy.today)}
        if not on_plans:
            continue
        for row in statements.load(session, account, on=policy.today, policy=policy).statement.rows:
            parts, found = row.item.parts, on_plans.get(row.item.charge_id)
            if found is None:
                continue
            others = max(0, parts.open_cents - max(0, found.covered_cents - found.paid_cents))
            if parts.payable_cents > others:
                yield f"{parts.payable_cents} of charge {found.charge_id} are payable, {others} are on no plan"


_OF_ATTEMPT = (
    select(attempts.c.id.label("attempt_id"), *(each for each in collections.c if each.name not in ("id", "public_id")))
    .join(collections, collections.c.id == attempts.c.collection_id)
    .where(attempts.c.public_id == bindparam("attempt"))
)
_OPEN_OF_ATTEMPT = (
    select(func.coalesce(func.sum(movements.c.receivable_cents), 0))
    .join(attempt_charges, attempt_charges.c.charge_id == movements.c.charge_id)
    .where(attempt_charges.c.attempt_id == bindparam("attempt"))
)
_COLLECTIONS = select(attempts.c.public_id, attempts.c.collection_id).where(attempts.c.collection_id.is_not(None))
_AGREED = select(collections.c.id, instalments.c.amount_cents).join(
    instalments,
    (instalments.c.plan_id == collections.c.plan_id) & (instalments.c.position == collections.c.position),
)
_STANDING = (
    select(payments.c.stripe_charge_id, whole(func.sum(allocated.money_left())))
    .outerjoin(allocations, allocations.c.payment_id == payments.c.id)
    .where(payments.c.stripe_charge_id.is_not(None))
    .group_by(payments.c.stripe_charge_id)
)
