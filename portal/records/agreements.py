"""The evidence of what a customer agreed to: terms, the paper in its very bytes, who, when, from where."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select

from portal.records.engine import Session
from portal.records.tables import agreements


class AgreementRow(NamedTuple):
    """`terms` is what was shown, as data; `pdf_sha256` the hash of `pdf`; `address` the network address. The contact
    and the browser (`confirmed_in`, by a mailed code) are as they were then."""

    id: int
    plan_id: int
    terms: Mapping[str, Any]
    pdf: bytes
    pdf_sha256: bytes
    name: str
    consents: Mapping[str, str]
    shown_at: datetime
    accepted_at: datetime
    address: str
    user_agent: str
    contact_name: str
    contact_email: str
    confirmed_at: datetime
    confirmed_in: str
    session_id: int
    contact_id: int
    device_id: int


_AGREEMENT = tuple(agreements.c[name] for name in AgreementRow._fields)
_OF_PLAN = select(*_AGREEMENT).where(agreements.c.plan_id == bindparam("plan")).order_by(agreements.c.id.desc())


def of_plan(session: Session, plan_id: int) -> AgreementRow | None:
    """The agreement to a plan; None before it is accepted."""
    row = session.execute(_OF_PLAN, {"plan": plan_id}).first()
    return AgreementRow._make(row) if row else None


def add(session: Session, values: Mapping[str, object]) -> int:
    """Insert the fields of AgreementRow but for its id, which is answered."""
    return int(session.execute(insert(agreements).returning(agreements.c.id), values).scalar_one())
