"""Letters that the mail does not take: to whom they go instead, and what the seller reads meanwhile."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import select

from portal.actions import contacts
from portal.gateways.mailer import MailRefused, MailUnavailable, OutgoingLetter
from portal.records import Database, accounts
from portal.records.accounts import ContactRow
from portal.records.tables import letters as table
from tests.support.clock import MovableClock
from tests.support.collecting import ASKS, BANK, Collected
from tests.support.office import Office, open_office

BO = "bo@club.example"


class Desk(Collected, Office):
    """Letters are really sent; some addresses do not exist, and some mailboxes are full. Ada's is the first contact."""

    is_post_slow = True
    unknown: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()

    def send(self, letter: OutgoingLetter, *, sent_at: datetime) -> None:
        if letter.to_email in self.unknown:
            raise MailRefused("550 no such mailbox")
        if letter.to_email in self.full:
            raise MailUnavailable("452 mailbox full")
        self.sent.append(letter)

    def add_contact(self) -> None:
        with self.house.resources.writing() as session:
            contacts.add(session, self.account, name="Bo", email=BO, now=self.house.clock.now(), actor="staff:1")

    def contacts(self) -> list[ContactRow]:
        with self.house.resources.reading() as session:
            return list(accounts.contacts_of(session, self.account.id))

    def ada(self) -> frozenset[str]:
        return frozenset({self.contacts()[0].email})

    def minutes(self, times: int = 1) -> int:
        """The worker looks at everything so many times; how many were charged."""
        charged = 0
        for _ in range(times):
            charged += self.work()
            self.watch()
            self.post()
        return charged

    def month(self, month: int, first: int, last: int) -> list[int]:
        """The days on which something was charged."""
        charged = []
        for day in range(first, last + 1):
            self.on(month, day)
            self.house.stripe.tick()
            if self.minutes(3):
                charged.append(day)
        return charged

    def log(self, *kinds: str) -> list[tuple[str, str]]:
        """State and reader of the letters of these kinds."""
        emails = {contact.id: contact.email.partition("@")[0] for contact in self.contacts()}
        with self.house.resources.reading() as session:
            asked = select(table.c.state, table.c.contact_id).where(table.c.kind.in_(kinds)).order_by(table.c.id)
            return [(row.state, emails.get(row.contact_id, "seller")) for row in session.execute(asked)]

    def said(self, subject: str) -> str:
        """The one letter with this in its subject, on one line."""
        (found,) = [letter for letter in self.sent if subject in letter.subject]
        return " ".join(found.text.split())


@pytest.fixture
def desk(database: Database, clock: MovableClock) -> Iterator[Desk]:
    with open_office(Desk, database, clock) as made:
        yield made


def test_a_refused_letter_goes_to_another_contact_before_the_seller_hears_that_they_were_told(desk: Desk) -> None:
    _, method = desk.charged_plan()
    desk.house.stripe.decline_next(method.payment_method_id, "lost_card", is_once=False)
    desk.add_contact()
    desk.month(3, 29, 30)
    desk.unknown = desk.ada()
    desk.month(3, 31, 31)
    assert desk.log("collect_refused") == [("sent", "bo")]
    assert "The customer has been told how to pay." in desk.said("An automatic payment has stopped")
    assert [contact.refused_at is None for contact in desk.contacts()] == [False, True]


def test_a_refused_notice_of_default_goes_to_another_contact_at_once(desk: Desk) -> None:
    plan = desk.agree()
    desk.add_contact()
    desk.minutes()
    desk.unknown = desk.ada()
    desk.month(4, 6, 6)
    assert desk.log("plan_late") == [("sent", "bo")]
    assert "The customer has been told" in desk.said("Payment plan is late")
    desk.month(4, 7, 17)
    assert desk.plan(plan).state == "defaulted"


def test_a_refused_question_of_the_bank_goes_to_another_contact(desk: Desk) -> None:
    desk.autopay(ASKS)
    desk.add_contact()
    desk.month(3, 29, 30)
    desk.unknown = desk.ada()
    desk.month(3, 31, 31)
    assert desk.log("collect_confirm") == [("sent", "bo")]
    assert "confirming" in desk.states()


def test_where_nobody_is_left_to_confirm_the_charge_stops_and_the_seller_hears_of_it(desk: Desk) -> None:
    desk.charged_plan(ASKS)
    desk.month(3, 29, 30)
    desk.unknown = desk.ada()
    desk.month(3, 31, 31)
    (row,) = desk.all()
    assert (row.state, row.why) == ("stopped", "not_told")
    said = desk.said("An automatic payment has stopped")
    assert "Give the customer a contact whose address takes letters" in said
    assert "not tried again" not in said
    desk.add_contact()
    desk.month(4, 1, 4)
    assert (desk.log("collect_confirm")[-1], desk.states()) == (("sent", "bo"), ["confirming"])


def test_a_mailbox_that_is_full_for_long_is_passed_over(desk: Desk) -> None:
    desk.charged_plan()
    desk.add_contact()
    desk.minutes()
    desk.full = desk.ada()
    desk.on(3, 29)
    charged = 0
    for _ in range(6 * 16):
        desk.house.clock.move(hours=4)
        charged += desk.minutes()
        # Others get theirs meanwhile.
        desk.tell_seller("seller_breaks")
    assert (charged, desk.log("collect_notice")) == (1, [("sent", "bo")])


def test_a_seller_who_reads_late_hears_that_it_goes_on(desk: Desk) -> None:
    desk.charged_plan()
    desk.minutes()
    with desk.house.resources.writing() as session:
        contacts.remove(session, desk.contacts()[0], now=desk.house.clock.now(), actor="staff:1")
    desk.on(3, 29)
    desk.work()
    desk.add_contact()
    desk.work()
    desk.post()
    assert "It goes on by now: there is nothing to do." in desk.said("An automatic payment had stopped")


def test_a_notice_that_a_pause_overtook_is_written_again(desk: Desk) -> None:
    plan, _ = desk.charged_plan()
    desk.minutes()
    desk.on(3, 29)
    desk.work()
    desk.change(plan, "pause", words="As we said.")
    desk.post()
    desk.change(plan, "resume")
    assert desk.month(3, 30, 31) + desk.month(4, 1, 2) == [1]
    assert [state for state, _ in desk.log("collect_notice")] == ["dropped", "sent"]


def test_where_everybody_refuses_it_is_tried_once_a_week(desk: Desk) -> None:
    desk.autopay(BANK)
    desk.add_contact()
    desk.unknown = desk.ada() | {BO}
    assert desk.month(3, 2, 31) + desk.month(4, 1, 30) == []
    assert {state for state, _ in desk.log("autopay_notice")} == {"dead"}
    assert len(desk.log("autopay_notice")) <= 2 * 7
    assert len(desk.log("seller_collect_stopped")) <= 2 * 7
