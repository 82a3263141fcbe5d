"""Events: a snapshot of the object as it was at that moment, kept for thirty days, handed to deliveries."""

import copy
from datetime import timedelta
from typing import Any

import stripe

from e2e.stripe import deliveries
from e2e.stripe.state import State, Wire

RETENTION = timedelta(days=30)


def emit(state: State, kind: str, thing: Wire, *, previous: dict[str, Any] | None = None) -> None:
    """Tell of `thing` as it is now; `previous` are the fields that an update changed."""
    copies = 2 if state.post.switches.second_event else 1
    for _ in range(copies):
        event = _event(state, kind, thing, previous)
        state.add(event)
        event["pending_webhooks"] = deliveries.enqueue(state, event)
        state.at(state.now() + RETENTION, "event.forget", event["id"])


def forget(state: State, event_id: str) -> None:
    """Stripe's API no longer knows an event after thirty days. A delivery under way is not called back."""
    state.tables["event"].pop(event_id, None)


def _event(state: State, kind: str, thing: Wire, previous: dict[str, Any] | None) -> Wire:
    data: dict[str, Any] = {"object": copy.deepcopy(thing)}
    if previous is not None:
        data["previous_attributes"] = copy.deepcopy(previous)
    return {
        "id": state.new_id("evt_"),
        "object": "event",
        "api_version": stripe.api_version,
        "created": state.stamp(),
        "data": data,
        "livemode": state.livemode,
        "pending_webhooks": 0,
        "request": {"id": state.caller.request_id, "idempotency_key": state.caller.idempotency_key},
        "type": kind,
    }
