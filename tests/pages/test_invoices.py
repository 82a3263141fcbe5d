"""One invoice: lines and tax, terms in amounts and dates, its history, and who may see it."""

import re
from datetime import date

import pytest

from tests.support.paying import PayingSite, fields
from tests.support.reading import pdf_text, rows, words


def path(shop: PayingSite, end: str = "") -> str:
    return f"{shop.base}/invoices/{shop.example.public_id}{end}"


def history(html: str) -> list[list[str]]:
    """The lines of the history: day, what, amount, open."""
    found = re.search(r'<section class="card" id="history".*?</section>', html, re.DOTALL)
    assert found
    return rows(found[0])[1:]


def test_lines_tax_terms_and_the_way_to_pay(shop: PayingSite) -> None:
    page = shop.visitor().get(path(shop))
    said = words(page.text)
    assert rows(page.text)[1:] == [
        ["Rope, 12 mm Something wrong? Rope, 12 mm", "1", "", "$920.00"],
        ["Date", "What", "Amount", "Open"],
        ["Mar 1", "Issued", "$1,000.00", "$1,000.00"],
    ]
    for part in (
        "Invoice 1001 Open",
        "Balance due March 31, 2026 · in 29 days $1,000.00",
        "Subtotal $920.00 Tax $80.00 Total $1,000.00",
        "2% off, $18.40, if you start the payment by March 11, 2026: you pay $981.60.",
        "The full amount is due by March 31, 2026.",
        "Terms: 2/10 net 30.",
        "To pay now $1,000.00 Early-payment discount −$18.40 Total today $981.60",
    ):
        assert part in said
    check = shop.visitor().get(f"{shop.base}/pay", params={"charge": shop.example.public_id})
    assert fields(check)["expected"] == "98160"
    paper = shop.visitor().get(path(shop, ".pdf"))
    assert paper.headers["content-disposition"] == 'inline; filename="1001.pdf"'
    text = pdf_text(paper.content)
    for part in ("Invoice 1001", "Subtotal $920.00", "Tax $80.00", "Balance due $1,000.00", "you pay $981.60."):
        assert part in text


def test_several_steps_are_all_told(shop: PayingSite) -> None:
    steps = shop.add("STEPS", 92_000, tax_cents=8_000, terms="3/5, 2/10, net 30")
    said = words(shop.visitor().get(f"{shop.base}/invoices/{steps.public_id}").text)
    assert "3% off, $27.60, if you start the payment by March 6, 2026: you pay $972.40." in said
    assert "2% off, $18.40, if you start the payment by March 11, 2026: you pay $981.60." in said


def test_after_the_last_day_nothing_is_promised(shop: PayingSite) -> None:
    shop.clock.move(days=10)
    said = words(shop.visitor().get(path(shop)).text)
    assert "off" not in said.split("When to pay")[1].split("History")[0]
    assert "Terms: 2/10 net 30." in said


