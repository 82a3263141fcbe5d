"""A fresh stand-in for Stripe, and the portal's gateway to it."""

from collections.abc import Iterator

import pytest

from e2e.stripe import TEST_KEY
from portal.gateways.stripe_checkout import StripeCheckouts, open_stripe
from tests.e2e.stripe_desk import Desk, open_desk
from tests.support.clock import MovableClock


@pytest.fixture
def desk(clock: MovableClock) -> Iterator[Desk]:
    with open_desk(clock) as opened:
        yield opened
        assert opened.world.type_errors == []


@pytest.fixture
def gateway(desk: Desk) -> StripeCheckouts:
    return open_stripe(TEST_KEY, api_base=desk.url)
