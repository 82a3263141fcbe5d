"""What staff may show beside the code of their app: passkeys, and recovery codes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from portal.records.engine import Session
from portal.records.tables import passkeys, recovery_codes
from portal.records.types import new_public_id


class PasskeyRow(NamedTuple):
    """A passkey: `credential_id` is what its device calls it, `sign_count` how often that says it was used."""

    id: int
    public_id: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None


_ROW = tuple(passkeys.c[name] for name in PasskeyRow._fields)
_PASSKEYS = select(*_ROW).where(passkeys.c.staff_id == bindparam("staff_id")).order_by(passkeys.c.id)
_CODES = (
    select(recovery_codes.c.id, recovery_codes.c.code_hash)
    .where(recovery_codes.c.staff_id == bindparam("staff_id"), recovery_codes.c.used_at.is_(None))
    .order_by(recovery_codes.c.id)
)
_CODES_LEFT = select(func.count()).where(
    recovery_codes.c.staff_id == bindparam("staff_id"), recovery_codes.c.used_at.is_(None)
)


def passkeys_of(session: Session, staff_id: int) -> Sequence[PasskeyRow]:
    """Somebody's passkeys, the oldest first."""
    return [PasskeyRow(*row) for row in session.execute(_PASSKEYS, {"staff_id": staff_id})]


def is_known(session: Session, credential_id: bytes) -> bool:
    """Whether anybody has this passkey."""
    return session.execute(select(passkeys.c.id).where(passkeys.c.credential_id == credential_id)).first() is not None


def add_passkey(
    session: Session,
    staff_id: int,
    *,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    name: str,
    now: datetime,
) -> None:
    """Somebody's new passkey, by the name that they gave it."""
    values = {
        "public_id": new_public_id(),
        "staff_id": staff_id,
        "credential_id": credential_id,
        "public_key": public_key,
        "sign_count": sign_count,
        "name": name,
        "created_at": now,
    }
    session.execute(insert(passkeys), values)


def use_passkey(session: Session, passkey_id: int, *, sign_count: int, now: datetime) -> None:
    """It has signed."""
    session.execute(update(passkeys).where(passkeys.c.id == passkey_id).values(sign_count=sign_count, used_at=now))


def remove_passkey(session: Session, passkey_id: int) -> None:
    """It opens nothing any more."""
    session.execute(delete(passkeys).where(passkeys.c.id == passkey_id))


def codes_of(session: Session, staff_id: int) -> Sequence[tuple[int, str]]:
    """(id, hash) of each recovery code that was not used yet."""
    return [(row.id, row.code_hash) for row in session.execute(_CODES, {"staff_id": staff_id})]


def codes_left(session: Session, staff_id: int) -> int:
    """How many recovery codes somebody has left."""
    return session.execute(_CODES_LEFT, {"staff_id": staff_id}).scalar_one()


def replace_codes(session: Session, staff_id: int, hashes: Iterable[str], *, now: datetime) -> None:
    """New recovery codes; the old ones are worth nothing any more."""
    session.execute(delete(recovery_codes).where(recovery_codes.c.staff_id == staff_id))
    session.execute(
        insert(recovery_codes), [{"staff_id": staff_id, "code_hash": each, "created_at": now} for each in hashes]
    )


def use_code(session: Session, code_id: int, *, now: datetime) -> bool:
    """Use a recovery code up; False where somebody was faster."""
    used = session.execute(
        update(recovery_codes)
        .where(recovery_codes.c.id == code_id, recovery_codes.c.used_at.is_(None))
        .values(used_at=now)
        .returning(recovery_codes.c.id)
    )
    return used.first() is not None


def forget_all(session: Session, staff_id: int) -> None:
    """Neither a passkey nor a recovery code is left."""
    session.execute(delete(passkeys).where(passkeys.c.staff_id == staff_id))
    session.execute(delete(recovery_codes).where(recovery_codes.c.staff_id == staff_id))
