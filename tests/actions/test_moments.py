"""When a payment was started, booked and heard of: each decides something else."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import cast

import pytest
from sqlalchemy import select, update

from e2e.stripe import Fault
from portal.actions import inbox, payments, policies, statements
from portal.actions.attempts import settle_expired
from portal.actions.ledger import Received, post_payment
from portal.actions.quotes import Choice
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_values import PaymentFacts
from portal.records import attempts
from portal.records.tables import attempts as attempts_table
from portal.records.tables import letters
from portal.records.tables import payments as payments_table
from portal.rules.allocation import QuoteLine
from portal.rules.refusals import Refusal
from portal.rules.statement import Statement
from tests.actions.test_inbox import Post
from tests.support.books import add_invoice
from tests.support.shop import Shop


def received_on(shop: Shop) -> date:
    with shop.house.resources.reading() as session:
        found: date = session.execute(select(payments_table.c.received_on)).scalar_one()
    return found


def as_of(shop: Shop, on: date) -> Statement:
    with shop.house.resources.reading() as session:
        policy = policies.load(session, now=shop.house.clock.now())
        return statements.load(session, shop.account, on=on, policy=policy).statement


def unbook(shop: Shop) -> None:
    """Stripe books a charge up to an hour after it succeeded."""
    with shop.house.stripe.lock:
        (charge,) = shop.house.stripe.all("charge")
        charge["balance_transaction"] = None


@pytest.mark.parametrize("is_booked", [True, False])
def test_a_card_payment_counts_on_the_day_it_was_made(shop: Shop, is_booked: bool) -> None:
    shop.pay_first()
    attempt = shop.pay_by_card()
    if not is_booked:
        unbook(shop)
    shop.house.clock.move(days=2)
    shop.sync(attempt)
    assert received_on(shop) == date(2026, 3, 2)


def test_a_bank_debit_that_is_not_booked_yet_counts_on_the_day_we_hear_of_it(shop: Shop) -> None:
    shop.pay_first(method="us_bank_account")
    attempt = shop.pay_by_bank()
    shop.house.clock.move(days=6)
    shop.house.stripe.tick()
    unbook(shop)
    shop.sync(attempt)
    assert received_on(shop) == date(2026, 3, 8)


def test_a_bank_debit_is_pending_from_its_start_to_the_day_before_its_money(shop: Shop) -> None:
    shop.pay_first(method="us_bank_account")
    attempt = shop.pay_by_bank()
    shop.sync(attempt)
    shop.house.clock.move(days=7)
    shop.house.stripe.tick()
    midnight = datetime(2026, 3, 9, 4, tzinfo=UTC)  # in New York, after clocks went forward that morning
    with shop.house.stripe.lock:
        (charge,) = shop.house.stripe.all("charge")
        for booked in shop.house.stripe.all("balance_transaction"):
            if booked["source"] == charge["id"]:
                booked["created"] = int(midnight.timestamp())
    shop.sync(attempt)
    pending = {day: as_of(shop, date(2026, 3, day)).balance.pending_cents for day in (1, 2, 8, 9)}
    assert pending == {1: 0, 2: 100000, 8: 100000, 9: 0}
    opened = {day: as_of(shop, date(2026, 3, day)).balance.open_cents for day in (8, 9)}
    assert opened == {8: 160000, 9: 60000}


def test_a_payment_started_after_its_quote_stood_gets_no_discount(shop: Shop) -> None:
    shop.house.clock.move(days=9, hours=12, minutes=50)  # 11 March, ten minutes before midnight in New York
    shop.pay_first()
    with shop.house.resources.writing() as session:
        session.execute(update(attempts_table).values(honoured_until=datetime(2026, 3, 12, 4, 10, tzinfo=UTC)))
    shop.house.clock.move(minutes=20)  # exactly then
    attempt = shop.pay_by_card()
    shop.sync(attempt)
    assert shop.opens() == {"1001": 1840, "1002": 60000}


def test_the_same_visitor_gets_a_new_page_once_the_old_one_has_ended(shop: Shop) -> None:
    old = shop.pay_first()
    shop.house.clock.move(days=2)
    assert shop.pay_first() != old
    assert [attempt.state for attempt in shop.attempts()] == ["expired", "open"]


def test_the_same_visitor_who_wants_to_pay_another_way_gets_another_page(shop: Shop) -> None:
    by_card = shop.pay_first()
    assert shop.pay_first(method="us_bank_account") != by_card
    assert [(attempt.method, attempt.state) for attempt in shop.attempts()] == [
        ("card", "expired"),
        ("us_bank_account", "open"),
    ]


def test_the_money_of_a_debit_is_not_taken_for_under_way_when_it_is_posted(shop: Shop) -> None:
    shop.pay_first(method="us_bank_account")
    attempt = shop.pay_by_bank()
    shop.sync(attempt)
    now = shop.house.clock.now()
    with shop.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        received = Received("us_bank_account", 98160, now, policy.today, policy.today, attempt_id=attempt.id)
        post_payment(session, shop.account, received, [QuoteLine(shop.first.id, 98160, 1840)], policy=policy, now=now)
    assert shop.opens() == {"1002": 60000}


def test_a_second_debit_counts_the_one_under_way_in_its_share(shop: Shop) -> None:
    """money.md 4, pro rata: 327.20 three times in the window bring 6.13, 6.14 and 6.13."""
    now = shop.house.clock.now()
    example = {"net_cents": 92000, "tax_cents": 8000, "terms": "2/10 net 30", "mode": "pro_rata"}
    with shop.house.resources.writing() as session:
        add_invoice(session, shop.account, "1000", issued_on=date(2026, 2, 25), now=now, **example)  # type: ignore[arg-type]
    discounts = []
    for _ in range(3):
        shop.begin(Choice(amount_cents=32720), 32720, method="us_bank_account")
        attempt = shop.pay_by_bank()
        shop.sync(attempt)
        with shop.house.resources.reading() as session:
            (line,) = attempts.quoted(session, attempt.id)
        discounts.append(line.discount_cents)
    assert discounts == [613, 614, 613]


def test_an_attempt_that_was_given_up_holds_nothing(shop: Shop) -> None:
    shop.house.stripe.fault(Fault("drop_before", method="POST", path="/v1/checkout/sessions", times=None))
    with pytest.raises(Refusal):
        shop.pay_first()
    shop.house.stripe.heal()
    shop.house.clock.move(days=2)
    assert settle_expired(shop.house.resources, now=shop.house.clock.now()) == 1
    assert shop.pay_first(visitor=2).startswith("http")


class OldNews:
    """Reads a payment, and while it is reading somebody else brings in what happens to it next."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.reads = 0

    def read_payment(self, checkout_id: str) -> PaymentFacts:
        stripe = self.shop.house.resources.stripe
        assert stripe is not None
        facts = stripe.read_payment(checkout_id)
        self.reads += 1
        if self.reads == 1:
            self.shop.house.clock.move(days=6)
            self.shop.house.stripe.tick()
            self.shop.sync(self.shop.attempts()[0])
        return facts


