"""Charging a saved method: notice, retries by the kind of refusal, a day between charges."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.rules.collecting import Kind, Next, after_refusal, charge_on, is_expired, is_hard, may_charge, notice_days

DAY = date(2027, 3, 1)
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def days(count: int) -> date:
    return DAY + timedelta(days=count)


@pytest.mark.parametrize(
    ("kind", "code", "tries", "today", "expected"),
    [
        ("card", "insufficient_funds", 1, DAY, Next("retry", days(3))),
        ("card", "insufficient_funds", 2, days(3), Next("retry", days(7))),
        ("card", "generic_decline", 3, days(7), Next("retry", days(14))),
        ("card", "generic_decline", 4, days(14), Next("stop")),
        # The worker was away: never twice on one day.
        ("card", "processing_error", 1, days(20), Next("retry", days(21))),
        ("card", "lost_card", 1, DAY, Next("stop")),
        ("card", "stolen_card", 1, DAY, Next("stop")),
        ("card", "expired_card", 1, DAY, Next("stop")),
        ("card", "do_not_try_again", 1, DAY, Next("stop")),
        ("card", "authentication_required", 1, DAY, Next("authenticate")),
        ("card", "authentication_required", 3, days(8), Next("authenticate")),
        ("card", "authentication_required", 4, days(9), Next("stop")),
        ("us_bank_account", "insufficient_funds", 1, days(4), Next("retry", days(5))),
        ("us_bank_account", "insufficient_funds", 2, days(9), Next("retry", days(10))),
        ("us_bank_account", "insufficient_funds", 3, days(14), Next("stop")),
        ("us_bank_account", "debit_not_authorized", 1, days(4), Next("stop")),
        ("us_bank_account", "account_closed", 1, days(4), Next("stop")),
        ("us_bank_account", "some_new_word", 1, days(4), Next("stop")),
    ],
)
def test_after_refusal(kind: Kind, code: str, tries: int, today: date, expected: Next) -> None:
    assert after_refusal(kind, code, tries=tries, first_on=DAY, today=today) == expected


def test_a_hard_refusal_is_of_the_method() -> None:
    assert is_hard("card", "lost_card")
    assert not is_hard("card", "insufficient_funds")
    assert is_hard("us_bank_account", "no_account")
    # A fault of Stripe's or of ours says nothing of the account.
    assert not is_hard("us_bank_account", "processing_error")
    assert not is_hard("us_bank_account", "api_key_expired")


@pytest.mark.parametrize(
    ("kind", "varies", "expected"),
    [("card", False, 2), ("card", True, 2), ("us_bank_account", False, 2), ("us_bank_account", True, 10)],
)
def test_notice(kind: Kind, varies: bool, expected: int) -> None:
    assert notice_days(kind, varies=varies) == expected


def test_a_late_notice_puts_the_charge_off() -> None:
    assert charge_on(days(5), noticed_on=DAY, days=2) == days(5)
    assert charge_on(days(5), noticed_on=days(4), days=2) == days(6)


def test_a_day_lies_between_charges() -> None:
    assert may_charge(NOW, last_at=None)
    assert not may_charge(NOW, last_at=NOW - timedelta(hours=23, minutes=59))
    assert may_charge(NOW, last_at=NOW - timedelta(hours=24))


def test_a_card_is_good_to_the_end_of_its_month() -> None:
    assert not is_expired(2, 2027, on=date(2027, 2, 28))
    assert is_expired(2, 2027, on=DAY)
    assert not is_expired(None, None, on=DAY)
