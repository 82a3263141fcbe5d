"""Collecting while a person pays the same, or another worker does, or the bank asks for its customer."""

from datetime import date
from typing import Any

import pytest

from portal.actions import collections as actions
from portal.actions import inbox
from portal.actions.checkouts import FiguresChanged
from portal.actions.quotes import Choice
from portal.gateways import stripe_collecting
from portal.gateways.stripe_values import IntentFacts
from portal.rules.plans import Shape
from tests.support.collecting import ASKS, Collected
from tests.support.crashing import Fuse, dying
from tests.support.shop import together


def test_paid_by_hand_before_the_day_nothing_is_charged(collected: Collected) -> None:
    plan, _ = collected.charged_plan()
    collected.days(3, 29, 30)
    collected.pay(plan, 33334)
    assert collected.days(3, 31, 31) == []
    assert collected.states() == ["done"]
    assert collected.received() == [33334]


def test_paying_by_hand_ends_the_intent_that_waits(collected: Collected) -> None:
    plan, method = collected.charged_plan()
    collected.house.stripe.decline_next(method.payment_method_id, "insufficient_funds")
    assert collected.days(3, 29, 31) == [31]
    collected.pay(plan, 33334)
    assert collected.intents()[0] == "canceled"
    assert collected.days(4, 1, 10) == []
    assert collected.states() == ["done"]
    assert collected.received() == [33334]


def test_the_worker_waits_for_a_customer_at_the_checkout(collected: Collected) -> None:
    plan, _ = collected.charged_plan()
    collected.days(3, 29, 30)
    collected.on(3, 31)
    collected.begin(Choice(amount_cents=33334, plan=plan.public_id), 33334)
    assert collected.work() == 0
    collected.sync(collected.pay_by_card())
    assert collected.work() == 0
    assert collected.received() == [33334]
    assert collected.states() == ["done"]


def test_two_workers_at_once_charge_once(collected: Collected) -> None:
    collected.charged_plan()
    collected.days(3, 29, 30)
    collected.on(3, 31)
    now = collected.house.clock.now()
    together(2, lambda: actions.collect(collected.house.resources, now=now))
    collected.house.clock.move(minutes=5)
    collected.work()
    assert collected.received() == collected.at_stripe() == [33334]
    assert len(collected.tries()) == 1
    assert collected.intents() == ["succeeded"]


def test_the_bank_asks_and_the_customer_is_written_to(collected: Collected) -> None:
    collected.charged_plan(ASKS)
    assert collected.days(3, 29, 31) == [31]
    assert collected.states() == ["confirming"]
    assert collected.outcomes() == [("authenticate", "authentication_required")]
    assert collected.posted("collect_confirm") == ["collect_confirm"]
    assert collected.days(4, 1, 10) == []


def test_a_checkout_that_comes_while_a_try_is_under_way_finds_it_paid(collected: Collected) -> None:
    plan, _ = collected.charged_plan()
    collected.days(3, 29, 30)
    collected.on(3, 31)
    with dying(Fuse(9)):
        actions.collect(collected.house.resources, now=collected.house.clock.now())
    assert (collected.states(), collected.intents()) == (["trying"], ["succeeded"])
    with pytest.raises(FiguresChanged):
        collected.begin(Choice(amount_cents=33334, plan=plan.public_id), 33334)
    assert collected.received() == collected.at_stripe() == [33334]
    assert collected.states() == ["done"]


def test_a_checkout_before_the_intent_is_known_makes_the_worker_give_way(collected: Collected) -> None:
    plan, _ = collected.charged_plan()
    collected.days(3, 29, 30)
    collected.on(3, 31)
    with dying(Fuse(3)):
        actions.collect(collected.house.resources, now=collected.house.clock.now())
    assert collected.attempts()[0].payment_intent_id is None
    collected.pay(plan, 33334)
    for _ in range(2):
        collected.house.clock.move(minutes=5)
        assert collected.work() == 0
    assert collected.received() == collected.at_stripe() == [33334]
    assert [attempt.state for attempt in collected.attempts()] == ["cancelled", "succeeded"]


