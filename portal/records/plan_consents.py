"""What a plan may be charged with, each time its customer chose: the words they agreed to, who, when, from where."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select

from portal.records.engine import Session
from portal.records.tables import plan_consents


class ConsentRow(NamedTuple):
    """A choice; `name` to `exp_year` are the method's as of then, all empty without `method_id`: it was one that was to
    be saved on Stripe's page. `words_sha256` is the hash of `words`, `address` the network address."""

    id: int
    plan_id: int
    method_id: int | None
    kind: str
    name: str
    last4: str
    exp_month: int | None
    exp_year: int | None
    words: str
    words_sha256: bytes
    shown_at: datetime
    agreed_at: datetime
    contact_name: str
    contact_email: str
    address: str
    user_agent: str
    session_id: int
    contact_id: int
    device_id: int


_CONSENT = tuple(plan_consents.c[name] for name in ConsentRow._fields)
_OF_PLAN = select(*_CONSENT).where(plan_consents.c.plan_id == bindparam("plan")).order_by(plan_consents.c.id)


def of_plan(session: Session, plan_id: int) -> Sequence[ConsentRow]:
    """Every choice for a plan, the oldest first."""
    return [ConsentRow._make(row) for row in session.execute(_OF_PLAN, {"plan": plan_id})]


def add(session: Session, values: Mapping[str, object]) -> None:
    """Insert the fields of ConsentRow but for its id."""
    session.execute(insert(plan_consents), values)
