"""Chargebacks, inquiries, appeals, and debits that a bank takes back: each lands as movements once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.actions import policies, statements, stripe_news
from portal.actions.check import check_books
from portal.actions.checkouts import FiguresChanged
from portal.actions.quotes import Choice
from portal.records.tables import chargebacks, charges
from portal.rules.ledger import LedgerAccount
from tests.support.paid import Paid
from tests.support.shop import Shop, cheque, together


@pytest.fixture(autouse=True)
def books_hold(shop: Shop) -> Iterator[None]:
    yield
    with shop.house.resources.reading() as session:
        assert check_books(session, now=shop.house.clock.now()).breaches == ()


@pytest.fixture
def paid(shop: Shop) -> Paid:
    return Paid(shop)


@pytest.fixture
def debited(shop: Shop) -> Paid:
    return Paid(shop, method="us_bank_account")


def test_a_chargeback_leaves_the_invoice_paid_until_it_is_lost(paid: Paid) -> None:
    dispute = paid.stripe.dispute(paid.intent)
    paid.sync()
    assert paid.shop.opens() == {"1002": 60_000}
    assert paid.moved(LedgerAccount.CHARGEBACKS_HELD) == 98_160
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.sync()
    assert paid.shop.opens() == {"1001": 100_000, "1002": 60_000}
    assert paid.moved(LedgerAccount.CHARGEBACKS_HELD) == 0
    assert paid.letters() == ["seller_dispute", "seller_dispute", "returned"]


def test_a_chargeback_that_is_won_leaves_no_trace_in_the_balance(paid: Paid) -> None:
    dispute = paid.stripe.dispute(paid.intent)
    paid.sync()
    paid.stripe.close_dispute(dispute["id"], won=True)
    paid.sync()
    assert paid.shop.opens() == {"1002": 60_000}
    assert paid.moved(LedgerAccount.CHARGEBACKS_HELD) == 0
    # The bank's own fee stays.
    assert paid.moved(LedgerAccount.PROCESSING_FEES) == 2_877 + 1_500


def test_a_chargeback_on_what_was_refunded_in_part_takes_the_rest(paid: Paid) -> None:
    paid.stripe.refund(paid.intent, 30_000)
    paid.sync()
    dispute = paid.stripe.dispute(paid.intent)
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.sync()
    assert paid.shop.opens() == {"1001": 100_000, "1002": 60_000}


def test_a_bank_debit_returned_on_day_forty_opens_the_invoice_with_a_window_to_pay_again(debited: Paid) -> None:
    debited.shop.house.clock.set(debited.shop.house.clock.now().replace(month=4, day=3))
    debited.stripe.dispute(debited.intent, "insufficient_funds")
    debited.sync()
    assert debited.shop.opens() == {"1001": 100_000, "1002": 60_000}
    offer = debited.shop.standing().statement.rows[0].item.offer
    assert offer is not None
    assert (offer.pay_cents, offer.until_on) == (98_160, date(2026, 4, 7))
    assert debited.letters() == ["seller_dispute", "returned"]
    debited.shop.house.clock.move(days=5)
    offer = debited.shop.standing().statement.rows[0].item.offer
    assert offer is None or offer.pay_cents == 100_000


def test_a_debit_that_was_never_authorized_opens_no_window(debited: Paid) -> None:
    debited.shop.house.clock.move(days=30)
    debited.stripe.dispute(debited.intent, "debit_not_authorized")
    debited.sync()
    offer = debited.shop.standing().statement.rows[0].item.offer
    assert offer is None or offer.pay_cents == 100_000


def test_a_return_after_four_hundred_days_is_like_any_other(debited: Paid) -> None:
    debited.shop.house.clock.move(days=400)
    debited.stripe.dispute(debited.intent, "debit_not_authorized")
    debited.sync()
    assert debited.shop.opens() == {"1001": 100_000, "1002": 60_000}


def test_eight_at_once_take_it_back_once(paid: Paid) -> None:
    paid.stripe.refund(paid.intent, 30_000)
    dispute = paid.stripe.dispute(paid.intent)
    paid.stripe.close_dispute(dispute["id"], won=False)
    together(8, paid.sync)
    assert paid.shop.opens() == {"1001": 100_000, "1002": 60_000}
    assert paid.moved(LedgerAccount.CHARGEBACKS_HELD) == 0
    with paid.shop.house.resources.reading() as session:
        assert len(session.execute(select(chargebacks.c.id)).all()) == 1
        assert session.execute(select(charges.c.kind).distinct()).scalars().all() == ["invoice"]


def test_a_lost_chargeback_that_is_won_on_appeal_is_as_if_it_had_never_gone(paid: Paid) -> None:
    dispute = paid.stripe.dispute(paid.intent)
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.sync()
    assert paid.shop.opens() == {"1001": 100_000, "1002": 60_000}
    paid.stripe.appeal(dispute["id"])
    paid.sync()
    assert paid.shop.opens() == {"1001": 100_000, "1002": 60_000}
    paid.stripe.close_dispute(dispute["id"], won=True)
    paid.sync()
    assert (paid.shop.opens(), paid.credit_cents) == ({"1002": 60_000}, 0)
    assert paid.moved(LedgerAccount.CHARGEBACKS_HELD) == 0
    assert paid.letters()[-1] == "restored"


def test_won_on_appeal_after_the_customer_paid_again_it_is_credit(paid: Paid) -> None:
    dispute = paid.stripe.dispute(paid.intent)
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.sync()
    paid.shop.house.clock.move(days=30)
    paid.shop.begin(Choice((paid.shop.first.public_id,)), 100_000)
    paid.shop.sync(paid.shop.pay_by_card())
    paid.stripe.appeal(dispute["id"])
    paid.stripe.close_dispute(dispute["id"], won=True)
    paid.sync()
    assert (paid.shop.opens(), paid.credit_cents) == ({"1002": 60_000}, 98_160)


def test_an_appeal_that_is_lost_again_takes_it_again(paid: Paid) -> None:
    dispute = paid.stripe.dispute(paid.intent)
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.sync()
    paid.stripe.appeal(dispute["id"])
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.sync()
    assert paid.shop.opens() == {"1001": 100_000, "1002": 60_000}
    assert paid.moved(LedgerAccount.CHARGEBACKS_HELD) == 0


def test_an_inquiry_moves_no_money_until_it_is_a_chargeback(paid: Paid) -> None:
    dispute = paid.stripe.inquire(paid.intent)
    paid.sync()
    assert paid.moved(LedgerAccount.CHARGEBACKS_HELD) == 0
    paid.stripe.escalate(dispute["id"])
    paid.sync()
    assert paid.moved(LedgerAccount.CHARGEBACKS_HELD) == 98_160
    assert paid.shop.opens() == {"1002": 60_000}
    with paid.shop.house.resources.reading() as session:
        assert session.execute(select(chargebacks.c.kind)).scalars().all() == ["chargeback"]


def test_a_dispute_that_was_prevented_at_our_cost_is_lost(paid: Paid) -> None:
    dispute = paid.stripe.dispute(paid.intent)
    with paid.stripe.lock:
        paid.stripe.get("dispute", dispute["id"])["status"] = "prevented"
    paid.sync()
    assert paid.shop.opens() == {"1001": 100_000, "1002": 60_000}
    assert paid.moved(LedgerAccount.CHARGEBACKS_HELD) == 0


def test_a_chargeback_is_lost_on_the_day_we_hear_of_it(paid: Paid) -> None:
    day = paid.shop.house.clock.now().date()
    dispute = paid.stripe.dispute(paid.intent)
    paid.sync()
    paid.shop.house.clock.move(days=40)
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.sync()
    with paid.shop.house.resources.reading() as session:
        policy = policies.load(session, now=paid.shop.house.clock.now())
        before = statements.load(session, paid.shop.account, on=day + timedelta(days=39), policy=policy)
    assert before.statement.balance.open_cents == 60_000
    assert paid.shop.opens() == {"1001": 100_000, "1002": 60_000}


def test_an_appeal_that_is_all_we_hear_of_has_cost_the_payment(paid: Paid) -> None:
    dispute = paid.stripe.dispute(paid.intent)
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.stripe.appeal(dispute["id"])
    paid.sync()
    assert paid.shop.opens() == {"1001": 100_000, "1002": 60_000}


def test_the_discount_of_two_payments_goes_with_either(shop: Shop) -> None:
    """490.80 and 490.80 in time; the first comes back: what settled the invoice no longer does."""
    shop.begin(Choice(amount_cents=49_080), 49_080, method="us_bank_account")
    first = shop.pay_by_bank()
    shop.house.clock.move(days=6)
    shop.house.stripe.tick()
    shop.sync(first)
    shop.begin(Choice((shop.first.public_id,)), 49_080)
    shop.sync(shop.pay_by_card())
    assert shop.opens() == {"1002": 60_000}
    shop.house.clock.move(days=20)
    shop.house.stripe.dispute(str(shop.attempts()[0].payment_intent_id), "insufficient_funds")
    shop.sync(first)
    assert shop.opens() == {"1001": 50_920, "1002": 60_000}


def test_a_word_that_nobody_knows_decides_nothing(paid: Paid) -> None:
    dispute = paid.stripe.dispute(paid.intent)
    stripe = paid.shop.house.resources.stripe
    assert stripe is not None
    (facts,) = stripe.read_payment_by_intent(paid.intent).disputes
    with paid.shop.house.resources.reading() as session:
        policy = policies.load(session, now=paid.shop.house.clock.now())
    heard = stripe_news.dispute_fact(replace(facts, status="unheard_of"), paid.payment, policy)
    assert (heard.dispute_id, heard.verdict) == (dispute["id"], "unknown")


def test_the_example_of_money_md_returned_on_3_april(shop: Shop) -> None:
    # ACH for 981.60 started 11 March, succeeded 17 March, returned with notice on Friday 3 April.
    shop.house.clock.move(days=9)
    debited = Paid(shop, method="us_bank_account")
    shop.house.clock.set(shop.house.clock.now().replace(month=4, day=3))
    debited.stripe.dispute(debited.intent, "insufficient_funds")
    debited.sync()
    shop.house.clock.set(shop.house.clock.now().replace(day=7))
    shop.begin(Choice((shop.first.public_id,)), 98_160)
    shop.house.clock.move(days=1)
    with pytest.raises(FiguresChanged):
        shop.begin(Choice((shop.first.public_id,)), 98_160, visitor=2, replaces=shop.attempts()[-1].public_id)


def test_a_past_day_still_looks_as_it_did(debited: Paid) -> None:
    """A statement that was sent is not rewritten by what the bank takes back later."""
    shop = debited.shop
    day = shop.house.clock.now().date()
    with shop.house.resources.reading() as session:
        policy = policies.load(session, now=shop.house.clock.now())
        before = statements.load(session, shop.account, on=day, policy=policy).statement
    shop.house.clock.move(days=40)
    debited.stripe.dispute(debited.intent, "insufficient_funds")
    debited.sync()
    with shop.house.resources.reading() as session:
        assert statements.load(session, shop.account, on=day, policy=policy).statement == before


def test_a_debit_note_goes_when_the_money_is_there_again(paid: Paid) -> None:
    """A part is refunded, the bank takes all of it; then the refund fails, and the appeal is won."""
    refund = paid.stripe.refund(paid.intent, 30_000)
    paid.sync()
    dispute = paid.stripe.dispute(paid.intent, amount_cents=98_160)
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.sync()
    assert paid.shop.opens() == {"1001": 100_000, "1002": 60_000, "DN-00001": 30_000}
    paid.stripe.fail_refund(refund["id"])
    paid.sync()
    assert (paid.shop.opens(), paid.credit_cents) == ({"1001": 100_000, "1002": 60_000}, 0)
    paid.stripe.appeal(dispute["id"])
    paid.stripe.close_dispute(dispute["id"], won=True)
    paid.sync()
    assert (paid.shop.opens(), paid.credit_cents) == ({"1002": 60_000}, 0)


def test_what_was_paid_on_a_debit_note_that_goes_is_credit(paid: Paid) -> None:
    paid.stripe.refund(paid.intent, 30_000)
    dispute = paid.stripe.dispute(paid.intent, amount_cents=98_160)
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.sync()
    note = next(charge for charge in paid.shop.standing().charges.values() if charge.kind == "debit_note")
    with paid.shop.house.resources.writing() as session:
        cheque(paid.shop, session, note.id, 30_000)
    paid.stripe.appeal(dispute["id"])
    paid.stripe.close_dispute(dispute["id"], won=True)
    paid.sync()
    # The invoice is open by what was refunded, and what had been paid for the note is the customer's again.
    assert (paid.shop.opens(), paid.credit_cents) == ({"1001": 30_000, "1002": 60_000}, 30_000)
