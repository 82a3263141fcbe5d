"""Opening links and what the sessions reach: on both databases, without a browser."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.actions import access, policies
from portal.actions.access import Access, LinkPreview, Opened
from portal.actions.links import create_link, list_links, revoke_link
from portal.links import LinkToken
from portal.records import Database, accounts, history
from portal.records.accounts import AccountRow, ContactRow
from portal.records.links import LinkRow
from portal.records.tables import sessions
from tests.support.books import Invoice, add_customer, add_invoice
from tests.support.clock import MovableClock
from tests.support.dump import dump
from tests.support.rows import raise_version, remove_contact


@dataclass
class Desk:
    """One customer with one contact and two invoices; links and sessions made by the actions under test."""

    database: Database
    clock: MovableClock
    account: AccountRow
    contact: ContactRow
    invoices: list[Invoice]

    def link(self, account: AccountRow | None = None, *, charge_id: int | None = None) -> LinkRow:
        account = account or self.account
        with self.database.writing() as session:
            return create_link(
                session,
                account_id=account.id,
                contact_id=accounts.contacts_of(session, account.id)[0].id,
                charge_id=charge_id,
                now=self.clock.now(),
                expires_at=self.clock.now() + timedelta(days=30),
            )

    def preview(self, token: LinkToken | None) -> LinkPreview | None:
        with self.database.reading() as session:
            policy = policies.load(session, now=self.clock.now())
            return access.preview_link(session, token, policy=policy, now=self.clock.now())

    def open(self, link: LinkRow, *, secret: str | None = None, version: int | None = None) -> Opened | None:
        token = LinkToken(link.public_id, version or link.version)
        with self.database.writing() as session:
            return access.open_link(session, token, secret=secret, now=self.clock.now(), session_hours=12)

    def opened(self, link: LinkRow, *, secret: str | None = None) -> Opened:
        found = self.open(link, secret=secret)
        assert found is not None
        return found

    def find(self, secret: str | None, account: AccountRow | None = None) -> Access | None:
        public_id = (account or self.account).public_id
        with self.database.reading() as session:
            return access.find_access(session, secret, public_id, now=self.clock.now())


@pytest.fixture
def desk(database: Database, clock: MovableClock) -> Desk:
    with database.writing() as session:
        account = add_customer(session, clock.now())
        invoices = [
            add_invoice(session, account, number, issued_on=date(2026, 1, 20), net_cents=cents, now=clock.now())
            for number, cents in (("INV-1", 125_000), ("INV-2", 30_000))
        ]
        contact = accounts.contacts_of(session, account.id)[0]
    return Desk(database, clock, account, contact, invoices)


def token_of(link: LinkRow) -> LinkToken:
    return LinkToken(link.public_id, link.version)


def test_a_link_shows_who_what_and_how_much(desk: Desk) -> None:
    whole = desk.preview(token_of(desk.link()))
    one = desk.preview(token_of(desk.link(charge_id=desk.invoices[1].id)))
    today = date(2026, 3, 2)
    assert whole == LinkPreview("Northwind Traders", "usd", None, today, 155_000, 155_000, None)
    assert one == LinkPreview("Northwind Traders", "usd", "INV-2", today, 30_000, 30_000, date(2026, 2, 19))


def test_looking_at_a_link_changes_nothing(desk: Desk) -> None:
    link = desk.link()
    before = dump(desk.database)
    for token in (token_of(link), LinkToken(link.public_id, 2), LinkToken("unknown", 1), None):
        desk.preview(token)
    assert dump(desk.database) == before


def test_a_link_that_opens_nothing_does_not_say_why(desk: Desk) -> None:
    link = desk.link()
    assert desk.preview(None) is None
    assert desk.preview(LinkToken("unknown", 1)) is None
    assert desk.preview(LinkToken(link.public_id, 2)) is None
    desk.clock.move(days=30)
    assert desk.preview(token_of(link)) is None


def test_a_session_is_kept_as_a_hash_only(desk: Desk) -> None:
    opened = desk.opened(desk.link())
    with desk.database.reading() as session:
        kept = session.execute(select(sessions.c.secret_hash)).scalar_one()
    assert bytes(kept) == hashlib.sha256(opened.secret.encode()).digest()
    assert len(opened.secret) == 43
    assert opened.secret not in str(dump(desk.database))


def test_the_button_opens_what_the_link_reaches(desk: Desk) -> None:
    opened = desk.opened(desk.link())
    found = desk.find(opened.secret)
    assert (opened.account, opened.charge) == (desk.account.public_id, None)
    assert found is not None
    assert found.whole_account
    assert (found.account, found.contact_id) == (desk.account, desk.contact.id)


def test_a_link_to_one_document_reaches_only_that(desk: Desk) -> None:
    first, second = desk.invoices
    opened = desk.opened(desk.link(charge_id=first.id))
    found = desk.find(opened.secret)
    assert opened.charge == first.public_id
    assert found is not None
    assert not found.whole_account
    assert (found.reaches(first.id), found.reaches(second.id)) == (True, False)
    both = desk.find(desk.opened(desk.link(charge_id=second.id), secret=opened.secret).secret)
    assert both is not None
    assert not both.whole_account
    assert both.charge_ids == frozenset({first.id, second.id})
    whole = desk.find(desk.opened(desk.link(), secret=desk.opened(desk.link(charge_id=first.id)).secret).secret)
    assert whole is not None
    assert whole.whole_account


@pytest.mark.parametrize("secret", [None, "", "guess", "0" * 10_000])
def test_a_secret_that_is_not_ours_opens_nothing(desk: Desk, secret: str | None) -> None:
    desk.opened(desk.link())
    assert desk.find(secret) is None


def test_one_browser_holds_several_accounts(desk: Desk) -> None:
    with desk.database.writing() as session:
        other = add_customer(session, desk.clock.now(), name="Contoso", email="pay@contoso.example")
        stranger = add_customer(session, desk.clock.now(), name="Fabrikam", email="pay@fabrikam.example")
    first = desk.opened(desk.link())
    assert desk.find(first.secret, other) is None
    second = desk.opened(desk.link(other), secret=first.secret)
    assert desk.find(second.secret) is not None
    assert desk.find(second.secret, other) is not None
    assert desk.find(second.secret, stranger) is None


def test_each_button_makes_a_new_secret_and_the_old_one_is_dead(desk: Desk) -> None:
    planted = desk.opened(desk.link())
    opened = desk.opened(desk.link(), secret=planted.secret)
    assert opened.secret != planted.secret
    assert desk.find(planted.secret) is None
    assert desk.find(opened.secret) is not None


def test_a_secret_that_the_browser_made_up_is_never_adopted(desk: Desk) -> None:
    opened = desk.opened(desk.link(), secret="chosen-by-somebody")
    assert opened.secret != "chosen-by-somebody"
    assert desk.find("chosen-by-somebody") is None


def test_a_session_ends_twelve_hours_after_its_first_link(desk: Desk) -> None:
    first = desk.opened(desk.link())
    desk.clock.move(hours=11)
    second = desk.opened(desk.link(), secret=first.secret)
    assert second.expires_at == first.expires_at
    desk.clock.move(minutes=59, seconds=59)
    assert desk.find(second.secret) is not None
    desk.clock.move(seconds=1)
    assert desk.find(second.secret) is None
    again = desk.opened(desk.link(), secret=second.secret)
    assert again.expires_at == desk.clock.now() + timedelta(hours=12)


def test_revoking_a_link_ends_what_it_opened(desk: Desk) -> None:
    link, other = desk.link(), desk.link(charge_id=desk.invoices[0].id)
    opened = desk.opened(other, secret=desk.opened(link).secret)
    with desk.database.writing() as session:
        assert revoke_link(session, link, now=desk.clock.now(), actor="cli")
        assert not revoke_link(session, link, now=desk.clock.now(), actor="cli")
    found = desk.find(opened.secret)
    assert found is not None
    assert found.charge_ids == frozenset({desk.invoices[0].id})
    assert desk.open(link) is None


def test_raising_a_links_version_ends_its_copies_and_what_they_opened(desk: Desk) -> None:
    link = desk.link()
    opened = desk.opened(link)
    with desk.database.writing() as session:
        raise_version(session, link.id)
    assert desk.find(opened.secret) is None
    assert desk.open(link) is None
    assert desk.open(link, version=2) is not None


def test_removing_a_contact_ends_its_links_and_what_they_opened(desk: Desk) -> None:
    link = desk.link()
    opened = desk.opened(link)
    with desk.database.writing() as session:
        remove_contact(session, desk.contact.id, now=desk.clock.now())
    assert desk.find(opened.secret) is None
    assert desk.open(link) is None
    assert desk.preview(token_of(link)) is None


def test_an_expired_link_opens_nothing_but_leaves_its_session_alone(desk: Desk) -> None:
    link = desk.link()
    desk.clock.move(days=30, seconds=-1)
    opened = desk.opened(link)
    desk.clock.move(seconds=1)
    assert desk.open(link) is None
    assert desk.find(opened.secret) is not None


def test_signing_out_ends_every_copy_of_the_secret(desk: Desk) -> None:
    opened = desk.opened(desk.link())
    with desk.database.writing() as session:
        access.end_session(session, opened.secret, now=desk.clock.now())
        access.end_session(session, "never heard of", now=desk.clock.now())
    assert desk.find(opened.secret) is None


def test_pressing_the_button_twice_is_one_grant(desk: Desk) -> None:
    link = desk.link()
    second = desk.opened(link, secret=desk.opened(link).secret)
    assert desk.find(second.secret) is not None
    assert len(dump(desk.database)["grants"]) == 1


def test_the_first_opening_by_a_person_is_kept_and_each_is_written_down(desk: Desk) -> None:
    link = desk.link()
    first = desk.clock.now()
    desk.opened(link)
    desk.clock.move(hours=1)
    desk.opened(link)
    with desk.database.reading() as session:
        [view] = list_links(session, desk.account.id)
        acts = [(row.action, row.actor) for row in history.of_account(session, desk.account.id)]
    assert view.link.opened_at == first
    contact = f"contact:{desk.contact.id}"
    assert acts == [("link.created", "portal"), ("link.opened", contact), ("link.opened", contact)]


def test_a_link_cannot_join_what_does_not_belong_together(desk: Desk) -> None:
    now = desk.clock.now()
    with desk.database.writing() as session:
        other = add_customer(session, now, name="Contoso", email="pay@contoso.example")
    for contact_id, charge_id in ((desk.contact.id, None), (None, desk.invoices[0].id), (None, 999)):
        with pytest.raises(ValueError, match="belong"), desk.database.writing() as session:
            create_link(
                session, account_id=other.id, contact_id=contact_id, charge_id=charge_id, now=now, expires_at=now
            )
