"""money.md 4, every row of its table that is about one charge."""

from datetime import UTC, date, datetime

import pytest

from portal.rules.discounts import (
    Clock,
    Facts,
    Offer,
    Repay,
    Settled,
    days_left,
    discount_for,
    honoured_until,
    offer,
    offers,
    repay_until,
    taken_back_cents,
    tax_part_cents,
)
from tests.rules.examples import TOTAL, example, march

IN_TIME = Settled(march(5), 769_60, 14_40)
NOTICE = date(2026, 4, 3)
RETURNED = Repay(started_on=march(11), discount_cents=18_40, until_on=repay_until(NOTICE))


@pytest.mark.parametrize(
    ("case", "facts", "payable", "on", "discount", "pay"),
    [
        ("net, 10 March", example(), TOTAL, march(10), 18_40, 981_60),
        ("net, the whole last day", example(), TOTAL, march(11), 18_40, 981_60),
        ("net, the day after", example(), TOTAL, march(12), 0, 1_000_00),
        ("gross, tax stays", example(base="gross"), TOTAL, march(11), 20_00, 980_00),
        ("gross, tax follows", example(base="gross_tax_follows"), TOTAL, march(11), 20_00, 980_00),
        (
            "full: 490.80 on 5 March, 490.80 on 9 March",
            example(settled=(Settled(march(5), 490_80),)),
            509_20,
            march(9),
            18_40,
            490_80,
        ),
        (
            "full: 490.80 on 5 March, 509.20 on 12 March",
            example(settled=(Settled(march(5), 490_80),)),
            509_20,
            march(12),
            0,
            509_20,
        ),
        (
            "full: 300.00 account credit and 681.60 in time",
            example(settled=(Settled(march(5), 300_00),)),
            700_00,
            march(9),
            18_40,
            681_60,
        ),
        (
            "pro rata: 490.80 on 5 March, 490.80 on 9 March",
            example(mode="pro_rata", settled=(Settled(march(5), 490_80, 9_20),)),
            500_00,
            march(9),
            9_20,
            490_80,
        ),
        (
            "pro rata: 300.00 on 5 March, rest on 20 March",
            example(mode="pro_rata", settled=(Settled(march(5), 300_00, 5_62),)),
            694_38,
            march(20),
            0,
            694_38,
        ),
        (
            "full: 518.40 of 600.00 from a lump sum, then the rest",
            example(net_cents=600_00, tax_cents=0, settled=(Settled(march(5), 518_40),)),
            81_60,
            march(6),
            12_00,
            69_60,
        ),
        ("3/5, 2/10: 6 March", example(terms="3/5, 2/10, net 30"), TOTAL, march(6), 27_60, 972_40),
        ("3/5, 2/10: 7 March", example(terms="3/5, 2/10, net 30"), TOTAL, march(7), 18_40, 981_60),
        (
            "3/5, 2/10, pro rata: 486.20 on 5 March, rest on 9 March",
            example(terms="3/5, 2/10, net 30", mode="pro_rata", settled=(Settled(march(5), 486_20, 13_80),)),
            500_00,
            march(9),
            9_20,
            490_80,
        ),
        ("216.00 disputed", example(disputed=(200_00, 16_00)), 784_00, march(5), 14_40, 769_60),
        (
            "... decided on 20 March: credit 100.00 + 8.00",
            example(
                credited=(100_00, 8_00),
                settled=(IN_TIME,),
                clocks=(Clock(100_00, 8_00, filed_on=march(5), decided_on=march(20)),),
            ),
            108_00,
            march(20),
            2_00,
            106_00,
        ),
        (
            "... the same on 26 March, its last day",
            example(
                credited=(100_00, 8_00),
                settled=(IN_TIME,),
                clocks=(Clock(100_00, 8_00, filed_on=march(5), decided_on=march(20)),),
            ),
            108_00,
            march(26),
            2_00,
            106_00,
        ),
        (
            "... and on 27 March",
            example(
                credited=(100_00, 8_00),
                settled=(IN_TIME,),
                clocks=(Clock(100_00, 8_00, filed_on=march(5), decided_on=march(20)),),
            ),
            108_00,
            march(27),
            0,
            108_00,
        ),
        ("... decided on 8 March against", example(settled=(IN_TIME,)), 216_00, march(8), 4_00, 212_00),
        ("... decided on 20 March against", example(settled=(IN_TIME,)), 216_00, march(20), 0, 216_00),
        (
            "ACH returned, notice on 3 April: until 7 April",
            example(repay=RETURNED),
            TOTAL,
            date(2026, 4, 7),
            18_40,
            981_60,
        ),
        ("... then 1,000.00", example(repay=RETURNED), TOTAL, date(2026, 4, 8), 0, 1_000_00),
    ],
)
def test_golden(case: str, facts: Facts, payable: int, on: date, discount: int, pay: int) -> None:
    found = offer(facts, payable_cents=payable, on=on)
    assert (found.discount_cents, found.pay_cents) == (discount, pay), case
    assert discount_for(facts, payable_cents=payable, amount_cents=pay, on=on) == discount


