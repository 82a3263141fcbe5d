"""Letters about money that came back: the customer learns what it means for them, the seller what to do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import insert, select, update

from portal.actions import letters, policies
from portal.actions.manual_payments import bounce
from portal.actions.quotes import Choice
from portal.gateways.mailer import OutgoingLetter
from portal.jobs.letters import send_waiting
from portal.records import Database, accounts, ledger
from portal.records.attempts import AttemptRow
from portal.records.tables import breaks, chargebacks, charges, notices, refunds
from portal.records.tables import letters as letters_table
from portal.records.types import new_public_id
from tests.support.clock import MovableClock
from tests.support.house import open_house
from tests.support.shop import Shop, cheque


class Office(Shop):
    """A shop whose letters are kept in trays: those for the customer, and those for the seller."""

    def furnish(self) -> None:
        now = self.house.clock.now()
        self.sent: list[OutgoingLetter] = []
        with self.house.resources.writing() as session:
            for key, value in (("seller_name", "Harbor Supply Co."), ("seller_email", "owner@harbor.example")):
                policies.set_policy(session, key, value, effective_on=date(2026, 1, 1), now=now, actor="test")
            self.contact_id = accounts.contacts_of(session, self.account.id)[0].id

    def send(self, letter: OutgoingLetter, *, sent_at: datetime) -> None:
        """As a mailer does."""
        self.sent.append(letter)

    def paid(self, method: str = "card") -> AttemptRow:
        """The first invoice: 981.60 with its discount. Its receipt is read and put away."""
        self.pay_first(method=method)
        attempt = self.pay_by_card() if method == "card" else self.pay_by_bank()
        if method != "card":
            self.house.clock.move(days=6)
            self.house.stripe.tick()
        self.sync(attempt)
        self.post()
        self.sent.clear()
        return self.attempts()[-1]

    def post(self) -> None:
        """Everything that waits goes out."""
        send_waiting(replace(self.house.resources, mailer=self), now=self.house.clock.now())  # type: ignore[arg-type]

    def news(self, attempt: AttemptRow) -> dict[str, OutgoingLetter]:
        """Read Stripe, send what that staged, and answer it by its receiver."""
        self.sync(attempt)
        self.sent.clear()
        self.post()
        assert len({letter.to_email for letter in self.sent}) == len(self.sent)
        return {letter.to_email.split("@")[0]: letter for letter in self.sent}

    def tell_seller(self, kind: str, **about: int) -> OutgoingLetter:
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            account_id = None if kind == "seller_breaks" else self.account.id
            letters.stage_to_seller(session, kind, f"{kind}:{now.isoformat()}", account_id, now=now, **about)
        self.sent.clear()
        self.post()
        (letter,) = self.sent
        return letter


@pytest.fixture
def office(sqlite_database: Database, clock: MovableClock) -> Iterator[Office]:
    with open_house(sqlite_database, clock) as house:
        made = Office(house)
        made.furnish()
        yield made


def intent(attempt: AttemptRow) -> str:
    assert attempt.payment_intent_id is not None
    return attempt.payment_intent_id


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
        ("something_new", "A dispute to look at in Stripe"),
    ],
)
def test_each_state_of_a_dispute_has_its_words(office: Office, state: str, title: str) -> None:
    attempt = office.paid()
    office.house.stripe.dispute(intent(attempt))
    office.news(attempt)
    with office.house.resources.writing() as session:
        session.execute(update(chargebacks).values(state=state, answer_by=None))
        row_id = session.execute(select(chargebacks.c.id)).scalar_one()
    letter = office.tell_seller("seller_dispute", chargeback_id=row_id, payment_id=1)
    assert letter.subject == f"{title}: Northwind Traders"
    assert "Stripe's word for it: " + state.replace("_", " ") in letter.text


def test_money_that_came_twice_can_be_given_back(office: Office) -> None:
    office.paid()
    office.begin(Choice((office.second.public_id,)), 58_800)
    second = office.pay_by_card()
    with office.house.resources.writing() as session:
        cheque(office, session, office.second.id, 58_800, discount_cents=1_200)
    told = office.news(second)
    assert told["owner"].subject == "A payment that came twice: Northwind Traders"
    assert "Account credit: $588.00" in told["owner"].text
    assert "portal refund R-" in told["owner"].text


@pytest.mark.parametrize(
    ("kind", "title", "part"),
    [
        ("sent", "A payment is on its way", "Northwind Traders' 250.00 --method cheque --received"),
        ("refund", "A customer asks for a credit to be paid back", "portal payment list 'Northwind Traders'"),
    ],
)
def test_what_a_customer_said_is_told_with_the_command_for_it(office: Office, kind: str, title: str, part: str) -> None:
    now = office.house.clock.now()
    values = {
        "public_id": new_public_id(),
        "account_id": office.account.id,
        "kind": kind,
        "method": "cheque",
        "amount_cents": 25_000,
        "sent_on": date(2026, 3, 1),
        "reference": "No. 1187",
        "created_at": now,
    }
    with office.house.resources.writing() as session:
        notice_id = int(session.execute(insert(notices).returning(notices.c.id), values).scalar_one())
    letter = office.tell_seller("seller_notice", notice_id=notice_id)
    assert letter.subject == f"{title}: Northwind Traders"
    for wanted in (part, "Amount: $250.00", "Sent by: Cheque", "Date: March 1, 2026", "Reference: No. 1187"):
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
