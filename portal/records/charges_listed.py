"""The list of invoices, and of what else is owed like one: how each stands on a day."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from portal.records.charge_parts import PARTS
from portal.records.listing import Condition, Listing
from portal.records.tables import accounts, charges


class ChargeListedRow(NamedTuple):
    """A charge and whose it is; `status` is of `rules.statement.Status`, or `ahead` before its own day."""

    public_id: str
    number: str
    kind: str
    customer: str
    customer_public_id: str
    currency: str
    issued_on: date
    due_on: date
    terms: str
    amount_cents: int
    open_cents: int
    disputed_cents: int
    status: str


def _stands(value: str) -> Condition:
    if value == "unpaid":
        return PARTS.c.status.not_in(("paid", "ahead"))
    return PARTS.c.status == value


def _of(public_id: str) -> Condition:
    return accounts.c.public_id == public_id


CHARGES = Listing(
    found=select(
        charges.c.public_id,
        charges.c.number,
        charges.c.kind,
        accounts.c.name,
        accounts.c.public_id,
        accounts.c.currency,
        charges.c.issued_on,
        charges.c.due_on,
        charges.c.terms,
        charges.c.amount_cents,
        PARTS.c.open_cents,
        PARTS.c.disputed_cents,
        PARTS.c.status,
    )
    .select_from(charges)
    .join(PARTS, PARTS.c.charge_id == charges.c.id)
    .join(accounts, accounts.c.id == charges.c.account_id),
    row=ChargeListedRow._make,
    searched=(charges.c.number, charges.c.memo, accounts.c.name, accounts.c.number),
    sorts={
        "number": charges.c.number,
        "customer": accounts.c.name,
        "issued": charges.c.issued_on,
        "due": charges.c.due_on,
        "amount": charges.c.amount_cents,
        "open": PARTS.c.open_cents,
    },
    last=charges.c.id,
    choices={"status": _stands, "customer": _of},
    days={"from": lambda day: charges.c.issued_on >= day, "until": lambda day: charges.c.issued_on <= day},
)
