"""The statement: every part of the balance, what is checked when it opens, what stands in each row."""

import re
from datetime import date

import pytest

from tests.support.paying import PayingSite
from tests.support.reading import csv_table, pdf_text, rows, words


def checked(html: str) -> list[str]:
    """Numbers of the invoices whose boxes are checked."""
    return re.findall(r' checked><span class="visually-hidden">Pay ([^<]*)</span>', html)


def test_rows_chips_offer_and_what_is_chosen(shop: PayingSite) -> None:
    shop.clock.move(days=9)  # 11 March: INV-1 and INV-2 are due tomorrow, the discount ends today
    shop.add("OLD", 40_000, issued_on=date(2026, 1, 15))
    page = shop.visitor().get(shop.base)
    assert page.status_code == 200
    assert rows(page.text)[1:] == [
        ["Pay OLD", "OLD Issued Jan 15", "Feb 14 25 days late", "Overdue", "–", "$400.00"],
        ["Pay INV-1", "INV-1 Issued Feb 10", "Mar 12 Due tomorrow", "Due soon", "–", "$1,250.00"],
        ["Pay INV-2", "INV-2 Issued Feb 10", "Mar 12 Due tomorrow", "Due soon", "–", "$300.00"],
        ["Pay 1001", "1001 Issued Mar 1", "Mar 31 in 20 days", "Open", "−$18.40 by Mar 11", "$1,000.00"],
    ]
    said = words(page.text)
    assert "Balance due as of March 11, 2026 $2,950.00 $400.00 overdue $1,550.00 due tomorrow" in said
    assert "Pay 1001 by March 11, 2026 and save $18.40 (2% early-payment discount)." in said
    assert checked(page.text) == ["OLD", "INV-1", "INV-2"]
    assert "Review and pay $1,950.00" in said
    assert "3 selected" in said


def test_with_nothing_pressing_everything_is_chosen_with_its_discount(shop: PayingSite) -> None:
    page = shop.visitor().get(shop.base)
    assert checked(page.text) == ["INV-1", "INV-2", "1001"]
    assert "3 selected $2,550.00 Early-payment discount −$18.40 Total today $2,531.60" in words(page.text)


