"""Setup intents: a payment method is saved for later and nothing is collected. Checkout alone makes them here."""

import copy
from typing import Any

from e2e.stripe import events, fields, methods
from e2e.stripe.errors import invalid
from e2e.stripe.state import State, Wire
from e2e.stripe.testnumbers import Refusal

WAITING = ("requires_payment_method", "requires_confirmation", "requires_action")
FAILED_AUTHENTICATION = Refusal(
    "setup_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. Please choose a different one and try again.",
)
UNUSED = [
    "application",
    "cancellation_reason",
    "last_setup_error",
    "latest_attempt",
    "mandate",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration_details",
    "single_use_mandate",
]


def begin(state: State, session: Wire, given: dict[str, Any]) -> Wire:
    """The setup intent of a session in mode setup; `given` is its `setup_intent_data`."""
    intent_id = state.new_id("seti_1")
    intent = state.add(dict.fromkeys(UNUSED) | {
        "id": intent_id,
        "object": "setup_intent",
        "allowed_payment_method_types": session["allowed_payment_method_types"],
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "client_secret": f"{intent_id}_secret_{state.new_id('')}",
        "created": state.stamp(),
        "customer": session["customer"],
        "description": given.get("description"),
        "livemode": state.livemode,
        "metadata": fields.metadata(given.get("metadata")),
        "payment_method_options": {},
        "payment_method_types": session["payment_method_types"],
        "status": "requires_payment_method",
        "usage": "off_session",
    }, session=session["id"])  # fmt: skip
    events.emit(state, "setup_intent.created", intent)
    return intent


def attempt(state: State, intent: Wire, method: Wire, *, return_url: str) -> None:
    """Try to save. Leaves the intent succeeded, requires_action or requires_payment_method."""
    intent |= {"payment_method": method["id"], "next_action": None, "last_setup_error": None}
    behaves = methods.behaviour(state, method)
    if behaves.challenge in ("unless_set_up", "always"):
        target = {"return_url": return_url, "url": f"{state.base_url}/3ds/{intent['id']}"}
        intent |= {
            "status": "requires_action",
            "next_action": {"type": "redirect_to_url", "redirect_to_url": target},
        }
        events.emit(state, "setup_intent.requires_action", intent)
    # A bank account shows what it is worth only when it is debited.
    elif behaves.refusal is not None and method["type"] == "card":
        _fail(state, intent, method, behaves.refusal)
    else:
        _succeed(state, intent, method)


def finish_challenge(state: State, intent: Wire, *, passed: bool) -> None:
    """The customer came through the bank's page, or failed there."""
    if intent["status"] != "requires_action":
        raise invalid("This SetupIntent is not waiting for authentication.", code="setup_intent_unexpected_state")
    method = state.get("payment_method", intent["payment_method"])
    intent["next_action"] = None
    if passed:
        _succeed(state, intent, method)
    else:
        _fail(state, intent, method, FAILED_AUTHENTICATION)


def void(state: State, intent: Wire) -> None:
    """The session expired."""
    intent |= {"status": "canceled", "cancellation_reason": "abandoned", "next_action": None}
    events.emit(state, "setup_intent.canceled", intent)


def _succeed(state: State, intent: Wire, method: Wire) -> None:
    state.hidden[method["id"]]["set_up"] = True
    methods.keep(state, method["id"], intent["customer"])
    if method["type"] == "us_bank_account":
        intent["mandate"] = methods.mandate_for(state, method, amount=0, currency="usd", reusable=True)
    intent["status"] = "succeeded"
    events.emit(state, "setup_intent.succeeded", intent)


def _fail(state: State, intent: Wire, method: Wire, refusal: Refusal) -> None:
    error = {
        "code": refusal.code,
        "doc_url": f"https://docs.stripe.com/error-codes#{refusal.code.replace('_', '-')}",
        "message": refusal.message,
        "payment_method": copy.deepcopy(method),
        "type": "card_error",
    }
    if refusal.decline_code is not None:
        error["decline_code"] = refusal.decline_code
    intent |= {"status": "requires_payment_method", "payment_method": None, "last_setup_error": error}
    events.emit(state, "setup_intent.setup_failed", intent)
