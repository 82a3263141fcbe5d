"""Automatic payments of invoices: on the due day, less the discount of that day, announced before."""

from datetime import date

import pytest

from portal.actions import autopays
from portal.actions import collections as actions
from tests.support.books import add_invoice
from tests.support.collecting import BANK, VISA, Collected
from tests.support.planned import MONTHLY


def invoice(collected: Collected, number: str, cents: int, *, terms: str, issued_on: date) -> None:
    with collected.house.resources.writing() as session:
        add_invoice(
            session, collected.account, number, issued_on=issued_on, net_cents=cents, terms=terms,
            now=collected.house.clock.now(),
        )  # fmt: skip


def test_invoices_are_charged_on_their_due_days(collected: Collected) -> None:
    collected.autopay()
    assert collected.days(3, 2, 31) == [31]
    # Net 30 of 1 March is 31 March, of 2 March 1 April; by then the discounts are over.
    assert collected.received() == [100000]
    assert collected.days(4, 1, 3) == [1]
    assert collected.received() == [100000, 60000]
    assert collected.opens() == {}
    assert collected.posted("autopay_notice") == ["autopay_notice"] * 2
    assert collected.states() == ["done", "done"]


def test_a_discount_that_stands_on_the_due_day_comes_off(collected: Collected) -> None:
    collected.autopay()
    invoice(collected, "1003", 20000, terms="2/10 net 10", issued_on=date(2026, 3, 2))
    assert collected.days(3, 3, 12) == [12]
    assert collected.received() == [19600]
    assert "1003" not in collected.opens()


def test_nothing_is_charged_on_the_day_of_the_agreement(collected: Collected) -> None:
    collected.on(4, 15)
    collected.autopay()
    assert collected.work() == 0
    assert collected.days(4, 16, 17) == [17]
    assert {row.noticed_on for row in collected.all()} == {date(2026, 4, 15)}


def test_a_bank_debit_of_another_amount_is_announced_ten_days_ahead(collected: Collected) -> None:
    collected.autopay(BANK)
    collected.days(3, 2, 31)
    second, first = collected.all()
    assert (first.noticed_on, first.next_on) == (date(2026, 3, 29), date(2026, 3, 31))
    # It follows the first, which is of another amount.
    assert (second.noticed_on, second.next_on) == (date(2026, 3, 22), date(2026, 4, 1))
    invoice(collected, "1003", 20000, terms="net 30", issued_on=date(2026, 3, 31))
    collected.days(4, 1, 20)
    third = collected.all()[2]
    assert (third.noticed_on, third.next_on) == (date(2026, 4, 20), date(2026, 4, 30))


def test_a_debit_that_comes_after_another_by_its_late_letter_is_announced_ten_days_ahead(collected: Collected) -> None:
    collected.autopay(BANK)
    collected.days(3, 2, 28)
    collected.is_post_slow = True
    collected.days(3, 29, 30)
    collected.is_post_slow = False
    # The letter about the second debit went out on 22 March; the one about the first only now.
    assert collected.days(3, 31, 31) == []
    first = collected.all()[1]
    assert (first.notices, first.noticed_on, first.next_on) == (2, date(2026, 3, 31), date(2026, 4, 10))
    charged = collected.days(4, 1, 8)
    collected.sync(collected.attempts()[-1])
    assert charged + collected.days(4, 9, 12) == [1, 10]
    assert collected.at_stripe() == [60_000, 100_000]


def test_a_debit_waits_for_its_ten_days_while_nobody_announces(collected: Collected) -> None:
    collected.autopay(BANK)
    collected.days(3, 2, 30)
    second, first = collected.all()
    assert (first.notice_days, second.notice_days) == (2, 10)
    collected.change_collection(first, next_on=date(2026, 4, 2))
    resources, clock = collected.house.resources, collected.house.clock
    for day in range(1, 11):
        collected.on(4, day)
        assert actions.collect(resources, now=clock.now()) == (day in (1, 8))
        for attempt in collected.attempts():
            if attempt.state == "processing":
                collected.house.stripe.settle_bank(attempt.payment_intent_id or "")
                collected.sync(attempt)
    assert collected.at_stripe() == [60_000, 100_000]


def test_a_debit_that_is_tried_again_needs_no_other_notice_after_another_amount(collected: Collected) -> None:
    collected.autopay(BANK)
    assert collected.days(3, 2, 31) == [31]
    collected.fail_debit("insufficient_funds")
    assert collected.days(4, 1, 1) == [1]
    second = collected.attempts()[-1]
    collected.house.stripe.settle_bank(second.payment_intent_id or "")
    collected.sync(second)
    assert collected.days(4, 2, 4) == [3]
    assert [row.notices for row in collected.all()] == [1, 1]
    assert collected.at_stripe() == [60_000, 100_000]


