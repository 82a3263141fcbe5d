"""A seal says the same of the same act, and something else of any other."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.rules.seals import FIRST, seal

ACT: dict[str, Any] = {
    "row_id": 7,
    "at": datetime(2026, 3, 2, 15, tzinfo=UTC),
    "actor": "staff:1",
    "action": "refund.sent",
    "account_id": 3,
    "charge_id": None,
    "detail": {"amount": 100, "by": "Zoë"},
}


def test_a_seal_is_of_the_act_and_of_the_seal_before_it() -> None:
    sealed = seal(FIRST, **ACT)
    assert len(sealed) == 32
    assert sealed == seal(FIRST, **ACT | {"detail": {"by": "Zoë", "amount": 100}})
    assert sealed != seal(sealed, **ACT)


@pytest.mark.parametrize(
    "change",
    [
        {"row_id": 8},
        {"at": ACT["at"] + timedelta(microseconds=1)},
        {"actor": "staff:2"},
        {"action": "refund.send"},
        {"account_id": None},
        {"account_id": None, "charge_id": 3},
        {"detail": {"amount": 101, "by": "Zoë"}},
        {"detail": {}},
    ],
)
def test_another_act_has_another_seal(change: dict[str, Any]) -> None:
    assert seal(FIRST, **ACT) != seal(FIRST, **ACT | change)
