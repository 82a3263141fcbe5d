"""Asking for a fresh link: letters go to addresses on file only, nobody learns which those are, and not too often."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.actions.fresh_links import PER_ADDRESS, PER_VISITOR, send_fresh_link, send_fresh_links
from portal.actions.links import create_link
from portal.actions.throttle import TooMany
from portal.links import LinkToken
from portal.records import Database, accounts, links
from portal.records.accounts import AccountRow
from portal.records.links import LinkRow
from portal.records.tables import letters
from portal.records.tables import throttle as counters
from tests.support.books import add_customer, add_invoice
from tests.support.clock import MovableClock
from tests.support.rows import raise_version, remove_contact


class Desk:
    def __init__(self, database: Database, clock: MovableClock) -> None:
        self.database, self.clock = database, clock
        self.account = self.add("Northwind Traders", "ap@northwind.example")

    def add(self, name: str, email: str) -> AccountRow:
        with self.database.writing() as session:
            return add_customer(session, self.clock.now(), name=name, email=email)

    def ask(self, email: str, *, visitor: str = "192.0.2.1") -> None:
        with self.database.writing() as session:
            send_fresh_links(session, email=email, visitor=visitor, now=self.clock.now())

    def ask_again(self, token: LinkToken | None, *, visitor: str = "192.0.2.1") -> None:
        with self.database.writing() as session:
            send_fresh_link(session, token, visitor=visitor, now=self.clock.now())

    def expired_link(self, *, contact_id: int | None = None, charge_id: int | None = None) -> LinkRow:
        now = self.clock.now()
        with self.database.writing() as session:
            return create_link(
                session,
                account_id=self.account.id,
                contact_id=contact_id,
                charge_id=charge_id,
                now=now - timedelta(days=31),
                expires_at=now,
            )

    def staged(self) -> list[tuple[str, int, int, int | None]]:
        """(kind, account, contact, charge) of each letter."""
        columns = (letters.c.kind, letters.c.account_id, letters.c.contact_id, letters.c.charge_id)
        with self.database.reading() as session:
            return [tuple(row) for row in session.execute(select(*columns).order_by(letters.c.id))]


@pytest.fixture
def desk(database: Database, clock: MovableClock) -> Desk:
    return Desk(database, clock)


def test_a_known_address_gets_one_letter_for_each_of_its_accounts(desk: Desk) -> None:
    other = desk.add("Northwind Retail", "AP@northwind.example")
    desk.add("Contoso", "pay@contoso.example")
    desk.ask(" Ap@Northwind.example ")
    assert [(kind, account) for kind, account, *_ in desk.staged()] == [("link", desk.account.id), ("link", other.id)]


def test_an_unknown_address_gets_none_and_the_same_answer(desk: Desk) -> None:
    desk.ask("nobody@northwind.example")
    assert desk.staged() == []


def test_a_removed_contact_gets_none(desk: Desk) -> None:
    with desk.database.writing() as session:
        contact = accounts.contacts_of(session, desk.account.id)[0]
        remove_contact(session, contact.id, now=desk.clock.now())
    desk.ask("ap@northwind.example")
    desk.ask_again(_token(desk.expired_link()))
    assert desk.staged() == []


@pytest.mark.parametrize("email", ["ap@northwind.example", "nobody@northwind.example"])
def test_an_address_is_asked_for_three_times_an_hour_known_or_not(desk: Desk, email: str) -> None:
    for turn in range(PER_ADDRESS):
        desk.ask(email, visitor=f"192.0.2.{turn}")
    with pytest.raises(TooMany):
        desk.ask(email.upper(), visitor="192.0.2.99")
    sent = len(desk.staged())
    desk.clock.move(hours=1)
    desk.ask(email)
    assert len(desk.staged()) == (sent + 1 if sent else 0)
    assert sent == (PER_ADDRESS if email.startswith("ap@") else 0)


def test_a_visitor_asks_so_often_an_hour_whatever_the_addresses(desk: Desk) -> None:
    for turn in range(PER_VISITOR):
        desk.ask(f"{turn}@northwind.example")
    with pytest.raises(TooMany):
        desk.ask("ap@northwind.example")
    desk.ask("ap@northwind.example", visitor="192.0.2.2")
    assert len(desk.staged()) == 1


def test_counters_hold_no_address_and_are_forgotten_after_a_day(desk: Desk) -> None:
    desk.ask("ap@northwind.example")
    desk.clock.move(days=1, hours=1)
    desk.ask("pay@contoso.example")
    with desk.database.reading() as session:
        rows = session.execute(select(counters)).all()
    assert len(rows) == 2
    assert all("@" not in row.bucket for row in rows)


def test_an_expired_link_is_renewed_with_its_own_reach(desk: Desk) -> None:
    with desk.database.writing() as session:
        now = desk.clock.now()
        invoice = add_invoice(session, desk.account, "INV-1", issued_on=now.date(), net_cents=100, now=now)
        first = accounts.contacts_of(session, desk.account.id)[0]
        second = accounts.add_contact(session, account_id=desk.account.id, name="", email="b@x.example", now=now)
    desk.ask_again(_token(desk.expired_link(contact_id=second.id, charge_id=invoice.id)))
    desk.ask_again(_token(desk.expired_link()))
    assert desk.staged() == [
        ("link", desk.account.id, second.id, invoice.id),
        ("link", desk.account.id, first.id, None),
    ]


def test_any_other_token_stages_nothing(desk: Desk, clock: MovableClock) -> None:
    revoked, raised = desk.expired_link(), desk.expired_link()
    with desk.database.writing() as session:
        links.revoke(session, revoked.id, now=clock.now())
        raise_version(session, raised.id)
        live = create_link(
            session,
            account_id=desk.account.id,
            contact_id=None,
            charge_id=None,
            now=clock.now(),
            expires_at=clock.now() + timedelta(days=1),
        )
    for token in (None, LinkToken("unknown", 1), _token(revoked), _token(raised), _token(live)):
        desk.ask_again(token)
        desk.clock.move(hours=1)
    assert desk.staged() == []


def test_a_limit_reached_does_not_tell_whose_link_it_is(desk: Desk) -> None:
    link = desk.expired_link()
    for turn in range(PER_ADDRESS):
        desk.ask_again(_token(link), visitor=f"192.0.2.{turn}")
    with pytest.raises(TooMany):
        desk.ask_again(_token(link))
    for turn in range(PER_ADDRESS):
        desk.ask("ap@northwind.example", visitor=f"192.0.2.{turn}")
    desk.ask_again(_token(desk.expired_link()))
    assert len(desk.staged()) == 2 * PER_ADDRESS + 1


def _token(link: LinkRow) -> LinkToken:
    return LinkToken(link.public_id, link.version)
