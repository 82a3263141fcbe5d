"""Stripe's events: any order, any number, too early, not ours, or while Stripe cannot be read."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select, update

from e2e.stripe import Fault
from portal.actions import attempts as attempt_actions
from portal.actions import inbox
from portal.records.tables import attempts as attempts_table
from portal.records.tables import inbox as inbox_table
from portal.rules.refusals import Refusal
from tests.support.house import WEBHOOK_SECRET
from tests.support.shop import Shop


class Post:
    """Stands between Stripe and the portal: stores what arrives and remembers its subjects."""

    def __init__(self, shop: Shop, *, handle: bool = False) -> None:
        self.shop = shop
        self.handle = handle
        self.subjects: list[str] = []
        shop.house.stripe.post.post = self.deliver
        shop.house.stripe.add_endpoint("http://portal.invalid/stripe/webhook", WEBHOOK_SECRET)

    def deliver(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        now = self.shop.house.clock.now()
        event = inbox.read(self.shop.house.resources, body, headers["Stripe-Signature"], now=now)
        inbox.store(self.shop.house.resources, [event])
        self.subjects.append(event.subject)
        if self.handle:
            inbox.handle(self.shop.house.resources, event.subject, now=now)
        return 200

    def handle_waiting(self) -> int:
        return inbox.handle_waiting(self.shop.house.resources, now=self.shop.house.clock.now())

    def states(self) -> set[str]:
        with self.shop.house.resources.reading() as session:
            return set(session.execute(select(inbox_table.c.state)).scalars())


def test_every_event_in_any_order_and_twice_posts_once(shop: Shop) -> None:
    post = Post(shop)
    shop.pay_first()
    shop.pay_by_card()
    shop.house.stripe.deliver()
    assert len(post.subjects) > 2
    for subject in reversed(post.subjects + post.subjects):
        inbox.handle(shop.house.resources, subject, now=shop.house.clock.now())
    assert shop.opens() == {"1002": 60000}
    assert post.handle_waiting() == 0
    assert post.states() == {"handled"}


def test_two_different_events_for_one_fact_post_once(shop: Shop) -> None:
    post = Post(shop, handle=True)
    shop.house.stripe.switches.second_event = True
    shop.house.stripe.switches.copies = 3
    shop.pay_first()
    shop.pay_by_card()
    shop.house.stripe.deliver()
    assert post.states() == {"handled"}
    assert shop.opens() == {"1002": 60000}
    assert shop.standing().statement.balance.credit_cents == 0


def test_an_event_that_arrives_inside_our_own_call_is_posted(shop: Shop) -> None:
    post = Post(shop, handle=True)
    shop.house.stripe.switches.inside_call = True
    shop.pay_first()
    shop.pay_by_card()
    shop.house.stripe.deliver()
    post.handle_waiting()
    assert shop.opens() == {"1002": 60000}


def test_an_answer_that_was_lost_opens_no_second_page(shop: Shop) -> None:
    shop.house.stripe.fault(Fault("drop_after", method="POST", path="/v1/checkout/sessions", times=3))
    with pytest.raises(Refusal, match="Nothing was charged"):
        shop.pay_first()
    shop.pay_first()
    assert len(shop.attempts()) == 1
    assert len(shop.house.stripe.all("checkout.session")) == 1


def test_a_failure_that_stripe_remembers_is_not_asked_for_again(shop: Shop) -> None:
    shop.house.stripe.fault(Fault("server_error", method="POST", path="/v1/checkout/sessions", times=3))
    with pytest.raises(Refusal, match="Nothing was charged"):
        shop.pay_first()
    assert shop.pay_first().startswith("http")
    assert len(shop.attempts()) == 1


def test_a_payment_whose_ids_we_never_got_is_found_by_its_metadata(shop: Shop) -> None:
    post = Post(shop)
    shop.pay_first()
    shop.pay_by_card()
    with shop.house.resources.writing() as session:
        forgotten = {"state": "created", "checkout_id": None, "checkout_url": None, "payment_intent_id": None}
        session.execute(update(attempts_table).values(forgotten))
    shop.house.stripe.deliver()
    post.handle_waiting()
    assert shop.opens() == {"1002": 60000}
    assert shop.attempts()[0].checkout_id is not None


def test_a_payment_of_another_system_is_foreign_and_posts_nothing(shop: Shop) -> None:
    post = Post(shop)
    shop.pay_first()
    shop.pay_by_card()
    with shop.house.resources.writing() as session:
        session.execute(update(attempts_table).values(checkout_id=None, payment_intent_id=None))
    with shop.house.stripe.lock:
        for kind in ("checkout.session", "payment_intent"):
            for each in shop.house.stripe.all(kind):
                each["metadata"]["instance"] = "somebody-else"
    shop.house.stripe.deliver()
    post.handle_waiting()
    assert post.states() == {"foreign"}
    assert shop.opens() == {"1001": 100000, "1002": 60000}


def test_events_wait_while_stripe_cannot_be_read(shop: Shop) -> None:
    post = Post(shop, handle=True)
    shop.pay_first()
    shop.pay_by_card()
    shop.house.stripe.fault(Fault("server_error", method="GET", times=None))
    shop.house.stripe.deliver()
    assert post.states() == {"new"}
    assert shop.opens() == {"1001": 100000, "1002": 60000}
    shop.house.stripe.heal()
    shop.house.clock.move(minutes=5)
    post.handle_waiting()
    assert post.states() == {"handled"}
    assert shop.opens() == {"1002": 60000}


def test_an_amount_that_differs_from_the_quote_is_applied_and_the_rest_stays_open(shop: Shop) -> None:
    shop.pay_first()
    attempt = shop.pay_by_card()
    with shop.house.stripe.lock:
        (charge,) = shop.house.stripe.all("charge")
        charge["amount"] = charge["amount_captured"] = 50000
    shop.sync(attempt)
    assert shop.opens() == {"1001": 50000, "1002": 60000}


def test_another_currency_posts_nothing_and_is_kept_for_the_owner(shop: Shop) -> None:
    post = Post(shop)
    shop.pay_first()
    shop.pay_by_card()
    with shop.house.stripe.lock:
        (charge,) = shop.house.stripe.all("charge")
        charge["currency"] = "eur"
    shop.house.stripe.deliver()
    for _ in range(12):
        post.handle_waiting()
        shop.house.clock.move(hours=7)
    assert post.states() == {"dead"}
    assert shop.opens() == {"1001": 100000, "1002": 60000}


def test_an_attempt_that_never_got_a_page_is_given_up(shop: Shop) -> None:
    shop.house.stripe.fault(Fault("drop_before", method="POST", path="/v1/checkout/sessions", times=None))
    with pytest.raises(Refusal):
        shop.pay_first()
    assert shop.attempts()[0].state == "created"
    shop.house.clock.move(days=2)
    attempt_actions.settle_expired(shop.house.resources, now=shop.house.clock.now())
    assert shop.attempts()[0].state == "cancelled"
