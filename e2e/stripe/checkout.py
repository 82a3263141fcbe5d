"""Paying a Checkout Session, or saving a method on it: the customer submits, a bank asks, a debit ends days later."""

from e2e.stripe import collecting, customers, events, intents, sessions, setups
from e2e.stripe.errors import invalid
from e2e.stripe.state import State, Wire
from e2e.stripe.testnumbers import Refusal


def submit(state: State, session_id: str, method: Wire, *, name: str | None, email: str | None) -> Wire:
    """Pay with a method, or save it; answers the payment intent or setup intent, whose status says what came of it.
    Raises when not open."""
    session = state.get("checkout.session", session_id)
    if session["status"] != "open":
        raise invalid(f"This Checkout Session is {session['status']}.")
    if method["type"] not in session["payment_method_types"]:
        raise invalid(f"This session does not take {method['type']}.")
    _meet(state, session, name=name, email=email)
    if session["mode"] == "setup":
        intent = state.get("setup_intent", session["setup_intent"])
        setups.attempt(state, intent, method, return_url=session["url"])
    else:
        intent = _intent(state, session)
        collecting.attempt(state, intent, method, off_session=False, return_url=session["url"])
    _follow(state, session, intent)
    return intent


def finish_challenge(state: State, intent_id: str, *, passed: bool) -> Wire:
    """The bank's page was answered; a session waiting for it is completed."""
    intent = asking(state, intent_id)
    work = setups if intent["object"] == "setup_intent" else collecting
    work.finish_challenge(state, intent, passed=passed)
    session = session_of(state, intent)
    if session is not None:
        _follow(state, session, intent)
    return intent


def asking(state: State, intent_id: str) -> Wire:
    """The payment intent or setup intent that a bank's page is about."""
    kind = "setup_intent" if intent_id.startswith("seti_") else "payment_intent"
    return state.get(kind, intent_id)


def settle_due(state: State, charge_id: str) -> None:
    """A bank debit's own end, by its test account number."""
    charge = state.get("charge", charge_id)
    settle(state, charge, collecting.fate(state, charge)[1])


def settle(state: State, charge: Wire, refusal: Refusal | None) -> None:
    """End a pending bank debit and tell the session's story of it."""
    if charge["status"] != "pending":
        return
    collecting.settle(state, charge, refusal)
    session = session_of(state, state.get("payment_intent", charge["payment_intent"]))
    if session is None:
        return
    if refusal is None:
        session["payment_status"] = "paid"
        events.emit(state, "checkout.session.async_payment_succeeded", session)
    else:
        events.emit(state, "checkout.session.async_payment_failed", session)


def session_of(state: State, intent: Wire) -> Wire | None:
    session_id = state.hidden[intent["id"]]["session"]
    return None if session_id is None else state.get("checkout.session", session_id)


def _meet(state: State, session: Wire, *, name: str | None, email: str | None) -> None:
    """Learn who pays; make a customer of them where the session asks for one."""
    known = state.get("customer", session["customer"])["email"] if session["customer"] else session["customer_email"]
    session["customer_details"] = sessions.contact(known or email, name)
    future = state.hidden[session["id"]]["intent_data"].get("setup_future_usage")
    if session["customer"] is None and (session["customer_creation"] == "always" or future):
        met = {"email": session["customer_details"]["email"], "name": name}
        session["customer"] = customers.create(state, {k: v for k, v in met.items() if v})["id"]


def _intent(state: State, session: Wire) -> Wire:
    """The session's one intent. The session's own metadata stays with the session."""
    if session["payment_intent"] is not None:
        return state.get("payment_intent", session["payment_intent"])
    given = state.hidden[session["id"]]["intent_data"] | {"customer": session["customer"]}
    intent = intents.begin(
        state,
        amount=session["amount_total"],
        currency=session["currency"],
        types=session["payment_method_types"],
        given=given,
        session=session["id"],
    )
    session["payment_intent"] = intent["id"]
    return intent


def _follow(state: State, session: Wire, intent: Wire) -> None:
    if intent["status"] not in ("succeeded", "processing"):
        return
    session |= {"status": "complete", "url": None}
    if session["mode"] == "payment":
        session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"
    events.emit(state, "checkout.session.completed", session)
