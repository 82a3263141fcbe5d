"""What time does to disputes: a reminder before a day to answer is over, the seller's turn after it, a daily digest.

Each is desired minus actual: a run that comes late, twice, or on two machines at once does nothing twice.
"""

from datetime import datetime, timedelta

from portal.actions import dispute_letters, letters, policies
from portal.actions.dispute_steps import PORTAL, step
from portal.records import Session, dispute_talk, disputes, ledger
from portal.resources import Resources
from portal.rules.refusals import Conflict

_REMINDED_DAYS = 2


def watch(resources: Resources, *, now: datetime) -> int:
    """Remind, let lapse and sum up what is due today; how much that was."""
    with resources.reading() as session:
        policy = policies.load(session, now=now)
        today = policy.today
        lapsed = [dispute.id for dispute in disputes.unanswered(session, today)]
        due = disputes.due(session, today, until=today + timedelta(days=_REMINDED_DAYS))
    done = 0
    for dispute_id in lapsed:
        with resources.writing() as session:
            done += _lapse(session, dispute_id, now=now)
    for dispute in due:
        with resources.writing() as session:
            done += dispute_letters.remind(session, dispute, now=now)
    with resources.writing() as session:
        done += _sum_up(session, now=now)
    return done


def _lapse(session: Session, dispute_id: int, *, now: datetime) -> bool:
    """Nobody answered in time: it is the seller's turn, unless somebody did meanwhile."""
    policy = policies.load(session, now=now)
    dispute = disputes.by_id(session, dispute_id)
    ledger.lock_account(session, dispute.account_id)
    dispute = disputes.by_id(session, dispute_id)
    if dispute.reply_by is None or dispute.reply_by >= policy.today:
        return False
    try:
        moved = step(session, dispute, "lapse", PORTAL, policy=policy, now=now)
    except Conflict:
        return False
    dispute_talk.end_offers(session, dispute.id, "expired", now=now)
    dispute_letters.tell_seller(session, moved, "unanswered", policy=policy, now=now)
    return True


def _sum_up(session: Session, *, now: datetime) -> bool:
    """Once a day, where the seller wants that: what waits for the seller."""
    policy = policies.load(session, now=now)
    if policy.dispute_notice != "daily" or not disputes.waiting_for_seller(session):
        return False
    return letters.stage(
        session, kind="seller_claims", key=f"seller_claims:{policy.today.isoformat()}",
        account_id=None, contact_id=None, now=now,
    )  # fmt: skip
