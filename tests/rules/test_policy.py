"""The catalogue of policies: every default is valid, and what may not stand there is refused by name."""

import pytest

from portal.rules.policy import CATALOGUE, default_policies, parse_policy
from portal.rules.refusals import Refusal


def test_the_catalogue() -> None:
    assert list(default_policies()) == [
        "seller_name",
        "seller_address",
        "seller_email",
        "seller_phone",
        "time_zone",
        "locale",
        "currency",
        "default_terms",
        "discount_base",
        "discount_mode",
        "minimum_payment_cents",
        "link_days",
        "session_hours",
        "dispute_days",
        "dispute_reply_days",
        "dispute_answer_days",
        "dispute_offer_days",
        "dispute_reopen_days",
        "dispute_notice",
        "goodwill_dispute_cents",
        "goodwill_year_cents",
        "goodwill_month_cents",
        "late_fee_kind",
        "late_fee_flat_cents",
        "late_fee_rate_bp",
        "late_fee_every",
        "late_fee_grace_days",
        "late_fee_cap_bp",
        "late_fee_min_cents",
        "late_fee_max_cents",
        "plan_self_service",
        "plan_most_payments",
        "plan_least_cents",
        "plan_most_days",
        "plan_least_down_bp",
        "plan_first_days",
        "plan_offer_days",
        "plan_grace_days",
        "plan_cure_days",
    ]


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_defaults_are_valid(name: str) -> None:
    key = CATALOGUE[name]
    assert key.name == name
    assert parse_policy(name, str(key.default)) == key.default
    assert key.meaning.endswith(".")


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("seller_name", " Acme ", "Acme"),
        ("seller_address", "1 Main St\nSpringfield", "1 Main St\nSpringfield"),
        ("seller_email", "billing@acme.example", "billing@acme.example"),
        ("seller_phone", "+1 (555) 010-0000", "+1 (555) 010-0000"),
        ("time_zone", "Europe/Berlin", "Europe/Berlin"),
        ("locale", "de_DE", "de_DE"),
        ("currency", "EUR", "eur"),
        ("default_terms", "2% 10, net 30", "2/10 net 30"),
        ("discount_base", "gross_tax_follows", "gross_tax_follows"),
        ("discount_mode", "pro_rata", "pro_rata"),
        ("minimum_payment_cents", "1000", 1000),
        ("link_days", "14", 14),
    ],
)
def test_values(key: str, text: str, expected: str | int) -> None:
    assert parse_policy(key, text) == expected


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("favourite_colour", "blue", "is not a policy. There are: seller_name"),
        ("seller_name", "", "one line"),
        ("seller_name", "a\nb", "one line"),
        ("seller_address", "x" * 501, "at most 500"),
        ("seller_email", "billing", "is not an email address"),
        ("seller_phone", "<script>", "is not a phone number"),
        ("time_zone", "Mars/Base", "is not a time zone"),
        ("time_zone", "../../etc/passwd", "is not a time zone"),
        ("time_zone", "", "is not a time zone"),
        ("locale", "english", "is not a locale"),
        ("currency", "dollars", "is not a currency"),
        ("default_terms", "banana", "are not payment terms"),
        ("discount_base", "half", "Choose net, gross or gross_tax_follows"),
        ("discount_mode", "", "Choose full or pro_rata"),
        ("minimum_payment_cents", "-1", "whole number from 0"),
        ("link_days", "0", "whole number from 1 to 366"),
        ("session_hours", "1.5", "whole number from 1"),
    ],
)
def test_refusals(key: str, text: str, says: str) -> None:
    with pytest.raises(Refusal, match=says) as refused:
        parse_policy(key, text)
    assert refused.value.field == key
