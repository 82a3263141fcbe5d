"""Amounts in integer minor units; the one rounding of the house; Stripe's odd currencies."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

DecimalMark = Literal[".", ","]


def exponent(currency: str) -> int:
    """Decimals of the minor unit Stripe counts in: 2, or 0 (jpy), or 3 (kwd). ISK and UGX are 2 (see stripe_step)."""
    raise NotImplementedError


def check_currency(text: str) -> str:
    """`USD` or `usd` -> `usd`; refuses what is not a three-letter currency in circulation (ISO 4217)."""
    raise NotImplementedError


def divide_half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator rounded to an integer, half away from zero."""
    raise NotImplementedError


def share(total_cents: int, numerator: int, denominator: int) -> int:
    """total * numerator / denominator, rounded once; 0 when the denominator is 0."""
    raise NotImplementedError


def split(total_cents: int, parts: int) -> tuple[int, ...]:
    """Equal parts, the remainder one cent each to the first (money.md 1): 100 / 7 -> 15, 15, 14, 14, 14, 14, 14."""
    raise NotImplementedError


def accumulated_share(total_cents: int, done_before: int, done_now: int, whole: int) -> int:
    """This step's share of a total that comes in steps: the rounded running total less what it was before."""
    raise NotImplementedError


def parse_amount(text: str, currency: str, *, decimal_mark: DecimalMark | None = None) -> int:
    """What people write -> minor units: `1,234.56`, `1.234,56`, `(5.00)`, `$ -5`; refuses what can be read two ways."""
    raise NotImplementedError


def decimal_marks(texts: Sequence[str]) -> tuple[DecimalMark, ...]:
    """The decimal marks under which every text of a column can be read; both when nothing tells."""
    raise NotImplementedError


def plain(cents: int, currency: str) -> str:
    """For CSV and JSON: -123456 usd -> `-1234.56`; 500 jpy -> `500`."""
    raise NotImplementedError


def words(cents: int, currency: str) -> str:
    """For sentences of refusals, not localized: 123456 usd -> `$1,234.56`; eur -> `1,234.56 EUR`."""
    raise NotImplementedError


def stripe_step_cents(currency: str) -> int:
    """What a charge must be a multiple of at Stripe: 10 with three decimals, 100 for isk and ugx, else 1."""
    raise NotImplementedError


def stripe_minimum_cents(currency: str) -> int:
    """Smallest charge at Stripe (docs.stripe.com/currencies, minimum charge amounts); usd 50."""
    raise NotImplementedError


def stripe_maximum_cents(currency: str) -> int:
    """Largest charge at Stripe: eight digits, 99999999."""
    raise NotImplementedError


def half_up(exact: Fraction) -> int:
    """An exact result to the minor unit, half away from zero."""
    return divide_half_up(exact.numerator, exact.denominator)
