"""Ending an attempt to charge a saved method: at Stripe first, so that nothing can be charged that is not wanted."""

from datetime import datetime

from portal.actions import collection_outcomes, payments, policies
from portal.gateways import stripe_collecting
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.records import attempts, ledger
from portal.records.attempts import AttemptRow
from portal.resources import Resources


def end(resources: Resources, stripe: StripeCheckouts, attempt: AttemptRow, *, now: datetime) -> None:
    """Cancel its intent; one that was charged meanwhile is brought into the books.

    Raises StripeUnavailable, StripeRefused, Contended, Mismatch.
    """
    if attempt.payment_intent_id is None:
        _end_unconfirmed(resources, attempt, now=now)
        return
    stripe_collecting.cancel_intent(stripe, attempt.payment_intent_id)
    payments.sync_payment(resources, attempt.id, now=now)


def _end_unconfirmed(resources: Resources, attempt: AttemptRow, *, now: datetime) -> None:
    """Its intent, if there is one by now, was never confirmed, and whoever made it finds that it is not wanted."""
    with resources.writing() as session:
        ledger.lock_account(session, attempt.account_id)
        if not attempts.change(session, attempt, state="cancelled", ended_at=now):
            raise payments.Contended(f"attempt {attempt.id} changed while it was ended")
        attempts.let_go(session, attempt.id)
        policy = policies.load(session, now=now)
        collection_outcomes.note(session, attempt, "cancelled", None, policy=policy, now=now)
