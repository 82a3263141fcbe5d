"""Stripe's events as they came: stored once each, claimed for work, and never forgotten."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, text, update

from portal.records.engine import Session
from portal.records.tables import inbox
from portal.records.types import Instant


class EventRow(NamedTuple):
    """An event as it came; `body` are its bytes, kept compressed."""

    event_id: str
    type: str
    subject: str
    checkout_id: str | None
    body: bytes
    received_at: datetime


class WaitingRow(NamedTuple):
    """An event to be handled; `tries` counts the handlings that failed."""

    id: int
    subject: str
    checkout_id: str | None
    type: str
    tries: int


# The same words on both databases, where SQLAlchemy's own would need one statement for each.
_STORE = text(
    "INSERT INTO inbox (event_id, type, subject, checkout_id, body, received_at, next_at)"
    " VALUES (:event_id, :type, :subject, :checkout_id, :body, :received_at, :received_at)"
    " ON CONFLICT (event_id) DO NOTHING"
).bindparams(bindparam("received_at", type_=Instant))
_WAITING = (
    select(*(inbox.c[name] for name in WaitingRow._fields))
    .where(inbox.c.state == "new", inbox.c.next_at <= bindparam("now"))
    .order_by(inbox.c.next_at, inbox.c.id)
    .limit(200)
)
_OF_SUBJECT = (
    select(*(inbox.c[name] for name in WaitingRow._fields))
    .where(inbox.c.state == "new", inbox.c.subject == bindparam("wanted"))
    .order_by(inbox.c.id)
)


def store(session: Session, events: Sequence[EventRow]) -> None:
    """Remember events, each once; in one order everywhere, or two processes could wait for each other."""
    session.execute(
        _STORE,
        [
            {**event._asdict(), "body": zlib.compress(event.body, 1)}
            for event in sorted(events, key=lambda event: event.event_id)
        ],
    )


def waiting(session: Session, now: datetime) -> Sequence[WaitingRow]:
    """Events whose time has come, oldest first; at most 200."""
    return [WaitingRow(*row) for row in session.execute(_WAITING, {"now": now})]


def of_subject(session: Session, subject: str) -> Sequence[WaitingRow]:
    """Every event about one payment that still waits, whatever its time."""
    return [WaitingRow(*row) for row in session.execute(_OF_SUBJECT, {"wanted": subject})]


def close(session: Session, ids: Sequence[int], *, state: str, now: datetime) -> None:
    """These events are done: handled, foreign or ignored."""
    _change(session, ids, state=state, handled_at=now, error=None)


def put_off(session: Session, ids: Sequence[int], *, state: str, tries: int, next_at: datetime, error: str) -> None:
    """Handling these events failed: try again at `next_at`, or never again (`dead`), when the owner must look."""
    _change(session, ids, state=state, tries=tries, next_at=next_at, error=error)


def _change(session: Session, ids: Sequence[int], **values: object) -> None:
    session.execute(update(inbox).where(inbox.c.id.in_(ids), inbox.c.state == "new").values(**values))
