"""Every kind of bad file, and the sentence it gets."""

import pytest

from portal.rules.imports import tables
from portal.rules.refusals import Refusal
from tests.rules.imports.reading import problems, read

GOOD = {
    "customer": "Acme",
    "email": "ada@example.com",
    "number": "1001",
    "issued_on": "2026-01-13",
    "due_on": "",
    "terms": "",
    "description": "Work",
    "quantity": "",
    "unit_price": "",
    "amount": "100.00",
    "tax": "",
    "currency": "",
    "paid_on": "",
    "paid_amount": "",
}
HEADER = ",".join(GOOD) + "\n"
NEVER_CLOSED = 'A quote (") that opens in this row is never closed. Close it, or write "" for a quote.'


def row(**changes: str) -> str:
    cells = (GOOD | changes).values()
    return ",".join(f'"{cell}"' if set(cell) & set(',"\n') else cell for cell in cells) + "\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \r\n", "The file is empty."),
        (b"PK\x03\x04rest", "The file is a spreadsheet. Save it as CSV and import that."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "The file is a spreadsheet. Save it as CSV and import that."),
        (
            HEADER.encode() + b"Ac\x00me,,1,2026-01-02,,,,,,1,,,,\n",
            "The file is not a text file: line 2 holds a NUL character. Export it as CSV again.",
        ),
        (
            b"\xff\xfea\x00b",
            "The file's text cannot be read: byte 5 is not UTF-16. Save it as CSV in UTF-8 and import that.",
        ),
        (
            b"customer\x81\xff",
            "The file's text cannot be read: byte 9 is not CP1252. Save it as CSV in UTF-8 and import that.",
        ),
        (HEADER.encode(), "The file has a header but no invoices."),
        (
            b"Name,Phone\nAcme,1\n",
            "The file's header is not known. It has: Name, Phone. Still needed: customer (or customer_number, or"
            " email), number, issued_on, amount (or quantity and unit_price). Export it from QuickBooks Online or"
            ' Xero, or say which column is which: --column "number=Their header".',
        ),
        (
            b"customer,number,issued_on,amount,Amount\nA,1,2026-01-02,1,2\n",
            "The column “amount” stands there more than once (columns 4 and 5). Rename one of them.",
        ),
        (b'"customer,number\n', f"Line 1: {NEVER_CLOSED}"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_invoices_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(data)
    assert refused.value.sentence == said


def test_too_many_bytes_or_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    with pytest.raises(Refusal, match="more than 1,000,000 rows"):
        read(HEADER + row(number="1") + row(number="2") + row(number="3"))
    monkeypatch.setattr("portal.rules.imports.decoding.MOST_BYTES", 3)
    with pytest.raises(Refusal, match="larger than 256 MB"):
        read("abcd")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"customer": "", "email": ""}, ["column customer: is missing. Say whose invoice this is."]),
        ({"number": ""}, ["column number: is missing. Every invoice needs its number."]),
        ({"number": "9" * 65}, ["column number: is longer than 64 characters."]),
        ({"customer": "A\x07b"}, ["column customer: holds a control character. Remove it."]),
        ({"customer": "A\u202eb"}, ["column customer: holds a control character. Remove it."]),
        ({"customer": "A" * 201}, ["column customer: is longer than 200 characters."]),
        (
            {"email": "ada@"},
            ["column email: “ada@” is not one email address. Write it like ada@example.com."],
        ),
        (
            {"email": "a@b.example;c@d.example"},
            ["column email: “a@b.example;c@d.example” is not one email address. Write it like ada@example.com."],
        ),
        ({"issued_on": ""}, ["column issued_on: is missing. Give the date of the invoice."]),
        ({"issued_on": "soon"}, ["column issued_on: “soon” is not a date. Write it like 2026-03-31."]),
        ({"issued_on": "2026-02-30"}, ["column issued_on: “2026-02-30” is not a date. Write it like 2026-03-31."]),
        ({"issued_on": "1989-12-31"}, ["column issued_on: “1989-12-31” is not between 1990 and 2100."]),
        ({"due_on": "2101-01-01"}, ["column due_on: “2101-01-01” is not between 1990 and 2100."]),
        ({"due_on": "2026-01-12"}, ["column due_on: 2026-01-12 is before the invoice date, 2026-01-13."]),
        ({"due_on": "2029-01-12"}, ["column due_on: 2029-01-12 is more than 999 days after 2026-01-13."]),
        (
            {"terms": "whenever"},
            [
                "column terms: “whenever” are not payment terms."
                " Write them like 2/10 net 30, net 30 or due on receipt."
            ],
        ),
        ({"amount": "ten"}, ["column amount: “ten” is not an amount. Write it like 1234.56."]),
        ({"amount": "1e3"}, ["column amount: “1e3” is not an amount. Write it like 1234.56."]),
        ({"amount": "NaN"}, ["column amount: “NaN” is not an amount. Write it like 1234.56."]),
        ({"amount": "1.239"}, ["column amount: “1.239” has more decimals than USD has (2)."]),
        ({"amount": "€5.00"}, ["column amount: “€5.00” is not in USD."]),
        ({"amount": "10000000000.01"}, ["column amount: $10,000,000,000.01 is too large for one invoice."]),
        ({"amount": ""}, ["column amount: is missing. Give an amount, or a quantity and a unit price."]),
        ({"amount": "", "quantity": "2"}, ["column unit_price: is missing. Give the unit price, or an amount."]),
        ({"amount": "", "unit_price": "2"}, ["column quantity: is missing. Give the quantity, or an amount."]),
        (
            {"quantity": "2", "unit_price": "49.00"},
            ["column amount: $100.00 is not quantity times unit price, $98.00."],
        ),
        (
            {"quantity": "two", "unit_price": "x"},
            [
                "column quantity: “two” is not a number. Write it like 1234.56.",
                "column unit_price: “x” is not a number. Write it like 1234.56.",
            ],
        ),
        ({"tax": "-1.00"}, ["column tax: A tax of -$1.00 does not fit a total of $99.00."]),
        ({"currency": "XYZ"}, ["column currency: “XYZ” is not a currency. Write three letters, like USD."]),
        ({"paid_on": "2026-03-03"}, ["column paid_on: 2026-03-03 is in the future."]),
        (
            {"paid_amount": "5.00"},
            ["column paid_amount: has no date. Give paid_on, or leave this empty."],
        ),
        (
            {"paid_on": "2026-02-01", "paid_amount": "0.00"},
            ["column paid_amount: must be more than 0. Where nothing was paid, leave it empty."],
        ),
        (
            {"amount": "-5.00", "paid_on": "2026-02-01"},
            ["column paid_on: A credit memo (a negative total) is not paid. Leave it empty."],
        ),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_by_line_and_column(changes: dict[str, str], said: list[str]) -> None:
    assert problems(HEADER + row(number="1") + row(**changes)) == [f"line 3, {each}" for each in said]


