"""Whether a dispute may be opened once more: not one that was settled by an offer which the customer accepted."""

from collections.abc import Sequence
from datetime import date, timedelta

from portal.actions import dispute_steps
from portal.actions.policies import Policy
from portal.records import Session, dispute_talk
from portal.records.dispute_talk import OfferRow
from portal.records.disputes import DisputeRow
from portal.rules import disputes as rules
from portal.rules.refusals import Conflict, Refusal


def agreed(offers: Sequence[OfferRow], dispute: DisputeRow) -> OfferRow | None:
    """The offer that its decision was: a dispute that is opened again may be decided otherwise."""
    accepted = [each for each in offers if each.state == "accepted"]
    is_later = accepted and (
        dispute.reopened_at is None or (accepted[-1].ended_at or dispute.filed_at) >= dispute.reopened_at
    )
    return accepted[-1] if is_later else None


def check(session: Session, dispute: DisputeRow, *, policy: Policy) -> None:
    """Refuse what cannot be opened again, or not any more."""
    rules.check_reopening(
        dispute.state,  # type: ignore[arg-type]
        decided_on=dispute.decided_on,
        was_reopened=dispute.reopened_at is not None,
        today=policy.today,
        waits=dispute_steps.waits(policy),
    )
    if agreed(dispute_talk.offers(session, dispute.id), dispute) is not None:
        raise Conflict("This dispute was settled by an offer that you accepted. Contact us if it is not kept.")


def until(session: Session, dispute: DisputeRow, *, policy: Policy) -> date | None:
    """The last day on which it may be opened again; None where it may not."""
    if dispute.decided_on is None:
        return None
    try:
        check(session, dispute, policy=policy)
    except Refusal:
        return None
    return dispute.decided_on + timedelta(days=policy.dispute_reopen_days)
