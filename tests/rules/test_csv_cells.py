"""What others wrote stays text in a spreadsheet (failures.md F108)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.csv_cells import text_cell

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
HIDDEN = ("", " ", "   ", "\u00a0", "\u3000", "\u200b", "\ufeff", " \u200b ")
WIDE = ("＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫")


@pytest.mark.parametrize("start", [*STARTS, *WIDE])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_formula_becomes_text(start: str, hidden: str) -> None:
    text = f"{hidden}{start}1+1"
    assert text_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "INV-1", "1-1", "a=b", "a@b.example", "'=1", "日本", "½", "…", "٣", "ﷺ"])
def test_everything_else_stays_as_it_was(text: str) -> None:
    assert text_cell(text) == text


@given(st.text())
def test_no_cell_begins_like_a_formula_and_nothing_is_lost(text: str) -> None:
    cell = text_cell(text)
    assert cell in (text, f"'{text}")
    assert not cell.lstrip(" \u00a0\u3000").startswith(STARTS)
