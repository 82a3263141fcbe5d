"""The list of what customers said."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from portal.records.listing import Condition, Listing
from portal.records.tables import accounts, contacts, notices


class NoticeListedRow(NamedTuple):
    """A notice, whose it is, and who said it."""

    id: int
    public_id: str
    account_id: int
    customer: str
    customer_public_id: str
    currency: str
    email: str | None
    kind: str
    method: str
    amount_cents: int
    sent_on: date
    reference: str
    created_at: datetime
    closed_at: datetime | None


def _state(value: str) -> Condition:
    return notices.c.closed_at.is_(None) if value == "open" else notices.c.closed_at.is_not(None)


def _kind(value: str) -> Condition:
    return notices.c.kind == value


def _of(public_id: str) -> Condition:
    return accounts.c.public_id == public_id


NOTICES = Listing(
    found=select(
        notices.c.id,
        notices.c.public_id,
        notices.c.account_id,
        accounts.c.name,
        accounts.c.public_id,
        accounts.c.currency,
        contacts.c.email,
        notices.c.kind,
        notices.c.method,
        notices.c.amount_cents,
        notices.c.sent_on,
        notices.c.reference,
        notices.c.created_at,
        notices.c.closed_at,
    )
    .select_from(notices)
    .join(accounts, accounts.c.id == notices.c.account_id)
    .outerjoin(contacts, contacts.c.id == notices.c.contact_id),
    row=NoticeListedRow._make,
    searched=(accounts.c.name, accounts.c.number, notices.c.reference, contacts.c.email),
    sorts={
        "customer": accounts.c.name,
        "amount": notices.c.amount_cents,
        "sent": notices.c.sent_on,
        "told": notices.c.created_at,
    },
    last=notices.c.id,
    choices={"state": _state, "kind": _kind, "customer": _of},
)
