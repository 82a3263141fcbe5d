"""What a test or a person at the dashboard lets happen to a saved method: declined, expired, renewed, revoked."""

from typing import Any, NamedTuple

from e2e.stripe import events, methods
from e2e.stripe.errors import invalid
from e2e.stripe.state import State, Wire
from e2e.stripe.testnumbers import CARD_REFUSALS, DEBIT_REFUSALS, Refusal


class Saved(NamedTuple):
    """A method that a customer keeps, with what waits for it: `wanting` says "insufficient_funds, once"."""

    method: Wire
    mandate: Wire | None
    wanting: str
    reasons: tuple[str, ...]


def saved(state: State) -> list[Saved]:
    """Newest first."""
    kept = [each for each in state.all("payment_method") if each["customer"]]
    return [_saved(state, each) for each in reversed(kept)]


def decline(state: State, method_id: str, reason: str, *, is_once: bool) -> Wire:
    """Let its next charge fail, or every one until `accept`. A card's authentication_required counts as met once
    the customer has passed the bank's question; a bank debit is told days later."""
    method = state.get("payment_method", method_id)
    refusal = reasons(method).get(reason)
    if refusal is None:
        raise invalid(f"A {method['type']} is not declined with {reason}.", param="reason")
    state.hidden[method_id]["decline"] = (refusal, is_once)
    return method


def accept(state: State, method_id: str) -> Wire:
    """What its number says holds again."""
    state.hidden[method_id].pop("decline", None)
    return state.get("payment_method", method_id)


def date(state: State, method_id: str, *, years: int) -> Wire:
    """Let a card end in this month, so many years from now (before now: it has expired), and tell of it."""
    method = state.get("payment_method", method_id)
    if method["type"] != "card":
        raise invalid("Only a card expires.", param="payment_method")
    before = {name: method["card"][name] for name in ("exp_month", "exp_year")}
    method["card"] |= {"exp_month": state.now().month, "exp_year": state.now().year + years}
    events.emit(state, "payment_method.automatically_updated", method, previous={"card": before})
    return method


def end_mandate(state: State, method_id: str) -> Wire:
    """The bank account may not be debited any more."""
    mandate: str | None = state.hidden[state.get("payment_method", method_id)["id"]].get("mandate")
    if mandate is None:
        raise invalid("This payment method has no mandate.", param="payment_method")
    methods.end_mandate(state, mandate)
    return state.get("mandate", mandate)


def reasons(method: Wire) -> dict[str, Refusal]:
    return CARD_REFUSALS if method["type"] == "card" else DEBIT_REFUSALS


def _saved(state: State, method: Wire) -> Saved:
    hidden: dict[str, Any] = state.hidden[method["id"]]
    mandate = state.get("mandate", hidden["mandate"]) if "mandate" in hidden else None
    wanting = ""
    if "decline" in hidden:
        refusal, is_once = hidden["decline"]
        wanting = f"{refusal.decline_code or refusal.code}, {'once' if is_once else 'always'}"
    return Saved(method, mandate, wanting, tuple(reasons(method)))
