"""Checkouts and payments through the real `stripe` library, against the stand-in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from e2e.serving import serve
from e2e.stripe import TEST_KEY, Fault, StripeWorld, stripe_app
from portal.gateways.stripe_checkout import StripeCheckouts, open_stripe
from portal.gateways.stripe_values import (
    CheckoutLine,
    CheckoutOrder,
    StripeRefused,
    StripeUnavailable,
)
from portal.rules.refusals import Refusal
from tests.support.clock import MovableClock


@pytest.fixture
def world(clock: MovableClock) -> Iterator[StripeWorld]:
    made = StripeWorld(clock, seed=1)
    yield made
    assert made.type_errors == []


@pytest.fixture
def gateway(world: StripeWorld) -> Iterator[StripeCheckouts]:
    with serve(stripe_app(world), host="localhost") as serving:
        yield open_stripe(TEST_KEY, api_base=serving.url)


@pytest.fixture
def order(clock: MovableClock) -> CheckoutOrder:
    return CheckoutOrder(
        reference="attempt_1",
        metadata={"portal_instance": "here", "attempt": "attempt_1"},
        currency="usd",
        lines=(
            CheckoutLine("Invoice 1001", "1,000.00 less 18.40 for paying by March 11", 98_160),
            CheckoutLine("Invoice 1002", None, 51_840),
        ),
        method="card",
        success_url="http://127.0.0.1:1/a/x/payments/y",
        cancel_url="http://127.0.0.1:1/a/x",
        expires_at=clock.now() + timedelta(minutes=31),
    )


def test_a_checkout_says_what_is_paid_and_whose_it_is(
    world: StripeWorld, gateway: StripeCheckouts, order: CheckoutOrder
) -> None:
    opened = gateway.create_checkout(replace(order, customer_email="pat@example.com"), idempotency_key="k")
    assert opened.url.startswith("http://localhost:")
    facts = gateway.read_payment(opened.checkout_id)
    assert facts.checkout is not None
    assert (facts.checkout.status, facts.checkout.payment_status) == ("open", "unpaid")
    assert (facts.checkout.amount_cents, facts.checkout.currency) == (150_000, "usd")
    assert facts.checkout.reference == "attempt_1"
    assert facts.checkout.metadata == order.metadata
    assert facts.checkout.expires_at == order.expires_at
    assert facts.checkout.url == opened.url
    assert not facts.checkout.livemode
    assert facts.charge is None
    assert not facts.succeeded
    assert not facts.processing
    session = world.get("checkout.session", opened.checkout_id)
    assert session["adaptive_pricing"] == {"enabled": False}
    assert session["wallet_options"] == {"link": {"display": "never"}}
    assert session["customer_email"] == "pat@example.com"


def test_the_methods_come_from_the_order(world: StripeWorld, gateway: StripeCheckouts, order: CheckoutOrder) -> None:
    card = gateway.create_checkout(order, idempotency_key="card")
    bank = gateway.create_checkout(replace(order, method="us_bank_account"), idempotency_key="bank")
    assert world.get("checkout.session", card.checkout_id)["payment_method_types"] == ["card"]
    session = world.get("checkout.session", bank.checkout_id)
    assert session["payment_method_types"] == ["us_bank_account"]
    assert session["payment_method_options"]["us_bank_account"]["verification_method"] == "instant"


def test_a_card_payment_is_read_whole_in_one_request(
    world: StripeWorld, clock: MovableClock, gateway: StripeCheckouts, order: CheckoutOrder
) -> None:
    opened = gateway.create_checkout(order, idempotency_key="k")
    world.pay_by_card(opened.checkout_id)
    before = len(world.requests)
    facts = gateway.read_payment(opened.checkout_id)
    assert len(world.requests) == before + 1
    assert facts.checkout is not None
    assert (facts.checkout.status, facts.checkout.payment_status) == ("complete", "paid")
    assert facts.intent is not None
    assert (facts.intent.status, facts.intent.received_cents) == ("succeeded", 150_000)
    assert facts.intent.metadata == order.metadata
    charge = facts.charge
    assert charge is not None
    assert (charge.status, charge.amount_cents, charge.captured_cents) == ("succeeded", 150_000, 150_000)
    assert (charge.method_type, charge.method_name, charge.last4) == ("card", "visa", "4242")
    assert charge.created_at == clock.now()
    assert charge.balance_transaction_id is not None
    assert charge.balance_transaction_id.startswith("txn_")
    assert (charge.fee_cents, charge.fee_currency) == (4_380, "usd")
    assert facts.succeeded
    by_intent = gateway.read_payment_by_intent(facts.intent.payment_intent_id)
    assert by_intent == replace(facts, checkout=None)


def test_a_declined_card_leaves_a_failed_charge_and_an_open_session(
    world: StripeWorld, gateway: StripeCheckouts, order: CheckoutOrder
) -> None:
    opened = gateway.create_checkout(order, idempotency_key="k")
    world.pay_by_card(opened.checkout_id, "4000000000009995")
    facts = gateway.read_payment(opened.checkout_id)
    assert facts.checkout is not None
    assert facts.checkout.status == "open"
    assert facts.intent is not None
    assert facts.intent.status == "requires_payment_method"
    assert (facts.intent.error_code, facts.intent.decline_code) == ("card_declined", "insufficient_funds")
    assert facts.intent.error_message
    assert facts.charge is not None
    assert facts.charge.status == "failed"
    assert facts.charge.failure_code == "card_declined"
    assert not facts.succeeded


def test_a_bank_debit_is_processing_then_paid(
    world: StripeWorld, gateway: StripeCheckouts, order: CheckoutOrder
) -> None:
    opened = gateway.create_checkout(replace(order, method="us_bank_account"), idempotency_key="k")
    intent = world.pay_by_bank(opened.checkout_id)
    facts = gateway.read_payment(opened.checkout_id)
    assert facts.processing
    assert not facts.succeeded
    assert facts.checkout is not None
    assert (facts.checkout.status, facts.checkout.payment_status) == ("complete", "unpaid")
    assert facts.charge is not None
    assert (facts.charge.status, facts.charge.method_type) == ("pending", "us_bank_account")
    assert facts.charge.method_name
    assert facts.charge.last4 == "6789"
    assert facts.charge.fee_cents is None
    world.settle_bank(intent["id"])
    assert gateway.read_payment(opened.checkout_id).succeeded


def test_refunds_and_disputes_come_with_the_payment(
    world: StripeWorld, clock: MovableClock, gateway: StripeCheckouts, order: CheckoutOrder
) -> None:
    opened = gateway.create_checkout(order, idempotency_key="k")
    intent = world.pay_by_card(opened.checkout_id)
    for number in range(12):
        clock.move(seconds=1)
        world.refund(intent["id"], 100 + number)
    facts = gateway.read_payment(opened.checkout_id)
    assert [refund.amount_cents for refund in facts.refunds] == [100 + number for number in range(12)]
    assert {refund.status for refund in facts.refunds} <= {"succeeded", "pending"}
    world.fail_refund(facts.refunds[0].refund_id)
    failed = gateway.read_payment(opened.checkout_id).refunds[0]
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")


def test_a_dispute_tells_what_it_took_and_gave_back(
    world: StripeWorld, gateway: StripeCheckouts, order: CheckoutOrder
) -> None:
    opened = gateway.create_checkout(order, idempotency_key="k")
    intent = world.pay_by_card(opened.checkout_id)
    dispute = world.dispute(intent["id"])
    (open_one,) = gateway.read_payment(opened.checkout_id).disputes
    assert (open_one.dispute_id, open_one.amount_cents, open_one.reason) == (dispute["id"], 150_000, "fraudulent")
    assert [moved.amount_cents for moved in open_one.movements] == [-150_000]
    world.close_dispute(dispute["id"], won=True)
    (won,) = gateway.read_payment_by_intent(intent["id"]).disputes
    assert won.status == "won"
    assert [moved.amount_cents for moved in won.movements] == [-150_000, 150_000]


def test_an_open_checkout_is_closed(gateway: StripeCheckouts, order: CheckoutOrder) -> None:
    opened = gateway.create_checkout(order, idempotency_key="k")
    for _ in range(2):
        facts = gateway.expire_checkout(opened.checkout_id)
        assert facts.checkout is not None
        assert facts.checkout.status == "expired"
        assert facts.checkout.url is None


def test_closing_too_late_tells_what_was_paid(
    world: StripeWorld, gateway: StripeCheckouts, order: CheckoutOrder
) -> None:
    opened = gateway.create_checkout(order, idempotency_key="k")
    world.pay_by_card(opened.checkout_id)
    facts = gateway.expire_checkout(opened.checkout_id)
    assert facts.checkout is not None
    assert facts.checkout.status == "complete"
    assert facts.succeeded


def test_over_a_hundred_lines_become_one(world: StripeWorld, gateway: StripeCheckouts, order: CheckoutOrder) -> None:
    lines = tuple(CheckoutLine(f"Invoice {number}", None, 100) for number in range(101))
    hundred = gateway.create_checkout(replace(order, lines=lines[:100]), idempotency_key="a")
    more = gateway.create_checkout(replace(order, lines=lines), idempotency_key="b")
    assert len(world.hidden[hundred.checkout_id]["lines"]) == 100
    (summary,) = world.hidden[more.checkout_id]["lines"]
    assert summary["amount_total"] == 10_100
    assert summary["description"] == "101 invoices and charges"


def test_more_than_stripe_takes_is_refused_before_it_is_asked(
    world: StripeWorld, gateway: StripeCheckouts, order: CheckoutOrder
) -> None:
    most = replace(order, lines=(CheckoutLine("Invoice", None, 99_999_999),))
    gateway.create_checkout(most, idempotency_key="most")
    asked = len(world.requests)
    with pytest.raises(Refusal) as refusal:
        gateway.create_checkout(
            replace(most, lines=(*most.lines, CheckoutLine("Cent", None, 1))), idempotency_key="more"
        )
    assert refusal.value.field == "amount"
    assert len(world.requests) == asked


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "conflict"])
def test_one_failing_call_still_opens_one_session(
    world: StripeWorld, gateway: StripeCheckouts, order: CheckoutOrder, kind: str
) -> None:
    world.fault(Fault(kind, path="/v1/checkout/sessions"))  # type: ignore[arg-type]
    opened = gateway.create_checkout(order, idempotency_key="k")
    assert [session["id"] for session in world.all("checkout.session")] == [opened.checkout_id]


def test_the_same_key_after_an_unclear_end_finds_the_same_session(
    world: StripeWorld, gateway: StripeCheckouts, order: CheckoutOrder
) -> None:
    world.fault(Fault("drop_after", path="/v1/checkout/sessions", times=3))
    with pytest.raises(StripeUnavailable):
        gateway.create_checkout(order, idempotency_key="k")
    opened = gateway.create_checkout(order, idempotency_key="k")
    assert gateway.create_checkout(order, idempotency_key="k") == opened
    assert [session["id"] for session in world.all("checkout.session")] == [opened.checkout_id]


@pytest.mark.parametrize("kind", ["rate_limit", "server_error", "conflict"])
def test_a_busy_or_broken_stripe_is_to_be_asked_later(
    world: StripeWorld, gateway: StripeCheckouts, order: CheckoutOrder, kind: str
) -> None:
    world.fault(Fault(kind, times=None, should_retry=False))  # type: ignore[arg-type]
    with pytest.raises(StripeUnavailable):
        gateway.create_checkout(order, idempotency_key="k")


def test_what_stripe_refuses_is_named(gateway: StripeCheckouts, order: CheckoutOrder) -> None:
    with pytest.raises(StripeRefused) as missing:
        gateway.read_payment("cs_test_nowhere")
    assert (missing.value.code, missing.value.status) == ("resource_missing", 404)
    gateway.create_checkout(order, idempotency_key="k")
    with pytest.raises(StripeRefused) as reused:
        gateway.create_checkout(replace(order, reference="attempt_2"), idempotency_key="k")
    assert reused.value.code == "idempotency_error"


def test_a_wrong_key_is_refused_without_showing_it(world: StripeWorld, order: CheckoutOrder) -> None:
    with serve(stripe_app(world), host="localhost") as serving:
        stranger = open_stripe("sk_test_a_secret_of_somebody", api_base=serving.url)
        with pytest.raises(StripeRefused) as refused:
            stranger.create_checkout(order, idempotency_key="k")
    assert refused.value.status == 401
    assert "secret" not in f"{refused.value}{refused.value!r}{refused.value.__cause__}"
    assert refused.value.__suppress_context__


def test_nobody_there_is_to_be_asked_later() -> None:
    with serve(stripe_app(StripeWorld(MovableClock()))) as serving:
        url = serving.url
    with pytest.raises(StripeUnavailable) as away:
        open_stripe(TEST_KEY, api_base=url).read_payment("cs_1")
    assert TEST_KEY not in str(away.value)