@pytest.mark.parametrize(
    ("facts", "amount", "on", "discount"),
    [
        (example(), 490_80, march(5), 0),
        (example(), 990_00, march(5), 18_40),
        (example(), 981_59, march(5), 0),
        (example(mode="pro_rata"), 490_80, march(5), 9_20),
        (example(mode="pro_rata"), 300_00, march(5), 5_62),
        (example(mode="pro_rata"), 300_00, march(12), 0),
        (example(mode="pro_rata", terms="3/5, 2/10, net 30"), 486_20, march(5), 13_80),
    ],
)
def test_a_first_payment(facts: Facts, amount: int, on: date, discount: int) -> None:
    assert discount_for(facts, payable_cents=TOTAL, amount_cents=amount, on=on) == discount


def test_pro_rata_three_times() -> None:
    """327.20 three times in the window: 6.13, 6.14, 6.13; open 0.00."""
    settled: tuple[Settled, ...] = ()
    open_cents = TOTAL
    for day in (3, 6, 9):
        facts = example(mode="pro_rata", settled=settled)
        came = discount_for(facts, payable_cents=open_cents, amount_cents=327_20, on=march(day))
        settled += (Settled(march(day), 327_20, came),)
        open_cents -= 327_20 + came
    assert [each.discount_cents for each in settled] == [6_13, 6_14, 6_13]
    assert open_cents == 0


def test_ach_started_in_time_counts_from_its_start() -> None:
    """981.60 started 11 March, succeeded 17 March: the rules only ever ask for the day it was started."""
    assert discount_for(example(), payable_cents=TOTAL, amount_cents=981_60, on=march(11)) == 18_40


def test_pending_debits_count_as_settled() -> None:
    under_way = example(settled=(Settled(march(5), 490_80),))
    assert offer(under_way, payable_cents=509_20, on=march(9)).discount_cents == 18_40
    whole = example(settled=(Settled(march(5), 981_60, 18_40),))
    assert offer(whole, payable_cents=0, on=march(9)) == Offer(0, None, 0, 0)


def test_tax_follows() -> None:
    """20.00 = 18.40 discount + 1.60 tax, also when it comes in parts."""
    assert tax_part_cents(example(base="gross_tax_follows"), 20_00) == 1_60
    assert tax_part_cents(example(base="gross"), 20_00) == 0
    first = example(base="gross_tax_follows", mode="pro_rata")
    then = example(base="gross_tax_follows", mode="pro_rata", settled=(Settled(march(5), 326_66, 6_67),))
    assert tax_part_cents(first, 6_67) + tax_part_cents(then, 13_33) == 1_60


def test_days_left_on_the_clock() -> None:
    step = example().steps[0]
    assert days_left(step, march(5)) == 6
    assert days_left(step, march(11)) == 0
    assert days_left(step, march(12)) is None


def test_a_dispute_filed_after_the_window_stops_nothing() -> None:
    late = example(clocks=(Clock(200_00, 16_00, filed_on=march(12), decided_on=march(20)),))
    assert offer(late, payable_cents=TOTAL, on=march(20)).discount_cents == 0


@pytest.mark.parametrize(
    ("facts", "taken_back"),
    [
        (example(settled=(Settled(march(5), 981_60, 18_40),), credited=(200_00, 16_00)), 4_00),
        (example(settled=(Settled(march(5), 981_60, 18_40),)), 0),
        (example(settled=(IN_TIME,), credited=(100_00, 8_00)), 0),
        (example(settled=(IN_TIME,), credited=(200_00, 16_00)), 0),
        (example(settled=(IN_TIME,), credited=(100_00, 8_00), disputed=(200_00, 16_00)), 2_00),
        (example(settled=(Settled(march(5), 981_60, 18_40),), credited=(920_00, 80_00)), 18_40),
        (example(settled=(Settled(march(20), 981_60, 18_40),), credited=(200_00, 16_00)), 4_00),
    ],
)
def test_a_credit_memo_takes_back_its_share(facts: Facts, taken_back: int) -> None:
    assert taken_back_cents(facts) == taken_back


def test_a_plan_ends_an_unearned_discount() -> None:
    assert offer(example(), payable_cents=400_00, on_plan_cents=600_00, on=march(5)).discount_cents == 0


def test_the_offer_says_until_when_and_what_comes_after() -> None:
    facts = example(terms="3/5, 2/10, net 30")
    assert offers(facts, payable_cents=TOTAL, on=march(2)) == (
        Offer(27_60, march(6), 972_40, 300),
        Offer(18_40, march(11), 981_60, 200),
    )
    assert offers(facts, payable_cents=TOTAL, on=march(7)) == (Offer(18_40, march(11), 981_60, 200),)
    assert offers(facts, payable_cents=TOTAL, on=march(12)) == ()


def test_the_repay_window_is_two_federal_reserve_days() -> None:
    assert repay_until(NOTICE) == date(2026, 4, 7)
    assert offer(example(repay=RETURNED), payable_cents=TOTAL, on=NOTICE).until_on == date(2026, 4, 7)


def test_a_checkout_opened_in_time_honours_its_quote() -> None:
    zone, deadline = "America/New_York", datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
    early = datetime(2026, 3, 11, 20, 0, tzinfo=UTC)
    assert honoured_until(march(11), opened_at=early, zone=zone) == deadline
    late = datetime(2026, 3, 12, 3, 50, tzinfo=UTC)
    assert honoured_until(march(11), opened_at=late, zone=zone) == datetime(2026, 3, 12, 4, 21, tzinfo=UTC)
