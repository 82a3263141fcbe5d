"""Who reads a customer's letters, and what becomes of the letters."""

from collections.abc import Sequence

from sqlalchemy import select

from e2e import post
from portal.actions import contacts, letters
from portal.records import accounts
from portal.records import letters as records
from portal.records.accounts import ContactRow
from portal.records.letters import LetterRow
from portal.records.tables import contacts as contacts_table
from portal.records.tables import letters as table
from tests.support.collecting import Collected


def contacts_of(collected: Collected) -> Sequence[ContactRow]:
    with collected.house.resources.reading() as session:
        return accounts.contacts_of(session, collected.account.id)


def remove_contacts(collected: Collected) -> None:
    now = collected.house.clock.now()
    with collected.house.resources.writing() as session:
        for contact in contacts_of(collected):
            contacts.remove(session, contact, now=now, actor="staff:1")


def add_contact(collected: Collected, email: str) -> None:
    now = collected.house.clock.now()
    with collected.house.resources.writing() as session:
        contacts.add(session, collected.account, name="Bo", email=email, now=now, actor="staff:1")


def refuse(collected: Collected, kind: str) -> list[LetterRow]:
    """The mail server does not know the address."""
    found = waiting(collected, kind)
    with collected.house.resources.writing() as session:
        for letter in found:
            letters.refused(session, letter, "no such mailbox", now=collected.house.clock.now())
    return found


def give_up(collected: Collected, kind: str) -> None:
    """The mail server has been away for longer than we try."""
    with collected.house.resources.writing() as session:
        for letter in waiting(collected, kind):
            now = collected.house.clock.now()
            records.put_off(session, letter.id, state="dead", next_at=now, error="TooManyTries()")


def told_to(collected: Collected, kind: str) -> list[str]:
    """To whom the letters of a kind are, in their order."""
    asked = select(contacts_table.c.email).join(table, table.c.contact_id == contacts_table.c.id)
    with collected.house.resources.reading() as session:
        return list(session.execute(asked.where(table.c.kind == kind).order_by(table.c.id)).scalars())


def waiting(collected: Collected, kind: str) -> list[LetterRow]:
    with collected.house.resources.reading() as session:
        return post.waiting(session, [kind])
