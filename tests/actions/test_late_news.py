"""What we hear of late, in part or not at all: the books still hold, and nothing is tried in a circle."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from e2e.stripe import Fault
from portal.actions import attempts as attempt_actions
from portal.actions import checkouts, inbox, payments, policies, statements
from portal.actions.check import check_books
from portal.actions.ledger import Received, post_payment
from portal.actions.quotes import Choice
from portal.gateways.stripe_checkout import open_stripe
from portal.gateways.stripe_values import StripeUnavailable
from portal.records import inbox as inbox_records
from portal.records.tables import inbox as inbox_table
from portal.records.tables import payments as payments_table
from portal.rules.allocation import QuoteLine
from portal.rules.refusals import Refusal
from tests.actions.test_inbox import Post
from tests.support.shop import Shop, cheque

IN_A_MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def books_hold(shop: Shop) -> Iterator[None]:
    yield
    with shop.house.resources.reading() as session:
        assert check_books(session, now=shop.house.clock.now() + IN_A_MONTH).breaches == ()


def test_money_heard_of_late_takes_only_what_others_left_open(shop: Shop) -> None:
    shop.pay_first()
    attempt = shop.pay_by_card()
    shop.house.clock.move(days=1)
    with shop.house.resources.writing() as session:
        cheque(shop, session, shop.first.id, 98160, discount_cents=1840)
    shop.sync(attempt)
    assert shop.opens() == {"1002": 60000}
    assert shop.standing().statement.balance.credit_cents == 98160


def test_money_heard_of_late_beside_a_part_that_came_meanwhile(shop: Shop) -> None:
    shop.pay_first()
    attempt = shop.pay_by_card()
    shop.house.clock.move(days=1)
    with shop.house.resources.writing() as session:
        cheque(shop, session, shop.first.id, 30000)
    shop.sync(attempt)
    assert shop.opens() == {"1002": 60000}
    assert shop.standing().statement.balance.credit_cents == 30000


def test_nothing_is_applied_before_the_invoice_is_issued(shop: Shop) -> None:
    now = shop.house.clock.now()
    with shop.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        day_before = date(2026, 2, 28)
        received = Received("cheque", 98160, started_at=now, discount_on=day_before, received_on=day_before)
        quote = [QuoteLine(shop.first.id, 98160, 1840)]
        post_payment(session, shop.account, received, quote, policy=policy, now=now)
    with shop.house.resources.reading() as session:
        then = statements.load(session, shop.account, on=day_before, policy=policy).statement
    assert (then.balance.open_cents, then.balance.credit_cents) == (0, 98160)
    assert shop.opens() == {"1002": 60000}


@pytest.mark.parametrize("number", ["000123456789", "000111111116"])
def test_a_bank_debit_heard_of_only_at_its_end_was_pending_all_the_while(shop: Shop, number: str) -> None:
    shop.pay_first(method="us_bank_account")
    attempt = shop.pay_by_bank(number)
    shop.house.clock.move(days=6)
    shop.house.stripe.tick()
    shop.sync(attempt)
    assert shop.attempts()[0].state in ("succeeded", "failed")
    with shop.house.resources.reading() as session:
        policy = policies.load(session, now=shop.house.clock.now())
        then = statements.load(session, shop.account, on=date(2026, 3, 4), policy=policy).statement
    assert then.balance.pending_cents == 100000


def test_the_long_name_of_a_bank_stops_no_posting(shop: Shop) -> None:
    shop.pay_first(method="us_bank_account")
    attempt = shop.pay_by_bank()
    shop.house.clock.move(days=6)
    shop.house.stripe.tick()
    with shop.house.stripe.lock:
        (charge,) = shop.house.stripe.all("charge")
        charge["payment_method_details"]["us_bank_account"]["bank_name"] = "Bank " * 60
    shop.sync(attempt)
    assert shop.opens() == {"1002": 60000}
    with shop.house.resources.reading() as session:
        (reference,) = session.execute(select(payments_table.c.reference)).scalars()
    assert reference.endswith(" 6789")


def test_without_a_key_events_wait_and_the_worker_does_not_spin(shop: Shop) -> None:
    post = Post(shop)
    shop.pay_first()
    attempt = shop.pay_by_card()
    shop.house.stripe.deliver()
    keyless = replace(shop.house.resources, stripe=None)
    inbox.handle_waiting(keyless, now=shop.house.clock.now())
    assert post.states() == {"new"}
    with pytest.raises(StripeUnavailable):
        payments.sync_payment(keyless, attempt.id, now=shop.house.clock.now())
    shop.house.clock.move(days=2)
    assert attempt_actions.settle_expired(keyless, now=shop.house.clock.now()) == 0
    post.handle_waiting()
    assert post.states() == {"handled"}
    assert shop.opens() == {"1002": 60000}


def test_a_checkout_past_its_time_that_cannot_be_settled_is_no_work_done(shop: Shop) -> None:
    shop.pay_first()
    shop.house.clock.move(days=2)
    shop.house.stripe.fault(Fault("server_error", method="GET", times=None))
    assert attempt_actions.settle_expired(shop.house.resources, now=shop.house.clock.now()) == 0


def test_a_key_that_was_revoked_makes_no_payment_foreign(shop: Shop) -> None:
    post = Post(shop)
    shop.pay_first()
    shop.pay_by_card()
    shop.house.stripe.deliver()
    revoked = open_stripe("sk_test_revoked", api_base=shop.house.resources.settings.stripe_api_base)
    with shop.house.resources.writing() as session:
        # Only the intent's events came: its id is not known yet.
        session.execute(inbox_table.delete().where(inbox_table.c.checkout_id.is_not(None)))
    inbox.handle_waiting(replace(shop.house.resources, stripe=revoked), now=shop.house.clock.now())
    assert post.states() == {"new"}
    shop.house.clock.move(minutes=1)
    post.handle_waiting()
    assert shop.opens() == {"1002": 60000}


def test_stripe_away_for_weeks_is_asked_every_six_hours(shop: Shop) -> None:
    post = Post(shop)
    shop.pay_first()
    shop.pay_by_card()
    shop.house.stripe.deliver()
    with shop.house.resources.writing() as session:
        session.execute(update(inbox_table).values(tries=60))
    inbox.handle_waiting(replace(shop.house.resources, stripe=None), now=shop.house.clock.now())
    assert post.states() == {"new"}
    with shop.house.resources.reading() as session:
        at = set(session.execute(select(inbox_table.c.next_at)).scalars())
    assert at == {shop.house.clock.now() + timedelta(hours=6)}
    with shop.house.resources.reading() as session:
        assert inbox_records.waiting(session, datetime(2026, 3, 2, 20, tzinfo=UTC)) == []


def test_a_payment_of_which_nobody_can_tell_stops_the_next_with_a_sentence(shop: Shop) -> None:
    shop.pay_first()
    shop.pay_by_card()
    with shop.house.stripe.lock:
        (charge,) = shop.house.stripe.all("charge")
        charge["currency"] = "eur"
    both = Choice((shop.first.public_id, shop.second.public_id))
    with pytest.raises(Refusal, match="We cannot tell yet"):
        shop.begin(both, 98160 + 58800)
    shop.house.stripe.fault(Fault("drop_before", method="GET", times=None))
    with pytest.raises(Refusal, match="We cannot tell yet"):
        checkouts.end(shop.house.resources, shop.attempts()[0], now=shop.house.clock.now())
    shop.house.stripe.heal()
    assert shop.opens() == {"1001": 100000, "1002": 60000}
