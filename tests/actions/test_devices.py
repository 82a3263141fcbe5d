"""Browsers that a contact has confirmed: one secret for each browser, a row for each contact, until it is revoked."""

from datetime import timedelta

import pytest

from portal.actions import contacts, step_up
from portal.actions.access import Access
from portal.actions.step_up import Confirmed
from portal.records import Database, accounts
from portal.records import step_up as records
from portal.rules.refusals import NotFound
from tests.support.clock import MovableClock
from tests.support.codes import CodeDesk


@pytest.fixture
def desk(database: Database, clock: MovableClock) -> CodeDesk:
    return CodeDesk(database, clock)


def test_a_browser_has_one_secret_and_a_row_for_each_contact(desk: CodeDesk) -> None:
    first = desk.confirm()
    other = desk.site.add_account("Contoso", "pay@contoso.example")
    with desk.site.resources.reading() as session:
        payer = accounts.contacts_of(session, other.id)[0]
    there = Access(desk.access.session_id, other, payer.id, None)
    desk.ask(there)
    outcome = desk.type(desk.receive(), there, brought=first)
    assert isinstance(outcome, Confirmed)
    assert desk.trusted(outcome.secret, payer.id)
    assert desk.trusted(outcome.secret)
    assert desk.trusted(first) is None


def test_confirmed_again_it_is_the_same_row_for_longer_under_another_secret(desk: CodeDesk) -> None:
    first = desk.confirm()
    before = desk.trusted(first)
    desk.clock.move(days=100)
    second = desk.confirm(brought=first)
    after = desk.trusted(second)
    assert before is not None
    assert after is not None
    assert (after.id, after.created_at) == (before.id, before.created_at)
    assert after.expires_at == desk.clock.now() + timedelta(days=180)
    assert desk.trusted(first) is None


def test_a_planted_secret_is_worth_nothing_afterwards(desk: CodeDesk) -> None:
    assert desk.confirm(brought="planted") != "planted"
    assert desk.trusted("planted") is None


def test_a_revoked_browser_shows_a_code_again(desk: CodeDesk) -> None:
    secret = desk.confirm()
    found = desk.trusted(secret)
    assert found is not None
    for _ in range(2):
        with desk.site.resources.writing() as session:
            step_up.revoke_device(session, desk.access, found.public_id, now=desk.clock.now())
    assert desk.trusted(secret) is None
    assert desk.acts()[2:] == ["step_up.revoked"]
    again = desk.confirm(brought=secret)
    renewed = desk.trusted(again)
    assert renewed is not None
    assert renewed.id != found.id
    assert desk.trusted(secret) is None


def test_nobody_revokes_the_browser_of_somebody_else(desk: CodeDesk) -> None:
    found = desk.trusted(secret := desk.confirm())
    assert found is not None
    other = desk.site.add_account("Contoso", "pay@contoso.example")
    with desk.site.resources.reading() as session:
        payer = accounts.contacts_of(session, other.id)[0]
    for access in (Access(1, other, payer.id, None), Access(1, desk.site.account, payer.id, None)):
        with pytest.raises(NotFound), desk.site.resources.writing() as session:
            step_up.revoke_device(session, access, found.public_id, now=desk.clock.now())
    assert desk.trusted(secret)


@pytest.mark.parametrize("way", ["by the seller", "in the row only"])
def test_the_browsers_of_a_removed_contact_count_for_nothing(desk: CodeDesk, way: str) -> None:
    secret, now = desk.confirm(), desk.clock.now()
    with desk.site.resources.writing() as session:
        if way == "by the seller":
            contacts.remove(session, desk.contact, now=now, actor="cli")
        else:
            accounts.set_removed(session, desk.contact.id, now)
    assert desk.trusted(secret) is None
    with desk.site.resources.reading() as session:
        assert records.devices_of(session, desk.contact.id, now=now) == []
    if way == "by the seller":
        with desk.site.resources.writing() as session:
            contacts.add(session, desk.site.account, name="", email=desk.contact.email, now=now, actor="cli")
        assert desk.trusted(secret) is None
