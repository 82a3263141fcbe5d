"""Credit memos."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select

from portal.records.engine import Session
from portal.records.tables import credits
from portal.records.types import new_public_id


class CreditRow(NamedTuple):
    """A credit memo; `charge_id` is the charge it was written for, if it was for one."""

    id: int
    account_id: int
    charge_id: int | None
    number: str
    issued_on: date
    amount_cents: int
    tax_cents: int
    reason: str


_CREDIT = tuple(credits.c[name] for name in CreditRow._fields)
_OF_ACCOUNT = select(*_CREDIT).where(credits.c.account_id == bindparam("account")).order_by(credits.c.id)

_OF_CHARGE = select(*_CREDIT).where(credits.c.charge_id == bindparam("charge")).order_by(credits.c.id)


def add(session: Session, values: dict[str, object], *, now: datetime) -> int:
    """Insert a credit memo (the fields of CreditRow but for its id) and return its id."""
    made = insert(credits).returning(credits.c.id)
    return int(session.execute(made, values | {"public_id": new_public_id(), "created_at": now}).scalar_one())


def of_account(session: Session, account_id: int) -> list[CreditRow]:
    """The account's credit memos, oldest first."""
    return [CreditRow(*row) for row in session.execute(_OF_ACCOUNT, {"account": account_id})]


def of_charge(session: Session, charge_id: int) -> list[CreditRow]:
    """The credit memos written for this charge, wherever their value went, oldest first."""
    return [CreditRow(*row) for row in session.execute(_OF_CHARGE, {"charge": charge_id})]
