"""Money given back through the real `stripe` library, against the stand-in; and what a dispute says of itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from e2e.stripe import Fault
from portal.gateways import stripe_listing as listing
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_reading import dispute_facts
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from tests.e2e.stripe_desk import Desk

WHOSE = {"portal_instance": "here", "refund": "rf_1"}


def test_a_refund_names_its_charge_and_whose_it_is(desk: Desk, gateway: StripeCheckouts) -> None:
    intent = desk.paid(10_000)
    refund = gateway.create_refund(intent, 4_000, metadata=WHOSE, idempotency_key="k")
    assert (refund.status, refund.amount_cents, refund.currency) == ("succeeded", 4_000, "usd")
    assert (refund.payment_intent_id, refund.metadata, refund.created_at) == (intent, WHOSE, desk.clock.now())
    payment = gateway.read_payment_by_intent(intent)
    assert payment.charge is not None
    assert refund.charge_id == payment.charge.charge_id
    (read,) = payment.refunds
    assert replace(read, bookings=()) == refund


def test_one_key_gives_back_once_and_two_keys_twice(desk: Desk, gateway: StripeCheckouts) -> None:
    intent = desk.paid(10_000)
    first = gateway.create_refund(intent, 4_000, metadata=WHOSE, idempotency_key="first")
    assert gateway.create_refund(intent, 4_000, metadata=WHOSE, idempotency_key="first") == first
    second = gateway.create_refund(intent, 4_000, metadata=WHOSE, idempotency_key="second")
    assert len(gateway.read_payment_by_intent(intent).refunds) == 2
    assert second.refund_id != first.refund_id
    with pytest.raises(StripeRefused) as reused:
        gateway.create_refund(intent, 2_000, metadata=WHOSE, idempotency_key="first")
    assert reused.value.code == "idempotency_error"


def test_a_refund_whose_answer_was_lost_is_found_by_its_key(
    desk: Desk, gateway: StripeCheckouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = desk.paid(10_000)
    monkeypatch.setattr("stripe.HTTPClient._sleep_time_seconds", lambda *_: 0)
    desk.world.fault(Fault("drop_after", path="/v1/refunds", times=3))
    with pytest.raises(StripeUnavailable) as lost:
        gateway.create_refund(intent, 4_000, metadata=WHOSE, idempotency_key="k")
    assert not lost.value.is_remembered
    refund = gateway.create_refund(intent, 4_000, metadata=WHOSE, idempotency_key="k")
    assert [each.refund_id for each in gateway.read_payment_by_intent(intent).refunds] == [refund.refund_id]


def test_a_500_is_remembered_by_its_key(desk: Desk, gateway: StripeCheckouts) -> None:
    intent = desk.paid(10_000)
    desk.world.fault(Fault("server_error", path="/v1/refunds", should_retry=False))
    for _ in range(2):
        with pytest.raises(StripeUnavailable) as broken:
            gateway.create_refund(intent, 4_000, metadata=WHOSE, idempotency_key="k")
        assert broken.value.is_remembered
    assert gateway.read_payment_by_intent(intent).refunds == ()
    assert gateway.create_refund(intent, 4_000, metadata=WHOSE, idempotency_key="other").amount_cents == 4_000


def test_what_stripe_does_not_give_back(desk: Desk, gateway: StripeCheckouts) -> None:
    intent, disputed = desk.paid(10_000), desk.paid(10_000)
    desk.world.dispute(disputed)
    with pytest.raises(StripeRefused, match="greater than unrefunded"):
        gateway.create_refund(intent, 10_001, metadata=WHOSE, idempotency_key="more")
    with pytest.raises(StripeRefused) as refused:
        gateway.create_refund(disputed, 100, metadata=WHOSE, idempotency_key="disputed")
    assert (refused.value.code, refused.value.status) == ("charge_disputed", 400)


def test_a_bank_refund_is_pending_at_first(desk: Desk, gateway: StripeCheckouts) -> None:
    intent = desk.world.pay_by_bank(desk.session().id)["id"]
    desk.world.settle_bank(intent)
    refund = gateway.create_refund(intent, 100, metadata=WHOSE, idempotency_key="k")
    assert refund.status == "pending"
    desk.clock.move(days=8)
    assert gateway.read_payment_by_intent(intent).refunds[0].status == "succeeded"


def test_a_refund_tells_what_it_took_and_gave_back(desk: Desk, gateway: StripeCheckouts) -> None:
    intent = desk.paid(10_000)
    made = desk.world.refund(intent, 400)
    begun = desk.clock.now()
    asked = len(desk.world.requests)
    (live,) = gateway.read_payment_by_intent(intent).refunds
    assert len(desk.world.requests) == asked + 2
    assert live.failed_at is None
    (taken,) = live.bookings
    assert (taken.amount_cents, taken.fee_cents, taken.currency, taken.created_at) == (-400, 0, "usd", begun)
    desk.clock.move(days=3)
    desk.world.fail_refund(made["id"])
    # The charge itself no longer tells of it: nothing of it is refunded.
    (failed,) = gateway.read_payment_by_intent(intent).refunds
    assert (failed.created_at, failed.failed_at) == (begun, desk.clock.now())
    assert [each.amount_cents for each in failed.bookings] == [-400, 400]
    assert failed.bookings[0] == taken
    assert list(listing.refunds(gateway, since=begun)) == [failed]


def test_a_refund_that_stripe_has_not_booked(desk: Desk, gateway: StripeCheckouts) -> None:
    intent = desk.paid(10_000)
    made = desk.world.refund(intent, 400)
    desk.world.fail_refund(made["id"])
    made |= {"balance_transaction": None, "failure_balance_transaction": None}
    (read,) = gateway.read_payment_by_intent(intent).refunds
    assert (read.status, read.failed_at, read.bookings) == ("failed", None, ())


def test_a_dispute_names_its_charge_and_when_to_answer(desk: Desk, gateway: StripeCheckouts) -> None:
    card, bank = desk.paid(), desk.world.pay_by_bank(desk.session().id)["id"]
    desk.world.settle_bank(bank)
    opened = desk.world.dispute(card)
    desk.world.dispute(bank, "insufficient_funds")
    (chargeback,) = gateway.read_payment_by_intent(card).disputes
    (returned,) = gateway.read_payment_by_intent(bank).disputes
    assert (chargeback.charge_id, chargeback.payment_intent_id) == (opened["charge"], card)
    assert chargeback.answer_by == desk.clock.now() + timedelta(days=20)
    assert (returned.payment_intent_id, returned.answer_by) == (bank, None)
    # https://docs.stripe.com/api/disputes/object#dispute_object-evidence_details-due_by: zero, no answer is taken.
    unanswerable = opened | {"evidence_details": {"due_by": 0}, "payment_intent": None}
    assert dispute_facts(unanswerable).answer_by is None
    assert dispute_facts(unanswerable).payment_intent_id is None
