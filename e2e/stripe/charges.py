"""Charges: one try at collecting an intent's money. Only one of an intent's charges ever succeeds."""

from typing import Any

from e2e.stripe import balance, events, methods
from e2e.stripe.state import State, Wire
from e2e.stripe.testnumbers import Behaviour, Refusal

_AUTHENTICATED = {
    "authentication_flow": "challenge",
    "electronic_commerce_indicator": "05",
    "exemption_indicator": None,
    "result": "authenticated",
    "result_reason": None,
    "transaction_id": None,
    "version": "2.2.0",
}


def create(state: State, intent: Wire, method: Wire, status: str, *, mandate: str | None, challenged: bool) -> Wire:
    """A charge in `status` (succeeded, pending, failed). Nothing is booked or told yet."""
    bank = method["type"] == "us_bank_account"
    charge_id = state.new_id("py_3" if bank else "ch_3")
    return state.add({
        "id": charge_id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if status == "succeeded" else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "STAND-IN",
        "captured": status == "succeeded",
        "created": state.stamp(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": state.livemode,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": _outcome(status, None),
        "paid": status != "failed",
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details(method, mandate, challenged),
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{state.base_url}/receipts/{charge_id}",
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer_data": None,
        "transfer_group": None,
    }, behaviour=methods.behaviour(state, method))  # fmt: skip


def succeed(state: State, charge: Wire) -> None:
    """Book it and tell `charge.succeeded`."""
    charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
    charge["outcome"] = _outcome("succeeded", None)
    balance.charge(state, charge)
    events.emit(state, "charge.succeeded", charge)


def fail(state: State, charge: Wire, refusal: Refusal) -> None:
    """Mark it failed and tell `charge.failed`."""
    charge |= {"status": "failed", "paid": False, "captured": False, "amount_captured": 0}
    charge |= {
        "failure_code": refusal.code,
        "failure_message": refusal.message,
        "outcome": _outcome("failed", refusal),
    }
    events.emit(state, "charge.failed", charge)


def is_bank(charge: Wire) -> bool:
    return bool(charge["payment_method_details"]["type"] == "us_bank_account")


def behaviour(state: State, charge: Wire) -> Behaviour:
    """As it was decided when the charge was made, whatever has been ordered for the method since."""
    found: Behaviour = state.hidden[charge["id"]]["behaviour"]
    return found


def _outcome(status: str, refusal: Refusal | None) -> dict[str, Any]:
    if status == "failed":
        return {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "declined_by_network",
            "reason": (refusal.decline_code or refusal.code) if refusal else None,
            "risk_level": "normal",
            "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined",
        }
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def _details(method: Wire, mandate: str | None, challenged: bool) -> dict[str, Any]:
    kind = method["type"]
    shown = method[kind]
    if kind == "us_bank_account":
        bank = ("account_holder_type", "account_type", "bank_name", "fingerprint", "last4", "routing_number")
        same = {name: shown[name] for name in bank}
        return {"type": kind, kind: same | {"mandate": mandate, "payment_reference": None}}
    card = (
        "brand",
        "checks",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
        "wallet",
    )
    return {
        "type": kind,
        kind: {name: shown[name] for name in card}
        | {
            "installments": None,
            "mandate": None,
            "network": shown["brand"],
            "network_token": {"used": False},
            "three_d_secure": _AUTHENTICATED if challenged else None,
        },
    }
