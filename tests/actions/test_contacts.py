"""Contacts of a customer: each change in the history, and nothing that was cut off comes back."""

from datetime import timedelta

import pytest

from portal.actions import contacts, links
from portal.records import Database, Session, accounts, history
from portal.records.accounts import AccountRow
from portal.rules.refusals import Conflict, Refusal
from tests.support.books import add_customer
from tests.support.clock import MovableClock

WHO = "staff:1"


@pytest.fixture
def account(database: Database, clock: MovableClock) -> AccountRow:
    with database.writing() as session:
        return add_customer(session, clock.now())


def acts(session: Session, account: AccountRow) -> list[tuple[str, object]]:
    return [
        (row.action, row.detail.get("email") or row.detail.get("name"))
        for row in history.of_account(session, account.id)
    ]


def test_each_change_is_written_down(database: Database, clock: MovableClock, account: AccountRow) -> None:
    with database.writing() as session:
        added = contacts.add(session, account, name="Kim", email="Kim@North.example", now=clock.now(), actor=WHO)
        contacts.rename(session, added, "Kim Wu", now=clock.now(), actor=WHO)
        contacts.remove(session, added, now=clock.now(), actor=WHO)
        assert acts(session, account) == [
            ("contact.added", "kim@north.example"),
            ("contact.renamed", "Kim Wu"),
            ("contact.removed", "kim@north.example"),
        ]
        assert [each.email for each in accounts.contacts_of(session, account.id)] == ["ap@northwind.example"]


def test_an_address_is_there_once(database: Database, clock: MovableClock, account: AccountRow) -> None:
    with database.writing() as session:
        with pytest.raises(Conflict, match="has a contact of this address already"):
            contacts.add(session, account, name="", email="AP@Northwind.example", now=clock.now(), actor=WHO)
        other = add_customer(session, clock.now(), name="Other", email="")
        contacts.add(session, other, name="", email="ap@northwind.example", now=clock.now(), actor=WHO)


def test_whoever_is_taken_back_has_no_link_of_before(
    database: Database, clock: MovableClock, account: AccountRow
) -> None:
    now = clock.now()
    with database.writing() as session:
        (contact,) = accounts.contacts_of(session, account.id)
        links.create_link(
            session, account_id=account.id, contact_id=contact.id, charge_id=None, now=now,
            expires_at=now + timedelta(days=30),
        )  # fmt: skip
        contacts.remove(session, contact, now=now, actor=WHO)
        back = contacts.add(session, account, name="Again", email=contact.email, now=now, actor=WHO)
        assert back.id == contact.id
        (view,) = links.list_links(session, account.id)
        assert links.state_of(view, view.link.version, now=now) == "gone"


def test_fifty_are_the_most(database: Database, clock: MovableClock, account: AccountRow) -> None:
    with database.writing() as session:
        for number in range(49):
            contacts.add(session, account, name="", email=f"c{number}@a.example", now=clock.now(), actor=WHO)
        with pytest.raises(Refusal, match="50 contacts at most"):
            contacts.add(session, account, name="", email="one@more.example", now=clock.now(), actor=WHO)
