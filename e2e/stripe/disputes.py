"""Disputes: a card's chargeback, which can be won or lost; a bank's return, which is final at once.

https://docs.stripe.com/disputes and https://docs.stripe.com/payments/ach-direct-debit#disputed-payments
"""

from datetime import timedelta

from e2e.stripe import balance, charges, events, methods
from e2e.stripe.errors import invalid
from e2e.stripe.state import State, Wire

CARD_FEE_CENTS = 1_500
ANSWER_WITHIN = timedelta(days=20)
ENDS_MANDATE = ("debit_not_authorized", "incorrect_account_details", "bank_cannot_process")


def open_due(state: State, charge_id: str) -> None:
    """The dispute that a test card or account asks for."""
    charge = state.get("charge", charge_id)
    if not charge["disputed"]:
        open_one(state, charge, "debit_not_authorized" if charges.is_bank(charge) else "fraudulent")


def open_one(state: State, charge: Wire, reason: str) -> Wire:
    """Take the whole charge's unrefunded money away. A bank return is born lost and may end the mandate."""
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise invalid("Only a successful charge without a dispute can be disputed.")
    bank = charges.is_bank(charge)
    dispute = _dispute(state, charge, reason, bank=bank)
    charge["disputed"] = True
    source = dispute | {"description": f"Chargeback withdrawal for {charge['id']}"}
    fee = 0 if bank else CARD_FEE_CENTS
    taken = balance.post(state, "adjustment", -dispute["amount"], source, fee=fee, days=0)
    dispute["balance_transactions"].append(taken)
    events.emit(state, "charge.dispute.created", dispute)
    events.emit(state, "charge.dispute.funds_withdrawn", dispute)
    if bank:
        events.emit(state, "charge.dispute.closed", dispute)
        if reason in ENDS_MANDATE:
            methods.end_mandate(state, charge["payment_method_details"]["us_bank_account"]["mandate"])
    return dispute


def close(state: State, dispute_id: str, *, won: bool) -> Wire:
    """The card's bank has decided; money comes back when it was won."""
    dispute = state.get("dispute", dispute_id)
    if dispute["status"] not in ("needs_response", "under_review"):
        raise invalid(f"This dispute is {dispute['status']} already.")
    dispute["status"] = "won" if won else "lost"
    if won:
        source = dispute | {"description": "Chargeback reversal"}
        back = balance.post(state, "adjustment", dispute["amount"], source, days=0, category="dispute_reversal")
        dispute["balance_transactions"].append(back)
    events.emit(state, "charge.dispute.closed", dispute)
    if won:
        events.emit(state, "charge.dispute.funds_reinstated", dispute)
    return dispute


def _dispute(state: State, charge: Wire, reason: str, *, bank: bool) -> Wire:
    due = None if bank else int((state.now() + ANSWER_WITHIN).timestamp())
    dispute = {
        "id": state.new_id("du_1"),
        "object": "dispute",
        "amount": charge["amount_captured"] - charge["amount_refunded"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": state.stamp(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": due,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": state.livemode,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "lost" if bank else "needs_response",
    }
    if not bank:
        brand = charge["payment_method_details"]["card"]["brand"]
        shown = {"brand": brand, "case_type": "chargeback", "network": brand, "network_reason_code": "10.4"}
        dispute["payment_method_details"] = {"type": "card", "card": shown}
    return state.add(dispute)
