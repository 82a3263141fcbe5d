"""What proves a plan beside its agreement: how a browser was confirmed, the ways to pay saved for it, its letters."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select

from portal.records.engine import Session
from portal.records.tables import collections, contacts, devices, letters, plan_consents, plans, saved_methods


class ConfirmedRow(NamedTuple):
    """A contact and their browser as they are now, and when its code was shown to be right."""

    email: str
    name: str
    confirmed_at: datetime
    user_agent: str


class AuthorizedRow(NamedTuple):
    """A way to pay that the plan was or may be charged with, and the words under which it was saved; `saved_as` has its
    name, last4, exp_month and exp_year of then."""

    kind: str
    saved_as: Mapping[str, object]
    saved_at: datetime
    ended_at: datetime | None
    customer_id: str
    payment_method_id: str
    mandate_id: str | None
    consent: str


class SentRow(NamedTuple):
    """A letter about the plan that has gone out."""

    kind: str
    email: str
    sent_at: datetime
    message_id: str


_CONFIRMED = (
    select(contacts.c.email, contacts.c.name, devices.c.created_at, devices.c.user_agent)
    .join(contacts, contacts.c.id == devices.c.contact_id)
    .where(devices.c.id == bindparam("device"))
)
_OF_PLAN = or_(
    saved_methods.c.id.in_(select(plans.c.method_id).where(plans.c.id == bindparam("plan"))),
    saved_methods.c.id.in_(select(collections.c.method_id).where(collections.c.plan_id == bindparam("plan"))),
    saved_methods.c.id.in_(select(plan_consents.c.method_id).where(plan_consents.c.plan_id == bindparam("plan"))),
    # Saved for it, even if it was never charged: its words name the plan.
    saved_methods.c.consent.contains(plans.c.number),
)
_AUTHORIZED = (
    select(*(saved_methods.c[name] for name in AuthorizedRow._fields))
    .join(plans, plans.c.account_id == saved_methods.c.account_id)
    .where(plans.c.id == bindparam("plan"), _OF_PLAN)
    .order_by(saved_methods.c.id)
)
_SENT = (
    select(letters.c.kind, contacts.c.email, letters.c.sent_at, letters.c.message_id)
    .join(contacts, contacts.c.id == letters.c.contact_id)
    .where(letters.c.plan_id == bindparam("plan"), letters.c.sent_at.is_not(None))
    .order_by(letters.c.sent_at, letters.c.id)
)


def confirmed(session: Session, device_id: int) -> ConfirmedRow:
    """Whose browser it is, and how it was confirmed."""
    return ConfirmedRow._make(session.execute(_CONFIRMED, {"device": device_id}).one())


def authorized(session: Session, plan_id: int) -> Sequence[AuthorizedRow]:
    """The ways to pay that the customer authorized for a plan, in the order of their saving."""
    return [AuthorizedRow._make(row) for row in session.execute(_AUTHORIZED, {"plan": plan_id})]


def sent(session: Session, plan_id: int) -> Sequence[SentRow]:
    """The letters about a plan that its customer was sent, in their order."""
    return [SentRow._make(row) for row in session.execute(_SENT, {"plan": plan_id})]
