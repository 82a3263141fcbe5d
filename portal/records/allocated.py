"""What stands of an allocation: expressions to be selected beside rows of `allocations`."""

from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select, true

from portal.records.tables import allocations, movements, releases
from portal.records.types import cents


def money_left(*, until: ColumnElement[Any] | None = None) -> ColumnElement[int]:
    """The money that has not been taken back; `until` the end of that day, where one is given."""
    is_of_then = true() if until is None else releases.c.effective_on <= until
    taken = select(cents(func.sum(releases.c.amount_cents))).where(
        releases.c.allocation_id == allocations.c.id, is_of_then
    )
    return allocations.c.amount_cents - taken.scalar_subquery()


def discount_left(*, tax_only: bool = False, until: ColumnElement[Any] | None = None) -> ColumnElement[int]:
    """The discount that came with it, or that one's tax. From movements: a credit memo takes a share without a
    release."""
    source = literal("discount:").concat(cast(allocations.c.id, String)).concat("/tax" if tax_only else "")
    standing = select(cents(-func.sum(movements.c.receivable_cents))).where(
        movements.c.charge_id == allocations.c.charge_id,
        or_(movements.c.source == source, movements.c.source.startswith(source.concat("/"))),
        true() if until is None else movements.c.effective_on <= until,
    )
    return standing.scalar_subquery()
