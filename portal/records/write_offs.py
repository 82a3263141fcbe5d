"""Charges, or parts of them, that were given up, and what of them came in after all."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, insert, or_, select

from portal.records.engine import Session
from portal.records.tables import movements, write_offs
from portal.records.types import cents
from portal.rules.ledger import LedgerAccount


class GivenUp(NamedTuple):
    """What of a charge is written off and has not been recovered, and the tax part of that."""

    charge_id: int
    amount_cents: int
    tax_cents: int


_IS_TAX = or_(
    movements.c.debit == LedgerAccount.TAX_PAYABLE.value, movements.c.credit == LedgerAccount.TAX_PAYABLE.value
)
_GIVEN_UP = cents(-func.sum(movements.c.receivable_cents))
_OF_CHARGES = (
    select(
        movements.c.charge_id,
        _GIVEN_UP,
        cents(-func.sum(case((_IS_TAX, movements.c.receivable_cents), else_=0))),
    )
    .where(
        movements.c.charge_id.in_(bindparam("charges", expanding=True)),
        or_(movements.c.source.startswith("write_off:"), movements.c.source.startswith("recovery:")),
    )
    .group_by(movements.c.charge_id)
    .having(_GIVEN_UP > 0)
    .order_by(movements.c.charge_id)
)


def given_up(session: Session, charge_ids: Collection[int]) -> Sequence[GivenUp]:
    """The charges of which something is written off and was not recovered."""
    return [GivenUp(*row) for row in session.execute(_OF_CHARGES, {"charges": list(charge_ids)})]


def times_recovered(session: Session, payment_id: int, charge_id: int) -> int:
    """How often money of the payment has taken up again what was written off of the charge."""
    source = f"recovery:{payment_id}/{charge_id}"
    steps = select(func.count()).where(
        movements.c.charge_id == charge_id,
        or_(movements.c.source == source, movements.c.source.startswith(f"{source}/")),
        movements.c.source.not_like("%/tax"),
    )
    return session.execute(steps).scalar_one()


def add(
    session: Session,
    *,
    account_id: int,
    charge_id: int,
    amount_cents: int,
    tax_cents: int,
    reason: str,
    on: date,
    now: datetime,
) -> int:
    """Insert a write-off and return its id; the movements that post it are named after that."""
    values = {
        "account_id": account_id,
        "charge_id": charge_id,
        "amount_cents": amount_cents,
        "tax_cents": tax_cents,
        "reason": reason,
        "effective_on": on,
        "created_at": now,
    }
    return int(session.execute(insert(write_offs).returning(write_offs.c.id), values).scalar_one())
