"""Payment methods: made from a test number, kept for a customer, and the mandates of bank accounts."""

from typing import Any

from e2e.stripe import events
from e2e.stripe.errors import invalid
from e2e.stripe.state import State, Wire
from e2e.stripe.testnumbers import (
    ACCOUNTS,
    CARDS,
    EXPIRED,
    NEEDS_AUTHENTICATION,
    ROUTING_NUMBER,
    TOKENS,
    Behaviour,
    Refusal,
)


def card(
    state: State,
    number: str,
    *,
    name: str | None = None,
    email: str | None = None,
    month: int = 12,
    year: int = 2034,
) -> Wire:
    """A payment method from one of the test numbers. Raises ApiError for any other number, as test mode does."""
    if number not in CARDS:
        raise invalid("Your card was declined. Only test card numbers work here.", code="card_declined", param="number")
    brand, behaviour = CARDS[number]
    shown = {
        "brand": brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": _fingerprint(number),
        "funding": "credit",
        "generated_from": None,
        "last4": number[-4:],
        "networks": {"available": [brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return _method(state, "card", shown, behaviour, name, email)


def bank_account(state: State, number: str, *, name: str | None = None, email: str | None = None) -> Wire:
    """A US bank account from one of the test numbers, verified at once."""
    if number not in ACCOUNTS:
        raise invalid("Only test account numbers work here.", code="account_number_invalid", param="account_number")
    shown = {
        "account_holder_type": "company",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "financial_connections_account": None,
        "fingerprint": _fingerprint(number),
        "last4": number[-4:],
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": ROUTING_NUMBER,
        "status_details": {},
    }
    return _method(state, "us_bank_account", shown, ACCOUNTS[number], name, email)


def resolve(state: State, method_id: str, *, param: str = "payment_method") -> Wire:
    """The payment method of that id; a test token such as `pm_card_visa` becomes a new one."""
    number = TOKENS.get(method_id)
    if number is None:
        return state.get("payment_method", method_id, param=param)
    return card(state, number) if number in CARDS else bank_account(state, number)


def behaviour(state: State, method: Wire) -> Behaviour:
    """What happens when it is charged now: what was ordered for it, else what its number says."""
    found: Behaviour = state.hidden[method["id"]]["behaviour"]
    if found.challenge == "after_attaching":
        found = Behaviour(found.refusal) if method["customer"] else Behaviour()
    ordered: tuple[Refusal, bool] | None = state.hidden[method["id"]].get("decline")
    if ordered is not None and ordered[0] is NEEDS_AUTHENTICATION:
        return found._replace(challenge="always")
    if ordered is not None:
        return Behaviour(ordered[0], fate="fails")
    return Behaviour(EXPIRED) if _has_expired(state, method) else found


def use_up(state: State, method: Wire) -> None:
    """What was ordered for one charge only has happened."""
    hidden = state.hidden[method["id"]]
    if hidden.get("decline", (None, False))[1]:
        del hidden["decline"]


def attach(state: State, method_id: str, given: dict[str, Any]) -> Wire:
    """POST /v1/payment_methods/{id}/attach."""
    return keep(state, method_id, given["customer"])


def keep(state: State, method_id: str, customer_id: str) -> Wire:
    """Keep it for a customer. One that belongs to another, or was detached before, is refused."""
    method = resolve(state, method_id, param="id")
    state.get("customer", customer_id, param="customer")
    if method["customer"] == customer_id:
        return method
    if method["customer"] or state.hidden[method["id"]].get("detached"):
        raise invalid("The payment method you provided has already been attached to a customer or was detached before.")
    method["customer"] = customer_id
    events.emit(state, "payment_method.attached", method)
    return method


def detach(state: State, method_id: str, given: dict[str, Any]) -> Wire:
    """POST /v1/payment_methods/{id}/detach"""
    method = state.get("payment_method", method_id)
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    before = {"customer": method["customer"]}
    method["customer"] = None
    state.hidden[method_id]["detached"] = True
    events.emit(state, "payment_method.detached", method, previous=before)
    return method


def mandate_for(state: State, method: Wire, *, amount: int, currency: str, reusable: bool) -> str:
    """The mandate under which a bank account is debited; a reusable one is remembered with the method."""
    known: str | None = state.hidden[method["id"]].get("mandate")
    if known is not None:
        return known
    mandate: dict[str, Any] = {
        "id": state.new_id("mandate_"),
        "object": "mandate",
        "customer_acceptance": {
            "accepted_at": state.stamp(),
            "online": {"ip_address": "127.0.0.1", "user_agent": "Mozilla/5.0"},
            "type": "online",
        },
        "livemode": state.livemode,
        "payment_method": method["id"],
        "payment_method_details": {"type": "us_bank_account", "us_bank_account": {}},
        "status": "active",
        "type": "multi_use" if reusable else "single_use",
    }
    mandate |= {"multi_use": {}} if reusable else {"single_use": {"amount": amount, "currency": currency}}
    state.add(mandate)
    if reusable:
        state.hidden[method["id"]]["mandate"] = mandate["id"]
    return str(mandate["id"])


def end_mandate(state: State, mandate_id: str) -> None:
    mandate = state.get("mandate", mandate_id)
    if mandate["status"] != "inactive":
        mandate["status"] = "inactive"
        events.emit(state, "mandate.updated", mandate, previous={"status": "active"})


def _method(state: State, kind: str, shown: Wire, behaves: Behaviour, name: str | None, email: str | None) -> Wire:
    empty = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return state.add(
        {
            "id": state.new_id("pm_1"),
            "object": "payment_method",
            "allow_redisplay": "limited",
            "billing_details": {
                "address": empty,
                "email": email,
                "name": name,
                "phone": None,
                "tax_id": None,
            },
            kind: shown,
            "created": state.stamp(),
            "customer": None,
            "livemode": state.livemode,
            "metadata": {},
            "type": kind,
        },
        behaviour=behaves,
    )


def _has_expired(state: State, method: Wire) -> bool:
    if method["type"] != "card":
        return False
    return (method["card"]["exp_year"], method["card"]["exp_month"]) < (state.now().year, state.now().month)


def _fingerprint(number: str) -> str:
    """The same for the same number, as Stripe's is."""
    return f"fp{int(number):x}"[:16].ljust(16, "0")
