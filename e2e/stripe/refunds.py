"""Refunds: never more than what is left of a charge; a bank's refund takes days and may come back."""

from datetime import timedelta
from typing import Any

from e2e.stripe import balance, charges, disputes, events, fields
from e2e.stripe.errors import invalid
from e2e.stripe.state import State, Wire, business_days_later

BANK_LIMIT = timedelta(days=180)


def create(state: State, given: dict[str, Any]) -> Wire:
    """POST /v1/refunds, by charge or by payment intent."""
    charge = _charge(state, given)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = given.get("amount", left)
    if charge["status"] != "succeeded":
        raise invalid(f"This charge is {charge['status']} and cannot be refunded.", param="charge")
    if any(not each["is_charge_refundable"] for each in disputes.of(state, charge)):
        raise invalid("Charge has been charged back; cannot issue a refund.", code="charge_disputed", param="charge")
    if left == 0:
        raise invalid(
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
            param="charge",
        )
    if amount < 1:
        raise invalid("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise invalid(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    if charges.is_bank(charge) and state.now() - balance.moment(charge["created"]) > BANK_LIMIT:
        raise invalid("ACH payments can only be refunded within 180 days.", param="charge")
    return _refund(state, charge, amount, given)


def settle_due(state: State, refund_id: str) -> None:
    """A bank took the money back."""
    refund = state.get("refund", refund_id)
    if refund["status"] == "pending":
        refund |= {"status": "succeeded", "pending_reason": None}
        _tell(state, refund, {"status": "pending"}, "refund.updated", "charge.refund.updated")


def fail(state: State, refund_id: str, reason: str = "lost_or_stolen_card") -> Wire:
    """The money could not be given back, and returns to the balance, even after `succeeded`."""
    refund = state.get("refund", refund_id)
    before = refund["status"]
    if before not in ("pending", "succeeded"):
        raise invalid(f"This refund is {before} and cannot fail.")
    _take_back(state, refund, "failed", reason)
    _tell(state, refund, {"status": before}, "refund.failed", "refund.updated", "charge.refund.updated")
    return refund


def cancel(state: State, refund_id: str) -> Wire:
    """A refund that has not gone out yet is called off, and its money returns to the balance."""
    refund = state.get("refund", refund_id)
    before = refund["status"]
    if before not in ("pending", "requires_action"):
        raise invalid(f"This refund is {before} and cannot be canceled.")
    # https://docs.stripe.com/api/refunds/cancel shows a canceled refund with these fields of a failed one.
    _take_back(state, refund, "canceled", "merchant_request")
    _tell(state, refund, {"status": before}, "refund.updated", "charge.refund.updated")
    return refund


def _take_back(state: State, refund: Wire, status: str, reason: str) -> None:
    charge = state.get("charge", refund["charge"])
    back = balance.post(state, "refund_failure", refund["amount"], refund, days=0)
    refund |= {"status": status, "failure_reason": reason, "failure_balance_transaction": back["id"]}
    refund["pending_reason"] = None
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False


def _charge(state: State, given: dict[str, Any]) -> Wire:
    if "charge" in given:
        return state.get("charge", given["charge"], param="charge")
    if "payment_intent" not in given:
        raise invalid("One of charge or payment_intent is required.", param="charge", code="parameter_missing")
    intent = state.get("payment_intent", given["payment_intent"], param="payment_intent")
    if intent["latest_charge"] is None:
        raise invalid("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
    return state.get("charge", intent["latest_charge"])


def _refund(state: State, charge: Wire, amount: int, given: dict[str, Any]) -> Wire:
    bank = charges.is_bank(charge)
    destination: Wire = (
        {"type": "us_bank_transfer", "us_bank_transfer": {"reference": None, "reference_status": "pending"}}
        if bank
        else {
            "type": "card",
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
        }
    )
    refund = state.add({
        "id": state.new_id("pyr_1" if bank else "re_3"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": state.stamp(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "description": None,
        "destination_details": destination,
        "metadata": fields.metadata(given.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "pending_reason": "processing" if bank else None,
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if bank else "succeeded",
        "transfer_reversal": None,
    })  # fmt: skip
    booked = balance.post(state, "payment_refund" if bank else "refund", -amount, refund, days=0)
    refund["balance_transaction"] = booked["id"]
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    events.emit(state, "refund.created", refund)
    events.emit(state, "charge.refunded", charge, previous=before)
    if bank:
        state.at(business_days_later(state.now(), state.business.refund_days), "refund.settle", refund["id"])
    return refund


def _tell(state: State, refund: Wire, previous: dict[str, Any], *kinds: str) -> None:
    for kind in kinds:
        events.emit(state, kind, refund, previous=previous if kind.endswith("updated") else None)
