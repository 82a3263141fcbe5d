"""Who works here, and the second factor that proves it. Whoever was removed stays as a row: the history names them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, insert, or_, select, update

from portal.records.engine import Session
from portal.records.tables import staff
from portal.records.types import new_public_id
from portal.rules.roles import Role


class StaffRow(NamedTuple):
    """One of the staff, as pages know them. `public_id` stands in addresses."""

    id: int
    public_id: str
    email: str
    name: str
    role: Role


class ProofRow(NamedTuple):
    """What proves that it is them: the password's hash, and the encrypted secret of the codes, if there is one yet.

    `totp_counter` is the last time step whose code was taken; `totp_confirmed_at` is when the first one was.
    """

    password_hash: str
    totp_secret: str | None
    totp_counter: int | None
    totp_confirmed_at: datetime | None


_ROW = tuple(staff.c[name] for name in StaffRow._fields)
_PROOF = tuple(staff.c[name] for name in ProofRow._fields)
_PRESENT = staff.c.removed_at.is_(None)
_ALL = select(*_ROW).where(_PRESENT).order_by(staff.c.name, staff.c.id)
_BY_PUBLIC_ID = select(*_ROW).where(_PRESENT, staff.c.public_id == bindparam("public_id"))
_BY_ID = select(*_ROW).where(_PRESENT, staff.c.id == bindparam("staff_id"))
_BY_EMAIL = select(*_ROW).where(_PRESENT, staff.c.email == bindparam("email"))
_PROOF_OF = select(*_PROOF).where(_PRESENT, staff.c.id == bindparam("staff_id"))
_OWNERS = select(staff.c.id).where(_PRESENT, staff.c.role == "owner").with_for_update()


def present(session: Session) -> Sequence[StaffRow]:
    """Everybody who has not been removed, by name."""
    return [StaffRow(*row) for row in session.execute(_ALL)]


def by_public_id(session: Session, public_id: str) -> StaffRow | None:
    """Whoever this is in an address, unless they were removed."""
    row = session.execute(_BY_PUBLIC_ID, {"public_id": public_id}).first()
    return StaffRow(*row) if row else None


def by_id(session: Session, staff_id: int) -> StaffRow | None:
    """Whoever has this id, unless they were removed."""
    row = session.execute(_BY_ID, {"staff_id": staff_id}).first()
    return StaffRow(*row) if row else None


def by_email(session: Session, email: str) -> StaffRow | None:
    """Whoever logs in with this address, in lower case, unless they were removed."""
    row = session.execute(_BY_EMAIL, {"email": email}).first()
    return StaffRow(*row) if row else None


def names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Id -> name of these, those who were removed too."""
    found = session.execute(select(staff.c.id, staff.c.name).where(staff.c.id.in_(ids)))
    return {row.id: row.name for row in found}


def owners(session: Session) -> int:
    """How many owners there are; they stay owners until the transaction ends."""
    return len(session.execute(_OWNERS).all())


def proof(session: Session, staff_id: int) -> ProofRow | None:
    """What proves that it is them; None for somebody who was removed."""
    row = session.execute(_PROOF_OF, {"staff_id": staff_id}).first()
    return ProofRow(*row) if row else None


def add(session: Session, *, email: str, name: str, role: Role, password_hash: str, now: datetime) -> StaffRow | None:
    """Somebody new, without a second factor yet; None where the address has an account already.

    Whoever comes back after being removed keeps their row, and brings nothing along: neither the old password nor
    the old second factor.
    """
    known = session.execute(select(staff.c.id, staff.c.removed_at).where(staff.c.email == email)).first()
    if known is not None and known.removed_at is None:
        return None
    values: dict[str, Any] = {"name": name, "role": role, "password_hash": password_hash}
    if known is not None:
        session.execute(update(staff).where(staff.c.id == known.id).values(**values, removed_at=None))
    else:
        values |= {"email": email, "public_id": new_public_id(), "created_at": now}
        session.execute(insert(staff), values)
    return by_email(session, email)


def set_role(session: Session, staff_id: int, role: Role) -> None:
    """From now on they may do what this role may."""
    _change(session, staff_id, role=role)


def set_password(session: Session, staff_id: int, password_hash: str) -> None:
    """The password they log in with from now on, as its hash."""
    _change(session, staff_id, password_hash=password_hash)


def set_totp(session: Session, staff_id: int, secret: str | None) -> None:
    """Another secret for the codes, encrypted, which counts as soon as it was confirmed; None takes it away."""
    _change(session, staff_id, totp_secret=secret, totp_counter=None, totp_confirmed_at=None)


def keep_totp(session: Session, staff_id: int, secret: str) -> None:
    """The same secret, encrypted anew: what was taken and confirmed stays so."""
    _change(session, staff_id, totp_secret=secret)


def confirm_totp(session: Session, staff_id: int, *, now: datetime) -> None:
    """They have shown a code of their new secret."""
    _change(session, staff_id, totp_confirmed_at=now)


def take_counter(session: Session, staff_id: int, counter: int) -> bool:
    """Mark the code of this time step as taken; False where it, or a later one, was taken already."""
    unused: ColumnElement[bool] = or_(staff.c.totp_counter.is_(None), staff.c.totp_counter < counter)
    taken = session.execute(
        update(staff).where(staff.c.id == staff_id, unused).values(totp_counter=counter).returning(staff.c.id)
    )
    return taken.first() is not None


def remove(session: Session, staff_id: int, *, now: datetime) -> None:
    """They work here no more. Their password and their second factor are forgotten."""
    _change(
        session,
        staff_id,
        removed_at=now,
        password_hash="",
        totp_secret=None,
        totp_counter=None,
        totp_confirmed_at=None,
    )


def _change(session: Session, staff_id: int, **values: object) -> None:
    session.execute(update(staff).where(staff.c.id == staff_id).values(**values))
