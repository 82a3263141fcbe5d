"""What happened in a whole Stripe account since a moment, newest first: to find what we were never told.

Each list is fetched page by page while it is read, so an error may come after the first items. The account may
hold payments that are not ours; what is ours is for the caller to say.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from portal.gateways import stripe_reading as reading
from portal.gateways.stripe_checkout import REFUND_BOOKINGS, StripeCheckouts, asked
from portal.gateways.stripe_values import BookedFacts, DisputeFacts, PaymentFacts, RefundFacts

# https://docs.stripe.com/api/pagination
_PAGE = 100


def events(stripe: StripeCheckouts, *, since: datetime) -> Iterator[bytes]:
    """Each event's JSON as a webhook's body would hold it. Stripe keeps events for 30 days.

    Raises StripeUnavailable or StripeRefused while it is read, as all of these do.
    https://docs.stripe.com/api/events/list
    """
    for event in _listed(stripe.client.v1.events.list, since):
        yield json.dumps(event.to_dict(for_json=True)).encode()


def intents(stripe: StripeCheckouts, *, since: datetime) -> Iterator[PaymentFacts]:
    """Payments by when they were begun, each with its latest charge and what was booked for it.

    `checkout` is None, and refunds and disputes are empty whether or not there are any: read the payment for them.
    https://docs.stripe.com/api/payment_intents/list
    """
    for found in _listed(stripe.client.v1.payment_intents.list, since, "data.latest_charge.balance_transaction"):
        intent = found.to_dict()
        charge = intent.get("latest_charge")
        yield PaymentFacts(
            checkout=None,
            intent=reading.intent_facts(intent),
            charge=reading.charge_facts(charge) if charge else None,
        )


def refunds(stripe: StripeCheckouts, *, since: datetime) -> Iterator[RefundFacts]:
    """By when they were made, each with its bookings. https://docs.stripe.com/api/refunds/list"""
    for refund in _listed(stripe.client.v1.refunds.list, since, *REFUND_BOOKINGS):
        # One without a charge gives back a customer's balance at Stripe, which no payment of ours fills.
        if refund.charge is not None:
            yield reading.refund_facts(refund.to_dict())


def disputes(stripe: StripeCheckouts, *, since: datetime) -> Iterator[DisputeFacts]:
    """By when they were opened, which may be long after the payment. https://docs.stripe.com/api/disputes/list"""
    for dispute in _listed(stripe.client.v1.disputes.list, since):
        yield reading.dispute_facts(dispute.to_dict())


def balance_transactions(stripe: StripeCheckouts, *, since: datetime) -> Iterator[BookedFacts]:
    """Stripe's own books, payouts and fees among them. https://docs.stripe.com/api/balance_transactions/list"""
    for booked in _listed(stripe.client.v1.balance_transactions.list, since):
        yield reading.booked_facts(booked.to_dict())


def _listed(call: Callable[[Any], Any], since: datetime, *expand: str) -> Iterator[Any]:
    asking: dict[str, Any] = {"created": {"gte": int(since.timestamp())}, "limit": _PAGE}
    if expand:
        asking["expand"] = list(expand)
    page = asked(lambda: call(asking))
    while page.data:
        yield from page.data
        page = asked(page.next_page)
