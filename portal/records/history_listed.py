"""The history as a list: who did what, about whom, and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, bindparam, cast, literal, or_, select

from portal.records.listing import Condition, Listing
from portal.records.tables import accounts, charges, contacts, history, staff
from portal.records.types import Instant


class ActRow(NamedTuple):
    """One act. `staff` and `contact` name whoever did it, as far as it was one of them; `detail` holds no secret."""

    id: int
    at: datetime
    actor: str
    staff: str | None
    contact: str | None
    action: str
    customer: str | None
    customer_public_id: str | None
    charge_number: str | None
    charge_public_id: str | None
    detail: Mapping[str, object]


def _topic(value: str) -> Condition:
    return history.c.action.startswith(f"{value}.", autoescape=True)


_STAFF = history.c.actor.startswith("staff:")
_CUSTOMERS = or_(
    history.c.actor.startswith("contact:"), history.c.actor.startswith("link:"), history.c.actor == "customer"
)
_CLI = history.c.actor == "cli"


def _who(value: str) -> Condition:
    return {"staff": _STAFF, "customers": _CUSTOMERS, "cli": _CLI, "others": ~or_(_STAFF, _CUSTOMERS, _CLI)}[value]


def _of(public_id: str) -> Condition:
    return accounts.c.public_id == public_id


def _actor(value: str) -> Condition:
    return history.c.actor == value


# Whoever asks for days gives their ends as instants, `from_at` and `until_at`: the seller's days, not those of UTC.
ACTS = Listing(
    found=select(
        history.c.id,
        history.c.at,
        history.c.actor,
        staff.c.name,
        contacts.c.email,
        history.c.action,
        accounts.c.name,
        accounts.c.public_id,
        charges.c.number,
        charges.c.public_id,
        history.c.detail,
    )
    .select_from(history)
    .outerjoin(staff, history.c.actor == literal("staff:") + cast(staff.c.id, String))
    .outerjoin(contacts, history.c.actor == literal("contact:") + cast(contacts.c.id, String))
    .outerjoin(accounts, accounts.c.id == history.c.account_id)
    .outerjoin(charges, charges.c.id == history.c.charge_id),
    row=ActRow._make,
    searched=(
        history.c.action,
        history.c.actor,
        staff.c.name,
        staff.c.email,
        contacts.c.email,
        accounts.c.name,
        accounts.c.number,
        charges.c.number,
    ),
    sorts={"when": history.c.id},
    last=history.c.id,
    choices={"topic": _topic, "who": _who, "customer": _of, "actor": _actor},
    days={
        "from": lambda day: history.c.at >= bindparam("from_at", type_=Instant()),
        "until": lambda day: history.c.at < bindparam("until_at", type_=Instant()),
    },
)
