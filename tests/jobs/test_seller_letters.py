"""What the seller is told of what came back, and what to do next."""

from datetime import date

import pytest
from sqlalchemy import insert, select, update

from portal.actions import letters, policies
from portal.actions.quotes import Choice
from portal.records.tables import breaks, notices
from portal.records.tables import letters as letters_table
from portal.records.types import new_public_id
from tests.support.office import Office, intent
from tests.support.shop import cheque


def test_money_that_came_twice_can_be_given_back(office: Office) -> None:
    office.paid()
    office.begin(Choice((office.second.public_id,)), 58_800)
    second = office.pay_by_card()
    with office.house.resources.writing() as session:
        cheque(office, session, office.second.id, 58_800, discount_cents=1_200)
    told = office.news(second)
    assert told["owner"].subject == "A payment that came twice: Northwind Traders"
    assert "Account credit: $588.00" in told["owner"].text
    assert "portal refund R-00003 --amount 588.00" in told["owner"].text


def test_only_what_is_on_no_invoice_is_given_back(office: Office) -> None:
    attempt = office.paid()
    with office.house.resources.writing() as session:
        payment_id = cheque(office, session, office.second.id, 70_000)
    letter = office.tell_seller("seller_overpaid", payment_id=payment_id)
    assert attempt.state == "succeeded"
    assert "Account credit: $100.00" in letter.text
    assert "portal refund R-00002 --amount 100.00\n" in letter.text


@pytest.mark.parametrize(
    ("kind", "method", "title", "parts"),
    [
        (
            "sent",
            "cheque",
            "A payment is on its way",
            ("Sent by: Cheque", "portal payment record 'Northwind Traders' 250.00 --method cheque --received DATE\n"),
        ),
        (
            "sent",
            "other",
            "A payment is on its way",
            ("Sent by: Another way", "cash for METHOD", "250.00 --method METHOD --received DATE\n"),
        ),
        (
            "refund",
            "",
            "A customer asks for a credit to be paid back",
            ("portal payment list 'Northwind Traders'\n", "portal refund PAYMENT --amount 250.00\n"),
        ),
    ],
)
def test_what_a_customer_said_is_told_with_the_command_for_it(
    office: Office, kind: str, method: str, title: str, parts: tuple[str, ...]
) -> None:
    now = office.house.clock.now()
    values = {
        "public_id": new_public_id(),
        "account_id": office.account.id,
        "kind": kind,
        "method": method,
        "amount_cents": 25_000,
        "sent_on": date(2026, 3, 1),
        "reference": "No. 1187",
        "created_at": now,
    }
    with office.house.resources.writing() as session:
        notice_id = int(session.execute(insert(notices).returning(notices.c.id), values).scalar_one())
    letter = office.tell_seller("seller_notice", notice_id=notice_id)
    assert letter.subject == f"{title}: Northwind Traders"
    for wanted in (*parts, "Amount: $250.00", "Date: March 1, 2026", "Reference: No. 1187"):
        assert wanted in letter.text


def test_differences_with_stripe_are_listed_while_they_stand(office: Office) -> None:
    now = office.house.clock.now()
    row = {"kind": "missing", "subject": "ch_1", "ours": "nothing", "theirs": "$12.00", "repair": "portal reconcile"}
    with office.house.resources.writing() as session:
        session.execute(insert(breaks).values(**row, key="a", found_at=now))
        session.execute(insert(breaks).values(**row | {"subject": "ch_2"}, key="b", found_at=now, closed_at=now))
    letter = office.tell_seller("seller_breaks")
    assert letter.subject == "Stripe and the books differ"
    assert "1 difference stands." in letter.text
    assert "missing: ch_1\nIn the books: nothing\nAt Stripe: $12.00\nTo mend it: portal reconcile" in letter.text
    assert "ch_2" not in letter.text
    office.house.clock.move(minutes=1)
    with office.house.resources.writing() as session:
        session.execute(update(breaks).values(closed_at=now))
    assert office.tell_seller("seller_breaks").subject == "Stripe and the books agree again"


def test_no_letter_to_the_seller_opens_an_account(office: Office) -> None:
    attempt = office.paid("us_bank_account")
    office.house.stripe.dispute(intent(attempt), "insufficient_funds")
    letter = office.news(attempt)["owner"]
    assert letter.reply_to == ""
    for text in (letter.text, letter.html):
        assert "http" not in text.replace("http-equiv", "")
        assert office.account.public_id not in text


def test_without_an_address_of_the_seller_the_letter_is_dead_and_says_why(office: Office) -> None:
    now = office.house.clock.now()
    with office.house.resources.writing() as session:
        policies.set_policy(session, "seller_email", "", effective_on=date(2026, 2, 1), now=now, actor="test")
        letters.stage_to_seller(session, "seller_breaks", "b", None, now=now)
    office.post()
    assert office.sent == []
    with office.house.resources.reading() as session:
        row = session.execute(select(letters_table.c.state, letters_table.c.error)).one()
    assert tuple(row) == ("dead", "no seller_email")
