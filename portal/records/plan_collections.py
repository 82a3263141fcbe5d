"""Charges of a saved method for the instalments of a plan, with each try: what staff look at."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from portal.records.engine import Session
from portal.records.tables import collection_tries, collections, saved_methods


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


class TryRow(NamedTuple):
    """One try; `outcome` is what Stripe said, with a `code` where it refused."""

    collection_id: int
    number: int
    amount_cents: int
    tried_at: datetime
    outcome: str | None
    code: str


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
_TRIES = (
    select(*(collection_tries.c[name] for name in TryRow._fields))
    .join(collections, collections.c.id == collection_tries.c.collection_id)
    .where(collections.c.plan_id == bindparam("plan"))
    .order_by(collection_tries.c.collection_id, collection_tries.c.number)
)

_METHOD = select(saved_methods.c.name, saved_methods.c.last4).where(saved_methods.c.id == bindparam("wanted"))


def of_plan(session: Session, plan_id: int) -> Sequence[CollectingRow]:
    """The charges of a plan, in the order of its instalments."""
    return [CollectingRow._make(row) for row in session.execute(_COLLECTING, {"plan": plan_id})]


def tries(session: Session, plan_id: int) -> Sequence[TryRow]:
    """Every try of these, in their order."""
    return [TryRow._make(row) for row in session.execute(_TRIES, {"plan": plan_id})]


def method_name(session: Session, method_id: int) -> tuple[str, str]:
    """What a saved method is called, and its last digits."""
    name, last4 = session.execute(_METHOD, {"wanted": method_id}).one()
    return name, last4
