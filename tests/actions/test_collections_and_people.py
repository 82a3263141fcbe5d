"""Collecting while a person pays the same, or another worker does, or the bank asks for its customer."""

from portal.actions import collections as actions
from portal.actions.quotes import Choice
from tests.support.collecting import ASKS, Collected
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
