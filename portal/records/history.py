"""Who did what and when: written in the transaction of the change itself, never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select

from portal.records.engine import Session
from portal.records.tables import history


class HistoryRow(NamedTuple):
    """One act. `detail` is JSON and holds no secret."""

    at: datetime
    actor: str
    action: str
    account_id: int | None
    charge_id: int | None
    detail: Mapping[str, object]


_ROW = tuple(history.c[name] for name in HistoryRow._fields)
_ADD = insert(history).returning(history.c.id)
_BY_ID = select(*_ROW).where(history.c.id == bindparam("act"))
_OF_ACCOUNT = select(*_ROW).where(history.c.account_id == bindparam("account")).order_by(history.c.id)
_OF_CHARGE = select(*_ROW).where(history.c.charge_id == bindparam("charge")).order_by(history.c.id)


def add(session: Session, row: HistoryRow) -> int:
    """Write down an act, in the transaction that does it, and return its id."""
    return int(session.execute(_ADD, row._asdict()).scalar_one())


def by_id(session: Session, act_id: int) -> HistoryRow:
    """One act, which must exist."""
    return HistoryRow(*session.execute(_BY_ID, {"act": act_id}).one())


def of_account(session: Session, account_id: int) -> Sequence[HistoryRow]:
    """Everything that was done about an account, the oldest first."""
    return [HistoryRow(*row) for row in session.execute(_OF_ACCOUNT, {"account": account_id})]


def of_charge(session: Session, charge_id: int) -> Sequence[HistoryRow]:
    """Everything that was done about one document, the oldest first."""
    return [HistoryRow(*row) for row in session.execute(_OF_CHARGE, {"charge": charge_id})]
