"""Questions about charges: what is open on a day, one charge of one account, its lines, what settled it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select

from portal.records import allocated
from portal.records.engine import Session
from portal.records.tables import allocations, charge_lines, charges, credits, movements
from portal.records.types import cents, new_public_id


class ChargeRow(NamedTuple):
    """A charge and what of it is open on the day that was asked for."""

    id: int
    public_id: str
    account_id: int
    kind: str
    number: str
    issued_on: date
    due_on: date
    amount_cents: int
    tax_cents: int
    terms: str
    discount_base: str
    discount_mode: str
    memo: str
    open_cents: int


class LineRow(NamedTuple):
    """One line of a charge; amount_cents is before tax."""

    position: int
    description: str
    quantity: str
    unit_price: str
    amount_cents: int
    tax_cents: int


class SettlementRow(NamedTuple):
    """What stands of an allocation on a charge. A credit memo written for this very charge (`lowers_base`) is no
    payment."""

    charge_id: int
    started_on: date
    amount_cents: int
    discount_cents: int
    lowers_base: bool
    credit_amount_cents: int
    credit_tax_cents: int


_OPEN = cents(func.sum(movements.c.receivable_cents)).label("open_cents")
_CHARGE = tuple(charges.c[name] for name in ChargeRow._fields if name != "open_cents")
_EFFECTIVE = movements.c.effective_on <= bindparam("day")

_OPEN_ON = (
    select(*_CHARGE, _OPEN)
    .join(movements, movements.c.charge_id == charges.c.id)
    .where(charges.c.account_id == bindparam("account"), _EFFECTIVE)
    .group_by(charges.c.id)
    .having(_OPEN != 0)
    .order_by(charges.c.due_on, charges.c.issued_on, charges.c.id)
)
_ONE = (
    select(*_CHARGE, _OPEN)
    .outerjoin(movements, (movements.c.charge_id == charges.c.id) & _EFFECTIVE)
    .where(charges.c.account_id == bindparam("account"), charges.c.public_id == bindparam("wanted"))
    .group_by(charges.c.id)
)
_BY_ID = (
    select(*_CHARGE, _OPEN)
    .outerjoin(movements, (movements.c.charge_id == charges.c.id) & _EFFECTIVE)
    .where(charges.c.id == bindparam("wanted"))
    .group_by(charges.c.id)
)
_NUMBERS = select(charges.c.id, charges.c.number).where(charges.c.id.in_(bindparam("charges", expanding=True)))
_ID_OF_NUMBER = select(charges.c.id).where(
    charges.c.account_id == bindparam("account"), charges.c.number == bindparam("number")
)
_OWNER_OF = select(charges.c.account_id).where(charges.c.public_id == bindparam("wanted"))
_LINES = (
    select(*(charge_lines.c[name] for name in LineRow._fields))
    .where(charge_lines.c.charge_id == bindparam("charge"))
    .order_by(charge_lines.c.position)
)
_SETTLED = (
    select(
        allocations.c.charge_id,
        allocations.c.started_on,
        allocated.money_left(until=bindparam("day")),
        allocated.discount_left(until=bindparam("day")),
        func.coalesce(credits.c.charge_id == allocations.c.charge_id, False),
        func.coalesce(credits.c.amount_cents, 0),
        func.coalesce(credits.c.tax_cents, 0),
    )
    .outerjoin(credits, credits.c.id == allocations.c.credit_id)
    .where(
        allocations.c.charge_id.in_(bindparam("charges", expanding=True)),
        allocations.c.effective_on <= bindparam("day"),
    )
    .order_by(allocations.c.id)
)


def numbers(session: Session, charge_ids: Collection[int]) -> dict[int, str]:
    """What these charges are called, by their ids."""
    return {row.id: row.number for row in session.execute(_NUMBERS, {"charges": list(charge_ids)})}


def id_of_number(session: Session, account_id: int, number: str) -> int | None:
    """The account's charge of this number, whether paid or not."""
    return session.execute(_ID_OF_NUMBER, {"account": account_id, "number": number}).scalar()


def owner_of(session: Session, public_id: str) -> int | None:
    """Whose charge this is, whether paid or not."""
    return session.execute(_OWNER_OF, {"wanted": public_id}).scalar()


def open_on(session: Session, account_id: int, on: date) -> Sequence[ChargeRow]:
    """The account's charges with something open on that day, oldest due first."""
    return [ChargeRow._make(row) for row in session.execute(_OPEN_ON, {"account": account_id, "day": on})]


def by_id(session: Session, charge_id: int, on: date) -> ChargeRow:
    """The charge of this id, paid or not, which must exist."""
    return ChargeRow._make(session.execute(_BY_ID, {"wanted": charge_id, "day": on}).one())


def find(session: Session, account_id: int, public_id: str, on: date) -> ChargeRow | None:
    """One charge, paid or not, if it is this account's."""
    row = session.execute(_ONE, {"account": account_id, "wanted": public_id, "day": on}).first()
    return ChargeRow._make(row) if row else None


def lines(session: Session, charge_id: int) -> Sequence[LineRow]:
    """The charge's lines in the order of the document, which may have none."""
    return [LineRow(*row) for row in session.execute(_LINES, {"charge": charge_id})]


def settlements(session: Session, charge_ids: Collection[int], on: date) -> Sequence[SettlementRow]:
    """What was put on these charges by that day and still stood then, in the order it was put."""
    if not charge_ids:
        return []
    found = session.execute(_SETTLED, {"charges": list(charge_ids), "day": on})
    return [SettlementRow(*row) for row in found]


def add_other(
    session: Session, *, account_id: int, kind: str, number: str, amount_cents: int, memo: str, on: date, now: datetime
) -> int:
    """Insert a charge that is no invoice (a debit note, a fee), due at once and without terms; answers its id."""
    values = {
        "public_id": new_public_id(),
        "account_id": account_id,
        "kind": kind,
        "number": number,
        "issued_on": on,
        "due_on": on,
        "amount_cents": amount_cents,
        "tax_cents": 0,
        "terms": "due on receipt",
        "discount_base": "net",
        "discount_mode": "full",
        "memo": memo,
        "created_at": now,
    }
    return int(session.execute(insert(charges).returning(charges.c.id), values).scalar_one())
