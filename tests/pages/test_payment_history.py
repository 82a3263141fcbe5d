"""What came of payments: the history, the receipt as page and paper, and the invoice say the same."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from portal.actions import manual_payments, policies, receipts
from portal.actions.check import check_books
from portal.actions.ledger import Received, post_payment
from portal.records import ledger
from portal.records.attempts import AttemptRow
from portal.records.tables import chargebacks, refunds
from portal.rules.allocation import QuoteLine
from tests.support.paying import PayingSite
from tests.support.reading import pdf_text, rows, words


class Paid:
    """The example invoice paid by a visitor: 981.60 with its discount."""

    def __init__(self, shop: PayingSite) -> None:
        self.shop = shop
        self.stripe = shop.house.stripe
        self.visitor: TestClient = shop.visitor()
        self.pay()

    def pay(self, method: str = "card") -> None:
        self.attempt: AttemptRow = self.shop.pay(self.visitor, self.shop.example, method=method)
        if method == "ach":
            self.shop.clock.move(days=6)
            self.stripe.tick()
        self.sync()
        self.intent = str(self.shop.attempts()[-1].payment_intent_id)

    def sync(self) -> None:
        self.shop.sync(self.attempt)

    def history(self) -> list[list[str]]:
        return rows(self.visitor.get(f"{self.shop.base}/payments").text)[1:]

    def receipt(self) -> str:
        return words(self.visitor.get(self.shop.receipt(self.attempt)).text)

    def paper(self) -> str:
        return pdf_text(self.visitor.get(f"{self.shop.receipt(self.attempt)}.pdf").content)

    def invoice(self) -> str:
        return words(self.visitor.get(f"{self.shop.base}/invoices/{self.shop.example.public_id}").text)


@pytest.fixture
def paid(shop: PayingSite) -> Iterator[Paid]:
    made = Paid(shop)
    yield made
    with shop.resources.reading() as session:
        assert check_books(session, now=shop.clock.now()).breaches == ()
        payments = ledger.payments_of(session, shop.account.id)
        for found in receipts.load_all(session, shop.account.id, payments, on=shop.clock.now().date()):
            parts = sum(row.amount_cents for row in found.standing) + found.unapplied_cents
            gone = found.refunded_cents + found.returned_cents - found.charged_again_cents
            assert parts + gone == found.payment.amount_cents


PAYMENT = ["Mar 2, 2026 Card", "1001", "Paid", "$981.60"]


def test_a_part_given_back(paid: Paid) -> None:
    paid.stripe.refund(paid.intent, 30_000)
    paid.sync()
    assert paid.history() == [PAYMENT, ["Refund Mar 2, 2026", "", "Sent", "−$300.00"]]
    with paid.shop.resources.writing() as session:
        session.execute(refunds.update().values(state="pending"))
    assert paid.history() == [PAYMENT, ["Refund Mar 2, 2026", "", "On its way", "−$300.00"]]
    for said in (paid.receipt(), paid.paper()):
        assert "Refunded to you $300.00" in said
        assert "$681.60" in said
        assert "Received $981.60" in said
    assert "Mar 2 Refund $300.00" in paid.invoice()


def test_a_refund_of_everything(paid: Paid) -> None:
    paid.stripe.refund(paid.intent)
    paid.sync()
    assert [row[2] for row in paid.history()] == ["Refunded", "Sent"]
    said = paid.receipt()
    assert "$981.60 Refunded Received March 2, 2026" in said
    assert "Where it is now Refunded to you $981.60 Received $981.60" in said


def test_a_refund_that_did_not_arrive(paid: Paid) -> None:
    refund = paid.stripe.refund(paid.intent, 30_000)
    paid.sync()
    paid.stripe.fail_refund(refund["id"])
    paid.sync()
    assert paid.history() == [
        PAYMENT,
        ["Refund Mar 2, 2026", "", "Sent", "−$300.00"],
        ["Refund that did not reach you Mar 2, 2026", "", "Back with us", "$300.00"],
    ]
    assert rows(paid.visitor.get(paid.shop.receipt(paid.attempt)).text)[1:] == [["1001", "−$18.40", "$981.60", "$0.00"]]
    assert "Refunded" not in paid.receipt()


def test_a_dispute_leaves_everything_paid_until_the_bank_decides(paid: Paid) -> None:
    dispute = paid.stripe.dispute(paid.intent)
    paid.sync()
    assert paid.history() == [PAYMENT, ["Disputed with the bank Mar 2, 2026", "", "Being decided", ""]]
    assert "Invoice 1001 Paid Disputed with the bank" in paid.invoice()
    assert "Until the bank decides, what was paid stays paid." in paid.invoice()
    for said in (paid.receipt(), paid.paper()):
        assert "Your bank is looking into this payment." in said
    paid.stripe.close_dispute(dispute["id"], won=True)
    paid.sync()
    assert paid.history() == [PAYMENT, ["Disputed with the bank Mar 2, 2026", "", "Payment stands", ""]]
    assert "Disputed" not in paid.invoice()
    assert "bank" not in paid.receipt()


def test_an_inquiry_is_not_the_customers_business_yet(paid: Paid) -> None:
    paid.stripe.inquire(paid.intent, "fraudulent")
    paid.sync()
    assert paid.history() == [PAYMENT]
    assert "Disputed" not in paid.invoice()


def test_a_lost_chargeback_and_its_appeal(paid: Paid) -> None:
    dispute = paid.stripe.dispute(paid.intent)
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.sync()
    returned = ["Mar 2, 2026 Card", "1001", "Returned by the bank", "$981.60"]
    taken = ["Taken back by the bank Mar 2, 2026", "", "Returned by the bank", "−$981.60"]
    assert paid.history() == [returned, taken]
    for said in (paid.receipt(), paid.paper()):
        assert "The bank returned this payment on March 2, 2026. Open again: 1001." in said
        assert "Returned by the bank $981.60" in said
    assert "Payment returned by the bank $981.60 $981.60 Mar 2 Discount taken back $18.40 $1,000.00" in paid.invoice()
    paid.stripe.appeal(dispute["id"])
    paid.stripe.close_dispute(dispute["id"], won=True)
    paid.sync()
    assert paid.history() == [PAYMENT, taken, ["Paid again by the bank Mar 2, 2026", "", "Stands again", "$981.60"]]
    assert "The bank returned" not in paid.receipt()
    assert "Mar 2 Payment stands again −$981.60 $18.40" in paid.invoice()


def test_what_was_refunded_and_then_taken_back_as_well_is_charged_again(paid: Paid) -> None:
    paid.stripe.refund(paid.intent, 30_000)
    dispute = paid.stripe.dispute(paid.intent, amount_cents=98_160)
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.sync()
    said = paid.receipt()
    for part in ("Refunded to you $300.00", "Returned by the bank $981.60", "Charged again by debit note −$300.00"):
        assert part in said
    statement = paid.visitor.get(paid.shop.base).text
    found = re.search(r'href="([^"]*/invoices/[^"]*)"[^>]*>[^<]*DN-', statement)
    assert found, statement
    note = words(paid.visitor.get(found[1]).text)
    assert "Debit note DN-" in note
    assert "Given back twice: as a refund, and by the bank 1 $300.00 $300.00" in note
    assert "Mar 2 Issued $300.00" in note


def test_a_debit_that_a_bank_returned(paid: Paid) -> None:
    paid.stripe.refund(paid.intent)
    paid.sync()
    paid.shop.clock.move(minutes=1)
    paid.pay("ach")
    paid.shop.clock.move(days=10)
    paid.stripe.dispute(paid.intent, "insufficient_funds")
    paid.sync()
    paid.visitor = paid.shop.visitor()
    assert paid.history()[:2] == [
        ["Mar 6, 2026 Bank account (ACH)", "1001", "Returned by the bank", "$981.60"],
        ["Taken back by the bank Mar 18, 2026", "", "Returned by the bank", "−$981.60"],
    ]


def test_a_cheque_kept_as_credit_in_part_and_returned_later(paid: Paid) -> None:
    now = paid.shop.clock.now()
    with paid.shop.resources.writing() as session:
        policy = policies.load(session, now=now)
        received = Received(
            method="cheque", amount_cents=40_000, started_at=now, discount_on=policy.today, received_on=policy.today
        )
        quote = [QuoteLine(paid.shop.other_invoice.id, 30_000, 0)]
        payment_id = post_payment(session, paid.shop.account, received, quote, policy=policy, now=now)
    assert paid.history()[0] == ["Mar 2, 2026 Cheque", "INV-2 $100.00 kept as credit", "Paid", "$400.00"]
    with paid.shop.resources.writing() as session:
        payment = ledger.payment_by_id(session, payment_id)
        manual_payments.bounce(session, payment, fee_cents=2_500, on=policy.today, policy=policy, now=now, actor="test")
    assert paid.history()[:2] == [
        ["Mar 2, 2026 Cheque", "INV-2", "Returned by the bank", "$400.00"],
        ["Taken back by the bank Mar 2, 2026", "", "Returned by the bank", "−$400.00"],
    ]
    fee = next(row for row in rows(paid.visitor.get(paid.shop.base).text) if any("FEE-" in cell for cell in row))
    assert any("$25.00" in cell for cell in fee)


def test_a_word_of_stripe_that_is_new_counts_as_undecided(paid: Paid) -> None:
    paid.stripe.dispute(paid.intent)
    paid.sync()
    with paid.shop.resources.writing() as session:
        session.execute(chargebacks.update().values(state="something_new"))
    assert paid.history()[1][2] == "Being decided"
