"""Browser sessions and their grants: which accounts a cookie opens, and how far.

A grant counts while its link is neither revoked nor raised to another version and its contact is not removed:
cutting off a link cuts off the sessions that it opened.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, or_, select, update

from portal.records.accounts import AccountRow
from portal.records.engine import Session
from portal.records.tables import accounts, contacts, grants, links, sessions
from portal.records.upsert import insert_unless_there


class GrantRow(NamedTuple):
    """One grant of a living session on an account. Without `charge_id` it opens the whole account."""

    session_id: int
    contact_id: int | None
    charge_id: int | None
    account: AccountRow


_LIVING = (
    sessions.c.secret_hash == bindparam("secret_hash"),
    sessions.c.ended_at.is_(None),
    sessions.c.expires_at > bindparam("now"),
)
_LIVE = select(sessions.c.id, sessions.c.expires_at).where(*_LIVING)
_GRANTS = (
    select(sessions.c.id, links.c.contact_id, links.c.charge_id, *(accounts.c[name] for name in AccountRow._fields))
    .join(grants, grants.c.session_id == sessions.c.id)
    .join(links, links.c.id == grants.c.link_id)
    .join(accounts, accounts.c.id == links.c.account_id)
    .outerjoin(contacts, contacts.c.id == links.c.contact_id)
    .where(
        *_LIVING,
        accounts.c.public_id == bindparam("account"),
        links.c.revoked_at.is_(None),
        links.c.version == grants.c.link_version,
        or_(links.c.contact_id.is_(None), contacts.c.removed_at.is_(None)),
    )
    .order_by(grants.c.id)
)


def live(session: Session, secret_hash: bytes, *, now: datetime) -> tuple[int, datetime] | None:
    """The id and the end of the session with this secret, if it is neither ended nor expired."""
    row = session.execute(_LIVE, {"secret_hash": secret_hash, "now": now}).first()
    return (row.id, row.expires_at) if row else None


def live_grants(session: Session, secret_hash: bytes, account: str, *, now: datetime) -> Sequence[GrantRow]:
    """The grants of the session with this secret on the account of this public id, the oldest first."""
    found = session.execute(_GRANTS, {"secret_hash": secret_hash, "account": account, "now": now})
    return [
        GrantRow(session_id, contact_id, charge_id, AccountRow(*of_account))
        for session_id, contact_id, charge_id, *of_account in found
    ]


def add(session: Session, secret_hash: bytes, *, now: datetime, expires_at: datetime) -> int:
    """Insert a session that opens nothing yet, and return its id. Only the secret's hash is stored."""
    values = {"secret_hash": secret_hash, "created_at": now, "expires_at": expires_at}
    return int(session.execute(insert(sessions).returning(sessions.c.id), values).scalar_one())


def change_secret(session: Session, session_id: int, secret_hash: bytes) -> None:
    """Whoever held the old secret holds nothing any more; the session's grants and its end stay."""
    session.execute(update(sessions).where(sessions.c.id == session_id).values(secret_hash=secret_hash))


def grant(session: Session, session_id: int, *, link_id: int, link_version: int, now: datetime) -> None:
    """Let the session use this version of the link; doing it twice is doing it once."""
    insert_unless_there(
        session,
        grants,
        {"session_id": session_id, "link_id": link_id, "link_version": link_version, "granted_at": now},
    )


def end(session: Session, secret_hash: bytes, *, now: datetime) -> None:
    """End the session with this secret; one that has ended keeps its time."""
    session.execute(
        update(sessions)
        .where(sessions.c.secret_hash == secret_hash, sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )
