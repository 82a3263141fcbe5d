"""Payment methods: Stripe's test cards and test bank accounts, what each of them does, and their mandates.

https://docs.stripe.com/testing
"""

from typing import Any, NamedTuple

from e2e.stripe import events
from e2e.stripe.errors import invalid
from e2e.stripe.state import State, Wire

ROUTING_NUMBER = "110000000"


class Refusal(NamedTuple):
    code: str
    decline_code: str | None
    message: str


class Behaviour(NamedTuple):
    """What happens when it is charged. `challenge`: never, unless_set_up, always. `fate` of a bank debit:
    succeeds, fails, disputed, stays."""

    refusal: Refusal | None = None
    challenge: str = "never"
    fate: str = "succeeds"


_DECLINED = Refusal("card_declined", "generic_decline", "Your card was declined.")
_NO_FUNDS = Refusal("card_declined", "insufficient_funds", "Your card has insufficient funds.")
_EXPIRED = Refusal("expired_card", None, "Your card has expired.")
CARDS: dict[str, tuple[str, Behaviour]] = {
    "4242424242424242": ("visa", Behaviour()),
    "5555555555554444": ("mastercard", Behaviour()),
    "4000000000000002": ("visa", Behaviour(_DECLINED)),
    "4000000000009995": ("visa", Behaviour(_NO_FUNDS)),
    "4000000000000069": ("visa", Behaviour(_EXPIRED)),
    "4000002500003155": ("visa", Behaviour(challenge="unless_set_up")),
    "4000002760003184": ("visa", Behaviour(challenge="always")),
    "4000000000000259": ("visa", Behaviour(fate="disputed")),
    "4000000000000341": ("visa", Behaviour(_DECLINED, "after_attaching")),
}


def _fails(code: str, message: str) -> Behaviour:
    return Behaviour(Refusal(code, None, message), fate="fails")


ACCOUNTS: dict[str, Behaviour] = {
    "000123456789": Behaviour(),
    "000111111113": _fails("account_closed", "The customer's bank account has been closed."),
    "000111111116": _fails("no_account", "The bank account could not be located."),
    "000222222227": _fails("insufficient_funds", "The customer's account has insufficient funds."),
    "000333333335": _fails("debit_not_authorized", "The customer has not authorized this debit."),
    "000555555559": Behaviour(fate="disputed"),
    "000000000009": Behaviour(fate="stays"),
}
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_createDispute": "4000000000000259",
    "pm_usBankAccount_success": "000123456789",
    "pm_usBankAccount_accountClosed": "000111111113",
    "pm_usBankAccount_noAccount": "000111111116",
    "pm_usBankAccount_insufficientFunds": "000222222227",
    "pm_usBankAccount_debitNotAuthorized": "000333333335",
    "pm_usBankAccount_dispute": "000555555559",
    "pm_usBankAccount_processing": "000000000009",
}


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
    found: Behaviour = state.hidden[method["id"]]["behaviour"]
    if found.challenge == "after_attaching":
        return found if method["customer"] else Behaviour()
    return found


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


def _fingerprint(number: str) -> str:
    """The same for the same number, as Stripe's is."""
    return f"fp{int(number):x}"[:16].ljust(16, "0")
