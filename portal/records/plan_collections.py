"""Charges of a saved method for the instalments of a plan, with what they are charged to: what staff look at."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, select

from portal.records.engine import Session
from portal.records.tables import collections, saved_methods


class CollectingRow(NamedTuple):
    """The charge of one instalment, and the method that it is made with; `why` is a word where it has stopped."""

    id: int
    position: int
    state: str
    why: str
    noticed_cents: int
    noticed_on: date
    next_on: date
    method: str
    last4: str


_COLLECTING = (
    select(
        collections.c.id,
        collections.c.position,
        collections.c.state,
        collections.c.why,
        collections.c.noticed_cents,
        collections.c.noticed_on,
        collections.c.next_on,
        saved_methods.c.name,
        saved_methods.c.last4,
    )
    .join(saved_methods, saved_methods.c.id == collections.c.method_id)
    .where(collections.c.plan_id == bindparam("plan"))
    .order_by(collections.c.position)
)


def of_plan(session: Session, plan_id: int) -> Sequence[CollectingRow]:
    """The charges of a plan, in the order of its instalments."""
    return [CollectingRow._make(row) for row in session.execute(_COLLECTING, {"plan": plan_id})]
