"""The list of Stripe's events, and one of them with its body."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from portal.records.engine import Session
from portal.records.listing import Condition, Listing
from portal.records.tables import inbox


class EventListedRow(NamedTuple):
    """An event; `subject` is the payment it is about, by Stripe's id. `next_at` is its next try while it is new."""

    id: int
    event_id: str
    type: str
    subject: str
    state: str
    tries: int
    received_at: datetime
    next_at: datetime
    handled_at: datetime | None
    error: str | None


_FOUND = select(*(inbox.c[name] for name in EventListedRow._fields))


def _state(value: str) -> Condition:
    return inbox.c.state == value


EVENTS = Listing(
    found=_FOUND,
    row=EventListedRow._make,
    searched=(inbox.c.event_id, inbox.c.type, inbox.c.subject),
    sorts={"received": inbox.c.received_at, "type": inbox.c.type, "tries": inbox.c.tries},
    last=inbox.c.id,
    choices={"state": _state},
)


def find(session: Session, event_id: str) -> EventListedRow | None:
    """The event that Stripe gave this id."""
    row = session.execute(_FOUND.where(inbox.c.event_id == event_id)).first()
    return EventListedRow._make(row) if row else None


def body(session: Session, event_id: str) -> bytes:
    """What Stripe sent, which must exist."""
    return zlib.decompress(session.execute(select(inbox.c.body).where(inbox.c.event_id == event_id)).scalar_one())


def revive(session: Session, *, now: datetime, event_id: str = "") -> Sequence[str]:
    """Let events that were given up (one, or all of them) be tried again at once; their ids at Stripe."""
    given_up = update(inbox).where(inbox.c.state == "dead")
    if event_id:
        given_up = given_up.where(inbox.c.event_id == event_id)
    revived = session.execute(given_up.values(state="new", tries=0, next_at=now).returning(inbox.c.event_id))
    return revived.scalars().all()
