"""The stand-in's API, driven by the real library: each endpoint and the rules that Stripe itself enforces."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.e2e.stripe_desk import Desk, open_desk
from tests.support.clock import MovableClock


@pytest.fixture
def desk(clock: MovableClock) -> Iterator[Desk]:
    with open_desk(clock) as opened:
        yield opened


def test_a_session_is_created_retrieved_listed_and_expired(desk: Desk) -> None:
    session = desk.session(client_reference_id="attempt-1", metadata={"portal": "x"})
    assert session.url == f"{desk.url}/c/pay/{session.id}"
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 12_345)
    assert session.payment_intent is None
    assert desk.v1.checkout.sessions.retrieve(session.id).client_reference_id == "attempt-1"
    assert [each.id for each in desk.v1.checkout.sessions.list({"status": "open"}).data] == [session.id]
    expired = desk.v1.checkout.sessions.expire(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        desk.v1.checkout.sessions.expire(session.id)


def test_a_session_shows_its_lines_when_asked(desk: Desk) -> None:
    session = desk.session(expand=["line_items.data.price.product"])
    assert session.line_items.data[0].price.product.name == "Invoice 1001"
    lines = desk.v1.checkout.sessions.line_items.list(session.id)
    assert [(each.description, each.amount_total) for each in lines.data] == [("Invoice 1001", 12_345)]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(29, "at least 30 minutes"), (24 * 60 + 1, "less than 24 hours")],
)
def test_a_session_lives_between_half_an_hour_and_a_day(desk: Desk, minutes: int, words: str) -> None:
    stamp = int(desk.clock.now().timestamp())
    with pytest.raises(stripe.InvalidRequestError, match=words) as caught:
        desk.session(expires_at=stamp + minutes * 60)
    assert caught.value.param == "expires_at"
    assert desk.session(expires_at=stamp + 30 * 60).status == "open"


def test_a_session_expires_at_its_moment(desk: Desk) -> None:
    session = desk.session(expires_at=int(desk.clock.now().timestamp()) + 1_800)
    desk.clock.move(days=3)
    assert desk.v1.checkout.sessions.retrieve(session.id).status == "expired"
    event = desk.world.all("event")[-1]
    assert (event["type"], event["created"]) == ("checkout.session.expired", session.expires_at)


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"success_url": "nowhere"}, "success_url"),
        ({"client_reference_id": "x" * 201}, "client_reference_id"),
        ({"metadata": {"k": "v" * 501}}, "metadata"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"line_items": []}, "line_items"),
        ({"allowed_payment_method_types": ["klarna"]}, "allowed_payment_method_types"),
        ({"payment_intent_data": {"statement_descriptor_suffix": "12345"}}, "statement_descriptor_suffix"),
    ],
)
def test_a_session_refuses_what_stripe_refuses(desk: Desk, change: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.session(**change)
    assert caught.value.param == param


@pytest.mark.parametrize(("cents", "code"), [(49, "amount_too_small"), (100_000_000, "amount_too_large")])
def test_amounts_have_limits(desk: Desk, cents: int, code: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.session(cents)
    assert caught.value.code == code


def test_a_session_has_one_currency(desk: Desk) -> None:
    asking = desk.asking()
    other = {"currency": "eur", "unit_amount": 500, "product_data": {"name": "Other"}}
    asking["line_items"].append({"quantity": 1, "price_data": other})
    with pytest.raises(stripe.InvalidRequestError, match="same currency"):
        desk.v1.checkout.sessions.create(asking)


def test_a_sessions_metadata_stays_with_the_session(desk: Desk) -> None:
    plain = desk.session(metadata={"portal": "x"})
    given = desk.session(metadata={"portal": "x"}, payment_intent_data={"metadata": {"portal": "y"}})
    first, second = desk.world.pay_by_card(plain.id), desk.world.pay_by_card(given.id)
    assert desk.v1.payment_intents.retrieve(first["id"]).metadata.to_dict() == {}
    assert desk.v1.payment_intents.retrieve(second["id"]).metadata.to_dict() == {"portal": "y"}
    assert desk.v1.charges.retrieve(second["latest_charge"]).metadata.to_dict() == {"portal": "y"}


def test_a_card_payment_is_whole_when_read_again(desk: Desk) -> None:
    session = desk.session()
    desk.world.pay_by_card(session.id)
    session = desk.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    intent = session.payment_intent
    booked = intent.latest_charge.balance_transaction
    assert (session.status, session.payment_status, intent.status) == ("complete", "paid", "succeeded")
    assert (booked.amount, booked.fee, booked.net) == (12_345, 388, 11_957)
    assert desk.told() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    assert desk.world.type_errors == []


def test_customers_and_their_methods(desk: Desk) -> None:
    customer = desk.v1.customers.create({"name": "Ada", "email": "ada@example.com", "metadata": {"n": "1"}})
    desk.v1.customers.update(customer.id, {"metadata": {"n": "", "m": "2"}})
    assert desk.v1.customers.retrieve(customer.id).metadata.to_dict() == {"m": "2"}
    assert [each.id for each in desk.v1.customers.list({"email": "ada@example.com"}).data] == [customer.id]
    method = desk.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    assert desk.v1.payment_methods.retrieve(method.id).customer == customer.id
    assert [each.id for each in desk.v1.customers.payment_methods.list(customer.id).data] == [method.id]
    assert [each.id for each in desk.v1.payment_methods.list({"customer": customer.id}).data] == [method.id]
    assert desk.v1.payment_methods.detach(method.id).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="detached before"):
        desk.v1.payment_methods.attach(method.id, {"customer": customer.id})


def test_an_intent_succeeds_once(desk: Desk) -> None:
    intent = desk.v1.payment_intents.create({"amount": 2_000, "currency": "usd"})
    assert intent.status == "requires_payment_method"
    intent = desk.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert (intent.status, intent.amount_received) == ("succeeded", 2_000)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert caught.value.code == "payment_intent_unexpected_state"
    assert len(desk.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_a_declined_intent_can_be_confirmed_again(desk: Desk) -> None:
    intent = desk.v1.payment_intents.create({"amount": 2_000, "currency": "usd"})
    with pytest.raises(stripe.CardError) as caught:
        desk.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"})
    assert (caught.value.code, caught.value.http_status) == ("card_declined", 402)
    assert caught.value.error is not None
    assert caught.value.error.decline_code == "insufficient_funds"
    assert caught.value.error.payment_intent is not None
    assert caught.value.error.payment_intent.status == "requires_payment_method"
    assert desk.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"
    statuses = [each.status for each in desk.v1.charges.list({"payment_intent": intent.id}).data]
    assert statuses == ["succeeded", "failed"]


def test_off_session_asks_for_authentication_and_on_session_gives_it(desk: Desk) -> None:
    customer = desk.v1.customers.create({"name": "Ada"})
    method = desk.v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer.id})
    intent = desk.v1.payment_intents.create(
        {"amount": 2_000, "currency": "usd", "customer": customer.id, "payment_method": method.id}
    )
    with pytest.raises(stripe.CardError) as caught:
        desk.v1.payment_intents.confirm(intent.id, {"off_session": True, "return_url": "http://127.0.0.1:9/back"})
    assert caught.value.code == "authentication_required"
    on_session = {"payment_method": method.id, "return_url": "http://127.0.0.1:9/back"}
    waiting = desk.v1.payment_intents.confirm(intent.id, on_session)
    assert waiting.next_action.redirect_to_url.url == f"{desk.url}/3ds/{intent.id}"
    desk.world.finish_challenge(intent.id)
    assert desk.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_an_intent_is_cancelled_unless_it_is_under_way(desk: Desk) -> None:
    intent = desk.v1.payment_intents.create({"amount": 2_000, "currency": "usd"})
    cancelled = desk.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    debit = desk.v1.payment_intents.create(
        {"amount": 2_000, "currency": "usd", "payment_method": "pm_usBankAccount_success", "confirm": True}
    )
    with pytest.raises(stripe.InvalidRequestError, match="status of processing"):
        desk.v1.payment_intents.cancel(debit.id)


def test_lists_are_cut_into_pages(desk: Desk) -> None:
    made = [desk.v1.customers.create({"name": str(n)}).id for n in range(5)]
    desk.clock.move(hours=1)
    late = desk.v1.customers.create({"name": "late"}).id
    first = desk.v1.customers.list({"limit": 2})
    assert ([each.id for each in first.data], first.has_more) == ([late, made[4]], True)
    assert [each.id for each in first.auto_paging_iter()] == [late, *reversed(made)]
    before = desk.v1.customers.list({"limit": 2, "ending_before": made[1]})
    assert ([each.id for each in before.data], before.has_more) == ([made[3], made[2]], True)
    now = int(desk.clock.now().timestamp())
    assert [each.id for each in desk.v1.customers.list({"created": {"gte": now}}).data] == [late]
    assert len(desk.v1.customers.list({"created": {"lt": now}}).data) == 5


def test_the_account_answers_and_strangers_do_not_get_in(desk: Desk) -> None:
    assert desk.v1.accounts.retrieve_current().charges_enabled
    stranger = stripe.StripeClient("sk_test_other", base_addresses={"api": desk.url})
    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.accounts.retrieve_current()


def test_what_is_not_there_is_missing(desk: Desk) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.v1.payment_intents.retrieve("pi_nothing")
    assert (caught.value.code, caught.value.http_status) == ("resource_missing", 404)
    assert caught.value.request_id


def test_only_what_stripe_expands_is_expanded(desk: Desk) -> None:
    session = desk.session()
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        desk.v1.checkout.sessions.retrieve(session.id, {"expand": ["amount_total"]})
    desk.world.pay_by_card(session.id)
    listed = desk.v1.payment_intents.list({"expand": ["data.latest_charge.refunds"]}).data[0]
    assert listed.latest_charge.refunds.data == []


def test_events_are_snapshots_kept_for_thirty_days(desk: Desk) -> None:
    session = desk.session()
    desk.world.pay_by_card(session.id)
    created = desk.v1.events.list({"type": "payment_intent.created"}).data[0]
    assert created.data.object["status"] == "requires_payment_method"
    assert desk.v1.events.retrieve(created.id).type == "payment_intent.created"
    desk.clock.move(days=29)
    assert len(desk.v1.events.list({"types": ["charge.succeeded", "payment_intent.created"]}).data) == 2
    desk.clock.move(days=2)
    assert desk.v1.events.list().data == []


def test_the_same_seed_gives_the_same_ids(clock: MovableClock) -> None:
    first, second = Desk(clock), Desk(clock)
    assert first.world.new_id("pi_") == second.world.new_id("pi_")
    assert Desk(clock, seed=1).world.new_id("pi_") != Desk(clock).world.new_id("pi_")
