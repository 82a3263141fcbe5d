"""Disputes: a card's inquiry, chargeback and appeal, which can be won or lost; a bank's return, final at once.

https://docs.stripe.com/disputes and https://docs.stripe.com/payments/ach-direct-debit#disputed-payments
"""

from datetime import timedelta

from e2e.stripe import balance, charges, events, methods
from e2e.stripe.errors import invalid
from e2e.stripe.state import State, Wire

CARD_FEE_CENTS = 1_500
ANSWER_WITHIN = timedelta(days=20)
ENDS_MANDATE = ("debit_not_authorized", "incorrect_account_details", "bank_cannot_process")
INQUIRIES = ("warning_needs_response", "warning_under_review")
UNDECIDED = ("needs_response", "under_review", "appeal_needs_response", "appeal_under_review")
WITHHELD = (*UNDECIDED, "lost")


def open_due(state: State, charge_id: str) -> None:
    """The dispute that a test card or account asks for."""
    charge = state.get("charge", charge_id)
    if not charge["disputed"]:
        open_one(state, charge, "debit_not_authorized" if charges.is_bank(charge) else "fraudulent")


def open_one(state: State, charge: Wire, reason: str, *, amount: int | None = None) -> Wire:
    """Take `amount` cents away, else what is not refunded or, when all is, the whole charge.

    What was refunded does not count against a dispute, which may so take more than is left. A bank return is born
    lost and may end the mandate.
    """
    bank = charges.is_bank(charge)
    status = "lost" if bank else "needs_response"
    dispute = _dispute(state, charge, reason, status, _amount(state, charge, amount))
    charge["disputed"] = True
    _withdraw(state, dispute, fee=0 if bank else CARD_FEE_CENTS)
    events.emit(state, "charge.dispute.created", dispute)
    events.emit(state, "charge.dispute.funds_withdrawn", dispute)
    if bank:
        events.emit(state, "charge.dispute.closed", dispute)
        if reason in ENDS_MANDATE:
            methods.end_mandate(state, charge["payment_method_details"]["us_bank_account"]["mandate"])
    return dispute


def inquire(state: State, charge: Wire, reason: str) -> Wire:
    """A card's bank only asks: no money moves, and the charge may still be refunded."""
    if charges.is_bank(charge):
        raise invalid("Banks return a debit; they do not inquire.")
    dispute = _dispute(state, charge, reason, "warning_needs_response", _amount(state, charge, None))
    charge["disputed"] = True
    events.emit(state, "charge.dispute.created", dispute)
    return dispute


def escalate(state: State, dispute_id: str) -> Wire:
    """An inquiry becomes a chargeback of its whole amount, whatever was refunded in part meanwhile."""
    dispute = _expect(state, dispute_id, INQUIRIES)
    charge = state.get("charge", dispute["charge"])
    if charge["refunded"]:
        raise invalid("This charge was refunded in full; its inquiry can only close.")
    before = {"status": dispute["status"]}
    dispute |= {"status": "needs_response", "is_charge_refundable": False}
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    dispute["evidence_details"]["due_by"] = _due(state)
    _withdraw(state, dispute, fee=CARD_FEE_CENTS)
    events.emit(state, "charge.dispute.updated", dispute, previous=before)
    events.emit(state, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_inquiry(state: State, dispute_id: str) -> Wire:
    """The card's bank asks no longer."""
    dispute = _expect(state, dispute_id, INQUIRIES)
    dispute["status"] = "warning_closed"
    events.emit(state, "charge.dispute.closed", dispute)
    return dispute


def appeal(state: State, dispute_id: str) -> Wire:
    """A lost chargeback is looked at once more; its money stays away until it is closed again."""
    dispute = _expect(state, dispute_id, ("lost",))
    if charges.is_bank(state.get("charge", dispute["charge"])):
        raise invalid("A bank return is final.")
    dispute["status"] = "appeal_under_review"
    events.emit(state, "charge.dispute.updated", dispute, previous={"status": "lost"})
    return dispute


def close(state: State, dispute_id: str, *, won: bool) -> Wire:
    """The card's bank has decided a chargeback or its appeal; money comes back when it was won."""
    dispute = _expect(state, dispute_id, UNDECIDED)
    dispute["status"] = "won" if won else "lost"
    if won:
        dispute["is_charge_refundable"] = True
        source = dispute | {"description": "Chargeback reversal"}
        back = balance.post(state, "adjustment", dispute["amount"], source, days=0, category="dispute_reversal")
        dispute["balance_transactions"].append(back)
    events.emit(state, "charge.dispute.closed", dispute)
    if won:
        events.emit(state, "charge.dispute.funds_reinstated", dispute)
    return dispute


def of(state: State, charge: Wire) -> list[Wire]:
    """A charge's disputes, oldest first."""
    return [each for each in state.all("dispute") if each["charge"] == charge["id"]]


def left(state: State, charge: Wire) -> int:
    """How many cents of a charge can still be disputed; none while an inquiry is open."""
    found = of(state, charge)
    if charge["status"] != "succeeded" or any(each["status"] in INQUIRIES for each in found):
        return 0
    return int(charge["amount_captured"] - sum(each["amount"] for each in found if each["status"] in WITHHELD))


def _amount(state: State, charge: Wire, asked: int | None) -> int:
    most = left(state, charge)
    if most == 0:
        raise invalid("Only a successful charge that is not disputed yet can be disputed.")
    unrefunded = charge["amount_captured"] - charge["amount_refunded"]
    amount = min(unrefunded or most, most) if asked is None else asked
    if not 1 <= amount <= most:
        raise invalid(f"A dispute of {amount} is not within the {most} that are not disputed yet.", param="amount")
    return int(amount)


def _expect(state: State, dispute_id: str, statuses: tuple[str, ...]) -> Wire:
    dispute = state.get("dispute", dispute_id)
    if dispute["status"] not in statuses:
        raise invalid(f"This dispute is {dispute['status']} already.")
    return dispute


def _withdraw(state: State, dispute: Wire, *, fee: int) -> None:
    source = dispute | {"description": f"Chargeback withdrawal for {dispute['charge']}"}
    taken = balance.post(state, "adjustment", -dispute["amount"], source, fee=fee, days=0)
    dispute["balance_transactions"].append(taken)


def _due(state: State) -> int:
    return int((state.now() + ANSWER_WITHIN).timestamp())


def _dispute(state: State, charge: Wire, reason: str, status: str, amount: int) -> Wire:
    bank = charges.is_bank(charge)
    inquiry = status in INQUIRIES
    dispute = {
        "id": state.new_id("du_1"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": state.stamp(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": None if bank else _due(state),
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": inquiry,
        "livemode": state.livemode,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": status,
    }
    if not bank:
        brand = charge["payment_method_details"]["card"]["brand"]
        kind = "inquiry" if inquiry else "chargeback"
        shown = {"brand": brand, "case_type": kind, "network": brand, "network_reason_code": "10.4"}
        dispute["payment_method_details"] = {"type": "card", "card": shown}
    return state.add(dispute)
