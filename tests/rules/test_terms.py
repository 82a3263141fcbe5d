"""money.md 4: terms as people write them, and the dates they mean."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.refusals import Refusal
from portal.rules.terms import Discount, Step, Terms, due_on, parse_terms, steps, to_text

TWO_TEN = Terms(30, (Discount(200, 10),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2/10 net 30", TWO_TEN),
        ("2% 10, net 30", TWO_TEN),
        ("1.5/15, n/45", Terms(45, (Discount(150, 15),))),
        ("net 30", Terms(30)),
        ("due on receipt", Terms(0)),
        ("3/5, 2/10, net 30", Terms(30, (Discount(300, 5), Discount(200, 10)))),
        ("2/10 EOM", Terms(0, (Discount(200, 10, eom=True),), next_month_end=True)),
        ("net 30 EOM", Terms(30, eom=True)),
        ("2%10 Net 30", TWO_TEN),
        ("2 % 10 days, net 30 days", TWO_TEN),
        ("2% if paid within 10 days, net 30", TWO_TEN),
        ("2/10, n/30", TWO_TEN),
        ("net 30, 2/10", TWO_TEN),
        ("N30", Terms(30)),
        ("Net-30", Terms(30)),
        ("30 days", Terms(30)),
        ("COD", Terms(0)),
        ("Due Upon Receipt.", Terms(0)),
        ("", Terms(0)),
        ("EOM", Terms(0, eom=True)),
        ("net 10 prox", Terms(10, eom=True)),
        ("2/10 EOM, net 60", Terms(60, (Discount(200, 10, eom=True),))),
    ],
)
def test_terms_as_people_write_them(text: str, expected: Terms) -> None:
    assert parse_terms(text) == expected
    assert parse_terms(to_text(expected)) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("banana", "“banana” are not payment terms"),
        ("net", "are not payment terms"),
        ("2/10 net 30 and a cake", "are not payment terms"),
        ("5/10/30", "are not payment terms"),
        ("net 30 net 60", "are not payment terms"),
        ("2/10", "does not say when the whole amount is due"),
        ("2/30 net 10", "cannot last longer"),
        ("1/5, 2/10, net 30", "smaller the later"),
        ("0/10 net 30", "more than 0"),
    ],
)
def test_nonsense_is_refused_by_name(text: str, says: str) -> None:
    with pytest.raises(Refusal, match=says) as refused:
        parse_terms(text)
    assert refused.value.field == "terms"


@pytest.mark.parametrize(
    ("text", "issued_on", "due", "until"),
    [
        ("2/10 net 30", date(2026, 3, 1), date(2026, 3, 31), (Step(200, date(2026, 3, 11)),)),
        (
            "3/5, 2/10, net 30",
            date(2026, 3, 1),
            date(2026, 3, 31),
            (Step(300, date(2026, 3, 6)), Step(200, date(2026, 3, 11))),
        ),
        ("2/10 EOM", date(2026, 1, 15), date(2026, 2, 28), (Step(200, date(2026, 2, 10)),)),
        ("2/10 EOM", date(2026, 1, 31), date(2026, 2, 28), (Step(200, date(2026, 2, 10)),)),
        ("net 30 EOM", date(2026, 1, 15), date(2026, 3, 2), ()),
        ("EOM", date(2026, 1, 15), date(2026, 1, 31), ()),
        ("due on receipt", date(2026, 1, 15), date(2026, 1, 15), ()),
    ],
)
def test_terms_in_dates(text: str, issued_on: date, due: date, until: tuple[Step, ...]) -> None:
    terms = parse_terms(text)
    assert due_on(terms, issued_on) == due
    assert steps(terms, issued_on) == until


@given(
    st.integers(1, 120),
    st.lists(st.integers(1, 9999), max_size=4, unique=True),
    st.lists(st.integers(0, 120), min_size=4, max_size=4, unique=True),
    st.booleans(),
)
def test_canonical_text_reads_back(net: int, rates: list[int], days: list[int], eom: bool) -> None:
    falling = sorted(rates, reverse=True)
    rising = sorted(min(day, net) for day in days)
    terms = Terms(net, tuple(map(Discount, falling, rising)), eom=eom)
    assert parse_terms(to_text(terms)) == terms


@given(st.text(alphabet="0123456789/%., netdayseom", max_size=20))
def test_no_text_does_worse_than_a_refusal(text: str) -> None:
    try:
        terms = parse_terms(text)
    except Refusal:
        return
    assert parse_terms(to_text(terms)) == terms
    assert due_on(terms, date(2026, 1, 31)) >= date(2026, 1, 31)