def test_paid_with_its_discount(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.sync(shop.pay(visitor, shop.example))
    said = words(visitor.get(path(shop)).text)
    assert "Invoice 1001 Paid" in said
    assert "Paid in full $0.00" in said
    assert history(visitor.get(path(shop)).text) == [
        ["Mar 1", "Issued", "$1,000.00", "$1,000.00"],
        ["Mar 2", "Payment", "−$981.60", "$18.40"],
        ["Mar 2", "Early-payment discount", "−$18.40", "$0.00"],
    ]
    assert "Review and pay" not in said
    text = pdf_text(visitor.get(path(shop, ".pdf")).content)
    assert "Paid, credited and discounted −$1,000.00 Balance due $0.00" in text
    assert "How this balance came about Date What Amount Open Mar 1, 2026 Issued $1,000.00 $1,000.00" in text


def test_partly_paid_and_partly_on_its_way(shop: PayingSite) -> None:
    invoice = shop.add("PART", 100_000, issued_on=date(2026, 1, 5))
    visitor = shop.visitor()
    shop.sync(shop.pay(visitor, amount="250"))
    shop.sync(shop.pay(visitor, amount="300", method="ach"))
    said = words(visitor.get(f"{shop.base}/invoices/{invoice.public_id}").text)
    assert "Invoice PART Overdue" in said
    assert "$750.00" in said
    assert "To pay now $450.00 Bank payment on its way $300.00" in said
    assert "Mar 2 Payment −$250.00 $750.00" in said


def test_a_credit_memo_is_in_the_history(shop: PayingSite) -> None:
    shop.credit("CM-1", 10_000, charge=shop.invoice)
    said = words(shop.visitor().get(f"{shop.base}/invoices/{shop.invoice.public_id}").text)
    assert "Account credit applied −$100.00 $1,150.00" in said
    assert "$1,150.00" in said


def test_an_invoice_of_tomorrow_is_not_paid_in_full(shop: PayingSite) -> None:
    later = shop.add("LATER", 5_000, issued_on=date(2026, 3, 3))
    for end in ("", ".pdf"):
        answer = shop.visitor().get(f"{shop.base}/invoices/{later.public_id}{end}")
        assert answer.status_code == 404
        assert "This invoice is dated March 3, 2026." in words(answer.text)
    shop.clock.move(days=1)
    assert shop.visitor().get(f"{shop.base}/invoices/{later.public_id}").status_code == 200


@pytest.mark.parametrize("end", ["", ".pdf"])
def test_invoices_of_others_and_made_up_ones_answer_alike(shop: PayingSite, end: str) -> None:
    other = shop.add_account("Contoso", "pay@contoso.example")
    foreign = shop.add("C-1", 77_700, account=other)
    visitor = shop.visitor()
    answers = [visitor.get(f"{shop.base}/invoices/{found}{end}") for found in (foreign.public_id, "0" * 24)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text
    assert "$777" not in answers[0].text


def test_a_link_to_one_document_opens_that_one_only(shop: PayingSite) -> None:
    visitor = shop.visitor(charge_id=shop.example.id)
    page = visitor.get(path(shop))
    assert page.status_code == 200
    assert "← Statement" not in words(page.text)
    assert visitor.get(path(shop, ".pdf")).status_code == 200
    for end in ("", ".pdf"):
        refused = visitor.get(f"{shop.base}/invoices/{shop.invoice.public_id}{end}")
        assert refused.status_code == 404
        assert b"1,250" not in refused.content


def test_a_number_of_any_letters_makes_a_file_name(shop: PayingSite) -> None:
    for number, name in (
        ('a/b\\c"d', "a-b-c-d.pdf"),
        ("../../x", "x.pdf"),
        ("№ 7\r\nX: y", "7-X-y.pdf"),
        ("ü", "document.pdf"),
    ):
        odd = shop.add(number, 1_000)
        paper = shop.visitor().get(f"{shop.base}/invoices/{odd.public_id}.pdf")
        assert paper.headers["content-disposition"] == f'inline; filename="{name}"'


def test_a_bank_debit_says_who_started_it_and_how_much_of_it_is_for_this(shop: PayingSite) -> None:
    visitor = shop.visitor()
    attempt = shop.pay(visitor, shop.example, shop.invoice, method="ach")
    shop.sync(attempt)
    when = "March 2, 2026, 10:00 AM EST."
    after = "The early-payment discount of $18.40 goes with it. It should arrive by March 6, 2026."
    assert (
        f"a•••@northwind.example started a bank payment of $2,231.60 on {when} "
        f"$981.60 of it is for this invoice. {after}"
    ) in words(visitor.get(path(shop)).text)
    other = words(visitor.get(f"{shop.base}/invoices/{shop.other_invoice.public_id}").text)
    assert "started a bank payment" not in other
    document = shop.visitor(charge_id=shop.example.id)
    own = words(document.get(path(shop)).text)
    said = f"a•••@northwind.example started a bank payment of $981.60 for this invoice on {when} {after}"
    assert said in own
    for end in ("", ".pdf"):
        answer = document.get(path(shop, end))
        text = pdf_text(answer.content) if end else words(answer.text)
        assert "2,231.60" not in text
        assert "1,250" not in text
    shop.clock.move(days=6)
    shop.house.stripe.tick()
    shop.sync(attempt)
    assert "started a bank payment" not in shop.visitor().get(path(shop)).text


def test_a_bank_debit_for_one_invoice_and_the_credit_that_goes_with_it(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.credit("CM-1", 10_000)
    shop.sync(shop.pay(visitor, shop.invoice, method="ach"))
    said = words(visitor.get(f"{shop.base}/invoices/{shop.invoice.public_id}").text)
    assert "started a bank payment of $1,150.00 for this invoice on March 2, 2026, 10:00 AM EST." in said
    assert "$100.00 of your credit goes with it. It should arrive by March 6, 2026." in said
