"""money.md 1: rounding, splitting and shares; amounts as people write them."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import money
from portal.rules.refusals import Refusal

CENTS = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("total", "parts", "expected"),
    [
        (100000, 3, (33334, 33333, 33333)),
        (100, 7, (15, 15, 14, 14, 14, 14, 14)),
        (0, 2, (0, 0)),
        (2, 3, (1, 1, 0)),
        (-100, 3, (-34, -33, -33)),
    ],
)
def test_split(total: int, parts: int, expected: tuple[int, ...]) -> None:
    assert money.split(total, parts) == expected


@given(CENTS, st.integers(1, 60))
def test_splitting_conserves_and_is_even(total: int, parts: int) -> None:
    pieces = money.split(total, parts)
    assert sum(pieces) == total
    assert max(pieces) - min(pieces) <= 1
    assert list(map(abs, pieces)) == sorted(map(abs, pieces), reverse=True)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (-4, 10, 0), (15, 10, 2), (25, 10, 3), (-25, 10, -3), (5, -10, -1)],
)
def test_one_rounding_half_away_from_zero(numerator: int, denominator: int, expected: int) -> None:
    assert money.divide_half_up(numerator, denominator) == expected
    assert money.half_up(Fraction(numerator, denominator)) == expected


@given(CENTS, st.integers(1, 10**6))
def test_rounding_is_never_off_by_more_than_half(numerator: int, denominator: int) -> None:
    rounded = money.divide_half_up(numerator, denominator)
    assert abs(Fraction(numerator, denominator) - rounded) <= Fraction(1, 2)
    assert money.divide_half_up(-numerator, denominator) == -rounded


def test_a_share_of_nothing_is_nothing() -> None:
    assert money.share(100, 1, 0) == 0


def test_tax_of_credits_accumulates() -> None:
    """Tax 0.83 on 10.00, credits of 3.33, 3.33, 3.34 -> 0.28, 0.27, 0.28."""
    credits = [333, 333, 334]
    shares = [money.accumulated_share(83, sum(credits[:at]), now, 1000) for at, now in enumerate(credits)]
    assert shares == [28, 27, 28]


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_accumulated_shares_add_up_to_the_total(total: int, steps: list[int]) -> None:
    whole = sum(steps)
    shares = [money.accumulated_share(total, sum(steps[:at]), now, whole) for at, now in enumerate(steps)]
    assert min(shares) >= 0
    assert sum(shares) == (total if whole else 0)


@pytest.mark.parametrize(
    ("text", "currency", "mark", "expected"),
    [
        ("1234.56", "usd", None, 123456),
        ("1,234.56", "usd", None, 123456),
        ("1.234,56", "usd", None, 123456),
        ("1 234,56", "eur", None, 123456),
        ("1\u202f234,56", "eur", None, 123456),
        ("1'234.50", "chf", None, 123450),
        ("1,234,567", "usd", None, 123456700),
        ("1,23,456.00", "inr", None, 12345600),
        ("1,234", "usd", ".", 123400),
        ("1.234", "eur", ",", 123400),
        ("12,34", "usd", None, 1234),
        ("(5.00)", "usd", None, -500),
        ("($1,234.50)", "usd", None, -123450),
        ("-5.00", "usd", None, -500),
        ("\u22125.00", "usd", None, -500),
        ("5.00-", "usd", None, -500),
        ("-$5", "usd", None, -500),
        ("$-5", "usd", None, -500),
        ("+5", "usd", None, 500),
        ("$1,234.50", "usd", None, 123450),
        ("5.00 USD", "usd", None, 500),
        ("€ 5,00", "eur", None, 500),
        (".5", "usd", None, 50),
        ("0.500", "usd", None, 50),
        ("5.000", "usd", ".", 500),
        ("007.10", "usd", None, 710),
        ("500", "jpy", None, 500),
        ("5,000", "jpy", ".", 5000),
        ("1.234", "kwd", ".", 1234),
        ("5", "isk", None, 500),
    ],
)
def test_amounts_as_people_write_them(text: str, currency: str, mark: money.DecimalMark | None, expected: int) -> None:
    assert money.parse_amount(text, currency, decimal_mark=mark) == expected


@pytest.mark.parametrize(
    ("text", "currency", "says"),
    [
        ("", "usd", "is not an amount"),
        ("1e3", "usd", "is not an amount"),
        ("NaN", "usd", "is not an amount"),
        ("inf", "usd", "is not an amount"),
        ("--5", "usd", "is not an amount"),
        ("5.", "usd", "is not an amount"),
        ("1,2,3", "usd", "is not an amount"),
        ("1.234.56", "usd", "is not an amount"),
        ("٣", "usd", "is not an amount"),
        ("9" * 40, "usd", "is not an amount"),
        ("9" * 16, "usd", "too large"),
        ("1,234", "usd", "can be read as 1234 or 1.234"),
        ("1.234", "usd", "can be read as 1.234 or 1234"),
        ("5.0012", "usd", "more decimals than USD has"),
        ("5.5", "jpy", "more decimals than JPY has"),
        ("€5", "usd", "is not in USD"),
        ("5 EUR", "usd", "is not in USD"),
    ],
)
def test_what_is_no_clear_amount_is_refused(text: str, currency: str, says: str) -> None:
    with pytest.raises(Refusal, match=says) as refused:
        money.parse_amount(text, currency)
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1,234", "5.00"], (".",)),
        (["1.234", "5,00", ""], (",",)),
        (["1,234", "7"], (".", ",")),
        (["1.00", "1,00"], ()),
        ([], (".", ",")),
    ],
)
def test_a_column_tells_its_decimal_mark(texts: list[str], expected: tuple[str, ...]) -> None:
    assert money.decimal_marks(texts, "usd") == expected


@pytest.mark.parametrize(
    ("cents", "currency", "plain", "words"),
    [
        (123456, "usd", "1234.56", "$1,234.56"),
        (-5, "usd", "-0.05", "-$0.05"),
        (123456, "eur", "1234.56", "1,234.56 EUR"),
        (500, "jpy", "500", "500 JPY"),
        (1234, "kwd", "1.234", "1.234 KWD"),
    ],
)
def test_plain_and_in_words(cents: int, currency: str, plain: str, words: str) -> None:
    assert money.plain(cents, currency) == plain
    assert money.words(cents, currency) == words


@given(CENTS, st.sampled_from(["usd", "jpy", "kwd", "isk", "eur"]))
def test_what_is_written_plainly_reads_back(cents: int, currency: str) -> None:
    assert money.parse_amount(money.plain(cents, currency), currency, decimal_mark=".") == cents


@given(st.text(max_size=12))
def test_no_text_does_worse_than_a_refusal(text: str) -> None:
    with suppress(Refusal):
        money.parse_amount(text, "usd")


@pytest.mark.parametrize(
    ("currency", "exponent", "step", "minimum", "maximum"),
    [
        ("usd", 2, 1, 50, 99_999_999),
        ("gbp", 2, 1, 30, 99_999_999),
        ("jpy", 0, 1, 50, 99_999_999),
        ("kwd", 3, 10, 10, 99_999_990),
        ("isk", 2, 100, 100, 99_999_900),
        ("ugx", 2, 100, 100, 99_999_900),
    ],
)
def test_how_stripe_counts(currency: str, exponent: int, step: int, minimum: int, maximum: int) -> None:
    assert money.exponent(currency) == exponent
    assert money.stripe_step_cents(currency) == step
    assert money.stripe_minimum_cents(currency) == minimum
    assert money.stripe_maximum_cents(currency) == maximum


def test_currencies_are_known_by_their_letters() -> None:
    assert money.check_currency(" USD ") == "usd"
    for text in ("", "us", "dollars", "xyz", "aed afn"):
        with pytest.raises(Refusal, match="is not a currency"):
            money.check_currency(text)
