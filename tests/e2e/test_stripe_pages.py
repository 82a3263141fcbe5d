"""What people see of the stand-in: the payment page with test numbers, the bank's question, the dashboard."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.e2e.stripe_desk import Desk, open_desk
from tests.support.clock import MovableClock

CARD = {"method": "card", "card_number": "4242 4242 4242 4242", "expiry": "12/34", "cvc": "123", "name": "Ada"}
BANK = {"method": "us_bank_account", "account_number": "000123456789", "name": "Ada"}


@pytest.fixture
def desk(clock: MovableClock) -> Iterator[Desk]:
    with open_desk(clock) as opened:
        yield opened


@pytest.fixture
def browser(desk: Desk) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=desk.url) as client:
        yield client


def test_the_page_shows_what_is_paid(desk: Desk, browser: httpx2.Client) -> None:
    session = desk.session(123_456)
    page = browser.get(session.url)
    assert page.status_code == 200
    for words in ("no real money", "Invoice 1001", "Pay $1,234.56", "/cancelled", "Card number"):
        assert words in page.text
    assert "Account number" in browser.get(session.url, params={"method": "us_bank_account"}).text


def test_a_card_pays_and_goes_back(desk: Desk, browser: httpx2.Client) -> None:
    session = desk.session()
    answer = browser.post(session.url, data=CARD | {"email": "ada@example.com"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"http://127.0.0.1:9/back?session={session.id}")
    session = desk.v1.checkout.sessions.retrieve(session.id)
    assert (session.payment_status, session.customer_details.email) == ("paid", "ada@example.com")
    page = f"/c/pay/{session.id}"
    assert "is complete" in browser.get(page).text
    assert browser.post(page, data=CARD).status_code == 409
    assert len(desk.v1.charges.list().data) == 1


def test_eight_at_once_pay_once(desk: Desk, browser: httpx2.Client) -> None:
    session = desk.session()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: browser.post(session.url, data=CARD).status_code, range(8)))
    assert sorted(statuses) == [303] + [409] * 7
    assert len(desk.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    ("number", "words"),
    [("4000000000000002", "card was declined"), ("4000000000009995", "insufficient funds"), ("1234", "Only test")],
)
def test_a_declined_card_stays_on_the_page(desk: Desk, browser: httpx2.Client, number: str, words: str) -> None:
    session = desk.session()
    answer = browser.post(session.url, data=CARD | {"card_number": number})
    assert answer.status_code in (402, 422)
    assert words in answer.text
    assert desk.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert browser.post(session.url, data=CARD).status_code == 303
    assert len(desk.v1.payment_intents.list().data) == 1


@pytest.mark.parametrize("expiry", ["", "13/30", "12/20", "soon"])
def test_a_bad_expiry_is_explained(desk: Desk, browser: httpx2.Client, expiry: str) -> None:
    answer = browser.post(desk.session().url, data=CARD | {"expiry": expiry})
    assert answer.status_code == 422
    assert "expiration date" in answer.text
    assert desk.v1.payment_intents.list().data == []


@pytest.mark.parametrize("number", ["4000002500003155", "4000002760003184"])
def test_the_bank_asks(desk: Desk, browser: httpx2.Client, number: str) -> None:
    session = desk.session()
    asked = browser.post(session.url, data=CARD | {"card_number": number})
    question = asked.headers["location"]
    assert "is this you?" in browser.get(question).text
    refused = browser.post(question, data={"answer": "fail"})
    assert (refused.status_code, "unable to authenticate" in refused.text) == (402, True)
    question = browser.post(session.url, data=CARD | {"card_number": number}).headers["location"]
    done = browser.post(question, data={"answer": "complete"})
    assert done.headers["location"].endswith(session.id)
    assert browser.get(question).status_code == 404
    assert desk.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_an_intent_confirmed_on_session_goes_back_to_its_own_address(desk: Desk, browser: httpx2.Client) -> None:
    intent = desk.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_authenticationRequired",
            "return_url": "http://127.0.0.1:9/back?a=1",
        }
    )
    done = browser.post(intent.next_action.redirect_to_url.url, data={"answer": "complete"})
    assert done.headers["location"].startswith(f"http://127.0.0.1:9/back?a=1&payment_intent={intent.id}&")
    assert done.headers["location"].endswith("redirect_status=succeeded")


def test_a_bank_account_is_debited_later(desk: Desk, browser: httpx2.Client) -> None:
    session = desk.session()
    assert browser.post(session.url, data=BANK).status_code == 303
    session = desk.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (session.status, session.payment_intent.status) == ("complete", "processing")


def test_only_allowed_methods_are_offered(desk: Desk, browser: httpx2.Client) -> None:
    session = desk.session(allowed_payment_method_types=["us_bank_account"])
    page = browser.get(session.url, params={"method": "card"})
    assert "Account number" in page.text
    assert "Card number" not in page.text
    assert "does not take card" in browser.post(session.url, data=CARD).text


def test_expired_and_unknown_sessions(desk: Desk, browser: httpx2.Client) -> None:
    session = desk.session()
    desk.clock.move(days=2)
    assert "is expired" in browser.get(session.url).text
    assert browser.post(session.url, data=CARD).status_code == 409
    assert browser.get("/c/pay/cs_test_nothing").status_code == 404
    assert browser.post("/c/pay/cs_test_nothing", data=CARD).status_code == 404
    assert browser.get("/3ds/pi_nothing").status_code == 404
    assert browser.get("/receipts/ch_nothing").status_code == 404


def test_what_people_write_is_escaped(desk: Desk, browser: httpx2.Client) -> None:
    asking = desk.asking()
    asking["line_items"][0]["price_data"]["product_data"]["name"] = "<script>alert(1)</script>"
    session = desk.v1.checkout.sessions.create(asking)
    assert "<script>" not in browser.get(session.url).text
    refused = browser.post(session.url, data=CARD | {"card_number": '"><script>'})
    assert "<script>" not in refused.text


def test_the_receipt(desk: Desk, browser: httpx2.Client) -> None:
    desk.paid(700)
    assert "$7.00" in browser.get(desk.v1.charges.list().data[0].receipt_url).text


def test_the_dashboard_tells_everything(desk: Desk, browser: httpx2.Client) -> None:
    assert "No payments yet" in browser.get("/").text
    desk.paid(700)
    desk.world.pay_by_bank(desk.session(800).id)
    desk.session(900)
    desk.world.deliver()
    page = browser.get("/").text
    for words in ("$7.00", "$8.00", "Pay page", "checkout.session.completed", "delivered (200, ×1)", "Succeed now"):
        assert words in page


def push(browser: httpx2.Client, what: str, object_id: str, **more: str) -> str:
    answer = browser.post(f"/actions/{what}", data={"id": object_id, **more}, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.text)


def acts(page: str) -> list[str]:
    """Which buttons a page offers for payments, refunds and disputes, in order."""
    elsewhere = {"clock", "deliver", "switches", "fault", "heal", "expire"}
    return [each for each in re.findall(r'action="/actions/([a-z-]+)"', page) if each not in elsewhere]


def test_the_buttons(desk: Desk, browser: httpx2.Client) -> None:
    good, bad = (desk.world.pay_by_bank(desk.session().id)["id"] for _ in range(2))
    assert "Return by bank" in push(browser, "settle", good)
    push(browser, "fail", bad)
    push(browser, "return", good)
    card = desk.paid()
    push(browser, "refund", card)
    push(browser, "fail-refund", desk.v1.refunds.list().data[0].id)
    push(browser, "dispute", card)
    push(browser, "win", desk.v1.disputes.list({"payment_intent": card}).data[0].id)
    push(browser, "lose", "du_nothing")
    session = desk.session()
    assert "expired" in push(browser, "expire", session.id)
    assert "cannot be" not in push(browser, "deliver", desk.v1.events.list().data[0].id)
    assert "can be expired" in push(browser, "expire", session.id)
    assert [each.status for each in desk.v1.disputes.list().data] == ["won", "lost"]
    assert "There is no button" in push(browser, "nonsense", "")
    assert desk.world.type_errors == []


def test_the_button_that_refunds_a_part(desk: Desk, browser: httpx2.Client) -> None:
    intent = desk.paid(10_000)
    assert "partly refunded" in push(browser, "refund", intent, amount=" 12.5 ")
    push(browser, "refund", intent, amount="7")
    push(browser, "refund", intent, amount="0.01")
    for amount in ("12.345", "-1", "1e2", "much", "٣"):
        assert "such as 12.50" in push(browser, "refund", intent, amount=amount)
    assert "greater than unrefunded" in push(browser, "refund", intent, amount="1,000.00")
    assert acts(push(browser, "refund", intent, amount="")) == ["dispute", "inquire"] + ["fail-refund"] * 4
    assert [each.amount for each in desk.v1.refunds.list().data] == [8_049, 1, 700, 1_250]


def test_yen_have_no_cents(desk: Desk, browser: httpx2.Client) -> None:
    paid = {"amount": 500, "currency": "jpy", "confirm": True, "payment_method": "pm_card_visa"}
    intent = desk.v1.payment_intents.create(paid | {"return_url": "http://127.0.0.1:9/back"})
    assert "such as 12." in push(browser, "refund", intent.id, amount="12.50")
    push(browser, "refund", intent.id, amount="12")
    assert [each.amount for each in desk.v1.refunds.list().data] == [12]


def test_the_buttons_of_an_inquiry_and_an_appeal(desk: Desk, browser: httpx2.Client) -> None:
    intent = desk.paid()
    page = push(browser, "inquire", intent)
    opened = desk.v1.disputes.list().data[0].id
    assert acts(page) == ["refund", "escalate", "close-inquiry"]
    assert "warning needs response" in page
    assert '<span class="soft">inquiry</span>' in page
    escalated = push(browser, "escalate", opened)
    assert acts(escalated) == ["win", "lose"]
    assert '<span class="soft">disputed</span>' in escalated
    assert acts(push(browser, "lose", opened)) == ["appeal"]
    assert acts(push(browser, "appeal", opened)) == ["win", "lose"]
    assert acts(push(browser, "win", opened)) == ["dispute", "inquire", "refund"]
    push(browser, "inquire", intent)
    assert acts(push(browser, "close-inquiry", desk.v1.disputes.list().data[0].id))[:2] == ["dispute", "inquire"]
    assert [each.status for each in desk.v1.disputes.list().data] == ["warning_closed", "won"]
    assert desk.world.type_errors == []


def test_the_button_that_calls_a_refund_off(desk: Desk, browser: httpx2.Client) -> None:
    intent = desk.world.pay_by_bank(desk.session().id)["id"]
    assert acts(push(browser, "settle", intent)) == ["return", "refund"]
    assert acts(push(browser, "refund", intent, amount="1")) == ["return", "refund", "cancel-refund", "fail-refund"]
    assert acts(push(browser, "cancel-refund", desk.v1.refunds.list().data[0].id)) == ["return", "refund"]
    assert desk.v1.refunds.list().data[0].status == "canceled"
    assert acts(push(browser, "return", intent)) == []


def test_the_switches(desk: Desk, browser: httpx2.Client) -> None:
    form = {
        "late_seconds": "5",
        "copies": "2",
        "drop_percent": "0",
        "future_seconds": "0",
        "delay": "60",
        "shuffle": "on",
    }
    browser.post("/actions/switches", data=form)
    assert (desk.world.switches.late_seconds, desk.world.switches.copies) == (5, 2)
    assert (desk.world.switches.shuffle, desk.world.switches.wrong_secret) == (True, False)
    assert desk.world.business.balance_transaction_delay_seconds == 60
    assert "checked" in browser.get("/").text
    assert "whole+number" in browser.post("/actions/switches", data=form | {"copies": "many"}).headers["location"]
    browser.post("/actions/fault", data={"kind": "rate_limit", "times": "2"})
    assert "rate limit ×2" in browser.get("/").text
    assert "refused" in browser.post("/actions/fault", data={"kind": "rain", "times": "2"}).headers["location"]
    browser.post("/actions/heal")
    assert desk.world.faults.active == []
    assert desk.world.switches.copies == 1
