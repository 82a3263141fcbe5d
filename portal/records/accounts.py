"""Questions about accounts and their contacts. Emails compare without regard to case."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select, update

from portal.records.engine import Session
from portal.records.tables import accounts, contacts
from portal.records.types import new_public_id


class AccountRow(NamedTuple):
    """One customer's account. `currency` is ISO 4217 in lower case; `kind` is unknown, consumer or business."""

    id: int
    public_id: str
    number: str | None
    name: str
    currency: str
    kind: str = "unknown"


class ContactRow(NamedTuple):
    """A person of an account who receives its letters. `refused_at` is set from when the mail did not take a letter to
    them until it takes another."""

    id: int
    account_id: int
    name: str
    email: str
    refused_at: datetime | None


_ACCOUNT = tuple(accounts.c[name] for name in AccountRow._fields)
_CONTACT = tuple(contacts.c[name] for name in ContactRow._fields)
_BY_ID = select(*_ACCOUNT).where(accounts.c.id == bindparam("account"))
_CONTACTS = (
    select(*_CONTACT)
    .where(contacts.c.account_id == bindparam("account"), contacts.c.removed_at.is_(None))
    .order_by(contacts.c.id)
)
_BY_PUBLIC_ID = select(*_ACCOUNT).where(accounts.c.public_id == bindparam("wanted"))
_OF_EMAIL = select(*_CONTACT).where(
    contacts.c.account_id == bindparam("account"), func.lower(contacts.c.email) == bindparam("wanted")
)
_CONTACTS_BY_EMAIL = (
    select(*_CONTACT)
    .where(func.lower(contacts.c.email) == bindparam("wanted"), contacts.c.removed_at.is_(None))
    .order_by(contacts.c.id)
)


def by_id(session: Session, account_id: int) -> AccountRow:
    """The account of this id, which must exist."""
    return AccountRow(*session.execute(_BY_ID, {"account": account_id}).one())


def by_public_id(session: Session, public_id: str) -> AccountRow | None:
    """The account that addresses call so."""
    row = session.execute(_BY_PUBLIC_ID, {"wanted": public_id}).first()
    return AccountRow(*row) if row else None


def find(session: Session, customer: str) -> Sequence[AccountRow]:
    """Accounts of this number; if none has it, those with a contact of this email; else of this name."""
    wanted = customer.strip()
    mine = select(contacts.c.account_id).where(
        func.lower(contacts.c.email) == wanted.lower(), contacts.c.removed_at.is_(None)
    )
    for condition in (accounts.c.number == wanted, accounts.c.id.in_(mine), accounts.c.name == wanted):
        found = session.execute(select(*_ACCOUNT).where(condition).order_by(accounts.c.id)).all()
        if found:
            return [AccountRow(*row) for row in found]
    return []


def all_accounts(session: Session) -> Sequence[AccountRow]:
    """Every account, the oldest first."""
    return [AccountRow(*row) for row in session.execute(select(*_ACCOUNT).order_by(accounts.c.id))]


def add(session: Session, *, number: str | None, name: str, currency: str, now: datetime) -> AccountRow:
    """Insert an account; a number that exists already raises IntegrityError."""
    values = {
        "public_id": new_public_id(),
        "number": number,
        "name": name,
        "currency": currency.lower(),
        "created_at": now,
    }
    return AccountRow(*session.execute(insert(accounts).returning(*_ACCOUNT), values).one())


def set_kind(session: Session, account_id: int, kind: str) -> None:
    """Say whether the customer is a consumer or a business."""
    session.execute(update(accounts).where(accounts.c.id == account_id).values(kind=kind))


def contacts_of(session: Session, account_id: int) -> Sequence[ContactRow]:
    """Contacts that are not removed, the oldest first: that one is the account's address on file."""
    return [ContactRow(*row) for row in session.execute(_CONTACTS, {"account": account_id})]


def contacts_by_email(session: Session, email: str) -> Sequence[ContactRow]:
    """Contacts with this address, in any account, that are not removed."""
    return [ContactRow(*row) for row in session.execute(_CONTACTS_BY_EMAIL, {"wanted": email.strip().lower()})]


def contact(session: Session, contact_id: int) -> ContactRow:
    """The contact of this id, removed or not, which must exist."""
    return ContactRow(*session.execute(select(*_CONTACT).where(contacts.c.id == contact_id)).one())


def email_of(session: Session, contact_id: int) -> str:
    """The address of this contact, removed or not, which must exist."""
    return contact(session, contact_id).email


def add_contact(session: Session, *, account_id: int, name: str, email: str, now: datetime) -> ContactRow:
    """Insert a contact; an address that the account has already raises IntegrityError."""
    values = {
        "account_id": account_id,
        "name": name,
        "email": email.strip().lower(),
        "created_at": now,
    }
    return ContactRow(*session.execute(insert(contacts).returning(*_CONTACT), values).one())


def contact_of_email(session: Session, account_id: int, email: str) -> ContactRow | None:
    """The account's contact of this address, removed or not."""
    row = session.execute(_OF_EMAIL, {"account": account_id, "wanted": email.strip().lower()}).first()
    return ContactRow(*row) if row else None


def rename_contact(session: Session, contact_id: int, name: str) -> None:
    """Call the contact otherwise."""
    session.execute(update(contacts).where(contacts.c.id == contact_id).values(name=name))


def set_removed(session: Session, contact_id: int, removed_at: datetime | None) -> None:
    """Remove the contact, or (None) take it back."""
    session.execute(update(contacts).where(contacts.c.id == contact_id).values(removed_at=removed_at))


def set_refused(session: Session, contact_id: int, refused_at: datetime | None) -> None:
    """The mail does not take letters to this contact, or (None) may take them."""
    changed = update(contacts).where(contacts.c.id == contact_id, contacts.c.refused_at.is_distinct_from(refused_at))
    session.execute(changed.values(refused_at=refused_at))
