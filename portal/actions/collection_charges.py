"""The phases of one charge: save what is about to be asked, have an intent, save its id, look a last time, confirm it.

Every network call is between two commits, and each can be taken again after a crash: an intent succeeds once at most,
and the try is saved before it is confirmed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from portal.actions import (
    collection_endings,
    collection_intents,
    collection_letters,
    collection_outcomes,
    collection_sums,
    collection_wishes,
    history,
    payments,
    policies,
    quotes,
    saved_methods,
)
from portal.actions.collection_sums import Allowed
from portal.actions.plan_steps import tell
from portal.actions.policies import Policy
from portal.gateways import stripe_collecting
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import Session, accounts, attempts, collections, ledger, plans
from portal.records import saved_methods as method_records
from portal.records.attempts import AttemptRow
from portal.records.collections import CollectionRow
from portal.resources import Resources
from portal.rules.collecting import may_charge

log = structlog.get_logger()

# What Stripe may answer with where it kept a failure of its own under our key.
_BROKEN = "processing_error"


@dataclass(frozen=True, slots=True)
class _Begun:
    """An attempt to go on with (None: not now), and those that must end before there can be one."""

    attempt: AttemptRow | None = None
    in_the_way: Sequence[AttemptRow] = ()


def charge(resources: Resources, stripe: StripeCheckouts, collection_id: int, *, now: datetime) -> bool:
    """Charge a collection whose day has come; whether Stripe was asked for its money.

    Raises StripeUnavailable, StripeRefused, Contended, Mismatch; then the next run goes on where this one ended.
    """
    begun = _begun(resources, collection_id, now=now)
    for obstacle in begun.in_the_way:
        collection_endings.end(resources, stripe, obstacle, now=now)
    if begun.in_the_way:
        begun = _begun(resources, collection_id, now=now)
    if begun.attempt is None:
        return False
    attempt = collection_intents.with_intent(resources, stripe, begun.attempt, now=now)
    if attempt is None:
        return False
    with resources.writing() as session:
        number = _last_look(session, attempt, now=now)
    if number is None:
        return False
    _confirm(resources, stripe, attempt, number, now=now)
    return True


def go_on(resources: Resources, stripe: StripeCheckouts, row: CollectionRow, *, now: datetime) -> None:
    """Take up a try whose end nobody knows: read it, and where it came to nothing confirm it again, as the same try."""
    with resources.reading() as session:
        attempt = collections.live_attempt(session, row.id)
    if attempt is None:
        return
    payments.sync_payment(resources, attempt.id, now=now)
    with resources.writing() as session:
        ledger.lock_account(session, row.account_id)
        fresh, attempt = collections.by_id(session, row.id), attempts.by_id(session, attempt.id)
        tried = collections.tries(session, row.id)[-1]
        is_unknown = fresh.state == "trying" and attempt.state == "open" and tried.outcome is None
        policy = policies.load(session, now=now)
        is_right = is_unknown and _is_as_quoted(session, attempt, fresh, policy=policy)
    if is_right:
        _confirm(resources, stripe, attempt, tried.number, now=now)
    elif is_unknown:
        collection_endings.end(resources, stripe, attempt, now=now)


def _begun(resources: Resources, collection_id: int, *, now: datetime) -> _Begun:
    with resources.writing() as session:
        return _begin(session, collection_id, now=now)


def _begin(session: Session, collection_id: int, *, now: datetime) -> _Begun:
    row = collections.by_id(session, collection_id)
    ledger.lock_account(session, row.account_id)
    row, policy = collections.by_id(session, collection_id), policies.load(session, now=now)
    live = collections.live_attempt(session, row.id)
    if not _is_its_turn(session, row, policy=policy, now=now):
        return _Begun()
    found = collection_sums.allowed(session, row, policy=policy)
    if live is not None:
        # An intent of a card takes no bank account, and none of a bank account a card.
        is_same_kind = found is not None and found.method.kind == live.method
        if found and is_same_kind and collection_sums.is_quoted(attempts.quoted(session, live.id), found):
            return _Begun(live)
        return _Begun(in_the_way=[live])
    if found is None:
        return _Begun()
    others = attempts.holding(session, [line.charge_id for line in found.quote.lines])
    if any(_has_precedence(session, other) for other in others):
        return _Begun()
    if others:
        return _Begun(in_the_way=others)
    return _Begun(_save(session, row, found, policy=policy, now=now))


def _is_its_turn(session: Session, row: CollectionRow, *, policy: Policy, now: datetime) -> bool:
    """What has been announced and whose day it is."""
    return (
        row.state == "waiting"
        and row.next_on <= policy.today
        and collection_letters.announced(session, row) == "sent"
        and collection_wishes.is_told_in_time(session, row, today=policy.today)
        and (_is_an_invoice_of_today(row, policy) or _has_its_day_alone(session, row, now=now))
    )


def _is_an_invoice_of_today(row: CollectionRow, policy: Policy) -> bool:
    """Whoever was told of two invoices for a day pays both that day, and neither of them late."""
    return row.autopay_id is not None and not row.tries and row.next_on == policy.today


def _has_its_day_alone(session: Session, row: CollectionRow, *, now: datetime) -> bool:
    """What is late is charged once a day, and not while the money of another like it is on its way. A plan waits for
    charges of plans only: invoices that are charged day by day would make it late."""
    last_at = collections.last_tried_at(session, row.account_id, for_plans=row.plan_id is not None)
    return may_charge(now, last_at=last_at) and not collections.is_under_way(session, row.account_id, row.plan_id)


def _has_precedence(session: Session, other: AttemptRow) -> bool:
    """A person at Stripe's page goes first, and so does what a person has been asked to confirm."""
    return other.collection_id is None or collections.by_id(session, other.collection_id).state != "waiting"


