"""The intent of an attempt to charge a saved method: created unconfirmed, and its id kept before any money moves."""

from datetime import datetime

import structlog

from portal.actions import collection_outcomes, policies, saved_methods
from portal.actions.collection_sums import kind_of
from portal.gateways import stripe_collecting
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_saved_values import CollectOrder
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import Session, attempts, charges, collections, ledger, plans
from portal.records import saved_methods as method_records
from portal.records.attempts import AttemptRow
from portal.resources import Resources

log = structlog.get_logger()


def with_intent(
    resources: Resources, stripe: StripeCheckouts, attempt: AttemptRow, *, now: datetime
) -> AttemptRow | None:
    """The attempt with its intent's id, open; None where Stripe does not make one, or somebody has ended it."""
    intent_id = attempt.payment_intent_id
    if intent_id is None:
        with resources.reading() as session:
            order, dead_id = _order(session, resources, attempt)
        try:
            if dead_id is not None:
                stripe_collecting.cancel_intent(stripe, dead_id)
            key = f"collect-{attempt.public_id}-{attempt.version}"
            intent_id = stripe_collecting.create_intent(stripe, order, idempotency_key=key).payment_intent_id
        except StripeUnavailable as unavailable:
            if unavailable.is_remembered:
                with resources.writing() as session:
                    attempts.change(session, attempt)
            raise
        except StripeRefused as refused:
            _give_up(resources, attempt, refused, now=now)
            return None
    with resources.writing() as session:
        # Read again: Stripe's news of the intent may have been faster and have left its id there.
        fresh = attempts.by_id(session, attempt.id)
        if fresh.state == "created" and attempts.change(session, fresh, state="open", payment_intent_id=intent_id):
            fresh = attempts.by_id(session, attempt.id)
    if fresh.state == "cancelled":
        stripe_collecting.cancel_intent(stripe, intent_id)
    return fresh if fresh.state == "open" else None


def _order(session: Session, resources: Resources, attempt: AttemptRow) -> tuple[CollectOrder, str | None]:
    """What to ask Stripe for, and the intent of the attempt before, which must never be charged any more."""
    row = collections.by_id(session, attempt.collection_id or 0)
    method = method_records.by_id(session, row.method_id)
    if row.plan_id is not None:
        said = f"Payment plan {plans.by_id(session, row.plan_id).number}"
    else:
        said = f"Invoice {charges.by_id(session, row.charge_id or 0, row.noticed_on).number}"
    order = CollectOrder(
        amount_cents=attempt.amount_cents,
        currency=attempt.currency,
        customer_id=method.customer_id,
        payment_method_id=method.payment_method_id,
        method=kind_of(method),
        metadata={"instance": resources.settings.instance, "attempt": attempt.public_id},
        description=said,
    )
    return order, collections.dead_intent(session, row.id)


def _give_up(resources: Resources, attempt: AttemptRow, refused: StripeRefused, *, now: datetime) -> None:
    """Stripe makes no intent: the method is gone, or the whole cannot be as it is."""
    log.warning("collection.no_intent", attempt=attempt.id, error=repr(refused))
    with resources.writing() as session:
        if attempts.change(session, attempt, state="cancelled", ended_at=now, failure=str(refused)[:200]):
            attempts.let_go(session, attempt.id)
        row = collections.by_id(session, attempt.collection_id or 0)
        method = method_records.by_id(session, row.method_id)
    saved_methods.look_again(resources, method.payment_method_id, now=now)
    with resources.writing() as session:
        ledger.lock_account(session, attempt.account_id)
        row = collections.by_id(session, row.id)
        if row.state == "waiting":
            collection_outcomes.stop(session, row, refused.code, policy=policies.load(session, now=now), now=now)
