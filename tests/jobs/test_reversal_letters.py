"""Letters about money that came back: the customer learns what it means for them, the seller what to do."""

import pytest
from sqlalchemy import select, update

from portal.actions import policies
from portal.actions.manual_payments import bounce
from portal.gateways.mailer import OutgoingLetter
from portal.records import ledger
from portal.records.tables import chargebacks, charges, contacts, refunds
from tests.support.office import Office, intent
from tests.support.shop import cheque


def test_a_refund_says_where_it_goes_and_what_is_open_again(office: Office) -> None:
    attempt = office.paid()
    office.house.stripe.refund(intent(attempt), 30_000)
    told = office.news(attempt)
    letter = told["ap"]
    assert letter.subject == "Harbor Supply Co. sends you $300.00 back"
    for part in (
        "a part of your payment of March 2, 2026 (receipt R-00001)",
        "It goes back to Visa ending 4242. Banks usually take 5 to 10 days",
        "1001: $300.00 open",
        "Your balance is now $900.00.",
        "/l/",
    ):
        assert part in letter.text
    assert "1002" not in letter.text
    seller = told["owner"]
    assert seller.subject == "A refund opened invoices again: Northwind Traders"
    assert "1001: $300.00 open" in seller.text
    assert "portal refund R-00001" in seller.text


def test_a_refund_that_is_covered_leaves_everything_paid(office: Office) -> None:
    attempt = office.paid()
    made = office.house.stripe.refund(intent(attempt), 30_000)
    office.sync(attempt)
    with office.house.resources.writing() as session:
        # As if the owner had chosen so, and the credit memo had covered it.
        session.execute(update(refunds).where(refunds.c.stripe_refund_id == made["id"]).values(covers=True))
    office.sent.clear()
    office.post()
    letter = next(each for each in office.sent if each.to_email.startswith("ap"))
    assert "What you had paid with it stays paid." in letter.text
    assert "open again" not in letter.text


def test_a_refund_that_failed_says_that_the_money_is_safe(office: Office) -> None:
    attempt = office.paid()
    refund = office.house.stripe.refund(intent(attempt), 30_000)
    office.news(attempt)
    office.house.stripe.fail_refund(refund["id"])
    told = office.news(attempt)
    assert told["ap"].subject == "Your refund of $300.00 from Harbor Supply Co. did not arrive"
    assert "For now it is back on what you had paid with it. Your balance is now $600.00." in told["ap"].text
    assert told["owner"].subject == "A refund did not arrive: Northwind Traders"
    assert "Refund: $300.00" in told["owner"].text


def test_a_debit_that_came_back_names_reason_invoices_and_the_window(office: Office) -> None:
    attempt = office.paid("us_bank_account")
    office.house.clock.move(days=20)
    office.house.stripe.dispute(intent(attempt), "insufficient_funds")
    told = office.news(attempt)
    letter = told["ap"]
    assert letter.subject == "Your payment of $981.60 to Harbor Supply Co. came back"
    for part in (
        "had arrived, but the bank has taken it back. The account did not have enough money.",
        "1001: $1,000.00 open",
        "Your discount still stands if you pay again by March 31, 2026.",
        "Pay again:",
    ):
        assert part in letter.text
    assert told["owner"].subject == "A bank debit came back: Northwind Traders"
    assert "This is final" in told["owner"].text


def test_a_letter_that_waited_says_what_is_so_when_it_goes_out(office: Office) -> None:
    attempt = office.paid("us_bank_account")
    office.house.clock.move(days=20)
    office.house.stripe.dispute(intent(attempt), "insufficient_funds")
    office.sync(attempt)
    with office.house.resources.writing() as session:
        cheque(office, session, office.first.id, 98_160, discount_cents=1_840)
    office.house.clock.move(days=6)
    office.sent.clear()
    office.post()
    letter = next(each for each in office.sent if each.to_email.startswith("ap"))
    assert "Pay again" not in letter.text
    assert "discount" not in letter.text
    assert "Your balance is now $600.00." in letter.text


def test_a_chargeback_from_its_question_to_its_appeal(office: Office) -> None:
    attempt, stripe = office.paid(), office.house.stripe
    dispute = stripe.dispute(intent(attempt), "product_not_received")
    told = office.news(attempt)
    assert list(told) == ["owner"]
    assert told["owner"].subject.startswith("Chargeback: answer by March ")
    for part in ("Disputed: $981.60", "The bank's reason: product not received", "It was for: 1001"):
        assert part in told["owner"].text
    stripe.close_dispute(dispute["id"], won=False)
    told = office.news(attempt)
    assert told["owner"].subject == "Chargeback lost: Northwind Traders"
    assert "1001: $1,000.00 open" in told["owner"].text
    assert "The bank has decided the dispute about your card payment" in told["ap"].text
    assert "discount still stands" not in told["ap"].text
    stripe.appeal(dispute["id"])
    told = office.news(attempt)
    assert told["owner"].subject == "A lost chargeback is looked at again: Northwind Traders"
    stripe.close_dispute(dispute["id"], won=True)
    told = office.news(attempt)
    assert told["owner"].subject == "Chargeback won: Northwind Traders"
    assert told["ap"].subject == "Your payment of $981.60 to Harbor Supply Co. stands after all"
    assert "Your balance is now $600.00." in told["ap"].text


