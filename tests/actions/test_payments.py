"""Paying: one attempt per charge, one posting per payment, whatever is pressed twice."""

from datetime import date
from threading import Thread

import pytest
from sqlalchemy import func, select

from portal.actions import attempts as attempt_actions
from portal.actions.checkouts import FiguresChanged, HeldByAnother
from portal.actions.quotes import Choice
from portal.records.accounts import add_contact
from portal.records.tables import attempt_charges, letters, movements
from portal.rules.refusals import Refusal
from tests.support.shop import Shop, together


def test_a_card_payment_takes_the_discount_and_closes_the_invoice(shop: Shop) -> None:
    address = shop.pay_first()
    (attempt,) = shop.attempts()
    assert address == attempt.checkout_url
    assert attempt.state == "open"
    shop.pay_by_card()
    shop.sync(attempt)
    assert shop.opens() == {"1002": 60000}
    assert shop.attempts()[0].state == "succeeded"
    with shop.house.resources.reading() as session:
        posted = {
            (row.debit, row.credit): row.amount_cents
            for row in session.execute(select(movements).where(movements.c.payment_id.is_not(None)))
        }
    assert posted == {
        ("clearing", "unapplied"): 98160,
        ("unapplied", "receivable"): 98160,
        ("discounts_given", "receivable"): 1840,
        ("processing_fees", "clearing"): 2877,
    }


def test_syncing_twice_posts_once(shop: Shop) -> None:
    shop.pay_first()
    attempt = shop.pay_by_card()
    for _ in range(3):
        shop.sync(attempt)
    with shop.house.resources.reading() as session:
        assert session.execute(select(func.count()).select_from(letters)).scalar_one() == 1
    assert shop.opens() == {"1002": 60000}


def test_eight_at_once_post_once(shop: Shop) -> None:
    shop.pay_first()
    attempt = shop.pay_by_card()
    together(8, lambda: shop.sync(attempt))
    assert shop.opens() == {"1002": 60000}
    assert shop.standing().statement.balance.credit_cents == 0


def test_a_bank_debit_is_pending_then_paid_with_the_discount_of_the_day_it_started(shop: Shop) -> None:
    shop.house.clock.move(days=9)  # 11 March, the last day of the window
    shop.pay_first(method="us_bank_account")
    attempt = shop.pay_by_bank()
    shop.sync(attempt)
    first = shop.standing().statement.rows[0].item.parts
    assert (first.pending_cents, first.payable_cents) == (100000, 0)
    shop.house.clock.move(days=6)
    shop.house.stripe.tick()
    shop.sync(attempt)
    assert shop.opens() == {"1002": 60000}
    assert shop.attempts()[0].state == "succeeded"


def test_a_bank_debit_whose_webhook_was_lost_is_asked_for(shop: Shop) -> None:
    shop.pay_first(method="us_bank_account")
    shop.sync(shop.pay_by_bank())
    asked = len(shop.house.stripe.requests)
    shop.house.clock.move(days=2)
    assert attempt_actions.settle_debits(shop.house.resources, now=shop.house.clock.now()) == 0
    assert len(shop.house.stripe.requests) == asked
    shop.house.clock.move(days=5)
    shop.house.stripe.tick()
    assert attempt_actions.settle_debits(shop.house.resources, now=shop.house.clock.now()) == 1
    assert shop.opens() == {"1002": 60000}
    assert attempt_actions.settle_debits(shop.house.resources, now=shop.house.clock.now()) == 0


def test_a_bank_debit_that_fails_leaves_everything_open(shop: Shop) -> None:
    shop.pay_first(method="us_bank_account")
    attempt = shop.pay_by_bank("000111111116")
    shop.sync(attempt)
    shop.house.clock.move(days=6)
    shop.house.stripe.tick()
    shop.sync(attempt)
    assert shop.attempts()[0].state == "failed"
    assert shop.opens() == {"1001": 100000, "1002": 60000}
    with shop.house.resources.reading() as session:
        kinds = session.execute(select(letters.c.kind).order_by(letters.c.id)).scalars().all()
    assert kinds == ["processing", "payment_failed"]


def failed_on_3_april(shop: Shop, why: str = "insufficient_funds") -> None:
    """money.md 4: the debit was started on 11 March, the last day of the window; the notice comes on a Friday."""
    shop.house.stripe.business.bank_days = 300
    shop.house.clock.move(days=9)
    shop.pay_first(method="us_bank_account")
    shop.sync(shop.pay_by_bank())
    shop.house.clock.move(days=23)
    shop.fail_debit(why)


def test_a_bank_debit_that_failed_may_be_made_up_for_with_its_discount(shop: Shop) -> None:
    failed_on_3_april(shop)
    offer = shop.standing().statement.rows[0].item.offer
    assert offer is not None
    assert (offer.pay_cents, offer.until_on) == (98160, date(2026, 4, 7))
    shop.house.clock.move(days=4)
    shop.pay_first()
    shop.sync(shop.pay_by_card())
    assert shop.opens() == {"1002": 60000}


