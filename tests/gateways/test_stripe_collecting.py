"""Saved methods charged through the real `stripe` library, against the stand-in: declines, questions, lost answers."""

from typing import Any

import pytest

from e2e.stripe import Fault
from portal.gateways import stripe_collecting as collecting
from portal.gateways import stripe_saving as saving
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_saved_values import CollectOrder
from portal.gateways.stripe_values import IntentFacts, StripeRefused, StripeUnavailable
from tests.e2e.stripe_desk import Desk
from tests.gateways.saved_methods import BANK, VISA, saved

BACK = "http://127.0.0.1:1/a/x/collections/y"
ASKS_ALWAYS = "4000002760003184"
ASKS_ONCE = "4000002500003155"
WHOSE = {"portal_instance": "here", "collection": "co_1"}


def ordered(desk: Desk, gateway: StripeCheckouts, number: str = VISA) -> CollectOrder:
    facts = saved(desk, gateway, number)
    assert facts.customer_id is not None
    assert facts.payment_method_id is not None
    return CollectOrder(
        amount_cents=25_000,
        currency="usd",
        customer_id=facts.customer_id,
        payment_method_id=facts.payment_method_id,
        method="card" if len(number) == len(VISA) else "us_bank_account",
        metadata=WHOSE,
        description="Invoice 1001",
    )


def begun(desk: Desk, gateway: StripeCheckouts, number: str = VISA) -> tuple[str, str]:
    """The ids of an unconfirmed intent and of its method."""
    order = ordered(desk, gateway, number)
    return collecting.create_intent(gateway, order, idempotency_key="k").payment_intent_id, order.payment_method_id


def charge(gateway: StripeCheckouts, ids: tuple[str, str], key: str = "1") -> IntentFacts:
    return collecting.confirm_off_session(
        gateway, ids[0], payment_method_id=ids[1], return_url=BACK, idempotency_key=key
    )


def charge_here(gateway: StripeCheckouts, ids: tuple[str, str], key: str = "here") -> IntentFacts:
    return collecting.confirm_on_session(
        gateway, ids[0], payment_method_id=ids[1], return_url=BACK, idempotency_key=key
    )


def test_an_intent_is_created_and_takes_nothing(desk: Desk, gateway: StripeCheckouts) -> None:
    order = ordered(desk, gateway)
    intent = collecting.create_intent(gateway, order, idempotency_key="k")
    assert collecting.create_intent(gateway, order, idempotency_key="k") == intent
    assert (intent.status, intent.amount_cents, intent.received_cents) == ("requires_confirmation", 25_000, 0)
    assert (intent.customer_id, intent.payment_method_id) == (order.customer_id, order.payment_method_id)
    assert (intent.metadata, intent.next_url, intent.error_code) == (WHOSE, None, None)
    (made,) = desk.world.all("payment_intent")
    assert (made["payment_method_types"], made["description"]) == (["card"], "Invoice 1001")
    assert desk.world.all("charge") == []


@pytest.mark.parametrize("number", [VISA, ASKS_ONCE])
def test_a_card_is_charged_while_its_owner_is_away(desk: Desk, gateway: StripeCheckouts, number: str) -> None:
    ids = begun(desk, gateway, number)
    intent = charge(gateway, ids)
    assert (intent.status, intent.received_cents, intent.next_url) == ("succeeded", 25_000, None)
    payment = gateway.read_payment_by_intent(ids[0])
    assert payment.succeeded
    assert payment.charge is not None
    assert payment.charge.payment_method_id == ids[1]


def test_a_bank_account_is_debited_under_its_mandate(desk: Desk, gateway: StripeCheckouts) -> None:
    ids = begun(desk, gateway, BANK)
    assert charge(gateway, ids).status == "processing"
    payment = gateway.read_payment_by_intent(ids[0])
    assert payment.processing
    assert payment.charge is not None
    assert payment.charge.mandate_id is not None
    assert saving.read_mandate(gateway, payment.charge.mandate_id).payment_method_id == ids[1]
    desk.world.settle_bank(ids[0])
    assert gateway.read_payment_by_intent(ids[0]).succeeded


