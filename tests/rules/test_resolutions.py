"""Decisions in figures: golden ones, and what holds of any sum, percentage or quantity."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.refusals import Refusal
from portal.rules.resolutions import (
    Approved,
    Budget,
    DisputedLine,
    all_of,
    by_amount,
    by_percentage,
    by_quantity,
    by_sum,
    is_goodwill,
    none_of,
    resolve,
    spreadable_cents,
)

TEN = DisputedLine(2, "10", 20_000, 1_600)
TAX = DisputedLine(3, "", 0, 900)
HALF_GIVEN = replace(TEN, approved_net_cents=10_000, approved_tax_cents=800)


def figures(lines: list[DisputedLine], approved: list[Approved]) -> tuple[str, int, int]:
    found = resolve(lines, approved)
    return found.verdict, found.credit_net_cents, found.credit_tax_cents


@pytest.mark.parametrize(
    ("approved", "expected"),
    [
        (all_of(TEN), ("accept", 20_000, 1_600)),
        (by_amount(TEN, 10_000, currency="usd"), ("accept_partly", 10_000, 800)),
        (by_amount(TEN, 20_000, currency="usd"), ("accept", 20_000, 1_600)),
        (by_amount(TEN, 0, currency="usd"), ("reject", 0, 0)),
        (by_quantity(TEN, "5"), ("accept_partly", 10_000, 800)),
        (by_quantity(TEN, "2,5"), ("accept_partly", 5_000, 400)),
        (by_quantity(TEN, "10"), ("accept", 20_000, 1_600)),
        (by_quantity(TEN, "0"), ("reject", 0, 0)),
        (none_of(TEN), ("reject", 0, 0)),
        (by_percentage([TEN], 5_000)[0], ("accept_partly", 10_000, 800)),
        (by_percentage([TEN], 3_333)[0], ("accept_partly", 6_666, 533)),
        (by_percentage([TEN], 10_000)[0], ("accept", 20_000, 1_600)),
    ],
)
def test_ten_for_two_hundred(approved: Approved, expected: tuple[str, int, int]) -> None:
    assert figures([TEN], [approved]) == expected


def test_a_quantity_is_kept_as_a_person_writes_it() -> None:
    assert by_quantity(TEN, " 005.500 ").quantity == "5.5"
    assert by_quantity(TEN, "5.").quantity == "5"


@pytest.mark.parametrize("typed", ["", "11", "-1", "five", "nan", "1e1", "0" * 60, "1,200"])
def test_what_is_no_part_of_the_disputed_ones_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as caught:
        by_quantity(TEN, typed)
    assert caught.value.field == "approved"


@pytest.mark.parametrize("quantity", ["", "1 lot", "0"])
def test_what_has_no_quantity_is_approved_by_amount(quantity: str) -> None:
    with pytest.raises(Refusal, match="Enter an amount"):
        by_quantity(replace(TEN, quantity=quantity), "1")


@pytest.mark.parametrize(("line", "cents"), [(TEN, 20_001), (TEN, -1), (TAX, 901), (TAX, -1)])
def test_no_more_than_is_disputed(line: DisputedLine, cents: int) -> None:
    with pytest.raises(Refusal) as caught:
        by_amount(line, cents, currency="usd")
    assert caught.value.field == "approved"


def test_where_only_tax_is_disputed_the_amount_is_of_that() -> None:
    assert by_amount(TAX, 450, currency="usd") == Approved(3, "", 0, 450)
    assert figures([TAX], [all_of(TAX)]) == ("accept", 0, 900)
    assert by_percentage([TAX], 5_000) == (Approved(3, "", 0, 450),)
    assert by_sum([TAX], 100) == (Approved(3, "", 0, 100),)
    assert spreadable_cents([TAX]) == 900


def test_a_sum_before_tax_leaves_lines_alone_of_which_only_tax_is_disputed() -> None:
    assert spreadable_cents([TEN, TAX]) == 20_000
    assert by_sum([TEN, TAX], 10_000) == (Approved(2, "", 10_000, 800), Approved(3, "", 0, 0))
    assert figures([TEN, TAX], list(by_sum([TEN, TAX], 20_000))) == ("accept_partly", 20_000, 1_600)


def test_a_sum_is_spread_to_the_cent() -> None:
    lines = [DisputedLine(position, "", 3_333, 0) for position in (1, 2, 3)]
    assert [each.net_cents for each in by_sum(lines, 100)] == [33, 34, 33]


def test_opened_again_more_is_approved_and_only_that_is_credited() -> None:
    assert figures([HALF_GIVEN], [by_amount(HALF_GIVEN, 15_000, currency="usd")]) == ("accept_partly", 5_000, 400)
    assert figures([HALF_GIVEN], [all_of(HALF_GIVEN)]) == ("accept", 10_000, 800)
    assert figures([HALF_GIVEN], list(by_percentage([HALF_GIVEN], 5_000))) == ("accept_partly", 5_000, 400)
    assert figures([HALF_GIVEN], list(by_sum([HALF_GIVEN], 1_000))) == ("accept_partly", 1_000, 80)


def test_what_was_given_stays_given() -> None:
    assert figures([HALF_GIVEN], [none_of(HALF_GIVEN)]) == ("accept_partly", 0, 0)
    with pytest.raises(Refusal, match="approved before"):
        resolve([HALF_GIVEN], [by_amount(HALF_GIVEN, 9_999, currency="usd")])


def test_the_goods_once_more_content_the_customer_without_a_credit() -> None:
    found = resolve([TEN], [none_of(TEN)], replaces=True)
    assert (found.verdict, found.credit_cents) == ("accept", 0)


_BUDGET = Budget(dispute_cents=5_000, year_cents=8_000, month_cents=10_000)


@pytest.mark.parametrize(
    ("cents", "year", "month", "expected"),
    [
        (5_000, 0, 0, True),
        (5_001, 0, 0, False),
        (0, 0, 0, False),
        (5_000, 3_000, 3_000, True),
        (5_000, 3_001, 3_001, False),
        (5_000, 0, 5_000, True),
        (5_000, 0, 5_001, False),
    ],
)
def test_goodwill_fits_all_three_budgets(cents: int, year: int, month: int, expected: bool) -> None:
    assert is_goodwill(cents, _BUDGET, given_this_year=year, given_this_month=month) is expected


@pytest.mark.parametrize("budget", [Budget(0, 8_000, 10_000), Budget(5_000, 0, 10_000), Budget(5_000, 8_000, 0)])
def test_a_budget_of_nothing_gives_nothing(budget: Budget) -> None:
    assert not is_goodwill(1, budget, given_this_year=0, given_this_month=0)


_LINES = st.lists(
    st.tuples(st.integers(0, 100_000), st.integers(0, 20_000), st.integers(0, 10_000)), min_size=1, max_size=6
)


@st.composite
def _disputed(draw: st.DrawFn) -> list[DisputedLine]:
    found = []
    for position, (net_cents, tax_cents, given_bp) in enumerate(draw(_LINES)):
        line = DisputedLine(position, "", net_cents, tax_cents)
        before = by_percentage([line], given_bp)[0]
        found.append(replace(line, approved_net_cents=before.net_cents, approved_tax_cents=before.tax_cents))
    return found


@given(_disputed(), st.integers(0, 10_000))
def test_a_percentage_is_within_what_is_disputed_and_never_takes_back(lines: list[DisputedLine], bp: int) -> None:
    _check(lines, list(by_percentage(lines, bp)))
    assert resolve(lines, by_percentage(lines, 10_000)).verdict in ("accept", "reject")


@given(_disputed(), st.data())
def test_a_sum_is_spread_whole_and_within_what_is_disputed(lines: list[DisputedLine], data: st.DataObject) -> None:
    most = spreadable_cents(lines)
    cents = data.draw(st.integers(0, most))
    approved = list(by_sum(lines, cents))
    _check(lines, approved)
    found = resolve(lines, approved)
    of_tax = all(line.net_cents == 0 for line in lines)
    assert (found.credit_tax_cents if of_tax else found.credit_net_cents) == cents


def _check(lines: list[DisputedLine], approved: list[Approved]) -> None:
    for line, each in zip(lines, approved, strict=True):
        assert line.approved_net_cents <= each.net_cents <= line.net_cents
        assert line.approved_tax_cents <= each.tax_cents <= line.tax_cents
    found = resolve(lines, approved)
    assert found.credit_net_cents == sum(
        a.net_cents - b.approved_net_cents for a, b in zip(approved, lines, strict=True)
    )
    assert (found.credit_cents == 0) or found.verdict != "reject"
