"""What a customer takes along: the statement, an invoice and a receipt as PDF, the statement as CSV, the print."""

import csv
import io
from decimal import Decimal

from playwright.sync_api import expect
from pypdf import PdfReader

from e2e.journeys.steps import balance, choose, fill_card, go_to_stripe, read_pdf, review, sees
from e2e.journeys.town import Town


def test_page_pdf_and_csv_say_the_same(town: Town) -> None:
    guest = town.guest()
    page = town.at_statement(guest)
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()
    assert saved.value.suggested_filename.endswith(".csv")
    table = saved.value.path().read_text("utf-8-sig")
    *rows, credit, total = csv.DictReader(io.StringIO(table))
    assert [row["number"].partition("-")[2] for row in rows] == ["2041", "2058", "2066", "2071"]
    assert sum(Decimal(row["open"]) for row in rows) == Decimal("15690.50")
    assert (credit["open"], total["open"]) == ("0.00", "15690.50")
    text = read_pdf(page, "PDF")
    for words in (guest.name, "Harbor Supply Co.", "$15,690.50", "$4,180.00", "$2,300.50", "$4,650.00", "$4,560.00"):
        assert words in text


def test_an_invoice_and_a_receipt_as_pdf(town: Town) -> None:
    guest = town.guest()
    page = town.at_statement(guest)
    choose(page, "2066")
    review(page)
    go_to_stripe(page, "card")
    fill_card(page)
    page.get_by_role("link", name="View receipt").click()
    receipt = read_pdf(page, "Receipt as PDF")
    for words in ("$4,557.00", guest.name, "-2066"):
        assert words in receipt
    page.get_by_role("row").get_by_role("link").click()
    sees(page, "Paid in full", "$4,557.00")
    invoice = read_pdf(page, "Invoice as PDF")
    for words in ("$4,650.00", "Dock fender, large", "-2066"):
        assert words in invoice


def test_the_statement_prints(town: Town) -> None:
    page = town.at_statement(town.guest())
    page.emulate_media(media="print", color_scheme="dark")
    balance(page, "$15,690.50")
    expect(page.get_by_role("button", name="Review and pay")).to_have_count(0)
    expect(page.get_by_label("Amount")).to_be_hidden()
    printed = "".join(each.extract_text() for each in PdfReader(io.BytesIO(page.pdf())).pages)
    for words in ("$15,690.50", "$2,300.50", "-2066", "Harbor Supply Co."):
        assert words in printed
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
