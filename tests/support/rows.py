"""A believable row for any table, its parents included: for tests of what the database itself refuses."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import count

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, LargeBinary, Table, insert, update

from portal.records import Session
from portal.records.tables import contacts, links
from portal.records.types import Instant, Json

_numbers = count(1)
# What the checks of a table ask for beyond the type of a column.
_SPECIAL: Mapping[str, object] = {
    "movements.debit": "receivable",
    "movements.credit": "revenue",
    "charges.tax_cents": 0,
    "credits.tax_cents": 0,
    "letters.state": "waiting",
    "write_offs.tax_cents": 0,
    "refunds.state": "created",
    "chargebacks.kind": "return",
    "notices.kind": "sent",
    "attempts.state": "open",
    "inbox.state": "new",
    "staff.role": "owner",
    "disputes.state": "new",
    "dispute_moves.state": "new",
    "dispute_messages.author": "staff",
    "dispute_offers.kind": "credit",
    "dispute_offers.state": "open",
    "plans.state": "active",
    "plan_options.every": "month",
    "plan_consents.kind": "card",
    "saved_methods.kind": "card",
    "setups.purpose": "keep",
    "setups.state": "open",
    "collections.state": "waiting",
}
_NEEDED = ("allocations.payment_id", "collections.plan_id", "collections.position")


def add_row(session: Session, table: Table) -> int:
    """Insert a row and return its id. Columns that may be empty are, unless a check needs them."""
    values = {column.name: _value(session, column) for column in table.columns if _is_wanted(column)}
    return int(session.execute(insert(table).returning(table.c.id), values).scalar_one())


def _is_wanted(column: Column[object]) -> bool:
    if column.primary_key or column.computed is not None:
        return False
    return str(column) in _NEEDED or not (column.nullable or column.server_default)


def _value(session: Session, column: Column[object]) -> object:
    if column.foreign_keys:
        [key] = column.foreign_keys
        return add_row(session, key.column.table)
    if str(column) in _SPECIAL:
        return _SPECIAL[str(column)]
    number = next(_numbers)
    for kind, value in (
        (Instant, datetime(2026, 3, 2, 15, 0, tzinfo=UTC)),
        (Date, date(2026, 3, 2)),
        (Boolean, True),
        ((Integer, BigInteger), number),
        (LargeBinary, number.to_bytes(32, "big")),
        (type(Json), {"number": number}),
    ):
        if isinstance(column.type, kind):
            return value
    return f"text-{number}"[: getattr(column.type, "length", None)]


def raise_version(session: Session, link_id: int) -> None:
    """Cut off every copy of the link's token there is."""
    session.execute(update(links).where(links.c.id == link_id).values(version=links.c.version + 1))


def remove_contact(session: Session, contact_id: int, *, now: datetime) -> None:
    """From now on it gets no letter, and its links and the sessions they opened are dead."""
    session.execute(update(contacts).where(contacts.c.id == contact_id).values(removed_at=now))
