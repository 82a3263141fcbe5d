"""Leave to charge every invoice of an account on its due day: who gave it, with which method, and until when."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from portal.records.collections import CollectionRow
from portal.records.engine import Session
from portal.records.tables import autopays, collections


class AutopayRow(NamedTuple):
    """A leave to charge; `consent` is what was agreed to, word for word. One at most of an account has not ended."""

    id: int
    account_id: int
    contact_id: int | None
    method_id: int
    consent: str
    agreed_at: datetime
    ended_at: datetime | None
    ended_why: str | None


_AUTOPAY = tuple(autopays.c[name] for name in AutopayRow._fields)
_IN_FORCE = select(*_AUTOPAY).where(autopays.c.ended_at.is_(None), autopays.c.account_id == bindparam("account"))
_ENDED_WITH = select(*_AUTOPAY).where(
    autopays.c.method_id == bindparam("method"), autopays.c.ended_why == "method_ended"
)
_BY_ID = select(*_AUTOPAY).where(autopays.c.id == bindparam("wanted"))
_NEXT = (
    select(*(collections.c[name] for name in CollectionRow._fields))
    .where(
        collections.c.autopay_id == bindparam("autopay"),
        collections.c.method_id == bindparam("method"),
        collections.c.state == "waiting",
        collections.c.charge_id.in_(bindparam("charges", expanding=True)),
    )
    .order_by(collections.c.next_on, collections.c.id)
    .limit(1)
)


def by_id(session: Session, autopay_id: int) -> AutopayRow:
    """The leave of this id, ended or not, which must exist."""
    return AutopayRow(*session.execute(_BY_ID, {"wanted": autopay_id}).one())


def in_force(session: Session, account_id: int) -> AutopayRow | None:
    """The leave that stands for this account now."""
    row = session.execute(_IN_FORCE, {"account": account_id}).first()
    return AutopayRow(*row) if row else None


def ended_with(session: Session, method_id: int) -> AutopayRow | None:
    """The leave that ended because its method did."""
    row = session.execute(_ENDED_WITH, {"method": method_id}).first()
    return AutopayRow(*row) if row else None


def following(session: Session, autopay: AutopayRow, charge_ids: Collection[int]) -> CollectionRow | None:
    """What is announced to be charged next under a leave, with the method that it is for now and of these charges."""
    wanted = {"autopay": autopay.id, "method": autopay.method_id, "charges": list(charge_ids)}
    row = session.execute(_NEXT, wanted).first()
    return CollectionRow._make(row) if row else None


def add(session: Session, values: Mapping[str, object]) -> AutopayRow:
    """Insert a leave; a second one in force for the account raises IntegrityError."""
    return AutopayRow(*session.execute(insert(autopays).returning(*_AUTOPAY), dict(values)).one())


def end(session: Session, autopay_id: int, *, why: str, now: datetime) -> bool:
    """Take the leave back; False where it had ended before."""
    ended = session.execute(
        update(autopays)
        .where(autopays.c.id == autopay_id, autopays.c.ended_at.is_(None))
        .values(ended_at=now, ended_why=why)
    )
    return ended.rowcount == 1
