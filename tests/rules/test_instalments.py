"""How instalments stand after payments, credits and disputes; when a plan is late, cured, over (money.md 7)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.instalments import (
    Ahead,
    Money,
    Step,
    following,
    is_complete,
    late_since,
    next_step,
    outlook,
)
from portal.rules.plans import Due

JAN, FEB, MAR = date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)
THREE = (Due(1, JAN, 33334), Due(2, FEB, 33333), Due(3, MAR, 33333))
FIRST = Money(JAN, 33334, 1)


def amounts(*received: Money, left: int, frozen_cents: int = 0) -> list[tuple[int, int]]:
    return [
        (row.paid_cents, row.open_cents)
        for row in outlook(THREE, received, covered_left_cents=left, frozen_cents=frozen_cents)
    ]


@pytest.mark.parametrize(
    ("received", "left", "expected"),
    [
        ([], 100000, [(0, 33334), (0, 33333), (0, 33333)]),
        ([FIRST], 66666, [(33334, 0), (0, 33333), (0, 33333)]),
        # A credit of 400.00 after the first: 266.66 on 28 February, the last falls away.
        ([FIRST], 26666, [(33334, 0), (0, 26666), (0, 0)]),
        # 500.00 by hand on 20 February: it settles that of 28 February, and 166.66 of the last are left.
        ([FIRST, Money(date(2027, 2, 20), 50000)], 16666, [(33334, 0), (33333, 0), (0, 16666)]),
        # The customer may choose otherwise: the following ones are paid.
        ([FIRST, Money(date(2027, 2, 20), 50000, None, "next")], 16666, [(33334, 0), (33333, 0), (16667, 16666)]),
        # By hand after two were missed: both are settled before anything is trimmed.
        ([Money(date(2027, 3, 1), 70000)], 30000, [(33334, 0), (33333, 0), (0, 30000)]),
        ([Money(date(2027, 1, 1), 10000)], 90000, [(10000, 23334), (0, 33333), (0, 33333)]),
        # A credit while the second was being collected: what it does not need any more trims the last.
        ([FIRST, Money(FEB, 33333, 2)], 0, [(33334, 0), (33333, 0), (0, 0)]),
        ([FIRST, Money(FEB, 26666, 2)], 0, [(33334, 0), (26666, 0), (0, 0)]),
    ],
)
def test_outlook(received: list[Money], left: int, expected: list[tuple[int, int]]) -> None:
    assert amounts(*received, left=left) == expected


def test_a_dispute_freezes_from_the_last() -> None:
    rows = outlook(THREE, [FIRST], covered_left_cents=66666, frozen_cents=40000)
    assert [(row.frozen_cents, row.left_cents) for row in rows] == [(0, 0), (6667, 26666), (33333, 0)]


def test_money_under_way_is_not_asked_for_again() -> None:
    rows = outlook(THREE, [FIRST], covered_left_cents=66666, pending=[Money(FEB, 33333, 2)])
    assert [(row.pending_cents, row.left_cents) for row in rows] == [(0, 0), (33333, 0), (0, 33333)]
    by_hand = outlook(THREE, [FIRST], covered_left_cents=66666, pending=[Money(FEB, 50000)])
    assert [row.pending_cents for row in by_hand] == [0, 33333, 16667]


@given(
    st.lists(st.tuples(st.integers(1, 60000), st.sampled_from((None, 1, 2, 3)), st.sampled_from(("last", "next")))),
    st.integers(0, 100000),
    st.integers(0, 120000),
    st.integers(0, 120000),
)
def test_instalments_always_add_up(
    payments: list[tuple[int, int | None, Ahead]], credited: int, frozen: int, under_way: int
) -> None:
    received, left = [], 100000
    for cents, position, ahead in payments:
        received.append(Money(JAN, min(cents, left), position, ahead))
        left -= received[-1].cents
    left = max(0, left - credited)
    rows = outlook(THREE, received, covered_left_cents=left, pending=[Money(FEB, under_way)], frozen_cents=frozen)
    assert sum(row.open_cents for row in rows) == left
    assert all(row.paid_cents >= 0 and row.frozen_cents >= 0 and row.pending_cents >= 0 for row in rows)
    assert all(0 <= row.left_cents <= row.open_cents and row.amount_cents <= row.agreed_cents for row in rows)
    assert sum(row.paid_cents for row in rows) <= sum(money.cents for money in received)


def test_what_stripe_would_not_take_is_never_asked_for() -> None:
    rows = outlook(THREE, [FIRST, Money(FEB, 33333, 2)], covered_left_cents=49)
    assert following(rows, least_cents=50) is None
    assert is_complete(rows, least_cents=50)
    assert late_since(rows, today=date(2028, 1, 1), least_cents=50) is None
    assert not is_complete(outlook(THREE, [], covered_left_cents=100000), least_cents=50)
    frozen = outlook(THREE, [FIRST], covered_left_cents=10000, frozen_cents=10000)
    assert following(frozen, least_cents=50) is None
    assert not is_complete(frozen, least_cents=50)


@pytest.mark.parametrize(("today", "expected"), [(JAN, None), (JAN + timedelta(days=1), JAN)])
def test_late_from_the_day_after(today: date, expected: date | None) -> None:
    assert late_since(outlook(THREE, [], covered_left_cents=100000), today=today, least_cents=50) == expected


@pytest.mark.parametrize(
    ("late_on", "cure_by", "today", "expected"),
    [
        (None, None, MAR, None),
        (JAN, None, date(2027, 2, 5), None),
        (JAN, None, date(2027, 2, 6), "notice"),
        (JAN, date(2027, 2, 16), date(2027, 2, 16), None),
        (JAN, date(2027, 2, 16), date(2027, 2, 17), "default"),
        (None, date(2027, 2, 16), date(2027, 2, 16), "cured"),
        # Noticed on 6 February; what came due that day or later has its own days of grace and its own notice.
        (date(2027, 2, 5), date(2027, 2, 16), date(2027, 2, 17), "default"),
        (date(2027, 2, 6), date(2027, 2, 16), date(2027, 2, 17), "cured"),
    ],
)
def test_default_comes_after_notice_and_time_to_cure(
    late_on: date | None, cure_by: date | None, today: date, expected: Step | None
) -> None:
    assert next_step(late_on, cure_by=cure_by, today=today, grace_days=5, cure_days=10) == expected
