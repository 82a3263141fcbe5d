"""Refunds that the owner asks for: saved first, made once whatever is lost, and covered by a credit memo if wished."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from e2e.stripe import TEST_KEY, Fault
from portal.actions import refunds
from portal.actions.check import check_books
from portal.actions.refunds import Wish
from portal.records import credits, ledger, reversals
from portal.records.reversals import RefundRow
from portal.records.tables import letters, movements
from portal.rules.refusals import Conflict, Refusal
from tests.support.books import add_invoice
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


def refund(
    paid: Paid,
    amount_cents: int | None = None,
    *,
    covers: bool | None = None,
    reason: str = "",
    despite_return: bool = False,
) -> RefundRow:
    house = paid.shop.house
    asked = Wish(amount_cents, covers, reason, despite_return)
    return refunds.refund(house.resources, paid.payment, asked, now=house.clock.now(), actor="cli")


def test_a_refund_opens_the_invoice_where_the_owner_says_so(paid: Paid) -> None:
    row = refund(paid, amount_cents=20_000, covers=False, reason="Two reels short")
    assert row.state == "succeeded"
    assert paid.shop.opens() == {"1001": 20_000, "1002": 60_000}
    assert paid.letters() == ["refund"]
    (made,) = paid.stripe.all("refund")
    assert made["metadata"]["refund"] == row.public_id


def test_a_credit_memo_takes_the_place_of_the_money_and_of_its_share_of_the_discount(paid: Paid) -> None:
    refund(paid, amount_cents=21_200, covers=True, reason="A line of 216.00 was not delivered")
    assert paid.shop.opens() == {"1002": 60_000}
    # money.md 4: 981.60 was paid in time; a credit for what was worth 216.00 takes back 4.00 of the discount with it.
    with paid.shop.house.resources.reading() as session:
        (memo,) = credits.of_account(session, paid.shop.account.id)
        opened = "discount:1/reversed/credit:1"
        (reversed_cents,) = session.execute(select(movements.c.amount_cents).where(movements.c.source == opened)).one()
    assert memo.amount_cents - reversed_cents == 21_200
    assert reversed_cents in (397, 398, 399, 400)
    assert paid.credit_cents == 0


def test_a_credit_memo_for_all_of_it_takes_back_all_of_the_discount(paid: Paid) -> None:
    refund(paid, covers=True, reason="Never delivered")
    assert (paid.shop.opens(), paid.credit_cents) == ({"1002": 60_000}, 0)
    with paid.shop.house.resources.reading() as session:
        (memo,) = credits.of_account(session, paid.shop.account.id)
    assert (memo.amount_cents, memo.tax_cents) == (100_000, 8_000)


def test_the_owner_must_say_what_becomes_of_the_invoice(paid: Paid) -> None:
    with pytest.raises(Refusal, match="opens 1001 again"):
        refund(paid, amount_cents=20_000)
    assert paid.stripe.all("refund") == []


def test_no_more_than_is_left(paid: Paid) -> None:
    with pytest.raises(Refusal, match=r"\$981.60 of this payment"):
        refund(paid, amount_cents=98_161, covers=False)
    refund(paid, covers=False)
    with pytest.raises(Conflict, match="Nothing of this payment is left"):
        refund(paid, covers=False)


def test_the_tax_of_credit_memos_adds_up(shop: Shop) -> None:
    """money.md 1: tax 0.83 on 10.00, credits of 3.33, 3.33, 3.34: 0.28, 0.27, 0.28."""
    now = shop.house.clock.now()
    with shop.house.resources.writing() as session:
        small = add_invoice(session, shop.account, "1003", issued_on=now.date(), net_cents=917, tax_cents=83, now=now)
        payment = ledger.payment_by_id(session, cheque(shop, session, small.id, 1_000))
    for cents in (333, 333, 334):
        wish = Wish(amount_cents=cents, covers=True)
        refunds.refund(shop.house.resources, payment, wish, now=shop.house.clock.now(), actor="cli")
    with shop.house.resources.reading() as session:
        assert [memo.tax_cents for memo in credits.of_account(session, shop.account.id)] == [28, 27, 28]


def test_a_key_that_is_wrong_says_nothing_of_a_refund(paid: Paid) -> None:
    """The answer was lost, and the key was replaced before it was asked for again."""
    paid.stripe.fault(Fault("drop_after", path="/v1/refunds", times=None))
    row = refund(paid, amount_cents=20_000, covers=False)
    paid.stripe.heal()
    paid.stripe.api_keys = ("sk_test_another",)
    house = paid.shop.house
    refunds.send_waiting(house.resources, now=house.clock.now())
    with house.resources.reading() as session:
        assert reversals.refund_by_id(session, row.id).state == "created"
    paid.stripe.api_keys = (TEST_KEY,)
    refunds.send_waiting(house.resources, now=house.clock.now())
    assert len(paid.stripe.all("refund")) == 1
    assert paid.shop.opens()["1001"] == 20_000
    assert paid.letters() == ["refund"]


def test_two_refunds_at_stripe_for_one_wish_are_both_posted(paid: Paid) -> None:
    refund(paid, amount_cents=10_000, covers=False)
    (made,) = paid.stripe.all("refund")
    again = paid.stripe.refund(paid.intent, 10_000)
    with paid.stripe.lock:
        again["metadata"] = dict(made["metadata"])
    for _ in range(3):
        paid.sync()
    assert paid.shop.opens()["1001"] == 20_000
    with paid.shop.house.resources.reading() as session:
        assert [row.asked_by for row in reversals.refunds_of(session, [paid.payment.id])] == ["cli", "stripe"]


def test_two_equal_refunds_are_two(paid: Paid) -> None:
    refund(paid, amount_cents=1_000, covers=False)
    refund(paid, amount_cents=1_000, covers=False)
    assert len(paid.stripe.all("refund")) == 2
    assert paid.shop.opens()["1001"] == 2_000


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "conflict", "rate_limit", "server_error"])
def test_an_answer_that_is_lost_makes_no_second_refund(paid: Paid, kind: str) -> None:
    paid.stripe.fault(Fault(kind, path="/v1/refunds", times=3))  # type: ignore[arg-type]
    row = refund(paid, amount_cents=20_000, covers=False)
    paid.stripe.heal()
    house = paid.shop.house
    house.clock.move(days=2)  # Stripe has forgotten the key by now.
    refunds.send_waiting(house.resources, now=house.clock.now())
    refunds.send_waiting(house.resources, now=house.clock.now())
    assert len(paid.stripe.all("refund")) == 1
    assert paid.shop.opens()["1001"] == 20_000
    with house.resources.reading() as session:
        assert reversals.refund_by_id(session, row.id).state == "succeeded"


def test_a_refund_that_stripe_does_not_make_leaves_the_books_and_tells_the_owner(paid: Paid) -> None:
    paid.stripe.dispute(paid.intent)  # The house has not heard of it yet.
    row = refund(paid, amount_cents=20_000, covers=False)
    assert row.state == "refused"
    assert paid.shop.opens() == {"1002": 60_000}
    assert paid.letters() == ["seller_refund_failed"]
    paid.sync()
    with pytest.raises(Conflict, match="disputes"):
        refund(paid, amount_cents=20_000, covers=False)


def test_a_bank_debit_wants_a_second_word_and_has_a_last_day(shop: Shop) -> None:
    debited = Paid(shop, method="us_bank_account")
    with pytest.raises(Refusal, match="twice"):
        refund(debited, amount_cents=20_000, covers=False)
    assert refund(debited, amount_cents=20_000, covers=False, despite_return=True).state == "pending"
    shop.house.clock.move(days=181)
    with pytest.raises(Conflict, match="180 days"):
        refund(debited, amount_cents=1_000, covers=False, despite_return=True)


def test_a_debit_that_was_refunded_and_then_returned_is_owed_again(shop: Shop) -> None:
    debited = Paid(shop, method="us_bank_account")
    refund(debited, covers=False, despite_return=True)
    shop.house.clock.move(days=9)
    debited.stripe.tick()
    debited.stripe.dispute(debited.intent, "debit_not_authorized", amount_cents=98_160)
    debited.sync()
    # The customer has the money twice: the invoice, and what the bank took once more.
    assert shop.opens() == {"1001": 98_160, "1002": 60_000, "DN-00001": 98_160}


def test_eight_at_once_give_back_what_there_is_and_no_more(paid: Paid) -> None:
    refused: list[Refusal] = []

    def press() -> None:
        try:
            refund(paid, amount_cents=98_160, covers=False)
        except Refusal as refusal:
            refused.append(refusal)

    together(8, press)
    assert len(refused) == 7
    assert len(paid.stripe.all("refund")) == 1


def test_a_cheque_is_paid_back_by_the_owners_own_means(shop: Shop) -> None:
    with shop.house.resources.writing() as session:
        payment = ledger.payment_by_id(session, cheque(shop, session, shop.first.id, 98_160, discount_cents=1_840))
    now = shop.house.clock.move(days=1)
    row = refunds.refund(shop.house.resources, payment, Wish(amount_cents=8_160, covers=False), now=now, actor="cli")
    assert row.state == "succeeded"
    assert shop.opens() == {"1001": 8_160, "1002": 60_000}
    assert shop.house.stripe.requests == []
    with shop.house.resources.reading() as session:
        assert session.execute(select(letters.c.kind)).scalars().all() == ["refund"]
