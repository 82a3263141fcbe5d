"""What happened to payments after they were received, and why money was taken back off a charge."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, or_, select

from portal.records import ledger
from portal.records.engine import Session
from portal.records.tables import allocations, movements, releases
from portal.rules.ledger import Movement

_MONEY = (
    select(*ledger.MOVEMENT)
    .where(
        movements.c.payment_id.in_(bindparam("payments", expanding=True)),
        movements.c.unapplied_cents != 0,
        or_(movements.c.charge_id.is_(None), movements.c.source.startswith("charge:")),
    )
    .order_by(movements.c.effective_on, movements.c.id)
)
_CAUSES = (
    select(releases.c.id, releases.c.because)
    .join(allocations, allocations.c.id == releases.c.allocation_id)
    .where(allocations.c.charge_id == bindparam("charge"))
)


def money_of(session: Session, payment_ids: Sequence[int]) -> Sequence[Movement]:
    """The money of these payments as it came and went, in order; not where it was put and taken off again."""
    return [ledger.movement(row) for row in session.execute(_MONEY, {"payments": list(payment_ids)})]


def causes(session: Session, charge_id: int) -> Mapping[str, str]:
    """Why money was taken off the charge: what took it, by the source of the movement that posts the release."""
    found = session.execute(_CAUSES, {"charge": charge_id})
    return {f"release:{release_id}": because for release_id, because in found}
