"""What was said about a dispute, and what was offered to settle it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from portal.records.engine import Session
from portal.records.tables import contacts, dispute_messages, dispute_offers, staff
from portal.records.types import new_public_id


class MessageRow(NamedTuple):
    """`author` is customer, staff or portal; `who` their name or address, "" where nobody is named."""

    id: int
    public_id: str
    dispute_id: int
    said_at: datetime
    author: str
    is_private: bool
    body: str
    contact: str
    staff: str


class OfferRow(NamedTuple):
    """An offer to settle. Amounts are the credit that it would bring, whatever its kind."""

    id: int
    public_id: str
    dispute_id: int
    kind: str
    percent_bp: int | None
    net_cents: int
    tax_cents: int
    words: str
    expires_on: date
    state: str
    made_by: str
    created_at: datetime
    ended_at: datetime | None


_MESSAGES = (
    select(
        *(dispute_messages.c[name] for name in MessageRow._fields if name not in ("contact", "staff")),
        contacts.c.name,
        contacts.c.email,
        staff.c.name,
    )
    .outerjoin(contacts, contacts.c.id == dispute_messages.c.contact_id)
    .outerjoin(staff, staff.c.id == dispute_messages.c.staff_id)
    .where(dispute_messages.c.dispute_id == bindparam("dispute"))
    .order_by(dispute_messages.c.id)
)
_OFFER = tuple(dispute_offers.c[name] for name in OfferRow._fields)
_OFFERS = select(*_OFFER).where(dispute_offers.c.dispute_id == bindparam("dispute")).order_by(dispute_offers.c.id)


def messages(session: Session, dispute_id: int, *, with_private: bool) -> Sequence[MessageRow]:
    """Everything said, oldest first; the seller's notes to themselves only where asked for."""
    found = [
        MessageRow(*row[:7], contact=row[7] or row[8] or "", staff=row[9] or "")
        for row in session.execute(_MESSAGES, {"dispute": dispute_id})
    ]
    return [message for message in found if with_private or not message.is_private]


def say(session: Session, values: Mapping[str, object]) -> int:
    """Insert a message (dispute_id, said_at, author, contact_id, staff_id, is_private, body) and return its id."""
    made = insert(dispute_messages).returning(dispute_messages.c.id)
    return int(session.execute(made, {**values, "public_id": new_public_id()}).scalar_one())


def offers(session: Session, dispute_id: int) -> Sequence[OfferRow]:
    """Every offer made, oldest first; at most the last one is open."""
    return [OfferRow._make(row) for row in session.execute(_OFFERS, {"dispute": dispute_id})]


def open_offer(session: Session, dispute_id: int) -> OfferRow | None:
    """The offer that waits for an answer."""
    return next((offer for offer in offers(session, dispute_id) if offer.state == "open"), None)


def add_offer(session: Session, values: Mapping[str, object]) -> OfferRow:
    """Insert an open offer and return it."""
    made = insert(dispute_offers).returning(*_OFFER)
    return OfferRow._make(session.execute(made, {**values, "public_id": new_public_id(), "state": "open"}).one())


def end_offers(session: Session, dispute_id: int, state: str, *, now: datetime) -> None:
    """End whatever offer is open: accepted, declined, withdrawn, expired."""
    session.execute(
        update(dispute_offers)
        .where(dispute_offers.c.dispute_id == dispute_id, dispute_offers.c.state == "open")
        .values(state=state, ended_at=now)
    )
