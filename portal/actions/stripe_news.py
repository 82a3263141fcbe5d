"""Stripe's refunds and disputes of a payment: as facts for the rules, and as rows that say how each stands."""

from collections.abc import Sequence
from datetime import datetime

from portal.actions.policies import Policy
from portal.gateways.stripe_values import DisputeFacts, DisputeMovement, RefundFacts
from portal.records import Session, reversals
from portal.records.ledger import PaymentRow
from portal.records.reversals import ChargebackRow, RefundRow
from portal.rules.dates import local_day
from portal.rules.money import share
from portal.rules.reversals import DisputeFact, Moved, RefundFact, Verdict

_REFUND_STATES = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
# https://docs.stripe.com/api/disputes/object#dispute_object-status; any other word decides nothing.
_VERDICTS: dict[str, Verdict] = {
    "warning_needs_response": "open",
    "warning_under_review": "open",
    "warning_closed": "won",
    "needs_response": "open",
    "under_review": "open",
    "won": "won",
    "lost": "lost",
    # The money stays away until an appeal is won; one that was prevented has cost it as well.
    "appeal_needs_response": "lost",
    "appeal_under_review": "lost",
    "prevented": "lost",
}


def refund_fact(refund: RefundFacts, policy: Policy) -> RefundFact:
    """What the rules need to know of a refund."""
    is_live = _refund_state(refund) != "failed"
    on = local_day(refund.created_at, policy.time_zone)
    if not is_live:
        on = local_day(refund.failed_at, policy.time_zone) if refund.failed_at else policy.today
    return RefundFact(refund.refund_id, refund.amount_cents, is_live, on)


def dispute_fact(dispute: DisputeFacts, payment: PaymentRow, policy: Policy) -> DisputeFact:
    """What the rules need to know of a dispute, its movements in the payment's own currency."""
    zone = policy.time_zone
    moved = tuple(
        Moved(
            each.balance_transaction_id, in_currency(each, dispute, payment.currency), local_day(each.created_at, zone)
        )
        for each in dispute.movements
    )
    # A bank's return is final at once; until a chargeback is lost its payment stands.
    is_return = payment.method == "us_bank_account" and moved
    last_on = max(each.on for each in moved) if is_return else policy.today
    return DisputeFact(dispute.dispute_id, _VERDICTS.get(dispute.status, "unknown"), moved, last_on)


def known_refund(refund: RefundFacts, rows: Sequence[RefundRow]) -> RefundRow | None:
    """The row of a refund at Stripe: by its id or, where we never got that, by what we sent along."""
    by_id = next((row for row in rows if row.stripe_refund_id == refund.refund_id), None)
    ours = (row for row in rows if row.stripe_refund_id is None and row.public_id == refund.metadata.get("refund"))
    return by_id or next(ours, None)


def refund_is_news(refund: RefundFacts, row: RefundRow | None) -> bool:
    """Whether the row does not say yet what Stripe says."""
    return row is None or (row.stripe_refund_id, row.state) != (refund.refund_id, _refund_state(refund))


def remember_refund(
    session: Session, payment: PaymentRow, refund: RefundFacts, row: RefundRow | None, *, now: datetime
) -> RefundRow:
    """Bring the row up to date; a refund made in Stripe's dashboard gets one."""
    state = _refund_state(refund)
    if row is None:
        return reversals.add_refund(
            session,
            {
                "account_id": payment.account_id,
                "payment_id": payment.id,
                "amount_cents": refund.amount_cents,
                "state": state,
                "reason": refund.reason or "",
                "asked_by": "stripe",
                "stripe_refund_id": refund.refund_id,
                "failure": refund.failure_reason,
                "created_at": now,
            },
        )
    reversals.change_refund(
        session, row.id, state=state, stripe_refund_id=refund.refund_id, failure=refund.failure_reason
    )
    return row._replace(state=state, stripe_refund_id=refund.refund_id)


def dispute_is_news(dispute: DisputeFacts, payment: PaymentRow, row: ChargebackRow | None) -> bool:
    """Whether the row does not say yet what Stripe says."""
    return row is None or (row.state, row.kind) != (dispute.status, _kind(dispute, payment))


def remember_dispute(
    session: Session, payment: PaymentRow, dispute: DisputeFacts, row: ChargebackRow | None, *, now: datetime
) -> int:
    """Bring the row up to date, or make it; answers its id."""
    values: dict[str, object] = {
        "kind": _kind(dispute, payment),
        "state": dispute.status,
        "reason": dispute.reason,
        "amount_cents": dispute.amount_cents,
        "answer_by": dispute.answer_by,
    }
    if row is not None:
        reversals.change_chargeback(session, row.id, **values)
        return row.id
    owner = {"account_id": payment.account_id, "payment_id": payment.id}
    values |= {"stripe_dispute_id": dispute.dispute_id, "opened_at": dispute.created_at, "noticed_at": now}
    return reversals.add_chargeback(session, owner | values)


def in_currency(moved: DisputeMovement, dispute: DisputeFacts, currency: str) -> int:
    """Signed cents in the payment's currency, where Stripe's balance is in another and its rate has changed between."""
    if moved.currency == currency:
        return moved.amount_cents
    same_way = [abs(each.amount_cents) for each in dispute.movements if each.amount_cents * moved.amount_cents > 0]
    return share(dispute.amount_cents, moved.amount_cents, max(same_way, default=1))


def _refund_state(refund: RefundFacts) -> str:
    return _REFUND_STATES.get(refund.status, "pending")


def _kind(dispute: DisputeFacts, payment: PaymentRow) -> str:
    if payment.method == "us_bank_account":
        return "return"
    return "inquiry" if dispute.status.startswith("warning_") and not dispute.movements else "chargeback"
