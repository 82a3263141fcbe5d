"""Charging a saved method at Stripe: an intent is created unconfirmed, its id is kept, and then it is confirmed.

An intent succeeds at most once, however often it is confirmed, so a try whose end is unknown is simply read
again (`read_payment_by_intent`). A decline is an answer here and no error: the intent tells it.
"""

from collections.abc import Callable
from typing import Any

from portal.gateways import stripe_reading as reading
from portal.gateways.stripe_checkout import StripeCheckouts, asked
from portal.gateways.stripe_saved_values import CollectOrder
from portal.gateways.stripe_values import IntentFacts, StripeRefused

# Stripe answers a decline with 402, and 400 with this code where the intent was confirmed or cancelled before.
_DECLINED = 402
_GONE_ON = "payment_intent_unexpected_state"


def create_intent(stripe: StripeCheckouts, order: CollectOrder, *, idempotency_key: str) -> IntentFacts:
    """An intent that has collected nothing yet ("requires_confirmation"); the same key answers the same intent.

    Raises StripeRefused where the method was detached. https://docs.stripe.com/api/payment_intents/create
    """
    intent = asked(
        lambda: stripe.client.v1.payment_intents.create(
            {
                "amount": order.amount_cents,
                "currency": order.currency,
                "customer": order.customer_id,
                "payment_method": order.payment_method_id,
                "allowed_payment_method_types": [order.method],
                "metadata": dict(order.metadata),
                "description": order.description,
            },
            {"idempotency_key": idempotency_key},
        )
    )
    return reading.intent_facts(intent.to_dict())


def confirm_off_session(
    stripe: StripeCheckouts, intent_id: str, *, payment_method_id: str, return_url: str, idempotency_key: str
) -> IntentFacts:
    """Charge `payment_method_id` while the customer is away, and answer the intent as it stands afterwards.

    Succeeded, processing (a bank debit), or requires_payment_method with `error_code` and `decline_code` of the
    decline; authentication_required means that the customer must come (`confirm_on_session`). An intent that was
    confirmed or cancelled before is answered as it is. A next try needs a new key. Raises StripeRefused where the
    method was detached or its mandate ended. https://docs.stripe.com/api/payment_intents/confirm
    """
    return _or_as_it_stands(
        stripe,
        intent_id,
        lambda: stripe.client.v1.payment_intents.confirm(
            intent_id,
            {"off_session": True, "payment_method": payment_method_id, "return_url": return_url},
            {"idempotency_key": idempotency_key},
        ),
    )


def confirm_on_session(
    stripe: StripeCheckouts, intent_id: str, *, payment_method_id: str, return_url: str, idempotency_key: str
) -> IntentFacts:
    """As `confirm_off_session` with the customer there, whose bank may ask: then `next_url` is where the browser
    must go, from where it comes back to `return_url`. The method must be named again, since a declined try took
    it off the intent. The same key repeats the first answer, `next_url` and all, after the bank has been answered.
    """
    return _or_as_it_stands(
        stripe,
        intent_id,
        lambda: stripe.client.v1.payment_intents.confirm(
            intent_id,
            {"payment_method": payment_method_id, "return_url": return_url},
            {"idempotency_key": idempotency_key},
        ),
    )


def cancel_intent(stripe: StripeCheckouts, intent_id: str) -> IntentFacts:
    """Cancel an intent for good, or answer it as it is where that is too late (processing, succeeded, canceled).

    It needs no key of ours: a second time Stripe says that it is cancelled, and we read it.
    https://docs.stripe.com/api/payment_intents/cancel
    """
    return _or_as_it_stands(stripe, intent_id, lambda: stripe.client.v1.payment_intents.cancel(intent_id))


def _or_as_it_stands(stripe: StripeCheckouts, intent_id: str, call: Callable[[], Any]) -> IntentFacts:
    try:
        intent = asked(call)
    except StripeRefused as refused:
        if refused.status != _DECLINED and refused.code != _GONE_ON:
            raise
        intent = asked(lambda: stripe.client.v1.payment_intents.retrieve(intent_id))
    return reading.intent_facts(intent.to_dict())
