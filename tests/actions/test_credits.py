"""Account credit: used first where the customer chooses so, kept where not, and never spent twice."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import select

from portal.actions import refunds
from portal.actions.check import check_books
from portal.actions.checkouts import FiguresChanged
from portal.actions.quotes import Choice
from portal.actions.refunds import Wish
from portal.records import credits, ledger, reversals
from portal.records.tables import allocations, letters
from portal.rules.ledger import credit_issued
from portal.rules.refusals import Conflict, Refusal
from tests.support.shop import Shop, cheque, together


@pytest.fixture(autouse=True)
def books_hold(shop: Shop) -> Iterator[None]:
    yield
    with shop.house.resources.reading() as session:
        assert check_books(session, now=shop.house.clock.now()).breaches == ()


def give(shop: Shop, cents: int, number: str = "CM-9") -> None:
    """A credit memo for nothing in particular."""
    now = shop.house.clock.now()
    values: dict[str, object] = {
        "account_id": shop.account.id,
        "charge_id": None,
        "number": number,
        "issued_on": now.date(),
        "amount_cents": cents,
        "tax_cents": 0,
    }
    with shop.house.resources.writing() as session:
        credit_id = credits.add(session, values, now=now)
        issued = credit_issued(credit_id, net_cents=cents, tax_cents=0, on=now.date())
        ledger.post(session, issued, account_id=shop.account.id, currency="usd", posted_at=now)


def first(shop: Shop, *, uses_credit: bool = True) -> Choice:
    return Choice((shop.first.public_id,), uses_credit=uses_credit)


def credit(shop: Shop) -> int:
    return shop.standing().statement.balance.credit_cents


def test_credit_and_money_settle_the_example_together(shop: Shop) -> None:
    give(shop, 30_000)
    shop.begin(first(shop), 68_160, credit_cents=30_000)
    shop.sync(shop.pay_by_card())
    assert (shop.opens(), credit(shop)) == ({"1002": 60_000}, 0)
    assert shop.house.stripe.all("charge")[0]["amount"] == 68_160


def test_credit_that_is_kept_stays(shop: Shop) -> None:
    give(shop, 30_000)
    shop.begin(first(shop, uses_credit=False), 98_160)
    shop.sync(shop.pay_by_card())
    assert (shop.opens(), credit(shop)) == ({"1002": 60_000}, 30_000)


def test_credit_that_covers_all_needs_no_stripe(shop: Shop) -> None:
    give(shop, 60_000)
    give(shop, 40_000, "CM-10")
    assert shop.begin(first(shop), 0, credit_cents=98_160) == ""
    assert (shop.opens(), credit(shop)) == ({"1002": 60_000}, 1_840)
    assert shop.house.stripe.requests == []
    with shop.house.resources.reading() as session:
        of = (allocations.c.credit_id, allocations.c.amount_cents, allocations.c.discount_cents)
        found = session.execute(select(*of).order_by(allocations.c.id)).all()
    assert [tuple(row) for row in found] == [(1, 60_000, 1_840), (2, 38_160, 0)]


def test_credit_for_all_ends_the_checkout_that_was_open_for_it(shop: Shop) -> None:
    shop.pay_first()
    give(shop, 98_160)
    shop.begin(first(shop), 0, credit_cents=98_160)
    assert [attempt.state for attempt in shop.attempts()] == ["expired"]
    assert shop.opens() == {"1002": 60_000}


def test_credit_promised_to_a_bank_debit_is_not_promised_again(shop: Shop) -> None:
    give(shop, 30_000)
    shop.begin(first(shop), 68_160, method="us_bank_account", credit_cents=30_000)
    shop.sync(shop.pay_by_bank())
    standing = shop.standing()
    assert standing.statement.rows[0].item.parts.pending_cents == 100_000
    assert (standing.spare_credit_cents, standing.statement.balance.credit_cents) == (0, 30_000)
    with pytest.raises(FiguresChanged):
        shop.begin(Choice((shop.second.public_id,), uses_credit=True), 28_800, credit_cents=30_000)
    shop.house.clock.move(days=6)
    shop.house.stripe.tick()
    shop.sync(shop.attempts()[0])
    assert (shop.opens(), credit(shop)) == ({"1002": 60_000}, 0)


def test_credit_that_one_checkout_waits_for_is_not_offered_to_another(shop: Shop) -> None:
    give(shop, 30_000)
    shop.begin(first(shop), 68_160, credit_cents=30_000)
    attempt = shop.pay_by_card()
    with pytest.raises(FiguresChanged):
        shop.begin(Choice((shop.second.public_id,), uses_credit=True), 28_800, credit_cents=30_000)
    shop.begin(Choice((shop.second.public_id,), uses_credit=True), 58_800)
    shop.sync(shop.pay_by_card())
    shop.sync(attempt)
    assert (shop.opens(), credit(shop)) == ({}, 0)


def test_credit_that_was_shown_is_what_is_used(shop: Shop) -> None:
    give(shop, 150_000)
    with pytest.raises(FiguresChanged):
        # The discount ended since the page was loaded: the total is 0 as before, but more credit would go.
        shop.house.clock.move(days=30)
        shop.begin(first(shop), 0, credit_cents=98_160)
    assert credit(shop) == 150_000


def test_credit_that_a_bank_debit_waits_for_is_not_given_back(shop: Shop) -> None:
    with shop.house.resources.writing() as session:
        payment = ledger.payment_by_id(session, cheque(shop, session, shop.second.id, 90_000))
    assert credit(shop) == 30_000
    shop.begin(first(shop), 68_160, method="us_bank_account", credit_cents=30_000)
    shop.sync(shop.pay_by_bank())
    with pytest.raises(Conflict, match="under way"):
        refunds.refund(
            shop.house.resources, payment, Wish(30_000, covers=False), now=shop.house.clock.now(), actor="cli"
        )
    assert credit(shop) == 30_000


def test_credit_that_is_about_to_go_back_is_not_offered(shop: Shop) -> None:
    with shop.house.resources.writing() as session:
        payment = ledger.payment_by_id(session, cheque(shop, session, shop.second.id, 90_000))
        values: dict[str, object] = {"account_id": shop.account.id, "payment_id": payment.id, "amount_cents": 30_000}
        asked = {"state": "created", "asked_by": "cli", "created_at": shop.house.clock.now()}
        reversals.add_refund(session, values | asked)
    assert shop.standing().spare_credit_cents == 0


def test_eight_presses_at_once_use_it_once(shop: Shop) -> None:
    give(shop, 98_160)

    def press() -> None:
        with suppress(Refusal):
            shop.begin(first(shop), 0, credit_cents=98_160)

    together(8, press)
    assert (shop.opens(), credit(shop)) == ({"1002": 60_000}, 0)


def test_money_that_came_twice_is_credit_and_the_seller_is_told(shop: Shop) -> None:
    shop.pay_first()
    attempt = shop.pay_by_card()
    with shop.house.resources.writing() as session:
        cheque(shop, session, shop.first.id, 98_160, discount_cents=1_840)
    shop.sync(attempt)
    assert credit(shop) == 98_160
    with shop.house.resources.reading() as session:
        assert "seller_overpaid" in session.execute(select(letters.c.kind)).scalars().all()
