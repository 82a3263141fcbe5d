"""What goes to Stripe and what comes back where a payment method is saved and charged without its owner there.

As in `stripe_values`: ids and status words are Stripe's own, and importing this room does not import `stripe`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.gateways.stripe_values import Method


@dataclass(frozen=True, slots=True)
class SetupOrder:
    """A hosted page that saves one method of `customer_id` and collects nothing.

    `metadata` goes onto the session and its setup intent alike; `currency` is what the method is to pay in;
    `expires_at` must be 30 minutes to 24 hours ahead by Stripe's clock.
    """

    reference: str
    metadata: Mapping[str, str]
    currency: str
    method: Method
    customer_id: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """`status` is the session's: open, complete or expired. `setup_status` is the setup intent's, such as
    requires_payment_method, requires_action, processing, succeeded or canceled. The method counts as saved only
    when that is succeeded; a card has no mandate."""

    checkout_id: str
    status: str
    setup_intent_id: str | None
    setup_status: str | None
    payment_method_id: str | None
    mandate_id: str | None
    customer_id: str | None
    metadata: Mapping[str, str]
    reference: str | None

    @property
    def succeeded(self) -> bool:
        return self.setup_status == "succeeded" and self.payment_method_id is not None


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """`name` is the card's brand or the bank's name; the card's expiry is a month 1 to 12 and a year of four
    digits. Without `customer_id` it was detached (or never attached) and cannot be charged. Two methods with one
    `fingerprint` are the same card or bank account."""

    payment_method_id: str
    kind: Method
    name: str | None
    last4: str | None
    exp_month: int | None
    exp_year: int | None
    customer_id: str | None
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class MandateFacts:
    """The permission to debit a bank account. `status` active, inactive (for good) or pending."""

    mandate_id: str
    status: str
    payment_method_id: str


@dataclass(frozen=True, slots=True)
class CollectOrder:
    """What an intent is to collect from a saved method; `description` is for Stripe's dashboard and receipts."""

    amount_cents: int
    currency: str
    customer_id: str
    payment_method_id: str
    method: Method
    metadata: Mapping[str, str]
    description: str
