"""What a whole column tells: encodings and separators, the order of dates, the decimal mark."""

import codecs
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.imports.totals import MOST_CENTS
from portal.rules.money import parse_amount
from tests.rules.imports.reading import invoices, problems, read

TEXT = "customer,number,issued_on,amount,description\nMüller & Söhne,1,2026-01-13,12.50,“quoted”\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(),
        b"sep=,\n" + TEXT.encode(),
        TEXT.replace("customer", "* Customer ").replace("issued_on", "Issued On").encode(),
    ],
)
def test_one_text_in_many_clothes(data: bytes) -> None:
    (invoice,) = invoices(data)
    assert (invoice.customer_name, invoice.amount_cents) == ("Müller & Söhne", 1250)
    assert invoice.lines[0].description == "“quoted”"


def test_a_quoted_newline_stays_in_the_description() -> None:
    text = 'customer,number,issued_on,amount,description\nAcme,1,2026-01-13,5,"one\ntwo, ""three"""\n'
    assert invoices(text)[0].lines[0].description == 'one\ntwo, "three"'


def dated(*days: str) -> str:
    rows = "".join(f"A,{number},{day},5\n" for number, day in enumerate(days, start=1))
    return f"customer,number,issued_on,amount\n{rows}"


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (["1/2/2026", "1/13/2026"], date(2026, 1, 2)),
        (["1/2/2026", "13/1/2026"], date(2026, 2, 1)),
        (["2026-01-02"], date(2026, 1, 2)),
        (["2/2/2026"], date(2026, 2, 2)),
        (["1 Feb 2026"], date(2026, 2, 1)),
    ],
)
def test_any_value_of_the_column_settles_the_order(days: list[str], first: date) -> None:
    assert invoices(dated(*days))[0].issued_on == first


def test_another_date_column_settles_it_too() -> None:
    text = "customer,number,issued_on,due_on,amount\nA,1,1/2/2026,1/31/2026,5\n"
    assert invoices(text)[0].issued_on == date(2026, 1, 2)


def test_a_file_that_does_not_tell_asks_and_an_answer_settles_it() -> None:
    text = dated("1/2/2026", "3/3/2026")
    assert problems(text) == [
        "line 2, column issued_on: “1/2/2026” can be two dates, and no date in the file tells which."
        " Say so: --dates mdy (month first) or --dates dmy (day first)."
    ]
    assert invoices(text, dates="mdy")[0].issued_on == date(2026, 1, 2)
    assert invoices(text, dates="dmy")[0].issued_on == date(2026, 2, 1)


def test_an_answer_that_a_date_contradicts_names_that_date() -> None:
    assert problems(dated("1/13/2026"), dates="dmy") == [
        "line 2, column issued_on: “1/13/2026” is not a date. Write it like 2026-03-31."
    ]


def test_a_file_that_contradicts_itself_names_both_lines_and_whatever_else_is_wrong() -> None:
    assert problems(dated("1/13/2026", "14/1/2026", "soon")) == [
        "line 3, column issued_on: “14/1/2026” has the day first, but “1/13/2026” on line 2 has the month first."
        " One file needs one order.",
        "line 4, column issued_on: “soon” is not a date. Write it like 2026-03-31.",
    ]


def priced(*amounts: str) -> str:
    rows = "".join(f"A;{number};2026-01-02;{amount}\n" for number, amount in enumerate(amounts, start=1))
    return f"customer;number;issued_on;amount\n{rows}"


@pytest.mark.parametrize(
    ("amounts", "cents"),
    [
        (["1,234.56"], [123_456]),
        (["1.234,56"], [123_456]),
        (["1,234", "5.50"], [123_400, 550]),
        (["1.234", "5,50"], [123_400, 550]),
        (["(5.00)", "-5.00", "5.00-"], [-500, -500, -500]),
        (["$1,234.50", "1 234.50", "USD 7.00"], [123_450, 123_450, 700]),
        (["1000", "7"], [100_000, 700]),
    ],
)
def test_the_column_settles_the_decimal_mark(amounts: list[str], cents: list[int]) -> None:
    assert [each.amount_cents for each in invoices(priced(*amounts))] == cents


def test_two_decimal_marks_in_one_file_are_named() -> None:
    assert problems(priced("5.50", "7,25")) == [
        "line 3, column amount: “7,25” has a decimal comma, but “5.50” on line 2 has a decimal point."
        " One file needs one kind."
    ]


def test_amounts_that_can_be_read_two_ways_are_named() -> None:
    text = "customer;number;issued_on;amount;quantity;unit_price\nA;1;2026-01-02;1,234;;\nA;2;2026-01-02;;1;2.345\n"
    said = "can be read in two ways, and no amount in the file tells which. Write it like 1234.00."
    assert problems(text) == [
        f"line 2, column amount: “1,234” {said}",
        f"line 3, column unit_price: “2.345” {said}",
    ]


def test_currencies_without_and_with_three_decimals() -> None:
    text = "customer,number,issued_on,amount,currency\nA,1,2026-01-02,1500,JPY\nB,2,2026-01-02,1.5,KWD\n"
    assert [(each.amount_cents, each.currency) for each in invoices(text)] == [(1500, "jpy"), (1500, "kwd")]


@given(st.from_regex(r"-?[0-9]{1,12}\.[0-9]{2}", fullmatch=True).filter(lambda text: text.strip("-0.") != ""))
def test_common_amounts_are_what_the_rules_of_money_say(text: str) -> None:
    (invoice,) = read(priced(text)).invoices or (None,)
    cents = parse_amount(text, "usd", decimal_mark=".")
    assert (invoice.amount_cents if invoice else None) == (cents if abs(cents) <= MOST_CENTS else None)
