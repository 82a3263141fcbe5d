"""Saving payment methods at Stripe: customers, hosted pages that save a method, and what became of a method.

A method is never believed from its page: it is read again, and so is its mandate. Errors come out as in
`stripe_checkout`.
"""

from collections.abc import Mapping

from portal.gateways import stripe_reading as reading
from portal.gateways.stripe_checkout import StripeCheckouts, asked
from portal.gateways.stripe_saved_values import MandateFacts, MethodFacts, SetupFacts, SetupOrder
from portal.gateways.stripe_values import Checkout, StripeRefused


def create_customer(
    stripe: StripeCheckouts, *, name: str, email: str, metadata: Mapping[str, str], idempotency_key: str
) -> str:
    """The id of a new customer at Stripe, whom saved methods belong to; the same key answers the same customer.

    https://docs.stripe.com/api/customers/create
    """
    made = asked(
        lambda: stripe.client.v1.customers.create(
            {"name": name, "email": email, "metadata": dict(metadata)}, {"idempotency_key": idempotency_key}
        )
    )
    return made.id


def create_setup(stripe: StripeCheckouts, order: SetupOrder, *, idempotency_key: str) -> Checkout:
    """Open a hosted page that saves `order.method`; the same key answers the same session.

    https://docs.stripe.com/payments/checkout/save-and-reuse
    """
    is_bank = order.method == "us_bank_account"
    session = asked(
        lambda: stripe.client.v1.checkout.sessions.create(
            {
                "mode": "setup",
                "ui_mode": "hosted_page",
                "client_reference_id": order.reference,
                "metadata": dict(order.metadata),
                "setup_intent_data": {"metadata": dict(order.metadata)},
                # Stripe needs it to tell which methods there are.
                "currency": order.currency,
                "customer": order.customer_id,
                "allowed_payment_method_types": [order.method],
                # Microdeposits would leave the method unusable for days.
                "payment_method_options": {"us_bank_account": {"verification_method": "instant"}} if is_bank else {},
                # Link would be saved in the card's place.
                "wallet_options": {"link": {"display": "never"}},
                "success_url": order.success_url,
                "cancel_url": order.cancel_url,
                "expires_at": int(order.expires_at.timestamp()),
            },
            {"idempotency_key": idempotency_key},
        )
    )
    if session.url is None:
        raise StripeRefused("no_url", "The session has no page to go to.", status=200)
    return Checkout(session.id, session.url, None)


def read_setup(stripe: StripeCheckouts, checkout_id: str) -> SetupFacts:
    """A session that saves a method, as Stripe has it now."""
    session = asked(
        lambda: stripe.client.v1.checkout.sessions.retrieve(checkout_id, {"expand": ["setup_intent"]}),
    )
    return reading.setup_facts(session.to_dict())


def setup_metadata(stripe: StripeCheckouts, setup_intent_id: str) -> Mapping[str, str]:
    """What was sent along with a setup intent. https://docs.stripe.com/api/setup_intents/retrieve"""
    found = asked(lambda: stripe.client.v1.setup_intents.retrieve(setup_intent_id)).to_dict()
    return dict(found.get("metadata") or {})


def read_method(stripe: StripeCheckouts, payment_method_id: str) -> MethodFacts:
    """A card or bank account, detached or not. https://docs.stripe.com/api/payment_methods/retrieve"""
    found = asked(lambda: stripe.client.v1.payment_methods.retrieve(payment_method_id))
    return reading.method_facts(found.to_dict())


def detach_method(stripe: StripeCheckouts, payment_method_id: str) -> None:
    """Let Stripe never charge this method again. One that was detached already, or is gone, is as wished.

    https://docs.stripe.com/api/payment_methods/detach
    """
    try:
        asked(lambda: stripe.client.v1.payment_methods.detach(payment_method_id))
    except StripeRefused as refused:
        if refused.status == 404:
            return
        # Stripe has no code of its own for "is not attached".
        if refused.status != 400 or read_method(stripe, payment_method_id).customer_id is not None:
            raise


def read_mandate(stripe: StripeCheckouts, mandate_id: str) -> MandateFacts:
    """Whether a bank account may still be debited. https://docs.stripe.com/api/mandates/retrieve"""
    return reading.mandate_facts(asked(lambda: stripe.client.v1.mandates.retrieve(mandate_id)).to_dict())
