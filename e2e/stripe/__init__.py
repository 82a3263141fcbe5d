"""A stand-in for Stripe that the real `stripe` library talks to over HTTP."""

from e2e.stripe.app import stripe_app
from e2e.stripe.faults import Fault
from e2e.stripe.world import TEST_KEY, StripeWorld

__all__ = ["TEST_KEY", "Fault", "StripeWorld", "stripe_app"]
