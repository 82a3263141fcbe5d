"""Letters leave once, with a working link, whatever happens to the mail server meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from e2e.mailbox import Mailbox, start_mailbox
from portal import links
from portal.actions import letters, policies
from portal.actions.checkouts import Payer, Wish, begin
from portal.actions.payments import sync_payment
from portal.actions.quotes import Choice
from portal.gateways.mailer import open_mailer
from portal.jobs.letters import send_waiting
from portal.records import Database, accounts
from portal.records import links as link_records
from portal.records.accounts import AccountRow
from portal.records.tables import attempts as attempts_table
from portal.records.tables import contacts, sessions
from portal.records.tables import letters as letters_table
from portal.resources import Resources
from tests.support.books import Invoice, add_customer, add_invoice
from tests.support.clock import MovableClock
from tests.support.house import House, open_house


@dataclass(frozen=True)
class Desk:
    house: House
    mailbox: Mailbox
    resources: Resources
    account: AccountRow
    invoice: Invoice

    def stage(self, key: str, *, kind: str = "statement", charge_id: int | None = None) -> None:
        with self.resources.writing() as session:
            contact = accounts.contacts_of(session, self.account.id)[0]
            letters.stage(
                session,
                kind=kind,
                key=key,
                account_id=self.account.id,
                contact_id=contact.id,
                charge_id=charge_id,
                now=self.house.clock.now(),
            )

    def send(self) -> int:
        return send_waiting(self.resources, now=self.house.clock.now())

    def pay(self, *, method: str = "card", account_number: str = "000123456789") -> None:
        now = self.house.clock.now()
        with self.resources.writing() as session:
            session.execute(sessions.insert().values(secret_hash=b"s" * 32, created_at=now, expires_at=now))
        choice = Choice((self.invoice.public_id,))
        begin(self.resources, Payer(self.account.id, 1, None), Wish(choice, method, 98160), now=now)  # type: ignore[arg-type]
        attempt_id, checkout_id = self.attempt()
        if method == "card":
            self.house.stripe.pay_by_card(checkout_id)
        else:
            self.house.stripe.pay_by_bank(checkout_id, account_number)
        sync_payment(self.resources, attempt_id, now=now)

    def attempt(self) -> tuple[int, str]:
        with self.resources.reading() as session:
            row = session.execute(select(attempts_table.c.id, attempts_table.c.checkout_id)).one()
        return row[0], row[1]


@pytest.fixture
def desk(database: Database, clock: MovableClock) -> Iterator[Desk]:
    now = clock.now()
    with open_house(database, clock) as house, start_mailbox() as mailbox:
        mailer = open_mailer(f"smtp://127.0.0.1:{mailbox.smtp_port}", "Harbor Supply Co.", "billing@harbor.example")
        resources = replace(house.resources, mailer=mailer)
        with resources.writing() as session:
            for key, value in (("seller_name", "Harbor Supply Co."), ("seller_email", "owner@harbor.example")):
                policies.set_policy(session, key, value, effective_on=date(2026, 1, 1), now=now, actor="test")
            account = add_customer(session, now)
            invoice = add_invoice(
                session,
                account,
                "1001",
                issued_on=date(2026, 3, 1),
                net_cents=92000,
                tax_cents=8000,
                terms="2/10 net 30",
                now=now,
            )
        yield Desk(house, mailbox, resources, account, invoice)


def test_a_statement_goes_out_once_with_a_link_that_opens(desk: Desk) -> None:
    desk.stage("first")
    desk.stage("first")
    assert (desk.send(), desk.send()) == (1, 0)
    (letter,) = desk.mailbox.messages()
    assert letter.subject == "Your statement from Harbor Supply Co.: $1,000.00 due"
    assert "Pay 1001 by March 11, 2026 and save $18.40 (2% early-payment discount)." in letter.text
    assert letter.header("Reply-To") == "owner@harbor.example"
    (address,) = {link for link in letter.links if "/l/" in link}
    token = links.read(desk.resources.keys, address.rsplit("/", 1)[1])
    assert token is not None
    with desk.resources.reading() as session:
        found = link_records.by_public_id(session, token.public_id)
    assert found is not None
    assert found.account == desk.account


def test_a_letter_about_one_invoice_names_it(desk: Desk) -> None:
    desk.stage("one", charge_id=desk.invoice.id)
    desk.send()
    (letter,) = desk.mailbox.messages()
    assert letter.subject == "Invoice 1001 from Harbor Supply Co.: $1,000.00"
    assert "March 31, 2026" in letter.text


def test_a_receipt_carries_its_paper(desk: Desk) -> None:
    desk.pay()
    assert desk.send() == 1
    (letter,) = desk.mailbox.messages()
    assert letter.subject == "Receipt from Harbor Supply Co.: $981.60 received"
    (paper,) = letter.attachments
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper.data)).pages)
    assert "$981.60" in text
    assert "18.40" in text
    assert "1001" in text


def test_a_bank_debit_is_announced_then_its_end(desk: Desk) -> None:
    desk.pay(method="us_bank_account", account_number="000111111116")
    desk.send()
    desk.house.clock.move(days=6)
    desk.house.stripe.tick()
    sync_payment(desk.resources, desk.attempt()[0], now=desk.house.clock.now())
    desk.send()
    failed, started = desk.mailbox.messages()
    assert started.subject == "Your bank payment of $981.60 to Harbor Supply Co. is on its way"
    assert failed.subject == "Your payment of $981.60 to Harbor Supply Co. did not go through"
    assert "Your discount still stands if you pay again by March 10, 2026." in failed.text


def test_a_mail_server_that_is_away_loses_nothing(desk: Desk) -> None:
    desk.stage("first")
    desk.mailbox.fail("defer_recipient")
    assert desk.send() == 0
    desk.house.clock.move(minutes=10)
    assert desk.send() == 1
    assert len(desk.mailbox.messages()) == 1


def test_an_address_that_is_refused_for_good_is_not_tried_again(desk: Desk) -> None:
    desk.stage("first")
    desk.mailbox.fail("refuse_recipient")
    assert desk.send() == 0
    desk.house.clock.move(days=3)
    assert desk.send() == 0
    assert desk.mailbox.messages() == ()


def test_whoever_the_mail_refuses_is_written_to_after_the_others_until_it_takes_a_letter(desk: Desk) -> None:
    now, account = desk.house.clock.now(), desk.account
    with desk.resources.writing() as session:
        first = accounts.contacts_of(session, account.id)[0]
        accounts.add_contact(session, account_id=account.id, name="Bo", email="bo@club.example", now=now)

    def tell(key: str) -> str:
        with desk.resources.writing() as session:
            assert letters.stage_to_contact(session, "statement", key, account.id, first.id, now=now)
        return desk.mailbox.messages()[0].recipients[0] if desk.send() else ""

    desk.mailbox.fail("refuse_recipient")
    assert [tell(key) for key in "abc"] == ["", "bo@club.example", "bo@club.example"]
    desk.stage("d")
    assert desk.send() == 1
    assert tell("e") == first.email


def test_a_letter_sent_again_after_an_unclear_end_keeps_its_message_id_and_link(desk: Desk) -> None:
    desk.stage("first")
    desk.mailbox.fail("drop")
    desk.send()
    desk.house.clock.move(minutes=10)
    desk.send()
    again, first = desk.mailbox.messages()
    assert again.message_id == first.message_id
    assert again.links == first.links


def test_a_letter_that_was_tried_too_often_is_given_up(desk: Desk) -> None:
    desk.stage("first")
    with desk.resources.writing() as session:
        session.execute(update(letters_table).values(tries=60))
    assert desk.send() == 0
    with desk.resources.reading() as session:
        assert session.execute(select(letters_table.c.state)).scalar_one() == "dead"


def test_whoever_was_removed_gets_no_letter(desk: Desk) -> None:
    desk.stage("first")
    with desk.resources.writing() as session:
        session.execute(update(contacts).values(removed_at=desk.house.clock.now()))
    assert desk.send() == 0
    with desk.resources.reading() as session:
        assert session.execute(select(letters_table.c.state)).scalar_one() == "dead"