def test_a_debit_that_rises_is_announced_once_at_what_it_costs_on_its_new_day(collected: Collected) -> None:
    collected.autopay(BANK)
    invoice(collected, "1003", 20_000, terms="2/10 net 10", issued_on=date(2026, 3, 2))
    collected.days(3, 3, 10)
    (row,) = collected.all()
    assert (row.noticed_cents, row.next_on) == (19_600, date(2026, 3, 12))
    collected.change_collection(row, noticed_cents=10_000)
    for _ in range(2):
        collected.work()
        (row,) = collected.all()
        # The discount is over by then.
        assert (row.notices, row.noticed_cents, row.next_on) == (2, 20_000, date(2026, 3, 20))


def test_a_card_needs_no_longer_notice_after_another_amount(collected: Collected) -> None:
    collected.autopay()
    collected.days(3, 2, 28)
    collected.is_post_slow = True
    collected.days(3, 29, 30)
    collected.is_post_slow = False
    assert collected.days(3, 31, 31) + collected.days(4, 1, 3) == [2]
    assert [row.notices for row in collected.all()] == [1, 1]
    assert sorted(collected.at_stripe()) == [60_000, 100_000]


def test_turned_off_nothing_more_is_charged(collected: Collected) -> None:
    collected.autopay()
    collected.days(3, 2, 30)
    with collected.house.resources.writing() as session:
        autopays.turn_off(
            session, collected.account.id, why="turned_off", now=collected.house.clock.now(), actor="customer"
        )
    assert collected.days(3, 31, 31) == []
    assert set(collected.states()) == {"stopped"}


def test_an_amount_that_rises_is_announced_anew(collected: Collected) -> None:
    collected.autopay()
    invoice(collected, "1003", 20000, terms="2/10 net 10", issued_on=date(2026, 3, 2))
    collected.house.stripe.decline_next(collected.method_id(), "insufficient_funds")
    assert collected.days(3, 3, 12) == [12]
    # The discount ended with the first try: the next asks for 200.00, after a new notice.
    assert collected.days(3, 13, 20) == [15]
    assert collected.received() == [20000]
    assert collected.posted("autopay_notice") == ["autopay_notice"] * 2
    assert collected.intents() == ["canceled", "succeeded"]


def test_more_than_was_announced_is_not_charged(collected: Collected) -> None:
    collected.autopay()
    invoice(collected, "1003", 20000, terms="2/10 net 10", issued_on=date(2026, 3, 2))
    collected.days(3, 3, 11)
    # The worker that announces is away on the day, and the discount is over the day after.
    collected.on(3, 13)
    assert actions.collect(collected.house.resources, now=collected.house.clock.now()) == 0
    assert collected.intents() == []
    assert collected.days(3, 13, 16) == [15]
    assert collected.received() == [20000]


@pytest.mark.parametrize("number", [VISA, BANK])
def test_invoices_of_one_day_are_all_charged_on_it(collected: Collected, number: str) -> None:
    collected.autopay(number)
    for other in ("1003", "1004"):
        invoice(collected, other, 20_000, terms="net 30", issued_on=date(2026, 3, 1))
    assert collected.days(3, 2, 31) == [31]
    assert sorted(collected.at_stripe()) == [20_000, 20_000, 100_000]


def test_invoices_that_have_piled_up_are_charged_a_day_apart(collected: Collected) -> None:
    collected.autopay()
    collected.days(3, 2, 30)
    assert collected.days(4, 2, 5) == [2, 3]


def test_a_plan_goes_before_an_invoice_of_its_day(collected: Collected) -> None:
    invoice(collected, "1003", 20_000, terms="net 30", issued_on=date(2026, 3, 1))
    method = collected.autopay()
    collected.use(collected.agree(MONTHLY), method)
    assert collected.days(3, 2, 31) == [31]
    assert collected.at_stripe() == [33_334, 20_000]


def test_invoices_that_are_charged_day_by_day_do_not_make_a_plan_late(collected: Collected) -> None:
    for number, day in (("1003", date(2026, 2, 28)), ("1004", date(2026, 3, 1))):
        invoice(collected, number, 20_000, terms="net 30", issued_on=day)
    method = collected.autopay()
    collected.use(collected.agree(MONTHLY), method)
    assert collected.days(3, 2, 30) == [30]
    # The worker comes a minute earlier than the day before.
    collected.on(3, 31)
    collected.house.clock.move(minutes=-1)
    assert collected.work() == 2
    assert collected.at_stripe() == [20_000, 33_334, 20_000]
