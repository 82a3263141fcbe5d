"""Codes that were mailed to confirm a browser, and the browsers that they confirmed."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from portal.records.engine import Session
from portal.records.tables import contacts, devices, step_codes
from portal.records.types import new_public_id


class CodeRow(NamedTuple):
    """A code that was asked for in a session. Until its letter is written there is none, and no `code_hash`."""

    id: int
    contact_id: int
    session_id: int
    code_hash: bytes | None
    requested_at: datetime
    expires_at: datetime
    tries: int
    used_at: datetime | None


class DeviceRow(NamedTuple):
    """A browser that a contact has confirmed."""

    id: int
    public_id: str
    contact_id: int
    user_agent: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


_CODE = tuple(step_codes.c[name] for name in CodeRow._fields)
_DEVICE = tuple(devices.c[name] for name in DeviceRow._fields)
_NEWEST = (
    select(*_CODE)
    .where(step_codes.c.session_id == bindparam("session_id"), step_codes.c.contact_id == bindparam("contact_id"))
    .order_by(step_codes.c.id.desc())
    .limit(1)
)
_LIVING = (
    select(*_DEVICE)
    .join(contacts, contacts.c.id == devices.c.contact_id)
    .where(
        devices.c.contact_id == bindparam("contact_id"),
        devices.c.revoked_at.is_(None),
        devices.c.expires_at > bindparam("now"),
        contacts.c.removed_at.is_(None),
    )
    .order_by(devices.c.created_at.desc(), devices.c.id.desc())
)
_TRUSTED = _LIVING.where(devices.c.secret_hash == bindparam("secret_hash"))


def add_code(session: Session, contact_id: int, session_id: int, *, now: datetime, expires_at: datetime) -> int:
    """Insert a code that is still to be made, and return its id."""
    values = {"contact_id": contact_id, "session_id": session_id, "requested_at": now, "expires_at": expires_at}
    return int(session.execute(insert(step_codes).returning(step_codes.c.id), values).scalar_one())


def code_by_id(session: Session, code_id: int) -> CodeRow:
    """The code of this id, which must exist."""
    return CodeRow(*session.execute(select(*_CODE).where(step_codes.c.id == code_id)).one())


def newest_code(session: Session, contact_id: int, session_id: int) -> CodeRow | None:
    """The code that the session asked for last, for this contact: no other counts."""
    row = session.execute(_NEWEST, {"contact_id": contact_id, "session_id": session_id}).first()
    return CodeRow(*row) if row else None


def set_code(session: Session, code_id: int, code_hash: bytes, *, expires_at: datetime) -> None:
    """The code was made; one that was made before is worth nothing any more."""
    session.execute(
        update(step_codes).where(step_codes.c.id == code_id).values(code_hash=code_hash, expires_at=expires_at)
    )


def count_try(session: Session, code_id: int, *, most: int) -> CodeRow | None:
    """Count one more try, and hold the code until the transaction ends; None where it was used or tried up."""
    counted = session.execute(
        update(step_codes)
        .where(step_codes.c.id == code_id, step_codes.c.used_at.is_(None), step_codes.c.tries < most)
        .values(tries=step_codes.c.tries + 1)
        .returning(*_CODE)
    ).first()
    return CodeRow(*counted) if counted else None


def use_code(session: Session, code_id: int, *, now: datetime) -> None:
    """The code was shown."""
    session.execute(update(step_codes).where(step_codes.c.id == code_id).values(used_at=now))


def trusted(session: Session, contact_id: int, secret_hash: bytes, *, now: datetime) -> DeviceRow | None:
    """The browser with this secret, if the contact has confirmed it and neither was removed since."""
    wanted = {"contact_id": contact_id, "secret_hash": secret_hash, "now": now}
    row = session.execute(_TRUSTED, wanted).first()
    return DeviceRow(*row) if row else None


def devices_of(session: Session, contact_id: int, *, now: datetime) -> Sequence[DeviceRow]:
    """The contact's confirmed browsers, the newest first."""
    return [DeviceRow(*row) for row in session.execute(_LIVING, {"contact_id": contact_id, "now": now})]


def change_secret(session: Session, old_hash: bytes, new_hash: bytes) -> None:
    """The browser has another secret: for each of its contacts it stays confirmed, whoever held the old one is not."""
    session.execute(
        update(devices)
        .where(devices.c.secret_hash == old_hash, devices.c.revoked_at.is_(None))
        .values(secret_hash=new_hash)
    )


def confirm_device(
    session: Session, contact_id: int, secret_hash: bytes, *, user_agent: str, now: datetime, expires_at: datetime
) -> int:
    """Make the browser one that the contact has confirmed, or prolong that; return its id."""
    values = {"user_agent": user_agent, "expires_at": expires_at}
    known = session.execute(
        update(devices)
        .where(devices.c.contact_id == contact_id, devices.c.secret_hash == secret_hash)
        .values(**values)
        .returning(devices.c.id)
    ).scalar()
    if known is not None:
        return int(known)
    values |= {"public_id": new_public_id(), "contact_id": contact_id, "secret_hash": secret_hash, "created_at": now}
    return int(session.execute(insert(devices).returning(devices.c.id), values).scalar_one())


def find_device(session: Session, contact_id: int, public_id: str) -> DeviceRow | None:
    """The contact's browser that addresses call so, whatever became of it."""
    found = select(*_DEVICE).where(devices.c.contact_id == contact_id, devices.c.public_id == public_id)
    row = session.execute(found).first()
    return DeviceRow(*row) if row else None


def revoke(session: Session, device_id: int, *, now: datetime) -> bool:
    """The browser is not confirmed any more; False where it was not before."""
    ended = session.execute(
        update(devices).where(devices.c.id == device_id, devices.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    return ended.rowcount == 1


def revoke_all(session: Session, contact_id: int, *, now: datetime) -> None:
    """End every confirmed browser of the contact."""
    session.execute(
        update(devices).where(devices.c.contact_id == contact_id, devices.c.revoked_at.is_(None)).values(revoked_at=now)
    )
