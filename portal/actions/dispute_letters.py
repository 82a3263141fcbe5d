"""Who is told of a dispute's steps: the customer of each that waits for them or ends it, the seller of the customer's,
at once or daily."""

from datetime import datetime
from typing import Literal

from portal.actions import letters
from portal.actions.policies import Policy
from portal.records import Session
from portal.records.disputes import DisputeRow

# What the customer did or left undone, as the seller's letter says it.
Deed = Literal["filed", "answered", "agreed", "declined", "withdrawn", "reopened", "unanswered"]


def key(kind: str, dispute: DisputeRow) -> str:
    """What a letter is known by: one of each kind for each move, and one reminder for each day to answer."""
    if kind == "dispute_reminder":
        return f"{kind}:{dispute.id}:{dispute.reply_by}"
    return f"{kind}:{dispute.id}:{dispute.version}"


def because(dispute: DisputeRow) -> str:
    """The reason that credit memos and waivers of late fees give which follow from it."""
    return f"Dispute {dispute.number}"


def tell_received(session: Session, dispute: DisputeRow, *, now: datetime) -> None:
    """The customer: we have it, and answer by a day. Also when it was opened once more."""
    _to_customer(session, "dispute_received", dispute, now=now)


def tell_question(session: Session, dispute: DisputeRow, *, now: datetime) -> None:
    """The customer: we need to know something."""
    _to_customer(session, "dispute_question", dispute, now=now)


def tell_offer(session: Session, dispute: DisputeRow, *, now: datetime) -> None:
    """The customer: there is an offer, open until a day."""
    _to_customer(session, "dispute_offer", dispute, now=now)


def tell_decided(session: Session, dispute: DisputeRow, *, now: datetime) -> None:
    """The customer: what was decided, what is left to pay, and until when the discount stands."""
    _to_customer(session, "dispute_decided", dispute, now=now)


def remind(session: Session, dispute: DisputeRow, *, now: datetime) -> bool:
    """The customer, once before the day to answer is over; False where that was done."""
    return _to_customer(session, "dispute_reminder", dispute, now=now)


def tell_seller(session: Session, dispute: DisputeRow, deed: Deed, *, policy: Policy, now: datetime) -> None:
    """The seller, unless a daily digest is wanted: `dispute_deadlines` writes that."""
    if policy.dispute_notice == "daily":
        return
    kind = f"seller_claim_{deed}"
    letters.stage_to_seller(session, kind, key(kind, dispute), dispute.account_id, now=now, dispute_id=dispute.id)


def _to_customer(session: Session, kind: str, dispute: DisputeRow, *, now: datetime) -> bool:
    return letters.stage_to_contact(
        session, kind, key(kind, dispute), dispute.account_id, dispute.contact_id, now=now,
        charge_id=dispute.charge_id, dispute_id=dispute.id,
    )  # fmt: skip
