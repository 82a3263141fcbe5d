"""`check_books` finds each breach that is planted behind the database's back, and nothing in books that hold."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, text

from portal.actions.check import check_books
from portal.actions.ledger import Received, post_payment
from portal.actions.policies import load
from portal.records import Database, Session, accounts, append_only, charges, late_fees, ledger
from portal.records.tables import APPEND_ONLY, attempts, credits, letters, refunds, releases, write_offs
from portal.rules.allocation import QuoteLine
from portal.rules.ledger import credit_issued
from portal.rules.reversal_movements import stripe_refund
from tests.support.books import add_customer, add_invoice

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@pytest.fixture
def books(database: Database) -> Iterator[Session]:
    """A customer with a paid invoice (with its discount) and an open one. Nothing refuses changes any more."""
    with database.writing() as session:
        account = add_customer(session, NOW)
        paid = add_invoice(
            session,
            account,
            "1001",
            issued_on=date(2026, 3, 1),
            net_cents=92_000,
            tax_cents=8_000,
            terms="2/10 net 30",
            now=NOW,
        )
        add_invoice(session, account, "1002", issued_on=date(2026, 3, 1), net_cents=60_000, now=NOW)
        _attempt(session, account.id, paid.id)
        received = Received(
            method="card",
            amount_cents=98_160,
            started_at=NOW,
            discount_on=TODAY,
            received_on=TODAY,
            attempt_id=1,
            stripe_charge_id="ch_1",
        )
        quote = [QuoteLine(paid.id, 98_160, 1_840)]
        post_payment(session, account, received, quote, policy=load(session, now=NOW), now=NOW)
        append_only.unguard(session, APPEND_ONLY)
        if session.dialect.name == "sqlite":
            session.execute(text("PRAGMA ignore_check_constraints = ON"))
        else:
            session.execute(text("ALTER TABLE movements DROP CONSTRAINT ck_movements_two_accounts"))
        yield session


def _attempt(session: Session, account_id: int, charge_id: int) -> None:
    values = {
        "public_id": "a1",
        "account_id": account_id,
        "method": "card",
        "state": "succeeded",
        "amount_cents": 98_160,
        "currency": "usd",
        "quoted_at": NOW,
        "honoured_until": NOW,
        "checkout_expires_at": NOW,
        "created_at": NOW,
    }
    session.execute(insert(attempts), values)
    session.execute(
        text(
            "INSERT INTO attempt_charges (attempt_id, charge_id, pay_cents, discount_cents, is_active)"
            f" VALUES (1, {charge_id}, 98160, 1840, false)"
        )
    )


def found(session: Session) -> list[str]:
    return [f"{each.invariant}: {each.subject} {each.sentence}" for each in check_books(session, now=NOW).breaches]


def test_books_that_hold(books: Session) -> None:
    checked = check_books(books, now=NOW)
    assert checked.breaches == ()
    assert (checked.accounts, checked.charges) == (1, 2)


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        (
            "UPDATE movements SET credit = debit WHERE source = 'invoice:2'",
            "1: invoice:2 debits and credits the same account, receivable",
        ),
        (
            "UPDATE movements SET currency = 'eur' WHERE source = 'invoice:2'",
            "1: movement invoice:2 is in another currency than its account",
        ),
        (
            "UPDATE movements SET amount_cents = amount_cents + 1 WHERE source = 'invoice:2'",
            "2: invoice 1002 open is 60001, outside 0 to 60000",
        ),
        (
            "DELETE FROM movements WHERE source = 'invoice:1/tax'",
            "2: invoice 1001 open is -8000, outside 0 to 100000",
        ),
        (
            "UPDATE movements SET amount_cents = amount_cents - 1 WHERE source = 'invoice:2'",
            "2: invoice 1002 59999 is posted of 60000",
        ),
        (
            "DELETE FROM movements WHERE source = 'invoice:2'",
            "2: invoice 1002 0 is posted of 60000",
        ),
        (
            "INSERT INTO movements (source, debit, credit, amount_cents, currency, account_id, effective_on, posted_at)"
            " SELECT 'stripe:ch_9', 'clearing', 'unapplied', 500, currency, account_id, effective_on, posted_at"
            " FROM movements WHERE source = 'stripe:ch_1'",
            "3: stripe:ch_9 brings 500 that no payment names",
        ),
        (
            "UPDATE charge_lines SET amount_cents = amount_cents - 1 WHERE charge_id = 2",
            "2: invoice 1002 its lines add up to 59999, it is over 60000",
        ),
        (
            "DELETE FROM movements WHERE source = 'stripe:ch_1'",
            "3: payment 1 0 is posted of 98160 received",
        ),
        (
            "UPDATE movements SET amount_cents = 98161 WHERE source = 'allocation:1'",
            "3: allocation 1 98161 is posted of 98160",
        ),
        (
            "UPDATE payments SET attempt_id = NULL",
            "4: attempt 1 0 payments are posted, there should be 1",
        ),
        (
            "UPDATE attempts SET state = 'failed'",
            "4: attempt 1 1 payments are posted, there should be 0",
        ),
        (
            "UPDATE attempt_charges SET pay_cents = 98159",
            "4: attempt 1 its quote adds up to 98159, it asks for 98160",
        ),
        (
            "UPDATE attempt_charges SET is_active = true",
            "4: attempt 1 keeps its charges from being paid by another though it has ended,"
            " or does not though it is open",
        ),
        (
            "UPDATE movements SET amount_cents = 1841 WHERE source = 'discount:1'",
            "5: invoice 1001 discounts are 1841, outside 0 to 1840",
        ),
        (
            "DELETE FROM movements WHERE source = 'discount:1'",
            "5: allocation 1 0 of discount is posted of 1840",
        ),
        (
            "UPDATE attempt_charges SET discount_cents = 1000",
            "5: allocation 1 gives 1840 of discount, 1000 was quoted",
        ),
        (
            "UPDATE movements SET charge_id = NULL WHERE source = 'invoice:2'",
            "6: Northwind Traders balance 0, but the books say 60000",
        ),
    ],
)
def test_each_planted_breach_is_named(books: Session, change: str, breach: str) -> None:
    books.execute(text(change))
    assert breach in found(books)


def test_a_charge_of_somebody_else(books: Session) -> None:
    other = add_customer(books, NOW, name="Blue Fern Café", email="")
    books.execute(text(f"UPDATE movements SET account_id = {other.id} WHERE source = 'invoice:2'"))
    assert f"1: movement invoice:2 is on account {other.id}, its charge on account 1" in found(books)


def test_a_credit_memo_of_which_not_all_was_posted(books: Session) -> None:
    values = {"public_id": "c1", "account_id": 1, "number": "CM-1", "issued_on": TODAY, "created_at": NOW}
    books.execute(insert(credits), values | {"amount_cents": 500, "tax_cents": 100})
    posted = credit_issued(1, net_cents=400, tax_cents=99, on=TODAY)
    ledger.post(books, posted, account_id=1, currency="usd", posted_at=NOW)
    assert found(books) == ["3: credit memo CM-1 499 is posted of 500"]


def test_what_came_back_and_was_not_posted(books: Session) -> None:
    values = {"account_id": 1, "effective_on": TODAY, "created_at": NOW}
    because = {"allocation_id": 1, "amount_cents": 100, "discount_cents": 0, "discount_tax_cents": 0, "because": "x"}
    books.execute(insert(releases), values | because)
    books.execute(insert(write_offs), values | {"charge_id": 2, "amount_cents": 200, "tax_cents": 0})
    refund = {"public_id": "r1", "account_id": 1, "payment_id": 1, "asked_by": "cli", "created_at": NOW}
    books.execute(insert(refunds), refund | {"amount_cents": 300, "state": "succeeded", "stripe_refund_id": "re_1"})
    assert found(books) == [
        "3: release 1 0 is posted of 100",
        "2: write-off 1 0 is posted of 200",
        "3: refund 1 0 has left its payment, 300 should have",
    ]


def test_late_fees_and_waivers_that_were_not_posted(books: Session) -> None:
    fee = charges.add_other(
        books, account_id=1, kind="late_fee", number="LF-1", amount_cents=1500, memo="1002", on=TODAY, now=NOW
    )
    late_fees.add(books, charge_id=fee, invoice_id=2, period=0, principal_cents=60_000, assessed_on=TODAY, now=NOW)
    late_fees.add_waiver(books, account_id=1, charge_id=fee, amount_cents=600, reason="", on=TODAY, now=NOW)
    assert found(books) == ["2: late fee LF-1 0 is posted of 1500", "2: waiver 1 0 is posted of 600"]


def test_a_refund_that_failed_must_have_come_back(books: Session) -> None:
    posted = stripe_refund("re_1", 1, amount_cents=300, on=TODAY)
    ledger.post(books, posted, account_id=1, currency="usd", posted_at=NOW)
    refund = {"public_id": "r1", "account_id": 1, "payment_id": 1, "asked_by": "cli", "created_at": NOW}
    books.execute(insert(refunds), refund | {"amount_cents": 300, "state": "failed", "stripe_refund_id": "re_1"})
    assert "3: refund 1 300 has left its payment, 0 should have" in found(books)


def test_two_receipts_for_one_payment(books: Session) -> None:
    contact = accounts.contacts_of(books, 1)[0]
    for key in ("receipt:1", "receipt:again"):
        values = {"key": key, "kind": "receipt", "account_id": 1, "contact_id": contact.id, "payment_id": 1}
        books.execute(insert(letters), values | {"message_id": key, "created_at": NOW, "next_at": NOW})
    assert found(books) == ["4: payment 1 has 2 receipts"]