def test_every_problem_is_named_not_the_first() -> None:
    text = HEADER + row(amount="x", issued_on="y") + row(number="") + row(number="3", email="z")
    assert [each.partition(":")[0] for each in problems(text)] == [
        "line 2, column issued_on",
        "line 2, column amount",
        "line 3, column number",
        "line 4, column email",
    ]


def test_the_rows_of_one_invoice_must_agree() -> None:
    text = HEADER + row() + row(customer="Bolt", issued_on="", description="More")
    assert problems(text) == ["line 3, column customer: “Bolt” is not what line 2 says for the same invoice, “Acme”."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'customer,number,issued_on,amount\nA,1,2026-01-02,1\n"B,2,2026-01-02,1\nC,3,2026-01-02,1\n',
            f"line 3: {NEVER_CLOSED}",
        ),
        (
            'customer,number,issued_on,amount\nA,1,2026-01-02,1\n"B"x,2,2026-01-02,1\n',
            'line 3: A cell goes on after its closing quote ("). Write "" for a quote inside a cell.',
        ),
        (
            f"customer,number,issued_on,amount\nA,1,2026-01-02,1\n{'B' * 70_000},2,2026-01-02,1\n",
            "line 3: The line is longer than 64 KB. It is no row of a table.",
        ),
        (
            "customer,number,issued_on,amount\nA,1,2026-01-02,1,000.00\n",
            "line 2: The row has 5 cells, the header has 4. A cell with a separator in it needs quotes around it.",
        ),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text: str, said: str) -> None:
    assert problems(text) == [said]


def test_lines_are_counted_through_quoted_newlines() -> None:
    text = HEADER + row(number="1", description="one\ntwo\nthree") + row(amount="x")
    assert problems(text) == ["line 5, column amount: “x” is not an amount. Write it like 1234.56."]
