"""Methods saved through the real `stripe` library at the stand-in's hosted page."""

from datetime import timedelta

from portal.gateways import stripe_saving as saving
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_saved_values import SetupFacts, SetupOrder
from portal.gateways.stripe_values import Method
from tests.e2e.stripe_desk import Desk

WHOSE = {"portal_instance": "here", "setup": "st_1"}
VISA = "4242424242424242"
BANK = "000123456789"


def customer(gateway: StripeCheckouts, key: str = "customer") -> str:
    """The same one for the same key."""
    return saving.create_customer(
        gateway,
        name="Ada",
        email="ada@example.com",
        metadata={"portal_instance": "here"},
        idempotency_key=key,
    )


def order(desk: Desk, customer_id: str, method: Method = "card") -> SetupOrder:
    return SetupOrder(
        reference="st_1",
        metadata=WHOSE,
        currency="usd",
        method=method,
        customer_id=customer_id,
        success_url="http://127.0.0.1:1/a/x/methods/st_1",
        cancel_url="http://127.0.0.1:1/a/x",
        expires_at=desk.clock.now() + timedelta(minutes=31),
    )


def saved(desk: Desk, gateway: StripeCheckouts, number: str = VISA) -> SetupFacts:
    """A card (or a bank account, by its number) of the one customer."""
    is_card = len(number) == len(VISA)
    wanted = order(desk, customer(gateway), "card" if is_card else "us_bank_account")
    opened = saving.create_setup(gateway, wanted, idempotency_key=f"setup:{number}:{len(desk.world.requests)}")
    submit = desk.world.pay_by_card if is_card else desk.world.pay_by_bank
    intent = submit(opened.checkout_id, number)
    if intent["status"] == "requires_action":
        desk.world.finish_challenge(intent["id"])
    return saving.read_setup(gateway, opened.checkout_id)
