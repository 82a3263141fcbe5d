"""Letters of the mail log in words."""

from collections.abc import Sequence

from admin.views.cells import Cell
from portal.actions.policies import Policy
from portal.records.letters_listed import LetterListedRow

STATES = {"waiting": "Waiting", "sent": "Sent", "dead": "Not sent", "dropped": "Overtaken"}
_CHIPS = {"waiting": "on_its_way", "sent": "stands", "dead": "failed", "dropped": "open"}
_KINDS = {
    "link": "A new pay link",
    "code": "A code to confirm a browser",
    "statement": "Statement with a pay link",
    "receipt": "Receipt",
    "processing": "Bank payment on its way",
    "payment_failed": "Payment failed",
    "refund": "Refund",
    "refund_failed": "Refund did not arrive",
    "returned": "Payment returned",
    "restored": "Payment stands again",
    "dispute_question": "Question about a dispute",
    "dispute_offer": "Offer to settle a dispute",
    "dispute_decided": "Decision about a dispute",
    "dispute_reminder": "Reminder to answer about a dispute",
    "seller_claim_filed": "To you: a dispute",
    "seller_claim_answered": "To you: answer to a dispute",
    "seller_claim_agreed": "To you: offer accepted",
    "seller_claim_declined": "To you: offer declined",
    "seller_claim_withdrawn": "To you: dispute withdrawn",
    "seller_claim_reopened": "To you: dispute opened again",
    "seller_claim_unanswered": "To you: nobody answered about a dispute",
    "seller_claims": "To you: disputes that wait",
    "method_ended": "A saved card or bank account has ended",
    "method_expiring": "A saved card expires soon",
    "autopay_on": "Automatic payments on",
    "autopay_off": "Automatic payments off",
    "seller_method_ended": "To you: a saved card or bank account has ended",
    "seller_dispute": "To you: a bank disputes a payment",
    "seller_refund_failed": "To you: a refund failed",
    "seller_notice": "To you: a customer's notice",
    "seller_breaks": "To you: differences with Stripe",
    "staff": "To staff: what was done to an account",
}


def kind(name: str) -> str:
    """What a letter is called; one that is new here by its own name."""
    if name in _KINDS:
        return _KINDS[name]
    is_ours = name.startswith("seller_")
    said = name.removeprefix("seller_").replace("_", " ")
    return f"To you: {said}" if is_ours else said.capitalize()


def row(found: LetterListedRow, policy: Policy, *, can_retry: bool) -> Sequence[Cell]:
    """Letter, customer, to whom, state, written, sent, and what went wrong."""
    words = policy.words(policy.currency)
    tries = f"after {found.tries} tries" if found.tries > 1 else ""
    is_dead = found.state == "dead"
    return [
        Cell(kind(found.kind)),
        Cell(found.customer or "", href=f"/admin/customers/{found.customer_public_id}" if found.customer else ""),
        Cell(found.email or "You"),
        Cell(STATES[found.state], chip=_CHIPS[found.state], sub=tries),
        Cell(words.short_moment(found.created_at)),
        Cell(words.short_moment(found.sent_at) if found.sent_at else "", sub=found.error or ""),
        Cell("Try again", act=f"/admin/letters/{found.id}/retry", about=kind(found.kind))
        if is_dead and can_retry
        else Cell(""),
    ]
