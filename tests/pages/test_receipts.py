"""What was paid: the list, one receipt as a page and on paper, and who may see which."""

from sqlalchemy import event

from tests.support.paying import PayingSite
from tests.support.reading import pdf_text, rows, words


def test_a_receipt_says_what_was_paid_and_what_stays_open(shop: PayingSite) -> None:
    visitor = shop.visitor()
    attempt = shop.pay(visitor, amount="2,000")
    shop.sync(attempt)
    page = visitor.get(shop.receipt(attempt))
    assert rows(page.text)[1:] == [
        ["INV-1", "–", "$1,250.00", "$0.00"],
        ["INV-2", "–", "$300.00", "$0.00"],
        ["1001", "–", "$450.00", "$550.00"],
    ]
    said = words(page.text)
    assert "Receipt R-00001 $2,000.00" in said
    assert "Received March 2, 2026" in said
    assert "From Northwind Traders" in said
    assert "Paid by Card" in said
    assert "4242" in said
    paper = visitor.get(f"{shop.receipt(attempt)}.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.headers["content-disposition"] == 'inline; filename="receipt-R-00001.pdf"'
    text = pdf_text(paper.content)
    for part in ("Receipt R-00001", "INV-1 $1,250.00 $0.00", "1001 $450.00 $550.00", "Northwind Traders"):
        assert part in text


def test_a_receipt_of_more_than_was_open_shows_the_credit(shop: PayingSite) -> None:
    one, two = shop.visitor(), shop.visitor()
    first = shop.press(one, shop.check(one, shop.invoice), method="card")
    assert first.status_code == 303
    attempt = shop.attempts()[0]
    shop.credit("CM-1", 25_000, charge=shop.invoice)
    shop.confirm(attempt)
    shop.sync(attempt)
    page = two.get(shop.receipt(attempt))
    assert rows(page.text)[1:] == [["INV-1", "–", "$1,000.00", "$0.00"]]
    assert "Kept as credit on your account $250.00" in words(page.text)
    assert "Kept as credit on your account $250.00" in pdf_text(two.get(f"{shop.receipt(attempt)}.pdf").content)
    assert "Credit on account −$250.00" in words(two.get(shop.base).text)


def test_the_history_has_payments_debits_under_way_and_failed_ones(shop: PayingSite) -> None:
    visitor = shop.visitor()
    assert "No payments yet" in visitor.get(f"{shop.base}/payments").text
    shop.sync(shop.pay(visitor, shop.example, shop.invoice))
    shop.clock.move(minutes=1)
    failing = shop.pay(visitor, shop.other_invoice, method="ach")
    shop.sync(failing)
    intent_id = shop.attempts()[-1].payment_intent_id
    assert intent_id is not None
    shop.house.stripe.settle_bank(intent_id, fail_with="account_closed")
    shop.sync(failing)
    shop.clock.move(minutes=1)
    shop.sync(shop.pay(visitor, amount="100", method="ach"))
    page = visitor.get(f"{shop.base}/payments")
    assert rows(page.text)[1:] == [
        ["Mar 2, 2026 Bank account (ACH)", "INV-2", "Pending", "$100.00"],
        ["Mar 2, 2026 Bank account (ACH)", "INV-2", "Not completed", "$300.00"],
        ["Mar 2, 2026 Card", "INV-1 and 1001", "Paid", "$2,231.60"],
    ]
    assert page.text.count(f'href="{shop.base}/payments/') == 2
    assert page.text.count(f'href="{shop.base}/receipts/') == 1


def test_receipts_of_others_and_of_other_documents_are_not_found(shop: PayingSite) -> None:
    visitor = shop.visitor()
    both = shop.pay(visitor, shop.example, shop.invoice)
    shop.sync(both)
    other = shop.add_account("Contoso", "pay@contoso.example")
    receipt = shop.receipt(both)
    strangers = {
        shop.visitor(other): receipt.replace(shop.account.public_id, other.public_id),
        shop.visitor(charge_id=shop.example.id): receipt,
        shop.browser(): receipt,
    }
    for browser, path in strangers.items():
        for address in (path, f"{path}.pdf"):
            answer = browser.get(address)
            assert answer.status_code == 404
            assert b"2,231" not in answer.content


def test_a_receipt_for_one_document_has_no_way_to_the_others(shop: PayingSite) -> None:
    attempt = shop.pay(shop.visitor(), shop.example)
    shop.sync(attempt)
    visitor = shop.visitor(charge_id=shop.example.id)
    page = visitor.get(shop.receipt(attempt))
    assert page.status_code == 200
    assert f"{shop.base}/payments" not in page.text
    back = visitor.get(shop.base)
    assert (back.status_code, back.headers["location"]) == (303, f"{shop.base}/invoices/{shop.example.public_id}")


def test_the_history_asks_no_more_of_the_database_for_more_payments(shop: PayingSite) -> None:
    visitor = shop.visitor()
    asked: list[object] = []
    counts: list[int] = []
    event.listen(shop.resources.database.reader, "before_cursor_execute", lambda *what: asked.append(what))
    for invoice in (shop.invoice, shop.other_invoice):
        failing = shop.pay(visitor, invoice, method="ach")
        shop.sync(failing)
        shop.house.stripe.settle_bank(str(shop.attempts()[-1].payment_intent_id), fail_with="account_closed")
        shop.sync(failing)
        asked.clear()
        assert len(rows(visitor.get(f"{shop.base}/payments").text)) == 2 + len(counts)
        counts.append(len(asked))
    assert counts[0] == counts[1]
