"""Payment intents as the API sees them: created, confirmed, cancelled. One intent succeeds at most once."""

import copy
from typing import Any

from e2e.stripe import collecting, events, fields, methods
from e2e.stripe.errors import ApiError, card_declined, invalid
from e2e.stripe.state import State, Wire

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
UNUSED = [
    "application",
    "application_fee_amount",
    "canceled_at",
    "cancellation_reason",
    "last_payment_error",
    "latest_charge",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration_details",
    "processing",
    "review",
    "shipping",
    "source",
    "statement_descriptor",
    "transfer_data",
    "transfer_group",
]


def create(state: State, given: dict[str, Any]) -> Wire:
    """POST /v1/payment_intents"""
    currency = fields.currency(given["currency"])
    customer = given.get("customer")
    if customer is not None:
        state.get("customer", customer, param="customer")
    if given.get("off_session") and not given.get("confirm"):
        raise invalid("off_session can only be used when confirm is true.", param="off_session")
    types = types_for(state, given.get("allowed_payment_method_types"), currency)
    amount = fields.amount(given["amount"], currency)
    method = _usable(state, given["payment_method"], customer, types) if "payment_method" in given else None
    intent = begin(state, amount=amount, currency=currency, types=types, given=given)
    if method is not None:
        _choose(intent, method)
    if given.get("confirm"):
        return _confirm(state, intent, {name: given[name] for name in given if name != "payment_method"})
    return intent


def begin(
    state: State,
    *,
    amount: int,
    currency: str,
    types: list[str],
    given: dict[str, Any],
    session: str | None = None,
) -> Wire:
    """An unconfirmed intent, told by `payment_intent.created`. `given`: the parameters that are only kept."""
    intent_id = state.new_id("pi_3")
    intent = state.add(dict.fromkeys(UNUSED) | {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "allowed_payment_method_types": given.get("allowed_payment_method_types"),
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_{state.new_id('')}",
        "confirmation_method": "automatic",
        "created": state.stamp(),
        "currency": currency,
        "customer": given.get("customer"),
        "description": given.get("description"),
        "livemode": state.livemode,
        "metadata": fields.metadata(given.get("metadata")),
        "payment_method_options": copy.deepcopy(given.get("payment_method_options", {})),
        "payment_method_types": types,
        "receipt_email": given.get("receipt_email"),
        "setup_future_usage": given.get("setup_future_usage"),
        "statement_descriptor_suffix": fields.suffix(given),
        "status": "requires_payment_method",
    }, session=session)  # fmt: skip
    events.emit(state, "payment_intent.created", intent)
    return intent


def update(state: State, intent_id: str, given: dict[str, Any]) -> Wire:
    """POST /v1/payment_intents/{id}: metadata, description and what an unconfirmed intent still allows."""
    intent = state.get("payment_intent", intent_id)
    if "metadata" in given:
        intent["metadata"] = fields.metadata(given["metadata"], intent["metadata"])
    if "description" in given:
        intent["description"] = given["description"]
    if "amount" in given:
        _expect(intent, CONFIRMABLE, "update")
        intent["amount"] = fields.amount(given["amount"], intent["currency"])
    if "payment_method" in given:
        _expect(intent, CONFIRMABLE, "update")
        _choose(
            intent,
            _usable(state, given["payment_method"], intent["customer"], intent["payment_method_types"]),
        )
    return intent


def confirm(state: State, intent_id: str, given: dict[str, Any]) -> Wire:
    """POST /v1/payment_intents/{id}/confirm. A declined card is a 402 that carries the intent."""
    intent = state.get("payment_intent", intent_id, param="id")
    if state.hidden[intent_id]["session"] is not None:
        raise invalid("You cannot confirm a PaymentIntent that was created by Checkout.")
    return _confirm(state, intent, given)


def cancel(state: State, intent_id: str, given: dict[str, Any]) -> Wire:
    """POST /v1/payment_intents/{id}/cancel"""
    intent = state.get("payment_intent", intent_id)
    if state.hidden[intent_id]["session"] is not None:
        raise invalid("You cannot cancel the PaymentIntent of a Checkout Session. Expire the Checkout Session instead.")
    if intent["status"] == "processing":
        charge = state.get("charge", intent["latest_charge"])
        if collecting.fate(state, charge)[0]:
            raise _unexpected(intent, "cancel")
        charge |= {"status": "failed", "paid": False}
    elif intent["status"] not in CONFIRMABLE:
        raise _unexpected(intent, "cancel")
    return void(state, intent, given.get("cancellation_reason"))


def void(state: State, intent: Wire, reason: str | None) -> Wire:
    intent |= {
        "status": "canceled",
        "canceled_at": state.stamp(),
        "cancellation_reason": reason,
        "next_action": None,
    }
    events.emit(state, "payment_intent.canceled", intent)
    return intent


def types_for(state: State, wanted: list[str] | None, currency: str) -> list[str]:
    """What the account has enabled, filtered by the request; US bank accounts pay in dollars only."""
    enabled = [each for each in state.business.payment_method_types if each != "us_bank_account" or currency == "usd"]
    chosen = enabled if wanted is None else [each for each in enabled if each in wanted]
    if not chosen:
        raise invalid(
            "No valid payment method types for this request. Check what is enabled in the dashboard.",
            param="allowed_payment_method_types",
        )
    return chosen


def _usable(state: State, method_id: str, customer: str | None, types: list[str]) -> Wire:
    method = methods.resolve(state, method_id)
    if method["customer"] and method["customer"] != customer:
        raise invalid(
            "The provided PaymentMethod belongs to another customer, or the PaymentIntent names none.",
            param="payment_method",
        )
    if state.hidden[method["id"]].get("detached"):
        raise invalid("The provided PaymentMethod was previously detached and cannot be used.", param="payment_method")
    if method["type"] not in types:
        raise invalid(f"The payment method type {method['type']} is not enabled here.", param="payment_method")
    return method


def _choose(intent: Wire, method: Wire) -> None:
    intent |= {"payment_method": method["id"], "status": "requires_confirmation", "next_action": None}


def _confirm(state: State, intent: Wire, given: dict[str, Any]) -> Wire:
    _expect(intent, CONFIRMABLE, "confirm")
    if "payment_method" in given:
        _choose(
            intent,
            _usable(state, given["payment_method"], intent["customer"], intent["payment_method_types"]),
        )
    if intent["payment_method"] is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    method = state.get("payment_method", intent["payment_method"])
    if "setup_future_usage" in given:
        intent["setup_future_usage"] = given["setup_future_usage"] or None
    off_session = bool(given.get("off_session"))
    collecting.attempt(state, intent, method, off_session=off_session, return_url=given.get("return_url"))
    error = intent["last_payment_error"]
    if error is not None:
        raise card_declined(
            error["message"],
            code=error["code"],
            decline_code=error.get("decline_code"),
            charge=error.get("charge"),
            intent=copy.deepcopy(intent),
            method=error["payment_method"],
        )
    return intent


def _expect(intent: Wire, statuses: tuple[str, ...], verb: str) -> None:
    if intent["status"] not in statuses:
        raise _unexpected(intent, verb)


def _unexpected(intent: Wire, verb: str) -> ApiError:
    return ApiError(
        400,
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent=copy.deepcopy(intent),
    )
