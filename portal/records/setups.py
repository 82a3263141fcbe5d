"""Pages of Stripe that save a method without a payment: who asked for one, what for, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from portal.records.engine import Session
from portal.records.tables import setups
from portal.records.types import new_public_id


class SetupRow(NamedTuple):
    """`kind` is card or us_bank_account, `purpose` keep, plan or autopay; `version` rises with every change."""

    id: int
    public_id: str
    account_id: int
    contact_id: int | None
    session_id: int | None
    plan_id: int | None
    kind: str
    purpose: str
    state: str
    consent: str
    checkout_id: str | None
    checkout_url: str | None
    created_at: datetime
    expires_at: datetime
    version: int


_SETUP = tuple(setups.c[name] for name in SetupRow._fields)
_UNDER_WAY = setups.c.state.in_(("created", "open"))
_BY_ID = select(*_SETUP).where(setups.c.id == bindparam("wanted"))
_BY_PUBLIC_ID = select(*_SETUP).where(setups.c.public_id == bindparam("wanted"))
_FIND = _BY_PUBLIC_ID.where(setups.c.account_id == bindparam("account"))
_BY_CHECKOUT = select(*_SETUP).where(setups.c.checkout_id == bindparam("wanted"))
_OPEN_OF_SESSION = (
    select(*_SETUP)
    .where(_UNDER_WAY, setups.c.session_id == bindparam("session_id"), setups.c.account_id == bindparam("account"))
    .order_by(setups.c.id.desc())
)
_PAST_EXPIRY = (
    select(*_SETUP).where(_UNDER_WAY, setups.c.expires_at < bindparam("now")).order_by(setups.c.id).limit(100)
)


def by_id(session: Session, setup_id: int) -> SetupRow:
    """The setup of this id, which must exist."""
    return SetupRow(*session.execute(_BY_ID, {"wanted": setup_id}).one())


def find(session: Session, account_id: int, public_id: str) -> SetupRow | None:
    """One setup, if it is this account's."""
    row = session.execute(_FIND, {"account": account_id, "wanted": public_id}).first()
    return SetupRow(*row) if row else None


def by_public_id(session: Session, public_id: str) -> SetupRow | None:
    """The setup of any account by the id that Stripe was given; for a customer's address there is `find`."""
    row = session.execute(_BY_PUBLIC_ID, {"wanted": public_id}).first()
    return SetupRow(*row) if row else None


def by_checkout(session: Session, checkout_id: str) -> SetupRow | None:
    """The setup whose page at Stripe this is."""
    row = session.execute(_BY_CHECKOUT, {"wanted": checkout_id}).first()
    return SetupRow(*row) if row else None


def open_of_session(session: Session, account_id: int, session_id: int) -> Sequence[SetupRow]:
    """What this browser has begun for the account and not ended, newest first."""
    found = session.execute(_OPEN_OF_SESSION, {"account": account_id, "session_id": session_id})
    return [SetupRow(*row) for row in found]


def past_expiry(session: Session, now: datetime) -> Sequence[SetupRow]:
    """Setups under way whose page should have ended; at most a hundred at a time."""
    return [SetupRow(*row) for row in session.execute(_PAST_EXPIRY, {"now": now})]


def add(session: Session, values: Mapping[str, object]) -> SetupRow:
    made = insert(setups).returning(*_SETUP)
    return SetupRow(*session.execute(made, {**values, "public_id": new_public_id()}).one())


def change(session: Session, setup: SetupRow, **values: object) -> bool:
    """Change the setup if it still is the version that was read; False where somebody was faster."""
    changed = session.execute(
        update(setups)
        .where(setups.c.id == setup.id, setups.c.version == setup.version)
        .values(**values, version=setup.version + 1)
    )
    return changed.rowcount == 1