def _save(session: Session, row: CollectionRow, found: Allowed, *, policy: Policy, now: datetime) -> AttemptRow:
    honoured_until, ends_at = quotes.deadlines(found.quote, policy=policy, now=now)
    attempt_id = attempts.add(
        session,
        {
            "account_id": row.account_id,
            "contact_id": found.contact_id,
            "method": found.method.kind,
            "state": "created",
            "amount_cents": found.quote.total_cents,
            "currency": accounts.by_id(session, row.account_id).currency,
            "quoted_at": now,
            "honoured_until": honoured_until,
            "checkout_expires_at": ends_at,
            "created_at": now,
            "plan_id": row.plan_id,
            "collection_id": row.id,
        },
        [
            {
                "charge_id": line.charge_id,
                "pay_cents": line.pay_cents,
                "discount_cents": line.discount_cents,
                "credit_cents": line.credit_cents,
            }
            for line in found.quote.lines
        ],
    )
    history.write(
        session,
        action="payment.started",
        actor="portal",
        now=now,
        account_id=row.account_id,
        detail={"attempt": attempt_id, "amount_cents": found.quote.total_cents, "method": found.method.kind},
    )
    return attempts.by_id(session, attempt_id)


def _last_look(session: Session, attempt: AttemptRow, *, now: datetime) -> int | None:
    """The number of the try that is about to be made, saved; None where it must not be made now."""
    ledger.lock_account(session, attempt.account_id)
    row = collections.by_id(session, attempt.collection_id or 0)
    policy = policies.load(session, now=now)
    if attempts.by_id(session, attempt.id).state != "open" or not _is_its_turn(session, row, policy=policy, now=now):
        return None
    if not _is_as_quoted(session, attempt, row, policy=policy):
        # The next run ends it, or begins with what is right by then.
        return None
    number = collections.add_try(
        session,
        {"collection_id": row.id, "attempt_id": attempt.id, "amount_cents": attempt.amount_cents, "tried_at": now},
    )
    first_on = row.first_tried_on or policy.today
    collections.change(session, row, state="trying", tries=row.tries + 1, first_tried_on=first_on)
    if row.plan_id is not None:
        tell(
            session, plans.by_id(session, row.plan_id), "tried", policy=policy, now=now, actor="portal",
            position=row.position, amount_cents=attempt.amount_cents,
        )  # fmt: skip
    return number


def _is_as_quoted(session: Session, attempt: AttemptRow, row: CollectionRow, *, policy: Policy) -> bool:
    found = collection_sums.allowed(session, row, policy=policy)
    return found is not None and collection_sums.is_quoted(attempts.quoted(session, attempt.id), found)


def _confirm(resources: Resources, stripe: StripeCheckouts, attempt: AttemptRow, number: int, *, now: datetime) -> None:
    with resources.reading() as session:
        row = collections.by_id(session, attempt.collection_id or 0)
        method = method_records.by_id(session, row.method_id)
        account = accounts.by_id(session, attempt.account_id)
    base = f"{resources.settings.base_url}/a/{account.public_id}"
    try:
        intent = stripe_collecting.confirm_off_session(
            stripe,
            attempt.payment_intent_id or "",
            payment_method_id=method.payment_method_id,
            return_url=f"{base}/payments/{attempt.public_id}",
            idempotency_key=f"collect-{attempt.public_id}-confirm-{number}",
        )
    except (StripeUnavailable, StripeRefused) as error:
        is_over = isinstance(error, StripeRefused) or error.is_remembered
        payments.sync_payment(resources, attempt.id, now=now)
        if is_over:
            _refuse(resources, attempt, number, error, now=now)
        if isinstance(error, StripeRefused):
            saved_methods.look_again(resources, method.payment_method_id, now=now)
        return
    with resources.writing() as session:
        policy = policies.load(session, now=now)
        collection_outcomes.answer(session, attempt, number, intent, policy=policy, now=now)
    payments.sync_payment(resources, attempt.id, now=now)


def _refuse(
    resources: Resources, attempt: AttemptRow, number: int, error: StripeUnavailable | StripeRefused, *, now: datetime
) -> None:
    """Stripe would not even try. Where the intent has moved after all, that has been brought in before."""
    code = error.code if isinstance(error, StripeRefused) else _BROKEN
    log.warning("collection.refused", attempt=attempt.id, error=repr(error))
    with resources.writing() as session:
        policy = policies.load(session, now=now)
        collection_outcomes.refuse(session, attempt, number, code, policy=policy, now=now)
