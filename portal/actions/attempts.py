"""Attempts that nobody finished: what became of them is asked of Stripe, never assumed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from portal.actions import checkouts, payments
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import attempts
from portal.records.attempts import AttemptRow
from portal.resources import Resources

# A bank debit takes about four business days: before that there is nothing to hear.
_BANK_TAKES = timedelta(days=3)

log = structlog.get_logger()


def settle_expired(resources: Resources, *, now: datetime) -> int:
    """Look at every checkout that should have ended by now; returns how many of them have."""
    with resources.reading() as session:
        found = attempts.past_expiry(session, now)
    # The page of one without any id of Stripe's, if there ever was one, was never shown to anybody.
    unseen = [attempt for attempt in found if attempt.checkout_id is None and attempt.payment_intent_id is None]
    for attempt in unseen:
        checkouts.give_up(resources, attempt, "never opened", now=now)
    return len(unseen) + _settle(resources, [attempt for attempt in found if attempt not in unseen], now=now)


def settle_debits(resources: Resources, *, now: datetime) -> int:
    """Ask what became of bank debits whose webhook may have been lost; returns how many have ended."""
    with resources.reading() as session:
        found = attempts.long_under_way(session, before=now - _BANK_TAKES)
    return _settle(resources, found, now=now)


def _settle(resources: Resources, found: Sequence[AttemptRow], *, now: datetime) -> int:
    count = 0
    for attempt in found:
        try:
            payments.sync_payment(resources, attempt.id, now=now)
        except (StripeUnavailable, StripeRefused, payments.Contended, payments.Mismatch) as error:
            log.warning("attempt.not_settled", attempt=attempt.id, error=repr(error))
            continue
        with resources.reading() as session:
            count += attempts.by_id(session, attempt.id).state != attempt.state
    return count
