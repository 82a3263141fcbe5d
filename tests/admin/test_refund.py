"""`portal refund`: given back through Stripe or by other means, and what each answer of Stripe's exits with."""

import pytest

from e2e.stripe import Fault
from portal.actions import refunds
from portal.records import credits
from tests.admin.desk import Desk
from tests.support.paid import Paid


def test_a_part_of_a_card_payment_goes_back_and_opens_its_invoice(desk: Desk) -> None:
    paid = Paid(desk.shop)
    said = desk("refund", "R-00001", "--amount", "200.00", "--reopen", "--reason", "Two reels short")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "R-00001: $200.00 is given back, Stripe says\n"
        "  1001                    $781.60, and $18.40 of discount; $200.00 is open\n"
        "  refunded                $200.00\n"
        "  balance                 $800.00\n"
    )
    assert [refund["amount"] for refund in paid.stripe.all("refund")] == [20_000]
    assert desk.shop.opens() == {"1001": 20_000, "1002": 60_000}


def test_a_credit_memo_keeps_the_invoice_paid(desk: Desk) -> None:
    Paid(desk.shop)
    assert desk("refund", "R-00001", "--amount", "212", "--credit-memo", "--reason", "Not delivered").code == 0
    assert (desk.shop.opens(), desk.credit) == ({"1002": 60_000}, 0)
    with desk.shop.house.resources.reading() as session:
        (memo,) = credits.of_account(session, desk.shop.account.id)
    assert memo.reason == "Not delivered"


def test_the_owner_says_what_becomes_of_the_invoice_by_a_flag(desk: Desk) -> None:
    paid = Paid(desk.shop)
    sentence = desk.refuses("refund", "R-00001")
    assert sentence.startswith("This opens 1001 again.")
    assert "--reopen" in sentence
    assert "--credit-memo" in sentence
    assert "Choose one" in desk.refuses("refund", "R-00001", "--reopen", "--credit-memo")
    assert paid.stripe.all("refund") == []


def test_money_on_no_invoice_goes_back_without_a_word_about_invoices(desk: Desk) -> None:
    desk.record("50.00", "--keep")
    said = desk("refund", "1")
    assert said.out == (
        "R-00001: $50.00 is in the books as paid back. Pay it to the customer if you have not yet.\n"
        "  refunded                 $50.00\n"
        "  balance               $1,600.00\n"
    )
    assert "Nothing of this payment is left" in desk.refuses("refund", "1")
    assert desk.shop.house.stripe.requests == []


def test_a_cheque_is_paid_back_without_stripe_and_without_a_key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTAL_STRIPE_SECRET_KEY")
    desk.record("981.60")
    assert desk("refund", "R-00001", "--amount", "81.60", "--reopen").code == 0
    assert desk.shop.opens() == {"1001": 8_160, "1002": 60_000}


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("981.61", "$981.60 of this payment can be given back."),
        ("0", "$981.60 of this payment can be given back."),
        ("(5.00)", "below zero"),
        ("some", "“some” is not an amount"),
    ],
)
def test_no_more_than_is_left(sqlite_desk: Desk, amount: str, sentence: str) -> None:
    sqlite_desk.record("981.60")
    assert sentence in sqlite_desk.refuses("refund", "R-00001", "--amount", amount, "--reopen")


def test_a_payment_that_is_not(sqlite_desk: Desk) -> None:
    assert "There is no payment R-00001." in sqlite_desk.refuses("refund", "R-00001")
    assert "is not a payment's number" in sqlite_desk.refuses("refund", "1001!")


def test_without_a_key_nothing_is_asked_of_stripe(sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    Paid(sqlite_desk.shop)
    monkeypatch.delenv("PORTAL_STRIPE_SECRET_KEY")
    assert "PORTAL_STRIPE_SECRET_KEY" in sqlite_desk.refuses("refund", "R-00001", "--reopen")


def test_what_stripe_has_not_answered_the_worker_goes_on_with(desk: Desk) -> None:
    paid = Paid(desk.shop)
    paid.stripe.fault(Fault("drop_after", path="/v1/refunds", times=9))
    said = desk("refund", "R-00001", "--amount", "200.00", "--reopen")
    assert said.code == 0
    assert "Stripe has not answered yet about $200.00. The worker goes on with it" in said.out
    paid.stripe.heal()
    assert desk.shop.opens() == {"1002": 60_000}
    # What is asked for is not there to be asked for again.
    assert "$781.60 of this payment" in desk.refuses("refund", "R-00001", "--amount", "800.00", "--reopen")
    refunds.send_waiting(desk.shop.house.resources, now=desk.shop.house.clock.now())
    assert desk.shop.opens() == {"1001": 20_000, "1002": 60_000}
    assert len(paid.stripe.all("refund")) == 1


def test_what_stripe_refuses_exits_with_its_reason(desk: Desk) -> None:
    paid = Paid(desk.shop)
    paid.stripe.dispute(paid.intent)  # The house has not heard of it yet.
    said = desk("refund", "R-00001", "--reopen")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("Stripe did not give back $981.60 of R-00001: ")
    assert "has been charged back" in said.err
    assert desk.shop.opens() == {"1002": 60_000}
    paid.sync()
    assert "Answer the dispute in Stripe" in desk.refuses("refund", "R-00001", "--reopen")


def test_a_bank_debit_wants_its_flag(desk: Desk) -> None:
    Paid(desk.shop, method="us_bank_account")
    sentence = desk.refuses("refund", "R-00001", "--amount", "200", "--reopen")
    assert "twice" in sentence
    assert "--despite-return" in sentence
    said = desk("refund", "R-00001", "--amount", "200", "--reopen", "--despite-return")
    assert (said.code, "$200.00 is on its way back" in said.out) == (0, True)
    assert desk.shop.opens()["1001"] == 20_000


def test_two_equal_refunds_are_two_and_the_third_finds_too_little(desk: Desk) -> None:
    paid = Paid(desk.shop)
    for _ in range(2):
        assert desk("refund", "R-00001", "--amount", "400", "--reopen").code == 0
    assert "$181.60 of this payment" in desk.refuses("refund", "R-00001", "--amount", "400", "--reopen")
    assert len(paid.stripe.all("refund")) == 2
    assert desk("payment", "list", "Northwind Traders").out.endswith("  $800.00 refunded\n")