def test_the_window_to_make_up_for_it_ends_and_opens_only_once(shop: Shop) -> None:
    failed_on_3_april(shop)
    shop.pay_first(method="us_bank_account")
    shop.sync(shop.pay_by_bank())
    shop.house.clock.move(days=5)
    shop.fail_debit("insufficient_funds")
    with pytest.raises(FiguresChanged):
        shop.pay_first()
    assert shop.begin(Choice((shop.first.public_id,)), 100000).startswith("http")


def test_a_debit_that_was_never_authorized_opens_no_window(shop: Shop) -> None:
    failed_on_3_april(shop, "debit_not_authorized")
    with pytest.raises(FiguresChanged):
        shop.pay_first()


def test_a_bank_debit_under_way_blocks_only_its_own_amount(shop: Shop) -> None:
    shop.begin(Choice(amount_cents=50000), 50000, method="us_bank_account")
    attempt = shop.pay_by_bank()
    shop.sync(attempt)
    # What settles is 981.60 in all: 500.00 is on its way, the rest brings the discount.
    assert shop.begin(Choice((shop.first.public_id,)), 48160).startswith("http")


def test_an_address_that_stripe_does_not_take_keeps_nobody_from_paying(shop: Shop) -> None:
    with shop.house.resources.writing() as session:
        contact = add_contact(
            session, account_id=shop.account.id, name="", email="ap@localhost", now=shop.house.clock.now()
        )
    assert shop.pay_first(contact_id=contact.id).startswith("http")
    (checkout,) = shop.house.stripe.all("checkout.session")
    assert checkout["customer_email"] is None


def test_pressing_again_answers_the_same_page(shop: Shop) -> None:
    assert shop.pay_first() == shop.pay_first()
    assert len(shop.attempts()) == 1


def test_twenty_clicks_at_once_open_one_page(shop: Shop) -> None:
    addresses: list[str] = []
    together(20, lambda: addresses.append(shop.pay_first()))
    assert len(set(addresses)) == 1
    assert len(shop.attempts()) == 1


def test_another_choice_replaces_the_open_page_which_is_expired_first(shop: Shop) -> None:
    shop.pay_first()
    both = Choice((shop.first.public_id, shop.second.public_id))
    shop.begin(both, 98160 + 58800)
    old, new = shop.attempts()
    assert (old.state, new.state) == ("expired", "open")
    assert old.checkout_id is not None
    assert shop.house.resources.stripe is not None
    facts = shop.house.resources.stripe.read_payment(old.checkout_id)
    assert facts.checkout is not None
    assert facts.checkout.status == "expired"


def test_another_visitor_is_told_and_may_start_here_instead(shop: Shop) -> None:
    shop.pay_first()
    with pytest.raises(HeldByAnother) as told:
        shop.pay_first(visitor=2)
    shop.pay_first(visitor=2, replaces=told.value.holder.public_id)
    assert [attempt.state for attempt in shop.attempts()] == ["expired", "open"]


def test_taking_over_from_somebody_who_has_just_paid_charges_nothing(shop: Shop) -> None:
    shop.pay_first()
    shop.pay_by_card()
    with pytest.raises(Refusal):
        shop.pay_first(visitor=2, replaces=shop.attempts()[0].public_id)
    assert shop.opens() == {"1002": 60000}


def test_two_visitors_racing_open_one_page(shop: Shop) -> None:
    refused: list[Refusal] = []

    def press(visitor: int) -> None:
        try:
            shop.pay_first(visitor=visitor)
        except HeldByAnother as held:
            refused.append(held)

    threads = [Thread(target=press, args=(visitor,)) for visitor in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    with shop.house.resources.reading() as session:
        active = select(func.count()).where(attempt_charges.c.is_active)
        assert session.execute(active).scalar_one() == 1


def test_an_amount_that_changed_is_shown_again_before_anything_is_charged(shop: Shop) -> None:
    with pytest.raises(FiguresChanged):
        shop.begin(Choice((shop.first.public_id,)), 100000)
    assert shop.attempts() == []


def test_a_lump_sum_goes_to_the_oldest_first(shop: Shop) -> None:
    shop.begin(Choice(amount_cents=150000), 150000)
    attempt = shop.pay_by_card()
    shop.sync(attempt)
    assert shop.opens() == {"1002": 8160}
    (row,) = shop.standing().statement.rows
    assert row.item.offer is not None
    assert row.item.offer.pay_cents == 6960


def test_a_checkout_opened_in_time_keeps_its_discount(shop: Shop) -> None:
    shop.house.clock.move(days=9, hours=12, minutes=50)  # 11 March, ten minutes before midnight in New York
    shop.pay_first()
    (attempt,) = shop.attempts()
    shop.house.clock.move(minutes=20)
    shop.pay_by_card()
    shop.sync(attempt)
    assert shop.opens() == {"1002": 60000}


def test_an_expired_checkout_frees_its_charges(shop: Shop) -> None:
    shop.pay_first()
    shop.house.clock.move(days=2)
    shop.house.stripe.tick()
    assert attempt_actions.settle_expired(shop.house.resources, now=shop.house.clock.now()) == 1
    assert shop.attempts()[0].state == "expired"
    shop.pay_first(visitor=2)
