"""What happened in an account since a moment, fetched page by page through the real `stripe` library."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from e2e.stripe import Fault, customers
from portal.gateways import stripe_listing as listing
from portal.gateways.stripe_checkout import StripeCheckouts, open_stripe
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.gateways.stripe_webhooks import WebhookRefused, event_in
from tests.e2e.stripe_desk import Desk
from tests.support.clock import A_MONDAY

List = Callable[..., Iterator[Any]]
LISTS: dict[str, List] = {
    "events": listing.events,
    "payment_intents": listing.intents,
    "refunds": listing.refunds,
    "disputes": listing.disputes,
    "balance_transactions": listing.balance_transactions,
}


def busy(desk: Desk, payments: int = 5) -> datetime:
    """Payments a minute apart, each partly refunded, then disputed; answers when the second was begun."""
    begun = []
    for number in range(payments):
        begun.append(desk.clock.now())
        intent = desk.paid(10_000 + number)
        desk.world.refund(intent, 100 + number)
        desk.world.dispute(intent)
        desk.clock.move(minutes=1)
    return begun[1]


def id_of(found: Any) -> str:
    if isinstance(found, bytes):
        return str(json.loads(found)["id"])
    intent = getattr(found, "intent", None)
    return str(getattr(intent or found, next(iter((intent or found).__dataclass_fields__))))


@pytest.mark.parametrize("name", LISTS)
def test_each_list_goes_back_to_its_moment(
    desk: Desk, gateway: StripeCheckouts, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    since = busy(desk)
    monkeypatch.setattr(listing, "_PAGE", 3)
    kind = name.removesuffix("s")
    wanted = [each["id"] for each in desk.world.all(kind) if each["created"] >= since.timestamp()]
    before = len(desk.world.requests)
    assert [id_of(each) for each in LISTS[name](gateway, since=since)] == wanted[::-1]
    assert 3 < len(wanted) < len(desk.world.all(kind))
    asked = desk.world.requests[before:]
    assert len(asked) == -(-len(wanted) // 3)
    assert {path for _, _, _, path in asked} == {f"/v1/{name}"}


@pytest.mark.parametrize("name", LISTS)
def test_nothing_happened(gateway: StripeCheckouts, name: str) -> None:
    assert list(LISTS[name](gateway, since=A_MONDAY - timedelta(days=365))) == []


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("kind", ["server_error", "rate_limit", "drop_before"])
def test_a_list_that_breaks_on_its_second_page_says_so(
    desk: Desk, gateway: StripeCheckouts, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    since = busy(desk)
    monkeypatch.setattr(listing, "_PAGE", 2)
    monkeypatch.setattr("stripe.HTTPClient._sleep_time_seconds", lambda *_: 0)
    desk.world.fault(Fault(kind, method="GET", path=f"/v1/{name}", skip=1, times=None))  # type: ignore[arg-type]
    found = LISTS[name](gateway, since=since)
    assert next(found)
    assert next(found)
    with pytest.raises(StripeUnavailable):
        next(found)
    desk.world.heal()
    assert len(list(LISTS[name](gateway, since=since))) > 2


def test_a_list_that_is_refused_says_so(desk: Desk) -> None:
    stranger = open_stripe("sk_test_a_secret_of_somebody", api_base=desk.url)
    with pytest.raises(StripeRefused) as refused:
        next(listing.events(stranger, since=A_MONDAY))
    assert refused.value.status == 401
    assert "secret" not in f"{refused.value}{refused.value.__cause__}"


def test_pages_hold_a_hundred(desk: Desk, gateway: StripeCheckouts) -> None:
    for number in range(101):
        customers.create(desk.world, {"name": f"Ähre {number}"})
    assert len(list(listing.events(gateway, since=desk.clock.now()))) == 101
    assert len(desk.world.requests) == 2


def test_events_are_as_their_webhooks_were(desk: Desk, gateway: StripeCheckouts) -> None:
    busy(desk, 2)
    desk.world.deliver()
    sent = [json.loads(body) for body, _ in desk.inbox]
    fetched = [json.loads(raw) for raw in listing.events(gateway, since=A_MONDAY)]
    waiting = {"pending_webhooks": 0}
    assert [each | waiting for each in reversed(fetched)] == [each | waiting for each in sent]


def test_a_fetched_event_is_read_without_a_signature(desk: Desk, gateway: StripeCheckouts) -> None:
    intent = desk.paid()
    newest = next(listing.events(gateway, since=A_MONDAY))
    event = event_in(newest, live=False)
    assert (event.type, event.subject) == ("checkout.session.completed", intent)
    assert event.created_at == desk.clock.now()
    for raw, live, reason in ((newest, True, "wrong_mode"), (b"{}", False, "not_an_event"), (b"", False, "not_json")):
        with pytest.raises(WebhookRefused) as refused:
            event_in(raw, live=live)
        assert refused.value.reason == reason


def test_listed_payments_are_what_reading_each_would_say(desk: Desk, gateway: StripeCheckouts) -> None:
    since = busy(desk, 2)
    desk.session()
    desk.world.pay_by_bank(desk.session().id)
    desk.world.pay_by_card(desk.session().id, "4000000000009995")
    desk.v1.payment_intents.create({"amount": 2_000, "currency": "usd", "metadata": {"portal_instance": "here"}})
    listed = list(listing.intents(gateway, since=since))
    assert len(listed) == 4
    for facts in listed:
        assert facts.intent is not None
        read = gateway.read_payment_by_intent(facts.intent.payment_intent_id)
        assert facts == replace(read, refunds=(), disputes=())
    assert listed[0].charge is None
    assert listed[0].intent is not None
    assert listed[0].intent.metadata == {"portal_instance": "here"}
    assert listed[-1].charge is not None
    assert listed[-1].charge.fee_cents == 320


def test_listed_refunds_and_disputes_are_those_of_their_payments(desk: Desk, gateway: StripeCheckouts) -> None:
    busy(desk, 3)
    refunds = list(listing.refunds(gateway, since=A_MONDAY))
    disputes = list(listing.disputes(gateway, since=A_MONDAY))
    for refund, dispute in zip(refunds, disputes, strict=True):
        assert refund.payment_intent_id is not None
        payment = gateway.read_payment_by_intent(refund.payment_intent_id)
        assert payment.charge is not None
        assert (payment.refunds, payment.disputes) == ((refund,), (dispute,))
        assert refund.charge_id == dispute.charge_id == payment.charge.charge_id


def test_a_refund_of_no_charge_is_nothing_of_ours(desk: Desk, gateway: StripeCheckouts) -> None:
    busy(desk, 2)
    ours, other = desk.world.all("refund")
    other |= {"charge": None, "payment_intent": None}
    assert [each.refund_id for each in listing.refunds(gateway, since=A_MONDAY)] == [ours["id"]]


def test_what_stripe_booked(desk: Desk, gateway: StripeCheckouts) -> None:
    intent = desk.paid(10_000)
    refund = desk.world.refund(intent, 400)
    dispute = desk.world.dispute(intent)
    taken, given_back, received = listing.balance_transactions(gateway, since=A_MONDAY)
    assert (received.type, received.amount_cents, received.fee_cents) == ("charge", 10_000, 320)
    assert (given_back.type, given_back.amount_cents, given_back.source_id) == ("refund", -400, refund["id"])
    assert (taken.type, taken.amount_cents, taken.fee_cents) == ("adjustment", -9_600, 1_500)
    assert (taken.source_id, taken.currency, taken.created_at) == (dispute["id"], "usd", desk.clock.now())
    charge = gateway.read_payment_by_intent(intent).charge
    assert charge is not None
    assert (charge.balance_transaction_id, charge.charge_id) == (received.balance_transaction_id, received.source_id)
