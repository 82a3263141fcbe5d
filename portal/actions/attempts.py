"""Attempts that nobody finished: what became of them is asked of Stripe, never assumed."""

from datetime import datetime

import structlog

from portal.actions import checkouts, payments
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import attempts
from portal.resources import Resources

log = structlog.get_logger()


def settle_expired(resources: Resources, *, now: datetime) -> int:
    """Look at every checkout that should have ended by now; returns how many of them have."""
    count = 0
    with resources.reading() as session:
        found = attempts.past_expiry(session, now)
    for attempt in found:
        if attempt.checkout_id is None and attempt.payment_intent_id is None:
            # Its page, if there ever was one, was never shown to anybody.
            checkouts.give_up(resources, attempt, "never opened", now=now)
            count += 1
            continue
        try:
            payments.sync_payment(resources, attempt.id, now=now)
        except (StripeUnavailable, StripeRefused, payments.Contended, payments.Mismatch) as error:
            log.warning("attempt.not_settled", attempt=attempt.id, error=repr(error))
            continue
        with resources.reading() as session:
            count += attempts.by_id(session, attempt.id).state != attempt.state
    return count