@pytest.mark.parametrize("reason", ["insufficient_funds", "lost_card"])
def test_a_decline_is_an_answer_and_the_next_try_has_its_own(desk: Desk, gateway: StripeCheckouts, reason: str) -> None:
    ids = begun(desk, gateway)
    desk.world.decline_next(ids[1], reason)
    declined = charge(gateway, ids)
    assert (declined.status, declined.received_cents) == ("requires_payment_method", 0)
    assert (declined.error_code, declined.decline_code) == ("card_declined", reason)
    assert declined.payment_method_id == ids[1]
    assert charge(gateway, ids) == declined
    assert len(desk.world.all("charge")) == 1
    retried = charge(gateway, ids, "2")
    assert (retried.status, retried.error_code) == ("succeeded", None)
    # What was asked under the first key is answered as it stands now.
    assert charge(gateway, ids) == retried


def test_an_expired_card_is_declined(desk: Desk, gateway: StripeCheckouts) -> None:
    ids = begun(desk, gateway)
    desk.world.expire_card(ids[1])
    facts = saving.read_method(gateway, ids[1])
    assert (facts.exp_month, facts.exp_year) == (3, 2025)
    assert charge(gateway, ids).error_code == "expired_card"
    desk.world.renew_card(ids[1])
    assert charge(gateway, ids, "2").status == "succeeded"


def test_a_bank_that_asks_wants_the_customer_there(desk: Desk, gateway: StripeCheckouts) -> None:
    ids = begun(desk, gateway, ASKS_ALWAYS)
    away = charge(gateway, ids)
    assert (away.status, away.error_code) == ("requires_payment_method", "authentication_required")
    assert away.next_url is None
    here = charge_here(gateway, ids)
    assert (here.status, here.next_url) == ("requires_action", f"{desk.url}/3ds/{ids[0]}")
    assert charge_here(gateway, ids) == here
    desk.world.finish_challenge(ids[0], passed=False)
    failed = gateway.read_payment_by_intent(ids[0]).intent
    assert failed is not None
    assert failed.error_code == "payment_intent_authentication_failure"
    assert charge_here(gateway, ids, "again").next_url is not None
    desk.world.finish_challenge(ids[0])
    assert gateway.read_payment_by_intent(ids[0]).succeeded


def test_with_the_customer_there_a_card_may_go_through_at_once(desk: Desk, gateway: StripeCheckouts) -> None:
    ids = begun(desk, gateway)
    here = charge_here(gateway, ids)
    assert (here.status, here.next_url) == ("succeeded", None)
    other = collecting.create_intent(gateway, ordered(desk, gateway, "5555555555554444"), idempotency_key="of other")
    assert other.payment_method_id is not None
    desk.world.decline_next(other.payment_method_id, "lost_card")
    refused = charge_here(gateway, (other.payment_intent_id, other.payment_method_id), "other")
    assert (refused.status, refused.decline_code) == ("requires_payment_method", "lost_card")


def test_what_cannot_be_charged_is_refused(desk: Desk, gateway: StripeCheckouts) -> None:
    bank = begun(desk, gateway, BANK)
    desk.world.end_mandate(bank[1])
    with pytest.raises(StripeRefused) as no_mandate:
        charge(gateway, bank)
    assert (no_mandate.value.code, no_mandate.value.status) == ("payment_intent_mandate_invalid", 400)
    order = ordered(desk, gateway)
    card = collecting.create_intent(gateway, order, idempotency_key="card").payment_intent_id, order.payment_method_id
    desk.world.detach(card[1])
    with pytest.raises(StripeRefused, match="detached"):
        charge(gateway, card, "2")
    with pytest.raises(StripeRefused, match="detached"):
        collecting.create_intent(gateway, order, idempotency_key="detached")
    assert desk.world.all("charge") == []


