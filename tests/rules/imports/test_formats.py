"""Files as QuickBooks Online, Xero and people write them."""

from datetime import date

import pytest

from portal.rules.imports.values import ImportedLine
from portal.rules.refusals import Refusal
from tests.rules.imports.reading import invoices, notes, problems, read

QUICKBOOKS = """\
*InvoiceNo,*Customer,*InvoiceDate,*DueDate,Terms,Location,Memo,Item(Product/Service),ItemDescription,ItemQuantity,\
ItemRate,*ItemAmount,ItemTaxCode,ItemTaxAmount,Currency,Service Date
1001,Acme Corp,03/01/2026,03/31/2026,2/10 net 30,,,Design,Logo design,4,150.00,600.00,TAX,48.00,USD,
1001,,,,,,,Hosting,Twelve months,12,26.6667,320.00,TAX,32.00,,
1002,Bolt & Sons,03/02/2026,04/01/2026,Net 30,,,Repair,Repair,1,75,75.00,,,USD,
"""

XERO = """\
*ContactName,EmailAddress,POAddressLine1,POCity,*InvoiceNumber,Reference,*InvoiceDate,*DueDate,Total,InventoryItemCode,\
*Description,*Quantity,*UnitAmount,Discount,*AccountCode,*TaxType,TaxAmount,TrackingName1,Currency,BrandingTheme
Acme Ltd,Ada@Example.com,,,INV-1,,13/02/2026,15/03/2026,118.00,,Pens,10,10.00,10,200,20%,18.00,,GBP,
Acme Ltd,ada@example.com,,,INV-1,,13/02/2026,15/03/2026,118.00,,Ink,1,10.00,,200,None,0.00,,GBP,
Bolt Ltd,,,,INV-2,,14/02/2026,15/03/2026,120.00,,Consulting,1,120.00,,200,20%,20.00,,GBP,
"""


def test_quickbooks_states_customer_and_dates_on_the_first_row_only() -> None:
    first, second = invoices(QUICKBOOKS)
    assert (first.number, first.customer_name, first.line) == ("1001", "Acme Corp", 2)
    assert (first.issued_on, first.due_on, first.terms) == (date(2026, 3, 1), date(2026, 3, 31), "2/10 net 30")
    assert (first.amount_cents, first.tax_cents, first.currency) == (100_000, 8_000, "usd")
    assert first.lines == (
        ImportedLine("Logo design", "4", "150", 60_000, 4_800),
        ImportedLine("Twelve months", "12", "26.6667", 32_000, 3_200),
    )
    assert (second.number, second.amount_cents, second.line) == ("1002", 7_500, 4)
    assert read(QUICKBOOKS).format_name == "QuickBooks Online"


def test_quickbooks_is_month_first_unless_its_dates_say_otherwise() -> None:
    assert invoices(QUICKBOOKS)[0].issued_on == date(2026, 3, 1)
    abroad = QUICKBOOKS.replace("03/31/2026", "31/03/2026").replace("04/01/2026", "01/04/2026")
    assert [each.issued_on for each in invoices(abroad)] == [date(2026, 1, 3), date(2026, 2, 3)]


def test_a_quickbooks_report_has_a_title_above_and_a_total_below() -> None:
    report = """\
Acme Design Inc.,,,,,
Invoice List,,,,,
"January 1 - March 2, 2026",,,,,

Date,Transaction Type,Num,Name,Due Date,Amount
02/03/2026,Invoice,1001,Acme,03/05/2026,"1,000.00"
02/04/2026,Payment,77,Acme,,-400.00
02/05/2026,Credit Memo,1002,Acme,02/05/2026,-250.00
TOTAL,,,,,350.00
"Monday, Mar 02, 2026 10:15 AM GMT-5",,,,,
"""
    assert [(each.number, each.amount_cents, each.line) for each in invoices(report)] == [
        ("1001", 100_000, 6),
        ("1002", -25_000, 8),
    ]
    assert notes(report) == [
        "line 7: A “Payment” is no invoice and was left out.",
        "line 9: “TOTAL” is no invoice and was left out.",
        "line 10: “Monday, Mar 02, 2026 10:15 AM GMT-5” is no invoice and was left out.",
    ]


def test_a_quickbooks_row_without_a_number_continues_the_invoice_above() -> None:
    found = invoices(QUICKBOOKS.replace("1001,,,", ",,,"))
    assert [len(each.lines) for each in found] == [2, 1]


