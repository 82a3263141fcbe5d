"""Quantities as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.quantities import kept_quantity, plain_quantity, read_quantity


@pytest.mark.parametrize(
    ("typed", "mark", "expected"),
    [
        ("8", None, "8"),
        (" 2.5 ", None, "2.5"),
        ("2,5", None, "2.5"),
        ("2,5", ".", "2.5"),
        ("2.5", ",", "2.5"),
        (".5", None, "0.5"),
        ("5.", None, "5"),
        ("0,500", ".", "0.5"),
        ("1,200", ".", "1200"),
        ("1,200", ",", "1.2"),
        ("1.200", ",", "1200"),
        ("1.200", ".", "1.2"),
        ("1,200,000", None, "1200000"),
        ("1,200.5", None, "1200.5"),
        ("1.200,5", None, "1200.5"),
        # A thousandfold apart, and nothing tells which.
        ("1,200", None, None),
        ("1.200", None, None),
        ("", None, None),
        ("-3", None, None),
        ("1e3", None, None),
        ("1_000", None, None),
        ("nan", None, None),
        ("Infinity", None, None),
        ("٣", None, None),
        ("1.2.3", None, None),
        ("1,2,3", None, None),
        ("0.0000001", None, None),
        ("9999999999999", None, None),
        ("8 pieces", None, None),
    ],
)
def test_what_people_type(typed: str, mark: str | None, expected: str | None) -> None:
    found = read_quantity(typed, decimal_mark=mark)  # type: ignore[arg-type]
    assert (found if found is None else plain_quantity(found)) == expected


@given(st.decimals(min_value=0, max_value=10**11, places=6, allow_nan=False))
def test_what_is_written_can_be_kept_and_read(number: Decimal) -> None:
    written = plain_quantity(number)
    assert kept_quantity(written) == number
    assert read_quantity(written, decimal_mark=".") == number


@pytest.mark.parametrize("text", ["", "12 pcs", "NaN", "inf", "1e400"])
def test_a_line_may_have_no_figure_for_its_quantity(text: str) -> None:
    assert kept_quantity(text) is None


@pytest.mark.parametrize(("number", "expected"), [("2.50", "2.5"), ("1E+1", "10"), ("100", "100"), ("0.0", "0")])
def test_no_noughts_at_the_end(number: str, expected: str) -> None:
    assert plain_quantity(Decimal(number)) == expected
