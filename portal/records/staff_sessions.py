"""The sessions of staff in their browsers: half open after the password, open after the second factor."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from portal.records.engine import Session
from portal.records.staff import StaffRow
from portal.records.tables import staff, staff_sessions
from portal.records.types import new_public_id


class StaffSessionRow(NamedTuple):
    """One session. `verified_at` is None while it is half open; `confirmed_at` is when the second factor was shown
    last; `challenge` is a passkey's that was asked for and not yet answered."""

    id: int
    public_id: str
    created_at: datetime
    expires_at: datetime
    verified_at: datetime | None
    confirmed_at: datetime | None
    address: str
    browser: str
    challenge: bytes | None


_ROW = tuple(staff_sessions.c[name] for name in StaffSessionRow._fields)
_STAFF = tuple(staff.c[name] for name in StaffRow._fields)
_ALIVE = (
    staff_sessions.c.ended_at.is_(None),
    staff_sessions.c.expires_at > bindparam("now"),
)
_LIVE = (
    select(*_ROW, *_STAFF)
    .join(staff, staff.c.id == staff_sessions.c.staff_id)
    .where(*_ALIVE, staff_sessions.c.secret_hash == bindparam("secret_hash"), staff.c.removed_at.is_(None))
)
_OF_STAFF = (
    select(*_ROW)
    .where(*_ALIVE, staff_sessions.c.staff_id == bindparam("staff_id"), staff_sessions.c.verified_at.is_not(None))
    .order_by(staff_sessions.c.created_at.desc(), staff_sessions.c.id.desc())
)


def live(session: Session, secret_hash: bytes, *, now: datetime) -> tuple[StaffSessionRow, StaffRow] | None:
    """The session with this secret, half open or open, and whose it is; None if it has ended or expired."""
    row = session.execute(_LIVE, {"secret_hash": secret_hash, "now": now}).first()
    if row is None:
        return None
    width = len(_ROW)
    return StaffSessionRow(*row[:width]), StaffRow(*row[width:])


def of_staff(session: Session, staff_id: int, *, now: datetime) -> Sequence[StaffSessionRow]:
    """Somebody's open sessions, the newest first."""
    return [StaffSessionRow(*row) for row in session.execute(_OF_STAFF, {"staff_id": staff_id, "now": now})]


def add(
    session: Session,
    staff_id: int,
    secret_hash: bytes,
    *,
    address: str,
    browser: str,
    now: datetime,
    expires_at: datetime,
) -> int:
    """Insert a half-open session and return its id. Only the secret's hash is stored."""
    values = {
        "public_id": new_public_id(),
        "staff_id": staff_id,
        "secret_hash": secret_hash,
        "created_at": now,
        "expires_at": expires_at,
        "address": address,
        "browser": browser,
    }
    return int(session.execute(insert(staff_sessions).returning(staff_sessions.c.id), values).scalar_one())


def open_fully(session: Session, session_id: int, secret_hash: bytes, *, now: datetime, expires_at: datetime) -> None:
    """The second factor was shown: the session is open, under another secret."""
    _change(
        session,
        session_id,
        secret_hash=secret_hash,
        verified_at=now,
        confirmed_at=now,
        expires_at=expires_at,
        challenge=None,
    )


def confirm(session: Session, session_id: int, secret_hash: bytes, *, now: datetime) -> None:
    """The second factor was shown again: the session goes on under another secret."""
    _change(session, session_id, secret_hash=secret_hash, confirmed_at=now, challenge=None)


def set_challenge(session: Session, session_id: int, challenge: bytes | None) -> None:
    """What a passkey is to sign next; the one before it is forgotten."""
    _change(session, session_id, challenge=challenge)


def take_challenge(session: Session, session_id: int, challenge: bytes) -> bool:
    """Use up this challenge; False where it was used or replaced already."""
    taken = session.execute(
        update(staff_sessions)
        .where(staff_sessions.c.id == session_id, staff_sessions.c.challenge == challenge)
        .values(challenge=None)
        .returning(staff_sessions.c.id)
    )
    return taken.first() is not None


def end(session: Session, session_id: int, *, now: datetime) -> None:
    """End this session; one that has ended keeps its time."""
    session.execute(
        update(staff_sessions)
        .where(staff_sessions.c.id == session_id, staff_sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_all(session: Session, staff_id: int, *, now: datetime, but: int | None = None) -> None:
    """End whatever sessions somebody has, half-open ones too; `but` is the id of one that stays."""
    ending = update(staff_sessions).where(
        staff_sessions.c.staff_id == staff_id, staff_sessions.c.ended_at.is_(None), staff_sessions.c.id != (but or 0)
    )
    session.execute(ending.values(ended_at=now))


def _change(session: Session, session_id: int, **values: object) -> None:
    session.execute(update(staff_sessions).where(staff_sessions.c.id == session_id).values(**values))
