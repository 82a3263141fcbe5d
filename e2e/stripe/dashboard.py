"""The dashboard at `/`: what happened in this Stripe, and buttons for customers, banks and networks."""

from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from e2e.stripe import balance
from e2e.stripe.errors import ApiError
from e2e.stripe.faults import KINDS, Fault
from e2e.stripe.page import TEMPLATES
from e2e.stripe.post import Delivery, Switches
from e2e.stripe.state import MovableClock, Wire
from e2e.stripe.world import StripeWorld

SHOWN = 50
LABELS = {
    "days": "Days",
    "late_seconds": "Late by (seconds)",
    "copies": "Copies of each",
    "second_event": "Two events for one fact",
    "shuffle": "Shuffled order",
    "drop_percent": "Lost (percent)",
    "wrong_secret": "Signed with a wrong secret",
    "future_seconds": "Dated ahead (seconds)",
    "flip_livemode": "Wrong livemode",
    "inside_call": "Sent before the API answers",
}


def show(request: Request) -> Response:
    """GET /"""
    world: StripeWorld = request.app.state.world
    with world.lock:
        world.tick()
        page = TEMPLATES.get_template("dashboard.html").render(
            now=world.now(),
            is_movable=isinstance(world.clock, MovableClock),
            totals=balance.totals(world),
            payments=[_payment(world, each) for each in _newest(world, "payment_intent")],
            sessions=_newest(world, "checkout.session"),
            disputes=_newest(world, "dispute"),
            refunds=_newest(world, "refund"),
            transactions=_newest(world, "balance_transaction"),
            events=[(each, _posts(world, each)) for each in _newest(world, "event")],
            switches=[(each.name, LABELS[each.name], getattr(world.switches, each.name)) for each in fields(Switches)],
            delay=world.business.balance_transaction_delay_seconds,
            faults=world.faults.active,
            kinds=KINDS,
            endpoints=world.endpoints,
            type_errors=world.type_errors,
            refused=request.query_params.get("refused"),
        )
    return HTMLResponse(page)


async def act(request: Request) -> Response:
    """POST /actions/{what}: one button; back to the dashboard, with Stripe's sentence when it was refused."""
    world: StripeWorld = request.app.state.world
    filled = await request.form()
    try:
        _act(world, request.path_params["what"], str(filled.get("id", "")), filled)
    except ApiError as error:
        return RedirectResponse(f"/?{urlencode({'refused': str(error)})}", 303)
    return RedirectResponse("/", 303)


ROUTES = [
    Route("/", show, methods=["GET"]),
    Route("/actions/{what}", act, methods=["POST"]),
]


def _act(world: StripeWorld, what: str, object_id: str, filled: FormData) -> None:
    acts: dict[str, Any] = {
        "settle": lambda: world.settle_bank(object_id),
        "fail": lambda: world.settle_bank(object_id, fail_with="insufficient_funds"),
        "refund": lambda: world.refund(object_id),
        "fail-refund": lambda: world.fail_refund(object_id),
        "dispute": lambda: world.dispute(object_id),
        "return": lambda: world.dispute(object_id, "insufficient_funds"),
        "win": lambda: world.close_dispute(object_id, won=True),
        "lose": lambda: world.close_dispute(object_id, won=False),
        "expire": lambda: world.expire_session(object_id),
        "deliver": lambda: world.deliver_again(object_id),
        "switches": lambda: _switch(world, filled),
        "fault": lambda: _go_wrong(world, filled),
        "heal": world.heal,
        "clock": lambda: _move_clock(world, filled),
    }
    if what not in acts:
        raise ApiError(404, f"There is no button {what}.")
    acts[what]()


def _switch(world: StripeWorld, filled: FormData) -> None:
    with world.lock:
        for each in fields(Switches):
            flag = isinstance(getattr(world.switches, each.name), bool)
            setattr(world.switches, each.name, each.name in filled if flag else _number(filled, each.name))
        world.business.balance_transaction_delay_seconds = _number(filled, "delay")


def _move_clock(world: StripeWorld, filled: FormData) -> None:
    if not isinstance(world.clock, MovableClock):
        raise ApiError(400, "This clock cannot be moved.")
    world.clock.move(days=_number(filled, "days"))
    world.nudge()


def _go_wrong(world: StripeWorld, filled: FormData) -> None:
    kind = next((each for each in KINDS if each == filled.get("kind")), None)
    if kind is None:
        raise ApiError(400, "There is no such fault.")
    world.fault(Fault(kind, times=_number(filled, "times")))


def _number(filled: FormData, name: str) -> int:
    text = str(filled.get(name, "")).strip()
    if not text.isdecimal():
        raise ApiError(400, f"{LABELS.get(name, name)} is a whole number.")
    return int(text)


def _newest(world: StripeWorld, kind: str) -> list[Wire]:
    return world.all(kind)[: -SHOWN - 1 : -1]


def _payment(world: StripeWorld, intent: Wire) -> dict[str, Any]:
    """An intent with its latest charge and the buttons that make sense for it."""
    charge = world.tables["charge"][intent["latest_charge"]] if intent["latest_charge"] else None
    kind = charge["payment_method_details"]["type"] if charge else None
    buttons: list[tuple[str, str]] = []
    if intent["status"] == "processing":
        buttons = [("settle", "Succeed now"), ("fail", "Fail now")]
    elif intent["status"] == "succeeded" and charge and not charge["disputed"] and not charge["refunded"]:
        dispute = ("return", "Return by bank") if kind == "us_bank_account" else ("dispute", "Dispute")
        buttons = [("refund", "Refund"), dispute]
    details = charge["payment_method_details"][kind] if charge else {}
    note = "disputed" if charge and charge["disputed"] else ""
    if charge and charge["amount_refunded"]:
        note = "refunded" if charge["refunded"] else "partly refunded"
    method = (
        "" if charge is None else f"{'bank' if kind == 'us_bank_account' else details['brand']} ··{details['last4']}"
    )
    return {"intent": intent, "method": method, "note": note, "buttons": buttons}


def _posts(world: StripeWorld, event: Wire) -> list[tuple[Delivery, str]]:
    """The event's deliveries, each with its last answer in words."""
    found = [each for each in world.deliveries if each.event["id"] == event["id"]]
    return [(each, _answer(each)) for each in found]


def _answer(delivery: Delivery) -> str:
    words = delivery.state.replace("_", " ")
    if not delivery.attempts:
        return words
    status = delivery.attempts[-1].status or "no answer"
    return f"{words} ({status}, ×{len(delivery.attempts)})"
