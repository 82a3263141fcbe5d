"""Claims against the lines of an invoice: a table for each reason, and what holds of any claims one after the other."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.claims import REASONS, Claim, ClaimedLine, asked, check_in_time, claim
from portal.rules.refusals import Refusal

# Ten for 200.00 and 16.00 of tax.
TEN = ClaimedLine(2, "10", 20_000, 1_600)
LUMP = ClaimedLine(1, "", 20_000, 1_600)
HALF_TAKEN = replace(TEN, taken_net_cents=10_000, taken_tax_cents=800)


def figures(found: Claim) -> tuple[str, str, int, int]:
    return found.claimed, found.quantity, found.net_cents, found.tax_cents


def refused(line: ClaimedLine, reason: str, figure: str, *, currency: str = "usd") -> tuple[str | None, str]:
    with pytest.raises(Refusal) as caught:
        claim(line, reason, figure, currency=currency)
    return caught.value.field, caught.value.sentence


@pytest.mark.parametrize(
    ("reason", "figure", "expected"),
    [
        ("not_received", "", ("0", "10", 20_000, 1_600)),
        ("not_received", "4", ("4", "6", 12_000, 960)),
        ("short", "7.5", ("7.5", "2.5", 5_000, 400)),
        ("short", "7,5", ("7.5", "2.5", 5_000, 400)),
        ("wrong_quantity", "9", ("9", "1", 2_000, 160)),
        ("damaged", "", ("10", "10", 20_000, 1_600)),
        ("damaged", "3", ("3", "3", 6_000, 480)),
        ("wrong_item", "10", ("10", "10", 20_000, 1_600)),
        ("not_ordered", "0.5", ("0.5", "0.5", 1_000, 80)),
        ("wrong_price", "15", ("15", "", 5_000, 400)),
        ("wrong_price", "0", ("0", "", 20_000, 1_600)),
        ("wrong_price", "$19.99", ("$19.99", "", 10, 1)),
        ("tax", "", ("", "", 0, 1_600)),
        ("tax", "what is typed beside it does not matter", ("", "", 0, 1_600)),
        ("duplicate", "", ("", "10", 20_000, 1_600)),
        ("already_paid", "", ("", "10", 20_000, 1_600)),
        ("missing_document", "", ("", "10", 20_000, 1_600)),
        ("other", "", ("", "", 20_000, 1_600)),
        ("other", "33.33", ("33.33", "", 3_333, 267)),
    ],
)
def test_each_reason(reason: str, figure: str, expected: tuple[str, str, int, int]) -> None:
    assert figures(claim(TEN, reason, figure, currency="usd")) == expected


@pytest.mark.parametrize("reason", [reason for reason, wanted in REASONS.items() if wanted in ("right", "affected")])
def test_a_line_without_a_quantity_is_disputed_by_amount(reason: str) -> None:
    for line in (LUMP, replace(LUMP, quantity="1 lot"), replace(LUMP, quantity="0"), replace(LUMP, quantity="-2")):
        assert asked(reason, line) == "amount"  # type: ignore[arg-type]
        assert figures(claim(line, reason, "50.00", currency="usd")) == ("50.00", "", 5_000, 400)
        assert figures(claim(line, reason, "", currency="usd")) == ("", "", 20_000, 1_600)


def test_without_a_quantity_the_price_is_that_of_the_line() -> None:
    assert figures(claim(LUMP, "wrong_price", "150.00", currency="usd")) == ("150.00", "", 5_000, 400)


@pytest.mark.parametrize(
    ("line", "reason", "figure", "field"),
    [
        (TEN, "", "", "reason"),
        (TEN, "broken", "", "reason"),
        (TEN, "short", "10", "figure"),
        (TEN, "short", "11", "figure"),
        (TEN, "short", "-1", "figure"),
        (TEN, "short", "1e-39", "figure"),
        (TEN, "short", "five", "figure"),
        (TEN, "short", "1" * 41, "figure"),
        (TEN, "damaged", "0", "figure"),
        (TEN, "damaged", "11", "figure"),
        (TEN, "damaged", "0.000001", "figure"),
        (TEN, "wrong_price", "", "figure"),
        (TEN, "wrong_price", "20.00", "figure"),
        (TEN, "wrong_price", "25", "figure"),
        (TEN, "wrong_price", "-5", "figure"),
        (TEN, "wrong_price", "€5", "figure"),
        (TEN, "other", "0", "figure"),
        (TEN, "other", "-5", "figure"),
        (TEN, "other", "200.01", "figure"),
        (TEN, "other", "a lot", "figure"),
        (TEN, "other", "1.999", "figure"),
        (HALF_TAKEN, "other", "100.01", "figure"),
        (replace(TEN, tax_cents=0), "tax", "", "reason"),
        (replace(TEN, taken_tax_cents=1_600), "tax", "", "reason"),
        (replace(TEN, taken_net_cents=20_000, taken_tax_cents=1_600), "short", "1", "reason"),
        (replace(TEN, taken_net_cents=20_000), "short", "1", "reason"),
        (ClaimedLine(3, "1", -5_000, -400), "other", "1", "reason"),
        (ClaimedLine(3, "1", 0, 0), "duplicate", "", "reason"),
    ],
)
def test_what_a_line_cannot_hold_is_refused_at_its_field(
    line: ClaimedLine, reason: str, figure: str, field: str
) -> None:
    assert refused(line, reason, figure)[0] == field


def test_a_refusal_says_how_much_there_is() -> None:
    assert refused(TEN, "short", "11")[1] == "Only 10 were invoiced. Enter that or fewer."
    assert refused(HALF_TAKEN, "other", "150")[1] == (
        "$100.00 of this line can be disputed, before tax. Enter that or less."
    )


def test_what_was_disputed_before_is_not_disputed_again() -> None:
    assert figures(claim(HALF_TAKEN, "damaged", "", currency="usd")) == ("10", "5", 10_000, 800)
    assert figures(claim(HALF_TAKEN, "damaged", "2", currency="usd")) == ("2", "2", 4_000, 320)
    assert figures(claim(HALF_TAKEN, "duplicate", "", currency="usd")) == ("", "5", 10_000, 800)


def test_a_rest_that_is_no_round_quantity_is_disputed_by_amount() -> None:
    third = ClaimedLine(1, "3", 1_000, 0, taken_net_cents=333)
    assert figures(claim(third, "duplicate", "", currency="usd")) == ("", "2", 667, 0)
    more = replace(third, taken_net_cents=400)
    assert figures(claim(more, "duplicate", "", currency="usd")) == ("", "", 600, 0)


def test_only_the_tax_that_is_left_comes_with_a_line_whose_tax_was_credited() -> None:
    without_tax = replace(TEN, taken_tax_cents=1_600)
    assert figures(claim(without_tax, "duplicate", "", currency="usd")) == ("", "10", 20_000, 0)


def test_the_last_piece_has_the_rest_of_the_tax() -> None:
    """Approved was a little less tax than its share of the line: the customer does not lose that cent."""
    line = ClaimedLine(1, "", 1_000, 83, taken_net_cents=333, taken_tax_cents=27)
    assert figures(claim(line, "other", "", currency="usd")) == ("", "", 667, 56)


@pytest.mark.parametrize(
    ("currency", "figure", "expected"), [("jpy", "50", 50), ("kwd", "0.050", 50), ("jpy", "50.5", None)]
)
def test_amounts_have_the_decimals_of_their_currency(currency: str, figure: str, expected: int | None) -> None:
    if expected is None:
        assert refused(TEN, "other", figure, currency=currency)[0] == "figure"
    else:
        assert claim(TEN, "other", figure, currency=currency).net_cents == expected


def test_the_time_limit_counts_its_last_day() -> None:
    check_in_time(issued_on=date(2026, 3, 1), days=60, today=date(2026, 4, 30))
    with pytest.raises(Refusal, match="60 days"):
        check_in_time(issued_on=date(2026, 3, 1), days=60, today=date(2026, 5, 1))


def test_cents_of_tax_accumulate() -> None:
    """money.md 1: tax 0.83 on 10.00 in steps of 3.33, 3.33 and 3.34."""
    line, found = ClaimedLine(1, "", 1_000, 83), []
    for figure in ("3.33", "3.33", "3.34"):
        made = claim(line, "other", figure, currency="usd")
        found.append(made.tax_cents)
        line = _after(line, made)
    assert found == [28, 27, 28]


_LINES = st.builds(
    ClaimedLine,
    st.just(1),
    st.sampled_from(["", "1", "3", "10", "12.5", "0.333"]),
    st.integers(1, 1_000_000),
    st.integers(0, 200_000),
)
_SAYINGS = st.tuples(
    st.sampled_from(list(REASONS)),
    st.sampled_from(["", "0", "1", "2", "0.5", "9.99", "3.33", "100", "1,5"]),
)


@given(_LINES, st.lists(_SAYINGS, max_size=12))
def test_no_claims_come_to_more_than_the_line_and_all_of_it_comes_to_exactly_that(
    line: ClaimedLine, sayings: list[tuple[str, str]]
) -> None:
    net_cents = tax_cents = 0
    for reason, figure in [*sayings, ("duplicate", "")]:
        try:
            made = claim(line, reason, figure, currency="usd")
        except Refusal:
            continue
        assert made.net_cents >= 0
        assert made.tax_cents >= 0
        assert made.net_cents + made.tax_cents > 0
        assert len(made.quantity) <= 40
        assert len(made.claimed) <= 40
        net_cents, tax_cents = net_cents + made.net_cents, tax_cents + made.tax_cents
        line = _after(line, made)
        assert net_cents <= line.net_cents
        assert tax_cents <= line.tax_cents
    assert net_cents == line.net_cents
    # Even the cent that roundings left over has come with the last piece.
    assert tax_cents == line.tax_cents


def _after(line: ClaimedLine, made: Claim) -> ClaimedLine:
    return replace(
        line,
        taken_net_cents=line.taken_net_cents + made.net_cents,
        taken_tax_cents=line.taken_tax_cents + made.tax_cents,
    )
