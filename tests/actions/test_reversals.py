"""What comes back of a payment: each ending lands as movements once, and is undone as if it had never been."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.actions import policies, statements
from portal.actions.check import check_books
from portal.actions.quotes import Choice
from portal.records.tables import refunds
from portal.rules.ledger import LedgerAccount
from tests.support.paid import Paid
from tests.support.shop import Shop, cheque


@pytest.fixture(autouse=True)
def books_hold(shop: Shop) -> Iterator[None]:
    yield
    with shop.house.resources.reading() as session:
        assert check_books(session, now=shop.house.clock.now()).breaches == ()


@pytest.fixture
def paid(shop: Shop) -> Paid:
    return Paid(shop)


def test_a_refund_from_the_dashboard_opens_the_invoice_and_keeps_the_discount(paid: Paid) -> None:
    paid.stripe.refund(paid.intent, 30_000)
    paid.sync()
    assert paid.shop.opens() == {"1001": 30_000, "1002": 60_000}
    assert paid.letters() == ["refund", "seller_refund"]


def test_several_refunds_then_the_rest(paid: Paid) -> None:
    for cents in (10_000, 10_000, 78_160):
        paid.stripe.refund(paid.intent, cents)
        paid.sync()
        paid.sync()
    assert paid.shop.opens() == {"1001": 98_160, "1002": 60_000}
    assert paid.moved(LedgerAccount.CLEARING) == -2_877


def test_a_refund_takes_what_is_on_no_charge_first(paid: Paid) -> None:
    shop = paid.shop
    shop.begin(Choice((shop.second.public_id,)), 58_800)
    second = shop.pay_by_card()
    with shop.house.resources.writing() as session:
        cheque(shop, session, shop.second.id, 58_800, discount_cents=1_200)
    shop.sync(second)
    assert (shop.opens(), paid.credit_cents) == ({}, 58_800)
    intent = str(shop.attempts()[-1].payment_intent_id)
    paid.stripe.refund(intent, 1_200)
    shop.sync(second)
    assert (shop.opens(), paid.credit_cents) == ({}, 57_600)


def test_a_refund_that_fails_goes_back_to_what_it_had_paid(paid: Paid) -> None:
    refund = paid.stripe.refund(paid.intent, 30_000)
    paid.sync()
    paid.stripe.fail_refund(refund["id"])
    paid.sync()
    assert paid.shop.opens() == {"1002": 60_000}
    assert paid.letters() == ["refund", "seller_refund", "refund_failed", "seller_refund_failed"]
    with paid.shop.house.resources.reading() as session:
        assert session.execute(select(refunds.c.state)).scalars().all() == ["failed"]


def test_a_refund_that_failed_before_anybody_heard_of_it_moves_nothing(paid: Paid) -> None:
    refund = paid.stripe.refund(paid.intent, 30_000)
    paid.stripe.fail_refund(refund["id"])
    paid.sync()
    assert paid.shop.opens() == {"1002": 60_000}
    assert paid.letters() == []


def test_a_refund_that_fails_later_is_dated_when_it_failed(paid: Paid) -> None:
    """Meanwhile the invoice was open, and a statement of those days says so."""
    refund = paid.stripe.refund(paid.intent, 30_000)
    paid.sync()
    day = paid.shop.house.clock.now().date()
    paid.shop.house.clock.move(days=12)
    paid.stripe.fail_refund(refund["id"])
    paid.sync()
    with paid.shop.house.resources.reading() as session:
        policy = policies.load(session, now=paid.shop.house.clock.now())
        between = statements.load(session, paid.shop.account, on=day + timedelta(days=5), policy=policy)
    assert between.statement.balance.open_cents == 90_000
    assert paid.shop.opens() == {"1002": 60_000}


def test_what_stripe_keeps_for_a_refund_is_posted_once(paid: Paid) -> None:
    refund = paid.stripe.refund(paid.intent, 30_000)
    with paid.stripe.lock:
        booked = paid.stripe.get("balance_transaction", refund["balance_transaction"])
        booked |= {"fee": 900, "net": booked["amount"] - 900}
    paid.sync()
    paid.sync()
    assert paid.moved(LedgerAccount.PROCESSING_FEES) == 2_877 + 900
