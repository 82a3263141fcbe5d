"""What Stripe's words mean for the money."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.gateways.stripe_values import ChargeFacts, PaymentFacts

CHARGE = ChargeFacts(
    charge_id="ch_1",
    status="succeeded",
    amount_cents=98_160,
    captured_cents=98_160,
    currency="usd",
    created_at=datetime(2026, 3, 2, 15, tzinfo=UTC),
    method_type="card",
    method_name="visa",
    last4="4242",
    failure_code=None,
    failure_message=None,
    balance_transaction_id=None,
    booked_at=None,
    fee_cents=None,
    fee_currency=None,
)


@pytest.mark.parametrize(
    ("charge", "succeeded"),
    [
        (None, False),
        (CHARGE, True),
        (replace(CHARGE, status="pending"), False),
        (replace(CHARGE, status="failed", captured_cents=0), False),
        # Authorized, not collected: nothing was received.
        (replace(CHARGE, captured_cents=0), False),
    ],
)
def test_money_was_received(charge: ChargeFacts | None, succeeded: bool) -> None:
    assert PaymentFacts(None, None, charge).succeeded is succeeded
