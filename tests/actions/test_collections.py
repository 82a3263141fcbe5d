"""Collecting by itself: announced, charged on its day, one charge a day, and never what is not wanted."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from portal.actions import collections as actions
from portal.records.tables import instalments
from portal.rules.plans import Shape
from tests.support.collecting import BANK, Collected
from tests.support.shop import cheque


def test_instalments_are_announced_and_charged_as_the_days_pass(collected: Collected) -> None:
    plan, _ = collected.charged_plan()
    assert collected.days(3, 26, 31) == [31]
    assert collected.rows(plan) == [(33334, 0), (0, 33333), (0, 33333)]
    assert collected.days(4, 1, 30) == [30]
    assert collected.days(5, 1, 31) == [31]
    assert collected.received() == collected.at_stripe() == [33334, 33333, 33333]
    assert collected.states() == ["done"] * 3
    assert [(row.noticed_on, row.next_on) for row in collected.all()][:2] == [
        (date(2026, 3, 29), date(2026, 3, 31)),
        (date(2026, 4, 28), date(2026, 4, 30)),
    ]
    assert collected.posted("collect_notice", "receipt") == ["collect_notice", "receipt"] * 3
    assert [kind for kind in collected.story(plan) if kind in ("noticed", "tried", "paid")] == [
        "noticed", "tried", "paid"
    ] * 3  # fmt: skip
    assert collected.days(6, 1, 10) == []


def test_a_late_notice_pushes_the_charge(collected: Collected) -> None:
    collected.charged_plan()
    assert collected.days(4, 5, 8) == [7]
    assert collected.all()[0].noticed_on == date(2026, 4, 5)


def test_after_an_outage_one_charge_a_day(collected: Collected) -> None:
    collected.use(collected.agree(Shape(0, 3, "week", date(2026, 3, 20))), collected.save())
    collected.on(4, 3)
    assert collected.work() == 0
    # Announced on one day, all three are due two days later.
    collected.on(4, 8)
    assert [collected.work(), collected.work()] == [1, 0]
    assert collected.received() == [33334]
    assert collected.days(4, 9, 12) == [9, 10]
    assert collected.received() == [33334, 33333, 33333]


def test_a_bank_debit_is_under_way_and_arrives(collected: Collected) -> None:
    plan, _ = collected.charged_plan(BANK)
    assert collected.days(3, 29, 31) == [31]
    assert collected.states() == ["trying"]
    assert collected.outcomes() == [("processing", "")]
    assert collected.stands(plan).rows[0].pending_cents == 33334
    collected.days(4, 1, 8)
    assert collected.states() == ["trying"]
    collected.sync(collected.attempts()[0])
    assert collected.states() == ["done"]
    assert collected.received() == [33334]


def test_webhooks_in_any_order_change_nothing_more(collected: Collected) -> None:
    collected.charged_plan()
    collected.days(3, 29, 31)
    intent = collected.attempts()[0].payment_intent_id
    assert intent is not None
    for _ in range(3):
        collected.sync(collected.attempts()[0])
    assert collected.received() == [33334]
    assert collected.posted("receipt") == ["receipt"]
    assert collected.outcomes() == [("succeeded", "")]


def test_a_paused_plan_is_not_charged_and_goes_on_with_a_new_notice(collected: Collected) -> None:
    plan, _ = collected.charged_plan()
    collected.days(3, 29, 30)
    collected.change(plan, "pause", words="Get well soon.")
    assert collected.days(3, 31, 31) == collected.days(4, 1, 5) == []
    assert (collected.all()[0].state, collected.all()[0].why) == ("stopped", "paused")
    collected.change(plan, "resume")
    assert collected.days(4, 5, 9) == [7]
    assert collected.posted("collect_notice") == ["collect_notice"] * 2


def test_a_moved_instalment_is_charged_on_its_new_day(collected: Collected) -> None:
    plan, _ = collected.charged_plan()
    collected.days(3, 29, 29)
    with collected.house.resources.writing() as session:
        session.execute(update(instalments).where(instalments.c.position == 1).values(due_on=date(2026, 4, 4)))
    assert collected.days(3, 30, 31) == []
    assert collected.days(4, 1, 4) == [4]
    assert collected.received() == [33334]
    assert collected.rows(plan)[0] == (33334, 0)


def test_money_that_came_another_way_is_charged_less(collected: Collected) -> None:
    collected.charged_plan()
    collected.days(3, 29, 30)
    with collected.house.resources.writing() as session:
        cheque(collected, session, collected.first.id, 10000)
    assert collected.days(3, 31, 31) == [31]
    assert collected.received() == [10000, 23334]


def test_nothing_is_collected_without_stripe(collected: Collected) -> None:
    collected.charged_plan()
    collected.days(3, 29, 30)
    collected.on(3, 31)
    without = replace(collected.house.resources, stripe=None)
    assert actions.collect(without, now=collected.house.clock.now()) == 0


@pytest.mark.parametrize("is_tried", [False, True])
def test_what_the_owner_puts_off_is_not_charged_before_its_new_day(collected: Collected, is_tried: bool) -> None:
    plan, method = collected.charged_plan()
    if is_tried:
        collected.house.stripe.decline_next(method.payment_method_id, "insufficient_funds")
        assert collected.days(3, 29, 31) == [31]
    else:
        collected.days(3, 29, 30)
    collected.on(3, 31)
    collected.change(plan, "put_off", 30)
    # The worker charges more often than it looks at what has changed.
    actions.collect(collected.house.resources, now=collected.house.clock.now())
    assert collected.days(4, 1, 29) == []
    assert collected.days(4, 30, 30) == [30]
