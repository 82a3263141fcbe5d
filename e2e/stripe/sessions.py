"""Checkout Sessions: created, looked at, expired. How one is paid is in checkout.py."""

import re
from datetime import timedelta
from typing import Any

from e2e.stripe import balance, events, fields, intents, lines, setups
from e2e.stripe.errors import invalid
from e2e.stripe.state import State, Wire

SHORTEST = timedelta(minutes=30)
LONGEST = timedelta(hours=24)
KEPT = ("billing_address_collection", "cancel_url", "client_reference_id", "customer", "customer_creation",
        "customer_email", "locale", "success_url", "submit_type", "adaptive_pricing", "wallet_options",
        "integration_identifier", "origin_context")  # fmt: skip
UNUSED = [
    "after_expiration",
    "allow_promotion_codes",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer_account",
    "invoice",
    "invoice_creation",
    "payment_intent",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "subscription",
]
# The stand-in wants a customer for every method that is saved; Stripe would make one.
_NEEDED = {"payment": ("line_items", "success_url"), "setup": ("currency", "customer", "success_url")}
_FOREIGN = {
    "payment": ("setup_intent_data",),
    "setup": ("line_items", "payment_intent_data", "adaptive_pricing", "customer_creation", "submit_type"),
}
_SAVING = {
    "amount_subtotal": None,
    "amount_total": None,
    "payment_method_collection": "always",
    "payment_status": "no_payment_required",
    "total_details": None,
}


def create(state: State, given: dict[str, Any]) -> Wire:
    """POST /v1/checkout/sessions, for hosted pages in mode payment or setup. A page that collects has no payment
    intent until somebody pays; one that saves a method has its setup intent from the first."""
    _check(state, given)
    rows = [lines.create(state, each, i) for i, each in enumerate(given.get("line_items", []))]
    currency = _currency(given, rows)
    wanted = given.get("allowed_payment_method_types")
    types = intents.types_for(state, wanted, currency)
    expires_at = _expires_at(state, given.get("expires_at"))
    intent_data = given.get("payment_intent_data", given.get("setup_intent_data", {}))
    fields.metadata(intent_data.get("metadata"))
    fields.suffix(intent_data)
    mode = "live" if state.livemode else "test"
    session_id = state.new_id(f"cs_{mode}_a1", 56)
    session = dict.fromkeys((*KEPT, *UNUSED)) | {key: given[key] for key in KEPT if key in given}
    session |= {
        "id": session_id,
        "object": "checkout.session",
        "allowed_payment_method_types": wanted,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": state.stamp(),
        "currency": currency,
        "custom_fields": [],
        "custom_text": _custom_text(given.get("custom_text", {})),
        "customer_details": _details(state, given),
        "discounts": [],
        "expires_at": expires_at,
        "livemode": state.livemode,
        "metadata": fields.metadata(given.get("metadata")),
        "mode": given["mode"],
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}}
        | given.get("payment_method_options", {}),
        "payment_method_types": types,
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "ui_mode": "hosted_page",
        "url": f"{state.base_url}/c/pay/{session_id}",
    } | (_collecting(given, rows, currency) if given["mode"] == "payment" else _SAVING)
    state.add(session, lines=rows, intent_data=intent_data)
    if given["mode"] == "setup":
        session["setup_intent"] = setups.begin(state, session, intent_data)["id"]
    state.at(balance.moment(expires_at), "session.expire", session_id)
    return session


def update(state: State, session_id: str, given: dict[str, Any]) -> Wire:
    """POST /v1/checkout/sessions/{id}: its metadata."""
    session = state.get("checkout.session", session_id)
    session["metadata"] = fields.metadata(given.get("metadata"), session["metadata"])
    return session


