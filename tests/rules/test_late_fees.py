"""Late fees by the table of money.md 6, and what holds of any invoice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.late_fees import Assessed, Fee, FeeTerms, Waiver, due_fees, periods, waivers

MONTHLY = FeeTerms("percent", rate_bp=150, grace_days=10)
DUE = date(2026, 1, 31)


def fees(
    principal_on: Callable[[date], int],
    *,
    terms: FeeTerms = MONTHLY,
    due_on: date = DUE,
    until: date = date(2026, 4, 20),
    total_cents: int = 100_000,
    assessed: tuple[Assessed, ...] = (),
) -> tuple[Fee, ...]:
    return due_fees(
        due_on=due_on,
        total_cents=total_cents,
        terms_on=lambda _: terms,
        assessed=assessed,
        principal_on=principal_on,
        until=until,
    )


def drawn(found: tuple[Fee, ...]) -> list[tuple[date, int]]:
    return [(fee.assessed_on, fee.amount_cents) for fee in found]


def charged(found: tuple[Fee, ...]) -> list[Assessed]:
    return [
        Assessed(place, fee.period, fee.assessed_on, fee.principal_cents, fee.amount_cents)
        for place, fee in enumerate(found)
    ]


def anew(found: list[Assessed], terms: FeeTerms, not_owed: dict[int, int]) -> tuple[Waiver, ...]:
    return waivers(found, terms_on=lambda _: terms, not_owed=lambda fee: not_owed.get(fee.period, 0))


def all_open(_: date) -> int:
    return 100_000


def disputed_from_march(day: date) -> int:
    return 60_000 if day >= date(2026, 3, 1) else 100_000


def test_each_month_on_the_day_of_the_first() -> None:
    assert drawn(fees(all_open)) == [
        (date(2026, 2, 10), 1500),
        (date(2026, 3, 10), 1500),
        (date(2026, 4, 10), 1500),
    ]


def test_the_last_day_of_a_month_stays_the_last() -> None:
    days = [day for _, day in periods(date(2026, 1, 21), MONTHLY, until=date(2026, 5, 1))]
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_what_is_disputed_draws_nothing() -> None:
    found = fees(disputed_from_march, until=date(2026, 3, 11))
    assert drawn(found) == [(date(2026, 2, 10), 1500), (date(2026, 3, 10), 900)]


def test_what_was_never_owed_is_waived_once() -> None:
    found = charged(fees(disputed_from_march, until=date(2026, 3, 11)))
    assert anew(found, MONTHLY, {0: 40_000}) == (Waiver(0, 600),)
    waived = [replace(found[0], waived_cents=600), found[1]]
    assert anew(waived, MONTHLY, {0: 40_000}) == ()


def test_terms_that_became_milder_waive_nothing_by_themselves() -> None:
    found = charged(fees(all_open))
    assert anew(found, replace(MONTHLY, rate_bp=50), {}) == ()


def test_a_capped_fee_is_waived_only_below_its_cap() -> None:
    found = charged(fees(all_open, terms=replace(MONTHLY, cap_bp=200)))
    assert anew(found, MONTHLY, {0: 40_000, 1: 40_000}) == (Waiver(0, 600),)


def test_no_fee_comes_for_days_without_late_fees() -> None:
    found = due_fees(
        due_on=DUE,
        total_cents=100_000,
        terms_on=lambda day: MONTHLY if day >= date(2026, 4, 1) else FeeTerms("off"),
        assessed=(),
        principal_on=all_open,
        until=date(2026, 4, 20),
    )
    assert drawn(found) == [(date(2026, 4, 10), 1500)]


def test_the_rate_is_that_of_the_day() -> None:
    found = due_fees(
        due_on=DUE,
        total_cents=100_000,
        terms_on=lambda day: MONTHLY if day >= date(2026, 3, 1) else replace(MONTHLY, rate_bp=100),
        assessed=(),
        principal_on=all_open,
        until=date(2026, 3, 20),
    )
    assert drawn(found) == [(date(2026, 2, 10), 1000), (date(2026, 3, 10), 1500)]


def test_the_last_of_february_in_a_leap_year() -> None:
    days = [day for _, day in periods(date(2028, 1, 21), MONTHLY, until=date(2028, 4, 1))]
    assert days == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]


def test_the_cap_is_for_all_fees_of_the_invoice() -> None:
    found = fees(all_open, terms=replace(MONTHLY, cap_bp=200))
    assert drawn(found) == [(date(2026, 2, 10), 1500), (date(2026, 3, 10), 500)]


def test_paid_on_the_last_day_of_grace() -> None:
    once = FeeTerms("flat", flat_cents=2500, every="once", grace_days=10)
    assert drawn(fees(all_open, terms=once)) == [(date(2026, 2, 10), 2500)]
    assert fees(lambda day: 0 if day >= date(2026, 2, 10) else 100_000, terms=once) == ()


@pytest.mark.parametrize(
    ("terms", "principal_cents", "expected"),
    [
        (replace(MONTHLY, least_cents=2000), 100_000, 2000),
        (replace(MONTHLY, most_cents=1000), 100_000, 1000),
        (FeeTerms("off", flat_cents=2500, rate_bp=150), 100_000, 0),
        (MONTHLY, 33, 0),
        (MONTHLY, 34, 1),
        (replace(MONTHLY, rate_bp=0), 100_000, 0),
    ],
)
def test_the_fee_of_one_period(terms: FeeTerms, principal_cents: int, expected: int) -> None:
    found = fees(lambda _: principal_cents, terms=terms, until=date(2026, 2, 11))
    assert sum(fee.amount_cents for fee in found) == expected


def test_the_day_itself_must_be_over() -> None:
    assert fees(all_open, until=date(2026, 2, 10)) == ()
    assert len(fees(all_open, until=date(2026, 2, 11))) == 1


@given(
    due_on=st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    days=st.integers(0, 800),
    total_cents=st.integers(1, 10_000_000),
    rate_bp=st.integers(1, 2000),
    cap_bp=st.integers(0, 10_000),
    runs=st.integers(1, 4),
)
def test_however_often_it_runs_the_fees_are_the_same_and_below_the_cap(
    due_on: date, days: int, total_cents: int, rate_bp: int, cap_bp: int, runs: int
) -> None:
    terms = FeeTerms("percent", rate_bp=rate_bp, cap_bp=cap_bp)

    def run(until: date, assessed: tuple[Assessed, ...]) -> tuple[Fee, ...]:
        return fees(
            lambda _: total_cents,
            terms=terms,
            due_on=due_on,
            until=until,
            total_cents=total_cents,
            assessed=assessed,
        )

    at_once = run(due_on + timedelta(days=days), ())
    step_by_step: tuple[Fee, ...] = ()
    for part in range(1, runs + 1):
        step_by_step += run(due_on + timedelta(days=days * part // runs), tuple(charged(step_by_step)))
    assert step_by_step == at_once
    # The cap itself is rounded to the cent, half up.
    assert sum(fee.amount_cents for fee in at_once) <= (total_cents * cap_bp + 5_000) // 10_000