def test_old_news_does_not_overwrite_newer(shop: Shop) -> None:
    shop.pay_first(method="us_bank_account")
    attempt = shop.pay_by_bank()
    old_news = OldNews(shop)
    resources = replace(shop.house.resources, stripe=cast(StripeCheckouts, old_news))
    payments.sync_payment(resources, attempt.id, now=shop.house.clock.now())
    assert old_news.reads == 2
    assert shop.attempts()[0].state == "succeeded"
    assert shop.opens() == {"1002": 60000}
    with shop.house.resources.reading() as session:
        assert session.execute(select(letters.c.kind)).scalars().all() == ["receipt"]


class Interrupted(OldNews):
    """Reads a payment, and while it is reading the event of what happens next arrives."""

    def read_payment(self, checkout_id: str) -> PaymentFacts:
        stripe = self.shop.house.resources.stripe
        assert stripe is not None
        facts = stripe.read_payment(checkout_id)
        self.shop.house.clock.move(days=6)
        self.shop.house.stripe.tick()
        self.shop.house.stripe.deliver()
        return facts


def test_an_event_that_arrives_while_another_is_handled_is_not_taken_for_handled(shop: Shop) -> None:
    post = Post(shop)
    shop.pay_first(method="us_bank_account")
    attempt = shop.pay_by_bank()
    shop.sync(attempt)
    shop.house.stripe.deliver()
    intent_id = shop.attempts()[0].payment_intent_id
    assert intent_id in post.subjects
    early = replace(shop.house.resources, stripe=cast(StripeCheckouts, Interrupted(shop)))
    inbox.handle(early, intent_id, now=shop.house.clock.now())
    assert shop.opens() == {"1001": 100000, "1002": 60000}
    assert post.states() == {"new", "handled"}
    post.handle_waiting()
    assert post.states() == {"handled"}
    assert shop.opens() == {"1002": 60000}
