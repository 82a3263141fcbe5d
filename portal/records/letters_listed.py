"""The mail log: every letter, whose it is, and what became of it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, update

from portal.records.accounts import set_refused
from portal.records.engine import Session
from portal.records.listing import Condition, Listing
from portal.records.tables import accounts, contacts, letters, staff


class LetterListedRow(NamedTuple):
    """A letter; without an `email`, of a customer or of one of the staff, it is for the seller. `next_at` is its next
    try while it waits."""

    id: int
    kind: str
    customer: str | None
    customer_public_id: str | None
    email: str | None
    state: str
    tries: int
    created_at: datetime
    next_at: datetime
    sent_at: datetime | None
    error: str | None


def _state(value: str) -> Condition:
    return letters.c.state == value


def _to(value: str) -> Condition:
    return letters.c.contact_id.is_(None) if value == "seller" else letters.c.contact_id.is_not(None)


def _of(public_id: str) -> Condition:
    return accounts.c.public_id == public_id


LETTERS = Listing(
    found=select(
        letters.c.id,
        letters.c.kind,
        accounts.c.name,
        accounts.c.public_id,
        func.coalesce(contacts.c.email, staff.c.email),
        letters.c.state,
        letters.c.tries,
        letters.c.created_at,
        letters.c.next_at,
        letters.c.sent_at,
        letters.c.error,
    )
    .select_from(letters)
    .outerjoin(accounts, accounts.c.id == letters.c.account_id)
    .outerjoin(contacts, contacts.c.id == letters.c.contact_id)
    .outerjoin(staff, staff.c.id == letters.c.staff_id),
    row=LetterListedRow._make,
    searched=(letters.c.kind, accounts.c.name, accounts.c.number, contacts.c.email, func.coalesce(letters.c.error, "")),
    sorts={
        "written": letters.c.created_at,
        "sent": letters.c.sent_at,
        "tries": letters.c.tries,
        "kind": letters.c.kind,
    },
    last=letters.c.id,
    choices={"state": _state, "to": _to, "customer": _of},
)


def revive(session: Session, letter_id: int, *, now: datetime) -> bool:
    """Let a letter that was given up be tried again, from the start, and its reader with it; False where it is not
    given up."""
    revived = session.execute(
        update(letters)
        .where(letters.c.id == letter_id, letters.c.state == "dead")
        .values(state="waiting", next_at=now, tries=0)
        .returning(letters.c.contact_id)
    ).first()
    if revived is not None and revived.contact_id is not None:
        set_refused(session, revived.contact_id, None)
    return revived is not None
