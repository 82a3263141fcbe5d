"""Numbers of documents that the house itself issues: one after the other, none that is in use already."""

from collections.abc import Iterator
from itertools import count

from sqlalchemy import Table, func, select

from portal.records.engine import Session
from portal.records.locks import hold
from portal.records.tables import charges, credits, disputes, plans

_LOCK = "numbers"


def next_charge_number(session: Session, prefix: str, kind: str) -> str:
    """A number for a charge of this kind, as in `DN-00007`; kept from others until the transaction ends."""
    made = session.execute(select(func.count()).where(charges.c.kind == kind)).scalar_one()
    return next(_unused(session, charges, prefix, made))


def next_credit_number(session: Session, prefix: str) -> str:
    """A number for a credit memo, as in `CM-00007`; kept from others until the transaction ends."""
    made = session.execute(select(func.count()).where(credits.c.number.startswith(f"{prefix}-"))).scalar_one()
    return next(_unused(session, credits, prefix, made))


def next_dispute_number(session: Session, prefix: str) -> str:
    """A reference for a dispute, as in `D-00007`; kept from others until the transaction ends."""
    made = session.execute(select(func.count()).select_from(disputes)).scalar_one()
    return next(_unused(session, disputes, prefix, made))


def next_plan_number(session: Session, prefix: str) -> str:
    """A reference for a payment plan, as in `P-00007`; kept from others until the transaction ends."""
    made = session.execute(select(func.count()).select_from(plans)).scalar_one()
    return next(_unused(session, plans, prefix, made))


def _unused(session: Session, table: Table, prefix: str, made: int) -> Iterator[str]:
    hold(session, _LOCK)
    for number in (f"{prefix}-{place:05d}" for place in count(made + 1)):
        if session.execute(select(table.c.id).where(table.c.number == number)).first() is None:
            yield number