def test_an_intent_whose_id_was_lost_is_adopted_by_its_webhook(collected: Collected) -> None:
    collected.charged_plan()
    collected.days(3, 29, 30)
    collected.on(3, 31)
    with dying(Fuse(3)):
        actions.collect(collected.house.resources, now=collected.house.clock.now())
    (intent,) = collected.house.stripe.all("payment_intent")
    now = collected.house.clock.now()
    facts = collected.stripe.read_payment_by_intent(intent["id"])
    with collected.house.resources.writing() as session:
        inbox.adopt(session, intent["metadata"]["attempt"], facts)
    assert collected.attempts()[0].payment_intent_id == intent["id"]
    assert actions.collect(collected.house.resources, now=now) == 1
    assert collected.intents() == ["succeeded"]


def test_a_webhook_that_is_faster_than_the_answer_holds_nothing_up(
    collected: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected.charged_plan()
    collected.days(3, 29, 30)
    collected.on(3, 31)
    asked = stripe_collecting.create_intent

    def overtaken(*given: Any, **more: Any) -> IntentFacts:
        intent = asked(*given, **more)
        facts = collected.stripe.read_payment_by_intent(intent.payment_intent_id)
        with collected.house.resources.writing() as session:
            inbox.adopt(session, collected.attempts()[0].public_id, facts)
        return intent

    monkeypatch.setattr(stripe_collecting, "create_intent", overtaken)
    assert actions.collect(collected.house.resources, now=collected.house.clock.now()) == 1
    assert collected.intents() == ["succeeded"]


def test_what_waits_for_its_next_try_makes_way_for_what_is_due(collected: Collected) -> None:
    plan = collected.agree(Shape(0, 3, "week", date(2026, 3, 20)))
    method = collected.save()
    collected.use(plan, method)
    collected.house.stripe.decline_next(method.payment_method_id, "insufficient_funds", is_once=False)
    assert collected.days(3, 18, 26) == [20, 23]
    collected.house.stripe.accept_again(method.payment_method_id)
    # Of the first instalment and the second, both due on the 27th, one is charged on it and one on the day after.
    assert collected.days(3, 27, 31) == [27, 28]
    assert collected.received() == [33334, 33333]
    assert sorted(collected.intents()) == ["succeeded", "succeeded"]


def test_what_waits_for_the_customer_keeps_the_next_one_from_being_asked_for(collected: Collected) -> None:
    plan = collected.agree(Shape(0, 3, "week", date(2026, 3, 20)))
    collected.use(plan, collected.save(ASKS))
    assert collected.days(3, 18, 31) == [20]
    assert collected.states() == ["confirming", "waiting"]
    assert collected.posted("collect_confirm") == ["collect_confirm"]


def test_a_plan_that_is_ended_takes_its_intent_along(collected: Collected) -> None:
    plan, method = collected.charged_plan()
    collected.house.stripe.decline_next(method.payment_method_id, "insufficient_funds")
    collected.days(3, 29, 31)
    collected.change(plan, "cancel", words="As we said.")
    collected.house.clock.move(minutes=10)
    collected.work()
    assert (collected.states(), collected.intents()) == (["stopped"], ["canceled"])
    assert collected.all()[0].why == "plan_ended"
    # What it covered can be paid at once.
    collected.begin(Choice((collected.first.public_id,)), 100000)


def test_the_last_look_sees_what_happened_while_stripe_was_asked(
    collected: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, _ = collected.charged_plan()
    collected.days(3, 29, 30)
    collected.on(3, 31)
    create = stripe_collecting.create_intent

    def slowly(*given: Any, **named: Any) -> IntentFacts:
        collected.change(plan, "pause", words="Wait.")
        return create(*given, **named)

    monkeypatch.setattr(stripe_collecting, "create_intent", slowly)
    assert actions.collect(collected.house.resources, now=collected.house.clock.now()) == 0
    assert collected.intents() == ["requires_confirmation"]
    assert (collected.tries(), collected.at_stripe()) == ([], [])
    collected.work()
    assert (collected.states(), collected.intents()) == (["stopped"], ["canceled"])
