"""money.md 3: the parts of a charge, each clipped to what is left; the balance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.balance import Parts, balance, parts
from portal.rules.invariants import parts_breaches


@pytest.mark.parametrize(
    ("open_cents", "pending", "disputed", "on_plan", "expected"),
    [
        (1_000_00, 981_60 + 18_40, 0, 0, Parts(1_000_00, 0, 0, 0)),
        (1_000_00, 0, 216_00, 0, Parts(0, 216_00, 0, 784_00)),
        (1_000_00, 900_00, 216_00, 50_00, Parts(900_00, 100_00, 0, 0)),
        (1_000_00, 0, 100_00, 600_00, Parts(0, 100_00, 600_00, 300_00)),
        (0, 10_00, 10_00, 10_00, Parts(0, 0, 0, 0)),
    ],
)
def test_parts(open_cents: int, pending: int, disputed: int, on_plan: int, expected: Parts) -> None:
    assert parts(open_cents, pending_cents=pending, disputed_cents=disputed, on_plan_cents=on_plan) == expected


CENTS = st.integers(0, 10**9)


@given(CENTS, CENTS, CENTS, CENTS)
def test_parts_make_up_the_open_amount(open_cents: int, pending: int, disputed: int, on_plan: int) -> None:
    found = parts(open_cents, pending_cents=pending, disputed_cents=disputed, on_plan_cents=on_plan)
    assert parts_breaches(1, open_cents, found) == []
    assert found.open_cents == open_cents


def test_balance_is_open_less_account_credit() -> None:
    found = balance([parts(1_000_00, disputed_cents=216_00), parts(600_00, pending_cents=600_00)], credit_cents=8_40)
    assert found.open_cents == 1_600_00
    assert found.balance_cents == 1_591_60
    assert (found.payable_cents, found.pending_cents, found.disputed_cents) == (784_00, 600_00, 216_00)
