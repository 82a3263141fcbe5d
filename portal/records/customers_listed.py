"""The list of customers: what each owes on a day, and when money last came."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import case, func, select

from portal.records.charge_parts import DAY, PARTS
from portal.records.listing import Condition, Listing
from portal.records.tables import accounts, contacts, movements, payments
from portal.records.types import cents


class CustomerRow(NamedTuple):
    """A customer; `overdue_cents` and `disputed_cents` are parts of what is open, as on the statement."""

    public_id: str
    number: str | None
    name: str
    currency: str
    open_cents: int
    overdue_cents: int
    disputed_cents: int
    credit_cents: int
    last_paid_on: date | None


_owed = (
    select(
        PARTS.c.account_id,
        cents(func.sum(PARTS.c.open_cents)).label("open_cents"),
        cents(func.sum(case((PARTS.c.status == "overdue", PARTS.c.payable_cents), else_=0))).label("overdue_cents"),
        cents(func.sum(PARTS.c.disputed_cents)).label("disputed_cents"),
    )
    .group_by(PARTS.c.account_id)
    .subquery("owed")
)
_credit = (
    select(movements.c.account_id, cents(func.sum(movements.c.unapplied_cents)).label("cents"))
    .where(movements.c.unapplied_cents != 0, movements.c.effective_on <= DAY)
    .group_by(movements.c.account_id)
    .subquery("credit")
)
_paid = (
    select(payments.c.account_id, func.max(payments.c.received_on, type_=payments.c.received_on.type).label("paid_on"))
    .group_by(payments.c.account_id)
    .subquery("paid")
)
_OPEN = func.coalesce(_owed.c.open_cents, 0)
_OVERDUE = func.coalesce(_owed.c.overdue_cents, 0)
_DISPUTED = func.coalesce(_owed.c.disputed_cents, 0)
_CREDIT = func.coalesce(_credit.c.cents, 0)
_EMAILS = (
    select(func.aggregate_strings(contacts.c.email, " "))
    .where(contacts.c.account_id == accounts.c.id, contacts.c.removed_at.is_(None))
    .correlate(accounts)
    .scalar_subquery()
)


def _owes(value: str) -> Condition:
    return {"open": _OPEN > 0, "overdue": _OVERDUE > 0, "disputed": _DISPUTED > 0, "credit": _CREDIT > 0}[value]


CUSTOMERS = Listing(
    found=select(
        accounts.c.public_id,
        accounts.c.number,
        accounts.c.name,
        accounts.c.currency,
        _OPEN,
        _OVERDUE,
        _DISPUTED,
        _CREDIT,
        _paid.c.paid_on,
    )
    .select_from(accounts)
    .outerjoin(_owed, _owed.c.account_id == accounts.c.id)
    .outerjoin(_credit, _credit.c.account_id == accounts.c.id)
    .outerjoin(_paid, _paid.c.account_id == accounts.c.id),
    row=CustomerRow._make,
    searched=(accounts.c.name, accounts.c.number, _EMAILS),
    sorts={
        "name": func.lower(accounts.c.name),
        "number": accounts.c.number,
        "open": _OPEN,
        "overdue": _OVERDUE,
        "disputed": _DISPUTED,
        "credit": _CREDIT,
        "paid": _paid.c.paid_on,
    },
    last=accounts.c.id,
    choices={"owes": _owes},
)
