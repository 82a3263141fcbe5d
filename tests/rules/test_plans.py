"""Schedules of payment plans, the owner's guardrails, moved dates, and what needs new consent (money.md 7)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.plans import (
    Due,
    Every,
    Guardrails,
    Shape,
    check_move,
    check_shape,
    faults,
    is_credit,
    latest_move,
    needs_consent,
    outside,
    resumed,
    schedule,
)
from portal.rules.refusals import Refusal

TODAY = date(2027, 1, 15)
JAN, FEB, MAR = date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)
THREE = (Due(1, JAN, 33334), Due(2, FEB, 33333), Due(3, MAR, 33333))
GUARDRAILS = Guardrails(most_count=4, least_cents=2500, most_days=120, least_down_bp=2000, most_first_days=30)

shapes = st.builds(
    Shape,
    down_cents=st.integers(0, 50_000),
    count=st.integers(1, 60),
    every=st.sampled_from(("week", "fortnight", "month")),
    first_on=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (Shape(0, 3, "month", JAN), THREE),
        (
            Shape(20000, 3, "fortnight", date(2027, 2, 1)),
            (
                Due(0, TODAY, 20000),
                Due(1, date(2027, 2, 1), 26667),
                Due(2, date(2027, 2, 15), 26667),
                Due(3, date(2027, 3, 1), 26666),
            ),
        ),
        (Shape(0, 2, "week", TODAY), (Due(1, TODAY, 50000), Due(2, date(2027, 1, 22), 50000))),
        (Shape(99950, 1, "month", JAN), (Due(0, TODAY, 99950), Due(1, JAN, 50))),
    ],
)
def test_schedule(shape: Shape, expected: tuple[Due, ...]) -> None:
    assert schedule(100000, shape, today=TODAY) == expected


@given(st.integers(60_000, 10_000_000), shapes)
def test_a_schedule_adds_up_and_never_goes_back(total: int, shape: Shape) -> None:
    dues = schedule(total, shape, today=shape.first_on)
    assert sum(due.amount_cents for due in dues) == total
    assert [due.due_on for due in dues] == sorted(due.due_on for due in dues)
    amounts = [due.amount_cents for due in dues if due.position]
    assert max(amounts) - min(amounts) <= 1


@pytest.mark.parametrize(
    ("shape", "field"),
    [
        (Shape(0, 0, "month", JAN), "count"),
        (Shape(0, 61, "month", JAN), "count"),
        (Shape(0, 3, "month", date(2027, 1, 14)), "first_on"),
        (Shape(10000, 3, "month", JAN), "down"),
        (Shape(-1, 3, "month", JAN), "down"),
        (Shape(49, 3, "month", JAN), "down"),
        (Shape(9850, 4, "month", JAN), "count"),
    ],
)
def test_what_is_no_plan_is_refused(shape: Shape, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_shape(10000, shape, today=TODAY, currency="usd")
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("shape", "fields"),
    [
        (Shape(0, 3, "month", JAN), []),
        (Shape(-5, 0, "month", date(2020, 1, 1)), ["down", "count", "first_on"]),
        (Shape(10000, 61, "month", JAN), ["down", "count"]),
        # How large the payments are is known only where the first amount is.
        (Shape(20000, 3, "month", JAN), ["down"]),
        (Shape(9850, 4, "month", date(2020, 1, 1)), ["count", "first_on"]),
    ],
)
def test_everything_that_is_wrong_with_a_shape_is_told(shape: Shape, fields: list[str]) -> None:
    assert [fault.field for fault in faults(10000, shape, today=TODAY, currency="usd")] == fields


@pytest.mark.parametrize(
    ("shape", "fields"),
    [
        (Shape(20000, 4, "fortnight", JAN), []),
        (Shape(20000, 5, "week", JAN), ["count"]),
        (Shape(19999, 4, "week", JAN), ["down"]),
        (Shape(20000, 2, "week", date(2027, 2, 15)), ["first_on"]),
        (Shape(20000, 4, "month", date(2027, 2, 14)), []),
        (Shape(90001, 4, "week", JAN), ["count"]),
        (Shape(0, 9, "month", date(2027, 3, 1)), ["count", "down", "first_on", "count"]),
    ],
)
def test_guardrails(shape: Shape, fields: list[str]) -> None:
    found = outside(100000, shape, GUARDRAILS, today=TODAY, currency="usd")
    assert [each.field for each in found] == fields
    assert all(each.message % each.values for each in found)


@pytest.mark.parametrize(
    ("every", "last_on", "is_inside"),
    [("month", date(2027, 5, 15), True), ("month", date(2027, 5, 14), False)],
)
def test_the_longest_term(every: Every, last_on: date, is_inside: bool) -> None:
    days = (last_on - TODAY).days
    rails = Guardrails(most_count=9, least_cents=50, most_days=days, least_down_bp=0, most_first_days=60)
    found = outside(100000, Shape(0, 4, every, date(2027, 2, 15)), rails, today=TODAY, currency="usd")
    assert (found == ()) is is_inside


@pytest.mark.parametrize(("count", "is_business", "expected"), [(4, False, False), (5, False, True), (5, True, False)])
def test_a_consumers_long_plan_is_credit(count: int, is_business: bool, expected: bool) -> None:
    assert is_credit(Shape(5000, count, "month", JAN), is_business=is_business) is expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (THREE, False),
        ((*THREE[:2], Due(3, MAR, 33332)), False),
        (THREE[:2], False),
        ((*THREE[:2], Due(3, MAR + timedelta(days=3), 33333)), False),
        ((*THREE[:2], Due(3, MAR, 33334)), True),
        ((*THREE[:2], Due(3, MAR - timedelta(days=1), 33333)), True),
        ((*THREE, Due(4, date(2027, 4, 30), 50)), True),
    ],
)
def test_only_a_rise_or_an_earlier_date_needs_consent(after: tuple[Due, ...], expected: bool) -> None:
    assert needs_consent(THREE, after) is expected


@pytest.mark.parametrize(
    ("to", "following_on", "is_used", "today", "is_allowed"),
    [
        (date(2027, 2, 1), FEB, False, TODAY, True),
        (date(2027, 2, 7), FEB, False, TODAY, True),
        (date(2027, 2, 8), FEB, False, TODAY, False),
        (JAN, FEB, False, TODAY, False),
        (date(2027, 1, 30), FEB, False, TODAY, False),
        (date(2027, 2, 7), None, False, TODAY, True),
        (date(2027, 2, 7), date(2027, 2, 7), False, TODAY, False),
        (date(2027, 2, 6), date(2027, 2, 7), False, TODAY, True),
        (date(2027, 2, 1), FEB, True, TODAY, False),
        (date(2027, 2, 1), FEB, False, JAN, False),
    ],
)
def test_one_date_may_be_moved_once(
    to: date, following_on: date | None, is_used: bool, today: date, is_allowed: bool
) -> None:
    if is_allowed:
        check_move(JAN, to, following_on=following_on, is_used=is_used, today=today)
        assert to <= latest_move(JAN, following_on=following_on)
    else:
        with pytest.raises(Refusal):
            check_move(JAN, to, following_on=following_on, is_used=is_used, today=today)


def test_a_pause_puts_off_what_had_not_come_due() -> None:
    after = resumed(THREE, paused_on=date(2027, 2, 10), resumed_on=date(2027, 2, 20))
    assert [due.due_on for due in after] == [JAN, date(2027, 3, 10), date(2027, 4, 10)]
    assert not needs_consent(THREE, after)
