"""Methods that are saved at the stand-in: pages that save, what is told of it, and what a person orders for them."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import stripe

from e2e.stripe.errors import ApiError
from tests.e2e.stripe_desk import SUCCESS, Desk, open_desk
from tests.support.clock import MovableClock

CARD = {"method": "card", "card_number": "4242 4242 4242 4242", "expiry": "12/34", "cvc": "123", "name": "Ada"}
BANK = {"method": "us_bank_account", "account_number": "000123456789", "name": "Ada"}
AWAY = {"off_session": True, "return_url": "http://127.0.0.1:9/back"}


@pytest.fixture
def desk(clock: MovableClock) -> Iterator[Desk]:
    with open_desk(clock) as opened:
        yield opened


@pytest.fixture
def browser(desk: Desk) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=desk.url) as client:
        yield client


def asking(desk: Desk, **more: Any) -> Any:
    customer = desk.v1.customers.create({"name": "Ada", "email": "ada@example.com"}).id
    return {
        "mode": "setup",
        "currency": "usd",
        "customer": customer,
        "success_url": SUCCESS,
        "cancel_url": "http://127.0.0.1:9/cancelled",
        "setup_intent_data": {"metadata": {"n": "1"}},
    } | more


def setup(desk: Desk, **more: Any) -> Any:
    return desk.v1.checkout.sessions.create(asking(desk, **more))


def saved(desk: Desk, number: str = "4242424242424242") -> str:
    """The id of a saved method."""
    submit = desk.world.pay_by_card if len(number) == 16 else desk.world.pay_by_bank
    intent = submit(setup(desk).id, number)
    if intent["status"] == "requires_action":
        intent = desk.world.finish_challenge(intent["id"])
    return str(intent["payment_method"])


def intent_of(desk: Desk, method: str) -> str:
    customer = desk.world.get("payment_method", method)["customer"]
    asked = {"amount": 900, "currency": "usd", "customer": customer, "payment_method": method}
    return str(desk.v1.payment_intents.create(asked).id)


def push(browser: httpx2.Client, what: str, object_id: str, **more: str) -> str:
    answer = browser.post(f"/actions/{what}", data={"id": object_id, **more}, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.text)


def test_a_page_saves_a_card_and_takes_nothing(desk: Desk, browser: httpx2.Client) -> None:
    session = setup(desk)
    assert (session.payment_status, session.amount_total) == ("no_payment_required", None)
    page = browser.get(session.url).text
    for words in ("Save a payment method", "Nothing is taken now", "Back without saving", ">Save<"):
        assert words in page
    assert "Total due" not in page
    done = browser.post(session.url, data=CARD)
    assert (done.status_code, done.headers["location"]) == (303, f"http://127.0.0.1:9/back?session={session.id}")
    read = desk.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent.payment_method"]})
    assert (read.status, read.payment_status) == ("complete", "no_payment_required")
    assert read.setup_intent.metadata.to_dict() == {"n": "1"}
    assert read.setup_intent.payment_method.customer == session.customer
    assert desk.told() == [
        "customer.created",
        "setup_intent.created",
        "payment_method.attached",
        "setup_intent.succeeded",
        "checkout.session.completed",
    ]
    assert desk.v1.setup_intents.retrieve(read.setup_intent.id).status == "succeeded"
    assert [each.id for each in desk.v1.setup_intents.list({"customer": session.customer}).data] == [
        read.setup_intent.id
    ]
    assert desk.v1.setup_intents.list({"payment_method": "pm_other"}).data == []
    assert "Nothing more can be saved here" in browser.get(session.url).text
    assert desk.world.type_errors == []


def test_a_page_saves_a_bank_account_with_its_mandate(desk: Desk, browser: httpx2.Client) -> None:
    session = setup(desk, allowed_payment_method_types=["us_bank_account"])
    assert "By saving you authorize debits" in browser.get(session.url).text
    assert browser.post(session.url, data=BANK).status_code == 303
    intent = desk.v1.setup_intents.retrieve(session.setup_intent, {"expand": ["mandate"]})
    assert (intent.mandate.type, intent.mandate.status) == ("multi_use", "active")
    assert intent.mandate.payment_method == intent.payment_method
    method = desk.v1.payment_methods.retrieve(intent.payment_method)
    asked = {"amount": 900, "currency": "usd", "customer": method.customer, "payment_method": method.id}
    debit = desk.v1.payment_intents.create(asked | {"confirm": True, "off_session": True})
    details = desk.v1.charges.retrieve(debit.latest_charge).payment_method_details
    assert details.us_bank_account.mandate == intent.mandate.id
    assert desk.world.type_errors == []


@pytest.mark.parametrize("number", ["4000002500003155", "4000002760003184"])
def test_the_bank_asks_before_a_card_is_saved(desk: Desk, browser: httpx2.Client, number: str) -> None:
    session = setup(desk)
    question = browser.post(session.url, data=CARD | {"card_number": number}).headers["location"]
    assert "kept for later payments" in browser.get(question).text
    refused = browser.post(question, data={"answer": "fail"})
    assert (refused.status_code, "unable to authenticate" in refused.text) == (402, True)
    question = browser.post(session.url, data=CARD | {"card_number": number}).headers["location"]
    assert browser.post(question, data={"answer": "complete"}).headers["location"].endswith(session.id)
    assert browser.get(question).status_code == 404
    assert desk.v1.setup_intents.retrieve(session.setup_intent).status == "succeeded"
    assert [each for each in desk.told() if each.startswith("setup_intent")] == [
        "setup_intent.created",
        "setup_intent.requires_action",
        "setup_intent.setup_failed",
        "setup_intent.requires_action",
        "setup_intent.succeeded",
    ]
    assert desk.world.type_errors == []


def test_a_declined_card_stays_on_the_page(desk: Desk, browser: httpx2.Client) -> None:
    session = setup(desk)
    refused = browser.post(session.url, data=CARD | {"card_number": "4000000000009995"})
    assert (refused.status_code, "insufficient funds" in refused.text) == (402, True)
    error = desk.v1.setup_intents.retrieve(session.setup_intent).last_setup_error
    assert (error.code, error.decline_code) == ("card_declined", "insufficient_funds")
    assert desk.v1.customers.payment_methods.list(session.customer).data == []
    assert desk.world.type_errors == []


def test_a_page_that_saves_expires_with_its_setup_intent(desk: Desk) -> None:
    session = setup(desk)
    desk.clock.move(days=1)
    desk.world.tick()
    assert desk.v1.setup_intents.retrieve(session.setup_intent).status == "canceled"
    assert desk.told()[-2:] == ["setup_intent.canceled", "checkout.session.expired"]


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"mode": "subscription"}, "mode"),
        ({"mode": "payment"}, "setup_intent_data"),
        ({"currency": ""}, "currency"),
        ({"customer": ""}, "customer"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"customer_email": "ada@example.com"}, "customer"),
        ({"adaptive_pricing": {"enabled": False}}, "adaptive_pricing"),
        ({"payment_intent_data": {"metadata": {"n": "1"}}}, "payment_intent_data"),
    ],
)
def test_a_page_that_saves_refuses_what_stripe_refuses(desk: Desk, change: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        setup(desk, **change)
    assert caught.value.param == param
    assert desk.world.all("checkout.session") == []


def test_a_payment_page_knows_its_customer(desk: Desk, browser: httpx2.Client) -> None:
    customer = desk.v1.customers.create({"name": "Ada", "email": "ada@example.com"}).id
    session = desk.session(customer=customer, payment_intent_data={"setup_future_usage": "off_session"})
    assert 'name="email"' not in browser.get(session.url).text
    browser.post(session.url, data=CARD)
    read = desk.v1.checkout.sessions.retrieve(session.id)
    assert read.customer_details.email == "ada@example.com"
    assert len(desk.v1.customers.payment_methods.list(customer).data) == 1


def test_a_decline_for_one_charge_and_for_all(desk: Desk) -> None:
    method = saved(desk)
    desk.world.decline_next(method, "lost_card")
    intent = intent_of(desk, method)
    with pytest.raises(stripe.CardError) as caught:
        desk.v1.payment_intents.confirm(intent, AWAY)
    assert caught.value.error is not None
    assert caught.value.error.decline_code == "lost_card"
    again = AWAY | {"payment_method": method}
    assert desk.v1.payment_intents.confirm(intent, again).status == "succeeded"
    desk.world.decline_next(method, "insufficient_funds", is_once=False)
    intent = intent_of(desk, method)
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            desk.v1.payment_intents.confirm(intent, again)
    desk.world.accept_again(method)
    assert desk.v1.payment_intents.confirm(intent, again).status == "succeeded"


def test_authentication_is_required_until_it_is_given(desk: Desk) -> None:
    method = saved(desk)
    desk.world.decline_next(method, "authentication_required")
    intent = intent_of(desk, method)
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            desk.v1.payment_intents.confirm(intent, AWAY | {"payment_method": method})
        assert caught.value.code == "authentication_required"
    here = {"payment_method": method, "return_url": "http://127.0.0.1:9/back"}
    assert desk.v1.payment_intents.confirm(intent, here).status == "requires_action"
    desk.world.finish_challenge(intent)
    assert desk.v1.payment_intents.retrieve(intent).status == "succeeded"
    assert desk.v1.payment_intents.confirm(intent_of(desk, method), AWAY).status == "succeeded"


def test_a_debit_ordered_to_fail_does_so_days_later(desk: Desk) -> None:
    method = saved(desk, "000123456789")
    desk.world.decline_next(method, "insufficient_funds")
    bad, good = (desk.v1.payment_intents.confirm(intent_of(desk, method), AWAY).id for _ in range(2))
    desk.clock.move(days=4)
    failed = desk.v1.payment_intents.retrieve(bad)
    assert (failed.status, failed.last_payment_error.code) == ("requires_payment_method", "insufficient_funds")
    assert desk.v1.payment_intents.retrieve(good).status == "succeeded"
    for reason in ("lost_card", "nonsense"):
        with pytest.raises(ApiError, match="is not declined with"):
            desk.world.decline_next(method, reason)


def test_a_card_expires_and_is_renewed(desk: Desk) -> None:
    method = saved(desk)
    desk.world.expire_card(method)
    told = desk.v1.events.list({"type": "payment_method.automatically_updated"}).data[0]
    assert told.data.previous_attributes.to_dict() == {"card": {"exp_month": 12, "exp_year": 2034}}
    intent = intent_of(desk, method)
    with pytest.raises(stripe.CardError) as caught:
        desk.v1.payment_intents.confirm(intent, AWAY)
    assert caught.value.code == "expired_card"
    desk.world.renew_card(method)
    assert desk.v1.payment_intents.confirm(intent, AWAY | {"payment_method": method}).status == "succeeded"
    with pytest.raises(ApiError, match="Only a card"):
        desk.world.expire_card(saved(desk, "000123456789"))


def test_a_card_lasts_until_the_end_of_its_month(desk: Desk) -> None:
    method = saved(desk)
    desk.world.renew_card(method)
    desk.clock.move(days=4 * 365 + 1 + 29)
    assert desk.v1.payment_intents.confirm(intent_of(desk, method), AWAY).status == "succeeded"
    desk.clock.move(days=1)
    with pytest.raises(stripe.CardError):
        desk.v1.payment_intents.confirm(intent_of(desk, method), AWAY)


def test_the_buttons_of_a_saved_method(desk: Desk, browser: httpx2.Client) -> None:
    assert "Saved methods" not in browser.get("/").text
    card, bank = saved(desk), saved(desk, "000123456789")
    page = browser.get("/").text
    assert re.findall(r'action="/actions/([a-z-]+)"><input type="hidden" name="id" value="pm_', page) == [
        *("decline", "end-mandate", "detach"),
        *("decline", "expire-card", "renew-card", "detach"),
    ]
    assert "saves" in page
    assert "lost card, once" in push(browser, "decline", card, reason="lost_card", often="once")
    always = push(browser, "decline", card, reason="authentication_required", often="always")
    assert "authentication required, always" in always
    assert "Accept again" in always
    assert "Accept again" not in push(browser, "accept", card)
    assert "03/2025" in push(browser, "expire-card", card)
    assert "03/2030" in push(browser, "renew-card", card)
    assert "inactive" in push(browser, "end-mandate", bank)
    assert "has no mandate" in push(browser, "end-mandate", card)
    assert card not in push(browser, "detach", card)
    assert "is not attached" in push(browser, "detach", card)
    assert desk.told()[-2:] == ["mandate.updated", "payment_method.detached"]
    assert desk.world.type_errors == []