def test_xero_repeats_the_contact_and_takes_the_regions_dates() -> None:
    first, second = invoices(XERO)
    assert (first.customer_name, first.email, first.currency) == ("Acme Ltd", "ada@example.com", "gbp")
    assert (first.issued_on, first.amount_cents, first.tax_cents) == (date(2026, 2, 13), 11_800, 1_800)
    assert first.lines[0] == ImportedLine("Pens", "10", "10", 9_000, 1_800)
    assert read(XERO).format_name == "Xero"
    assert (second.amount_cents, second.tax_cents) == (12_000, 2_000)


def test_xero_totals_tell_whether_the_amounts_include_tax() -> None:
    second = invoices(XERO)[1]
    assert second.lines[0].amount_cents == 10_000
    assert problems(XERO.replace("120.00,,Consulting", "121.00,,Consulting")) == [
        "line 4, column Total: 121.00 GBP is not what the lines and their tax come to, 140.00 GBP."
    ]


def test_any_file_by_mapping() -> None:
    text = "Kunde;Beleg;Datum;Betrag;Notiz\nAcme;R-1;28.02.2026;1.234,50;x\n"
    columns = {"customer": "Kunde", "number": "Beleg", "issued_on": "Datum", "amount": "Betrag"}
    (invoice,) = invoices(text, columns=columns, currency="eur")
    assert (invoice.customer_name, invoice.number, invoice.issued_on) == ("Acme", "R-1", date(2026, 2, 28))
    assert (invoice.amount_cents, invoice.currency, invoice.states_currency) == (123_450, "eur", False)


def test_a_mapping_wins_over_what_is_recognised() -> None:
    text = "customer,number,issued_on,amount,Net\nAcme,1,2026-01-02,110.00,100.00\n"
    assert invoices(text, columns={"amount": "net"})[0].amount_cents == 10_000


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"nummer": "number"}, "There is no field “nummer” to map to. The fields are: customer, customer_number,"),
        ({"number": "No."}, "The file has no column “No.”. Its columns are: customer, number, issued_on, amount."),
    ],
)
def test_a_mapping_that_leads_nowhere_is_refused(columns: dict[str, str], said: str) -> None:
    with pytest.raises(Refusal) as refused:
        read("customer,number,issued_on,amount\nAcme,1,2026-01-02,1\n", columns=columns)
    assert refused.value.sentence.startswith(said)


def test_a_number_stays_text() -> None:
    assert invoices("customer,number,issued_on,amount\n007,0000611365,2026-01-02,1\n")[0].number == "0000611365"


def test_history_is_a_date_and_perhaps_an_amount() -> None:
    text = "customer,number,issued_on,amount,paid_on,paid_amount\nA,1,2026-01-02,9,2026-01-05,\n"
    text += "A,2,2026-01-02,9,2026-01-06,4\n"
    whole, part = invoices(text)
    assert (whole.paid_on, whole.paid_cents) == (date(2026, 1, 5), None)
    assert (part.paid_on, part.paid_cents) == (date(2026, 1, 6), 400)


def test_an_invoice_of_nothing_is_left_out_with_a_note() -> None:
    text = "customer,number,issued_on,amount\nA,1,2026-01-02,0.00\nA,2,2026-01-02,5\n"
    assert [each.number for each in invoices(text)] == ["2"]
    assert notes(text) == ["line 2: Invoice 1 comes to nothing and was left out."]


def test_two_rows_that_say_the_same_are_two_lines_and_worth_a_note() -> None:
    text = "customer,number,issued_on,amount\nA,1,2026-01-02,5\nA,1,2026-01-02,5\n"
    assert invoices(text)[0].amount_cents == 1_000
    assert notes(text) == ["line 3: This row says the same as another of invoice 1; both are counted as lines."]


def test_quantity_times_price_is_rounded_once_half_away_from_zero() -> None:
    text = "customer,number,issued_on,quantity,unit_price\nA,1,2026-01-02,0.5,0.01\nA,2,2026-01-02,-0.5,0.01\n"
    assert [each.amount_cents for each in invoices(text)] == [1, -1]


def test_progress_is_told_from_nothing_to_everything() -> None:
    from portal.rules.imports.invoices import read_invoices

    told: list[tuple[int, int]] = []
    rows = "".join(f"A,{number},2026-01-02,5\n" for number in range(1200))
    read_invoices(
        f"customer,number,issued_on,amount\n{rows}".encode(),
        currency="usd",
        today=date(2026, 3, 2),
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(0, 1200), (500, 1200), (1000, 1200), (1200, 1200)]
