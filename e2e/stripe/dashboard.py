"""The dashboard at `/`: what happened in this Stripe, and buttons for customers, banks and networks."""

import re
from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from e2e.stripe import balance, charges, controls, disputes
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
            back=[(each, _next_acts(world, each)) for kind in ("dispute", "refund") for each in _newest(world, kind)],
            methods=[(each, _method_acts(each)) for each in controls.saved(world)[:SHOWN]],
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
        "refund": lambda: _refund(world, object_id, filled),
        "cancel-refund": lambda: world.cancel_refund(object_id),
        "fail-refund": lambda: world.fail_refund(object_id),
        "dispute": lambda: world.dispute(object_id),
        "return": lambda: world.dispute(object_id, "insufficient_funds"),
        "inquire": lambda: world.inquire(object_id),
        "escalate": lambda: world.escalate(object_id),
        "close-inquiry": lambda: world.close_inquiry(object_id),
        "appeal": lambda: world.appeal(object_id),
        "win": lambda: world.close_dispute(object_id, won=True),
        "lose": lambda: world.close_dispute(object_id, won=False),
        "expire": lambda: world.expire_session(object_id),
        "decline": lambda: world.decline_next(
            object_id, str(filled.get("reason")), is_once=filled.get("often") != "always"
        ),
        "accept": lambda: world.accept_again(object_id),
        "detach": lambda: world.detach(object_id),
        "expire-card": lambda: world.expire_card(object_id),
        "renew-card": lambda: world.renew_card(object_id),
        "end-mandate": lambda: world.end_mandate(object_id),
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


def _refund(world: StripeWorld, intent_id: str, filled: FormData) -> None:
    """All that is left when no amount is given."""
    text = str(filled.get("amount", "")).strip().replace(",", "")
    if not text:
        world.refund(intent_id)
        return
    with world.lock:
        places = 0 if world.get("payment_intent", intent_id)["currency"] == "jpy" else 2
    written = re.fullmatch(r"([0-9]+)(?:\.([0-9]+))?", text)
    if written is None or len(written[2] or "") > places:
        raise ApiError(400, f"Write an amount such as {'12' if places == 0 else '12.50'}.")
    world.refund(intent_id, int(written[1] + (written[2] or "").ljust(places, "0")))


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
    if charge is None:
        return {"intent": intent, "method": "", "note": "", "buttons": [], "refundable": False}
    bank = charges.is_bank(charge)
    known = disputes.of(world, charge)
    buttons: list[tuple[str, str]] = []
    if intent["status"] == "processing":
        buttons = [("settle", "Succeed now"), ("fail", "Fail now")]
    elif disputes.left(world, charge):
        buttons = [("return", "Return by bank")] if bank else [("dispute", "Dispute"), ("inquire", "Inquire")]
    statuses = {each["status"] for each in known}
    notes = ["disputed"] if statuses & {*disputes.WITHHELD, "won"} else []
    if statuses & {*disputes.INQUIRIES}:
        notes.append("inquiry")
    if charge["amount_refunded"]:
        notes.append("refunded" if charge["refunded"] else "partly refunded")
    kind = charge["payment_method_details"]["type"]
    details = charge["payment_method_details"][kind]
    return {
        "intent": intent,
        "method": f"{'bank' if bank else details['brand']} ··{details['last4']}",
        "note": ", ".join(notes),
        "buttons": buttons,
        "refundable": charge["status"] == "succeeded"
        and not charge["refunded"]
        and all(each["is_charge_refundable"] for each in known),
    }


def _next_acts(world: StripeWorld, thing: Wire) -> list[tuple[str, str]]:
    """The buttons of a dispute or a refund."""
    status = thing["status"]
    if thing["object"] == "refund":
        fail = ("fail-refund", "Let it fail")
        return {"pending": [("cancel-refund", "Call it off"), fail], "succeeded": [fail]}.get(status, [])
    if status in disputes.INQUIRIES:
        return [("escalate", "Escalate"), ("close-inquiry", "Close")]
    if status in disputes.UNDECIDED:
        return [("win", "Won"), ("lose", "Lost")]
    is_final = status != "lost" or charges.is_bank(world.get("charge", thing["charge"]))
    return [] if is_final else [("appeal", "Appeal")]


def _method_acts(saved: controls.Saved) -> list[tuple[str, str]]:
    """The buttons of a saved method."""
    buttons = [("accept", "Accept again")] if saved.wanting else []
    if saved.method["type"] == "card":
        buttons += [("expire-card", "Expire"), ("renew-card", "Renew")]
    if saved.mandate is not None and saved.mandate["status"] == "active":
        buttons.append(("end-mandate", "End mandate"))
    return [*buttons, ("detach", "Detach")]


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