def test_the_parts_of_a_balance(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.sync(shop.pay(visitor, amount="1,350", method="ach"))
    shop.credit("CM-1", 840)
    page = visitor.get(shop.base)
    said = words(page.text)
    parts = "To pay now $1,200.00 Bank payment on its way $1,350.00 Credit on account −$8.40"
    assert "Balance due as of March 2, 2026 $2,541.60" in said
    assert parts in said
    assert "Disputed" not in said
    assert "plan" not in said
    by_number = {row[1].split()[0]: row for row in rows(page.text)[1:]}
    assert by_number["INV-1"][0] == ""
    assert by_number["INV-1"][3:] == ["Pending", "–", "$1,250.00 $1,250.00 on its way"]
    assert by_number["INV-2"][3:] == ["Open", "–", "$300.00 $200.00 to pay now, $100.00 on its way"]
    assert checked(page.text) == ["INV-2", "1001"]
    text = pdf_text(visitor.get(f"{shop.base}/statement.pdf").content)
    for part in ("Open invoices $2,550.00", "Credit on account −$8.40", "Balance due $2,541.60"):
        assert part in text
    for part in ("To pay now $1,200.00", "Bank payment on its way $1,350.00"):
        assert part in text
    table = csv_table(visitor.get(f"{shop.base}/statement.csv").content)
    assert [row["pending"] for row in table] == ["1250.00", "100.00", "0.00", "", ""]
    assert [row["open"] for row in table[-2:]] == ["-8.40", "2541.60"]


def test_a_credit_alone_is_a_negative_balance(shop: PayingSite) -> None:
    account = shop.add_account("Contoso", "pay@contoso.example")
    shop.account = account
    shop.credit("CM-1", 12_345)
    visitor = shop.visitor()
    said = words(visitor.get(shop.base).text)
    assert "Your credit as of March 2, 2026 $123.45" in said
    assert "Nothing to pay There are no open invoices on this account." in said
    assert "−$123.45" in said
    text = pdf_text(visitor.get(f"{shop.base}/statement.pdf").content)
    assert "Your credit as of March 2, 2026 $123.45" in text
    table = csv_table(visitor.get(f"{shop.base}/statement.csv").content)
    assert [(row["number"], row["open"]) for row in table] == [("account credit", "-123.45"), ("balance", "-123.45")]


def test_an_empty_account_says_so_everywhere(shop: PayingSite) -> None:
    account = shop.add_account("Contoso", "pay@contoso.example")
    visitor, base = shop.visitor(account), f"/a/{account.public_id}"
    page = visitor.get(base)
    assert "Balance as of March 2, 2026 $0.00" in words(page.text)
    assert "Nothing to pay" in page.text
    assert "<form id=" not in page.text
    assert "no open invoices" in pdf_text(visitor.get(f"{base}/statement.pdf").content)
    assert len(csv_table(visitor.get(f"{base}/statement.csv").content)) == 2


def test_the_files_have_names_and_types(shop: PayingSite) -> None:
    visitor = shop.visitor()
    paper = visitor.get(f"{shop.base}/statement.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.headers["content-disposition"] == 'inline; filename="statement-2026-03-02.pdf"'
    assert paper.content.startswith(b"%PDF-")
    table = visitor.get(f"{shop.base}/statement.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"] == 'attachment; filename="statement-2026-03-02.csv"'
    assert table.content.startswith(b"\xef\xbb\xbfnumber,kind,")


def test_a_thousand_rows_are_shown_and_one_more_is_offered_as_csv(shop: PayingSite) -> None:
    account = shop.add_account("Big", "big@big.example")
    for number in range(1001):
        shop.add(f"B-{number:04}", 100 + number, account=account)
    visitor, base = shop.visitor(account), f"/a/{account.public_id}"
    page = visitor.get(base)
    assert len(rows(page.text)) == 1002
    assert "$6,006.00" in words(page.text)
    refused = visitor.get(f"{base}/statement.pdf")
    assert refused.status_code == 422
    assert "This statement is too long for a PDF. Download it as a CSV instead." in words(refused.text)
    assert len(csv_table(visitor.get(f"{base}/statement.csv").content)) == 1003


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1+1")


@pytest.mark.parametrize("number", FORMULAS)
def test_a_number_that_looks_like_a_formula_is_text_in_the_csv(shop: PayingSite, number: str) -> None:
    shop.add(number, 500)
    table = csv_table(shop.visitor().get(f"{shop.base}/statement.csv").content)
    assert [row["number"] for row in table if row["open"] == "5.00"] == [f"'{number}"]
    for row in table:
        for column in ("amount", "open", "payable", "to_pay"):
            assert re.fullmatch(r"(-?\d+\.\d\d)?", row[column])


def test_a_pdf_that_cannot_be_drawn_is_said(shop: PayingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.gateways.pdf._WALL_SECONDS", 0)
    answer = shop.visitor().get(f"{shop.base}/statement.pdf")
    assert answer.status_code == 503
    assert "The PDF could not be made at the moment. Please try again in a minute." in words(answer.text)
    monkeypatch.undo()
    assert shop.visitor().get(f"{shop.base}/statement.pdf").status_code == 200


def test_a_link_to_one_document_leads_to_it(shop: PayingSite) -> None:
    visitor = shop.visitor(charge_id=shop.invoice.id)
    answer = visitor.get(shop.base)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{shop.base}/invoices/{shop.invoice.public_id}")
    for path in ("/statement.pdf", "/statement.csv", "/payments"):
        refused = visitor.get(shop.base + path)
        assert refused.status_code == 404
        assert "2,550" not in refused.text