def expire(state: State, session_id: str, given: dict[str, Any] | None = None) -> Wire:
    """POST /v1/checkout/sessions/{id}/expire: only while open."""
    session = state.get("checkout.session", session_id)
    if session["status"] != "open":
        raise invalid(
            "Only Checkout Sessions with a status in ['open'] can be expired. "
            f"This Checkout Session has a status of {session['status']}.",
        )
    session |= {"status": "expired", "url": None}
    if session["payment_intent"] is not None:
        intent = state.get("payment_intent", session["payment_intent"])
        if intent["status"] in intents.CONFIRMABLE:
            intents.void(state, intent, "automatic")
    if session["setup_intent"] is not None:
        setups.void(state, state.get("setup_intent", session["setup_intent"]))
    events.emit(state, "checkout.session.expired", session)
    return session


def expire_due(state: State, session_id: str) -> None:
    if state.get("checkout.session", session_id)["status"] == "open":
        expire(state, session_id)


def contact(email: str | None, name: str | None) -> dict[str, Any]:
    return {"address": None, "business_name": None, "email": email, "individual_name": None, "name": name,
            "phone": None, "tax_exempt": "none", "tax_ids": None}  # fmt: skip


def _check(state: State, given: dict[str, Any]) -> None:
    if given.get("mode") not in _NEEDED:
        raise invalid("The stand-in covers mode=payment and mode=setup only.", param="mode")
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("The stand-in covers ui_mode=hosted_page only.", param="ui_mode")
    needed, foreign = _NEEDED[given["mode"]], _FOREIGN[given["mode"]]
    for name in foreign:
        if name in given:
            raise invalid(f"You can not pass `{name}` in `{given['mode']}` mode.", param=name)
    for name in needed:
        if not given.get(name):
            raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
    email = given.get("customer_email")
    if email is not None and not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", email):
        raise invalid(f"Invalid email address: {email}", param="customer_email", code="email_invalid")
    if len(given.get("line_items", [])) > 100:
        raise invalid("You can pass at most 100 line items in payment mode.", param="line_items")
    for name in ("success_url", "cancel_url"):
        if name in given:
            fields.url(given[name], param=name)
    if "client_reference_id" in given:
        fields.short(given["client_reference_id"], 200, param="client_reference_id")
    if "customer" in given:
        state.get("customer", given["customer"], param="customer")
        for other in ("customer_email", "customer_creation"):
            if other in given:
                raise invalid(f"You may only specify one of these parameters: customer, {other}.", param="customer")


def _currency(given: dict[str, Any], rows: list[Wire]) -> str:
    found = {each["currency"] for each in rows}
    if "currency" in given:
        found.add(fields.currency(given["currency"]))
    if len(found) != 1:
        raise invalid("All line items of a session have the same currency.", param="line_items")
    return str(found.pop())


def _collecting(given: dict[str, Any], rows: list[Wire], currency: str) -> Wire:
    """What only a session in mode payment says."""
    total = fields.amount(sum(each["amount_total"] for each in rows), currency, param="line_items")
    return {
        "adaptive_pricing": given.get("adaptive_pricing", {"enabled": False}),
        "amount_subtotal": total,
        "amount_total": total,
        "customer_creation": None if given.get("customer") else given.get("customer_creation", "if_required"),
        "payment_method_collection": "if_required",
        "payment_status": "unpaid",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    }


def _expires_at(state: State, wanted: int | None) -> int:
    now = state.now()
    if wanted is None:
        return int((now + LONGEST).timestamp())
    # Stripe compares whole seconds.
    if wanted < state.stamp() + SHORTEST.total_seconds():
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            param="expires_at",
        )
    if wanted > state.stamp() + LONGEST.total_seconds():
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return wanted


def _custom_text(given: dict[str, Any]) -> dict[str, Any]:
    names = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return {name: given.get(name) or None for name in names}


def _details(state: State, given: dict[str, Any]) -> dict[str, Any] | None:
    if "customer" in given:
        customer = state.get("customer", given["customer"])
        return contact(customer["email"], customer["name"])
    return contact(given["customer_email"], None) if "customer_email" in given else None
