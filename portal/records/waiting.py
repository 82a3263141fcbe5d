"""How much waits for a person: one question, asked once for every page of the admin."""

from typing import NamedTuple

from sqlalchemy import func, or_, select

from portal.records.engine import Session
from portal.records.tables import breaks, chargebacks, disputes, inbox, letters, plans


class WaitingRow(NamedTuple):
    """Disputes whose turn is the seller's, payments about which a bank wants an answer, letters and events that are
    tried no more, differences with Stripe, plans that are asked for or late."""

    disputes: int
    chargebacks: int
    letters: int
    events: int
    breaks: int
    plans: int


_WAITING = select(
    select(func.count()).select_from(disputes).where(disputes.c.state.in_(("new", "in_review"))).scalar_subquery(),
    select(func.count())
    .select_from(chargebacks)
    .where(chargebacks.c.state.endswith("needs_response", autoescape=True))
    .scalar_subquery(),
    select(func.count()).select_from(letters).where(letters.c.state == "dead").scalar_subquery(),
    select(func.count()).select_from(inbox).where(inbox.c.state == "dead").scalar_subquery(),
    select(func.count()).select_from(breaks).where(breaks.c.closed_at.is_(None)).scalar_subquery(),
    select(func.count())
    .select_from(plans)
    .where(or_(plans.c.state == "requested", (plans.c.state == "active") & plans.c.cure_by.is_not(None)))
    .scalar_subquery(),
)


def counts(session: Session) -> WaitingRow:
    """How many of each there are now."""
    return WaitingRow(*session.execute(_WAITING).one())
