"""What happens when an intent is charged: cards at once or after a challenge, bank debits days later."""

import copy
from datetime import timedelta

from e2e.stripe import charges, events, methods
from e2e.stripe.errors import invalid
from e2e.stripe.state import State, Wire, business_days_later
from e2e.stripe.testnumbers import NEEDS_AUTHENTICATION, Behaviour, Refusal

FAILED_AUTHENTICATION = Refusal(
    "payment_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. Please choose a different one and try again.",
)
NO_MANDATE = "payment_intent_mandate_invalid"


def attempt(state: State, intent: Wire, method: Wire, *, off_session: bool, return_url: str | None) -> None:
    """Try to collect. Leaves the intent succeeded, processing, requires_action or requires_payment_method."""
    intent |= {"payment_method": method["id"], "next_action": None, "last_payment_error": None}
    behaves = methods.behaviour(state, method)
    if method["type"] == "us_bank_account":
        _debit(state, intent, method, off_session=off_session)
    elif _needs_challenge(state, method, behaves):
        if off_session:
            _refuse(state, intent, method, NEEDS_AUTHENTICATION)
        else:
            _challenge(state, intent, return_url)
    elif behaves.refusal is not None:
        _refuse(state, intent, method, behaves.refusal)
        methods.use_up(state, method)
    else:
        _succeed(state, intent, method, challenged=False)


def finish_challenge(state: State, intent: Wire, *, passed: bool) -> None:
    """The customer came through the bank's page, or failed there."""
    if intent["status"] != "requires_action":
        raise invalid("This PaymentIntent is not waiting for authentication.", code="payment_intent_unexpected_state")
    method = state.get("payment_method", intent["payment_method"])
    intent["next_action"] = None
    behaves = methods.behaviour(state, method)
    if not passed:
        _fail_intent(state, intent, method, FAILED_AUTHENTICATION, None)
    elif behaves.refusal is not None:
        _refuse(state, intent, method, behaves.refusal)
    else:
        _succeed(state, intent, method, challenged=True)
    if passed:
        methods.use_up(state, method)


def settle(state: State, charge: Wire, refusal: Refusal | None) -> None:
    """A bank debit's end. A debit that ended before is left alone."""
    if charge["status"] != "pending":
        return
    intent = state.get("payment_intent", charge["payment_intent"])
    method = state.get("payment_method", charge["payment_method"])
    if refusal is None:
        charges.succeed(state, charge)
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        events.emit(state, "payment_intent.succeeded", intent)
        _later_dispute(state, charge, timedelta(days=1))
        return
    charges.fail(state, charge, refusal)
    _fail_intent(state, intent, method, refusal, charge["id"])
    if refusal.code in ("debit_not_authorized", "account_closed", "no_account"):
        methods.end_mandate(state, charge["payment_method_details"]["us_bank_account"]["mandate"])


def fate(state: State, charge: Wire) -> tuple[bool, Refusal | None]:
    """Whether a pending debit ends by itself, and with what."""
    behaves = charges.behaviour(state, charge)
    return behaves.fate != "stays", behaves.refusal if behaves.fate == "fails" else None


def _needs_challenge(state: State, method: Wire, behaves: Behaviour) -> bool:
    if behaves.challenge == "unless_set_up":
        return not state.hidden[method["id"]].get("set_up", False)
    return behaves.challenge == "always"


def _challenge(state: State, intent: Wire, return_url: str | None) -> None:
    if return_url is None:
        raise invalid("A return_url must be specified when confirming this PaymentIntent.", param="return_url")
    target = {"return_url": return_url, "url": f"{state.base_url}/3ds/{intent['id']}"}
    intent |= {
        "status": "requires_action",
        "next_action": {"type": "redirect_to_url", "redirect_to_url": target},
    }
    events.emit(state, "payment_intent.requires_action", intent)


def _debit(state: State, intent: Wire, method: Wire, *, off_session: bool) -> None:
    known = state.hidden[method["id"]].get("mandate")
    usable = known is not None and state.get("mandate", known)["status"] == "active"
    if (off_session or known) and not usable:
        raise invalid("The mandate of this payment method is missing or inactive.", code=NO_MANDATE)
    mandate = methods.mandate_for(
        state,
        method,
        amount=intent["amount"],
        currency=intent["currency"],
        reusable=intent["setup_future_usage"] is not None,
    )
    charge = charges.create(state, intent, method, "pending", mandate=mandate, challenged=False)
    methods.use_up(state, method)
    intent |= {"status": "processing", "latest_charge": charge["id"]}
    _keep(state, intent, method)
    events.emit(state, "charge.pending", charge)
    events.emit(state, "payment_intent.processing", intent)
    if fate(state, charge)[0]:
        state.at(business_days_later(state.now(), state.business.bank_days), "bank.settle", charge["id"])


def _succeed(state: State, intent: Wire, method: Wire, *, challenged: bool) -> None:
    charge = charges.create(state, intent, method, "succeeded", mandate=None, challenged=challenged)
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]}
    _keep(state, intent, method)
    charges.succeed(state, charge)
    events.emit(state, "payment_intent.succeeded", intent)
    _later_dispute(state, charge, timedelta(hours=1))


def _keep(state: State, intent: Wire, method: Wire) -> None:
    """A first payment that was made to be repeated leaves its method with the customer."""
    if intent["setup_future_usage"] and intent["customer"]:
        state.hidden[method["id"]]["set_up"] = True
        if method["customer"] is None:
            methods.keep(state, method["id"], intent["customer"])


def _refuse(state: State, intent: Wire, method: Wire, refusal: Refusal) -> None:
    charge = charges.create(state, intent, method, "failed", mandate=None, challenged=False)
    intent["latest_charge"] = charge["id"]
    charges.fail(state, charge, refusal)
    _fail_intent(state, intent, method, refusal, charge["id"])


def _fail_intent(state: State, intent: Wire, method: Wire, refusal: Refusal, charge_id: str | None) -> None:
    error = {
        "code": refusal.code,
        "doc_url": f"https://docs.stripe.com/error-codes#{refusal.code.replace('_', '-')}",
        "message": refusal.message,
        "payment_method": copy.deepcopy(method),
        "type": "card_error" if method["type"] == "card" else "invalid_request_error",
    }
    if charge_id is not None:
        error["charge"] = charge_id
    if refusal.decline_code is not None:
        error["decline_code"] = refusal.decline_code
    intent |= {"status": "requires_payment_method", "payment_method": None, "last_payment_error": error}
    events.emit(state, "payment_intent.payment_failed", intent)


def _later_dispute(state: State, charge: Wire, wait: timedelta) -> None:
    if charges.behaviour(state, charge).fate == "disputed":
        state.at(state.now() + wait, "dispute.open", charge["id"])