def test_an_intent_is_cancelled_or_answered_as_it_is(desk: Desk, gateway: StripeCheckouts) -> None:
    ids = begun(desk, gateway)
    for _ in range(2):
        assert collecting.cancel_intent(gateway, ids[0]).status == "canceled"
    assert charge(gateway, ids).status == "canceled"
    bank = collecting.create_intent(gateway, ordered(desk, gateway, BANK), idempotency_key="of bank")
    assert bank.payment_method_id is not None
    charge(gateway, (bank.payment_intent_id, bank.payment_method_id), "bank")
    assert collecting.cancel_intent(gateway, bank.payment_intent_id).status == "processing"
    desk.world.settle_bank(bank.payment_intent_id)
    assert collecting.cancel_intent(gateway, bank.payment_intent_id).status == "succeeded"
    with pytest.raises(StripeRefused) as missing:
        collecting.cancel_intent(gateway, "pi_nothing")
    assert missing.value.status == 404


@pytest.mark.parametrize("is_declined", [False, True])
def test_a_lost_answer_charges_once(
    desk: Desk, gateway: StripeCheckouts, monkeypatch: pytest.MonkeyPatch, is_declined: bool
) -> None:
    ids = begun(desk, gateway)
    if is_declined:
        desk.world.decline_next(ids[1], "insufficient_funds")
    monkeypatch.setattr("stripe.HTTPClient._sleep_time_seconds", lambda *_: 0)
    desk.world.fault(Fault("drop_after", path=f"/v1/payment_intents/{ids[0]}/confirm", times=3))
    with pytest.raises(StripeUnavailable) as lost:
        charge(gateway, ids)
    assert not lost.value.is_remembered
    assert charge(gateway, ids).status == ("requires_payment_method" if is_declined else "succeeded")
    assert len(desk.world.all("charge")) == 1


def test_a_decline_that_cannot_be_read_is_asked_again(desk: Desk, gateway: StripeCheckouts) -> None:
    ids = begun(desk, gateway)
    desk.world.decline_next(ids[1], "insufficient_funds")
    desk.world.fault(Fault("server_error", method="GET", path="/v1/payment_intents", should_retry=False))
    with pytest.raises(StripeUnavailable):
        charge(gateway, ids)
    assert charge(gateway, ids).decline_code == "insufficient_funds"
    assert len(desk.world.all("charge")) == 1


@pytest.mark.parametrize("fault", ["conflict", "rate_limit", "server_error"])
@pytest.mark.parametrize("what", ["create", "confirm", "cancel"])
def test_a_busy_or_broken_stripe_is_to_be_asked_later(
    desk: Desk, gateway: StripeCheckouts, what: str, fault: Any
) -> None:
    order = ordered(desk, gateway)
    if what != "create":
        intent_id = collecting.create_intent(gateway, order, idempotency_key="k").payment_intent_id
    desk.world.fault(Fault(fault, path="/v1/payment_intents", should_retry=False))
    with pytest.raises(StripeUnavailable) as busy:
        if what == "create":
            collecting.create_intent(gateway, order, idempotency_key="k")
        elif what == "confirm":
            charge(gateway, (intent_id, order.payment_method_id))
        else:
            collecting.cancel_intent(gateway, intent_id)
    assert busy.value.is_remembered is (fault == "server_error")
    assert desk.world.all("charge") == []


def test_another_charge_under_an_old_key_is_a_mistake(desk: Desk, gateway: StripeCheckouts) -> None:
    ids = begun(desk, gateway)
    charge(gateway, ids)
    other = saved(desk, gateway, "5555555555554444")
    assert other.payment_method_id is not None
    with pytest.raises(StripeRefused) as reused:
        charge(gateway, (ids[0], other.payment_method_id))
    assert reused.value.code == "idempotency_error"