def test_a_payment_that_stands_again_tells_of_credit_where_it_was_paid_twice(office: Office) -> None:
    attempt, stripe = office.paid(), office.house.stripe
    dispute = stripe.dispute(intent(attempt))
    stripe.close_dispute(dispute["id"], won=False)
    office.sync(attempt)
    with office.house.resources.writing() as session:
        cheque(office, session, office.first.id, 100_000)
    stripe.appeal(dispute["id"])
    stripe.close_dispute(dispute["id"], won=True)
    office.sync(attempt)
    office.post()
    letter = next(each for each in office.sent if "stands after all" in each.subject)
    assert "$981.60 of it is credit on your account." in letter.text


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("warning_needs_response", "A bank asks about a payment"),
        ("warning_under_review", "A bank reads your answer"),
        ("warning_closed", "A bank's question is settled"),
        ("under_review", "Your answer to a chargeback is with the bank"),
        ("prevented", "A dispute was settled before it began"),
        ("something_new", "A dispute to look at in Stripe"),
    ],
)
def test_each_state_of_a_dispute_has_its_words(office: Office, state: str, title: str) -> None:
    attempt = office.paid()
    office.house.stripe.dispute(intent(attempt))
    office.news(attempt)
    letter = _said(office, state)
    assert letter.subject == f"{title}: Northwind Traders"
    assert "Stripe's word for it: " + state.replace("_", " ") in letter.text


@pytest.mark.parametrize(
    ("state", "title", "part"),
    [
        ("prevented", "A dispute was settled before it began, with your money", "it had paid is open again"),
        ("something_new", "A dispute to look at in Stripe", "the money is gone, and what it had paid is open again"),
        ("appeal_under_review", "A lost chargeback is looked at again", "What the payment had paid stays open"),
    ],
)
def test_of_money_that_is_gone_each_word_says_so(office: Office, state: str, title: str, part: str) -> None:
    attempt = office.paid()
    dispute = office.house.stripe.dispute(intent(attempt))
    office.house.stripe.close_dispute(dispute["id"], won=False)
    office.news(attempt)
    letter = _said(office, state)
    assert letter.subject == f"{title}: Northwind Traders"
    assert part in " ".join(letter.text.split())
    assert ("The customer has been told" in letter.text) == (state != "appeal_under_review")


def test_a_word_that_is_not_known_says_what_the_books_hold(office: Office) -> None:
    attempt = office.paid()
    office.house.stripe.dispute(intent(attempt))
    office.news(attempt)
    letter = _said(office, "something_new")
    assert "“something new”" in letter.text
    assert "what the payment paid is as it was" in " ".join(letter.text.split())
    assert "portal reconcile" in letter.text


def test_without_an_address_of_the_customer_nobody_has_been_told(office: Office) -> None:
    attempt = office.paid()
    dispute = office.house.stripe.dispute(intent(attempt))
    with office.house.resources.writing() as session:
        session.execute(update(contacts).values(removed_at=office.house.clock.now()))
    office.house.stripe.close_dispute(dispute["id"], won=False)
    told = office.news(attempt)
    assert list(told) == ["owner"]
    assert "has been told" not in told["owner"].text
    assert "Tell the customer, whom no e-mail reaches" in told["owner"].text


def _said(office: Office, state: str) -> OutgoingLetter:
    """The letter to the seller about the one dispute, if that were Stripe's word for it."""
    with office.house.resources.writing() as session:
        session.execute(update(chargebacks).values(state=state, answer_by=None))
        row_id = session.execute(select(chargebacks.c.id)).scalar_one()
    return office.tell_seller("seller_dispute", chargeback_id=row_id, payment_id=1)


def test_a_returned_cheque_names_its_fee(office: Office) -> None:
    with office.house.resources.writing() as session:
        payment_id = cheque(office, session, office.first.id, 50_000)
    now = office.house.clock.now()
    with office.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        payment = ledger.payment_by_id(session, payment_id)
        bounce(session, payment, fee_cents=2_500, on=policy.today, policy=policy, now=now, actor="test")
        fee = session.execute(select(charges.c.number).where(charges.c.kind == "returned_fee")).scalar_one()
    office.post()
    (letter,) = office.sent
    assert letter.subject == "Your payment of $500.00 to Harbor Supply Co. came back"
    assert "1001: $1,000.00 open" in letter.text
    assert f"{fee}: $25.00 open" in letter.text
