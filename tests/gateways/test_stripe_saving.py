"""Customers, pages that save a method, methods and mandates through the real `stripe` library, against the stand-in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from e2e.stripe import Fault
from portal.gateways import stripe_saving as saving
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_saved_values import MandateFacts, MethodFacts
from portal.gateways.stripe_values import CheckoutLine, CheckoutOrder, Method, StripeRefused, StripeUnavailable
from tests.e2e.stripe_desk import Desk
from tests.gateways.saved_methods import BANK, VISA, WHOSE, customer, order, saved

Make = Callable[[Desk, StripeCheckouts], object]


def make_customer(desk: Desk, gateway: StripeCheckouts) -> object:
    return customer(gateway, "k")


def make_setup(desk: Desk, gateway: StripeCheckouts) -> object:
    return saving.create_setup(gateway, order(desk, customer(gateway)), idempotency_key="k")


MADE: dict[str, tuple[Make, str, str]] = {
    "customer": (make_customer, "/v1/customers", "customer"),
    "setup": (make_setup, "/v1/checkout/sessions", "checkout.session"),
}


def test_a_customer_is_named_and_ours(desk: Desk, gateway: StripeCheckouts) -> None:
    made = desk.world.get("customer", customer(gateway))
    assert (made["name"], made["email"], made["metadata"]) == ("Ada", "ada@example.com", {"portal_instance": "here"})


def test_a_page_that_saves_says_whose_it_is_and_takes_nothing(desk: Desk, gateway: StripeCheckouts) -> None:
    wanted = order(desk, customer(gateway))
    opened = saving.create_setup(gateway, wanted, idempotency_key="k")
    assert opened.url.startswith("http://localhost:")
    assert opened.payment_intent_id is None
    facts = saving.read_setup(gateway, opened.checkout_id)
    assert (facts.status, facts.setup_status, facts.succeeded) == ("open", "requires_payment_method", False)
    assert (facts.reference, facts.metadata, facts.customer_id) == ("st_1", WHOSE, wanted.customer_id)
    assert (facts.payment_method_id, facts.mandate_id) == (None, None)
    assert facts.setup_intent_id is not None
    assert desk.world.get("setup_intent", facts.setup_intent_id)["metadata"] == WHOSE
    session = desk.world.get("checkout.session", opened.checkout_id)
    assert (session["mode"], session["payment_method_types"]) == ("setup", ["card"])
    assert session["wallet_options"] == {"link": {"display": "never"}}
    assert desk.world.all("payment_intent") == []


def test_a_saved_card(desk: Desk, gateway: StripeCheckouts) -> None:
    facts = saved(desk, gateway)
    assert (facts.status, facts.succeeded, facts.mandate_id) == ("complete", True, None)
    assert facts.payment_method_id is not None
    method = saving.read_method(gateway, facts.payment_method_id)
    assert method == MethodFacts(
        payment_method_id=facts.payment_method_id,
        kind="card",
        name="visa",
        last4="4242",
        exp_month=12,
        exp_year=2034,
        customer_id=facts.customer_id,
        fingerprint=method.fingerprint,
    )
    again = saved(desk, gateway)
    assert again.payment_method_id is not None
    twin = saving.read_method(gateway, again.payment_method_id)
    assert method.fingerprint
    assert twin.fingerprint == method.fingerprint
    assert twin.payment_method_id != method.payment_method_id


def test_a_saved_bank_account_has_a_mandate(desk: Desk, gateway: StripeCheckouts) -> None:
    facts = saved(desk, gateway, BANK)
    assert facts.succeeded
    assert facts.payment_method_id is not None
    assert facts.mandate_id is not None
    method = saving.read_method(gateway, facts.payment_method_id)
    assert (method.kind, method.name, method.last4) == ("us_bank_account", "STRIPE TEST BANK", "6789")
    assert (method.exp_month, method.exp_year) == (None, None)
    mandate = saving.read_mandate(gateway, facts.mandate_id)
    assert mandate == MandateFacts(facts.mandate_id, "active", facts.payment_method_id)
    desk.world.end_mandate(facts.payment_method_id)
    assert saving.read_mandate(gateway, facts.mandate_id).status == "inactive"
    session = desk.world.get("checkout.session", facts.checkout_id)
    assert session["payment_method_options"]["us_bank_account"] == {"verification_method": "instant"}


def test_a_declined_card_is_not_saved(desk: Desk, gateway: StripeCheckouts) -> None:
    facts = saved(desk, gateway, "4000000000000002")
    assert (facts.status, facts.setup_status, facts.payment_method_id) == ("open", "requires_payment_method", None)
    desk.world.pay_by_card(facts.checkout_id)
    assert saving.read_setup(gateway, facts.checkout_id).succeeded


def test_detaching_twice_or_nothing_is_as_wished(desk: Desk, gateway: StripeCheckouts) -> None:
    facts = saved(desk, gateway)
    assert facts.payment_method_id is not None
    for _ in range(2):
        saving.detach_method(gateway, facts.payment_method_id)
        assert saving.read_method(gateway, facts.payment_method_id).customer_id is None
    saving.detach_method(gateway, "pm_nothing")
    with pytest.raises(StripeRefused) as missing:
        saving.read_method(gateway, "pm_nothing")
    assert missing.value.status == 404


def test_a_lost_detachment_is_asked_again(
    desk: Desk, gateway: StripeCheckouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = saved(desk, gateway)
    assert facts.payment_method_id is not None
    monkeypatch.setattr("stripe.HTTPClient._sleep_time_seconds", lambda *_: 0)
    desk.world.fault(Fault("drop_after", path="/v1/payment_methods", times=3))
    with pytest.raises(StripeUnavailable):
        saving.detach_method(gateway, facts.payment_method_id)
    saving.detach_method(gateway, facts.payment_method_id)
    assert desk.told().count("payment_method.detached") == 1


@pytest.mark.parametrize("name", MADE)
def test_the_same_key_after_a_lost_answer_finds_the_same(
    desk: Desk, gateway: StripeCheckouts, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    make, path, kind = MADE[name]
    if name == "setup":
        customer(gateway)
    monkeypatch.setattr("stripe.HTTPClient._sleep_time_seconds", lambda *_: 0)
    desk.world.fault(Fault("drop_after", path=path, times=3))
    with pytest.raises(StripeUnavailable):
        make(desk, gateway)
    assert make(desk, gateway) == make(desk, gateway)
    assert len(desk.world.all(kind)) == 1


@pytest.mark.parametrize("fault", ["conflict", "rate_limit", "server_error"])
@pytest.mark.parametrize("name", MADE)
def test_a_busy_or_broken_stripe_is_to_be_asked_later(
    desk: Desk, gateway: StripeCheckouts, name: str, fault: Any
) -> None:
    make, path, kind = MADE[name]
    if name == "setup":
        customer(gateway)
    desk.world.fault(Fault(fault, path=path, should_retry=False))
    with pytest.raises(StripeUnavailable) as busy:
        make(desk, gateway)
    assert busy.value.is_remembered is (fault == "server_error")
    assert desk.world.all(kind) == []


@pytest.mark.parametrize(("method", "number"), [("card", VISA), ("us_bank_account", BANK)])
def test_a_first_payment_tells_which_method_and_mandate_it_made(
    desk: Desk, gateway: StripeCheckouts, method: Method, number: str
) -> None:
    wanted = _first_payment(desk, customer(gateway), method)
    opened = gateway.create_checkout(wanted, idempotency_key="k")
    submit = desk.world.pay_by_card if method == "card" else desk.world.pay_by_bank
    submit(opened.checkout_id, number)
    facts = gateway.read_payment(opened.checkout_id)
    assert facts.intent is not None
    assert facts.charge is not None
    assert facts.intent.customer_id == wanted.customer_id
    assert facts.charge.payment_method_id == facts.intent.payment_method_id
    assert facts.charge.payment_method_id is not None
    kept = saving.read_method(gateway, facts.charge.payment_method_id)
    assert kept.customer_id == wanted.customer_id
    assert (facts.charge.mandate_id is None) is (method == "card")
    if facts.charge.mandate_id is not None:
        mandate = saving.read_mandate(gateway, facts.charge.mandate_id)
        assert (mandate.status, mandate.payment_method_id) == ("active", kept.payment_method_id)
        assert desk.world.get("mandate", mandate.mandate_id)["type"] == "multi_use"


def test_a_payment_that_saves_nothing_leaves_nothing(desk: Desk, gateway: StripeCheckouts) -> None:
    wanted = replace(_first_payment(desk, customer(gateway), "card"), saves_method=False)
    opened = gateway.create_checkout(wanted, idempotency_key="k")
    desk.world.pay_by_card(opened.checkout_id)
    facts = gateway.read_payment(opened.checkout_id)
    assert facts.charge is not None
    assert facts.charge.payment_method_id is not None
    assert saving.read_method(gateway, facts.charge.payment_method_id).customer_id is None


def _first_payment(desk: Desk, customer_id: str, method: Method) -> CheckoutOrder:
    """With an email address too, which Stripe does not take beside a customer."""
    setup = order(desk, customer_id, method)
    return CheckoutOrder(
        reference="attempt_1",
        metadata={"portal_instance": "here"},
        currency="usd",
        lines=(CheckoutLine("Invoice 1001", None, 10_000),),
        method=method,
        success_url=setup.success_url,
        cancel_url=setup.cancel_url,
        expires_at=setup.expires_at,
        customer_email="other@example.com",
        customer_id=customer_id,
        saves_method=True,
    )
