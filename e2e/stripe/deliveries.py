"""Webhooks on their way: signed when sent, sent again until a 2xx, and as late, doubled or shuffled as told.

The queue is part of the state; `deliver` is the only thing here that touches a network, and it does so with
the lock released, since whoever receives a webhook reads Stripe again at once.
"""

import hashlib
import hmac
import json
from datetime import timedelta

from e2e.stripe.post import Attempt, Delivery
from e2e.stripe.state import State, Wire

RETRY_AFTER = tuple(timedelta(minutes=m) for m in (5, 30, 60, 120, 240, 480, 720, 1440))
GIVE_UP_AFTER = timedelta(days=3)
WRONG_SECRET = "whsec_not_the_one_you_know"


def enqueue(state: State, event: Wire) -> int:
    """Queue an event for every endpoint that wants it; answers how many do."""
    office = state.post
    wanting = [each for each in office.endpoints if each.wants(event["type"])]
    due_at = state.now() + timedelta(seconds=office.switches.late_seconds)
    for endpoint in wanting:
        for _ in range(office.switches.copies):
            delivery = Delivery(state.counter(), event, endpoint, due_at)
            if office.fate.randrange(100) < office.switches.drop_percent:
                delivery.state = "dropped"
            if office.switches.inside_call:
                delivery.request_id = state.caller.request_id
            office.queue.append(delivery)
    return len(wanting)


def again(state: State, event: Wire) -> None:
    """Send an event once more to everybody, whatever became of it before."""
    for endpoint in state.post.endpoints:
        state.post.queue.append(Delivery(state.counter(), event, endpoint, state.now()))


def deliver(state: State, *, request_id: str | None = None) -> int:
    """Send what is due until nothing is; answers how many attempts were made.

    With `request_id`: only what that API request caused, from inside it. Do not hold the lock.
    """
    made = 0
    while batch := _take(state, request_id):
        for delivery in batch:
            with state.lock:
                body, headers = _letter(state, delivery)
            status = state.post.post(delivery.endpoint.url, body, headers)
            with state.lock:
                _record(state, delivery, status)
            made += 1
    return made


def signature(payload: bytes, secret: str, timestamp: int) -> str:
    """The `v1` of https://docs.stripe.com/webhooks#verify-manually."""
    signed = str(timestamp).encode() + b"." + payload
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _take(state: State, request_id: str | None) -> list[Delivery]:
    with state.lock:
        now = state.clock.now()
        due = [
            each
            for each in state.post.queue
            if each.state == "waiting" and each.due_at <= now and each.request_id == request_id
        ]
        due.sort(key=lambda each: (each.due_at, each.number))
        if state.post.switches.shuffle:
            state.post.order.shuffle(due)
        for each in due:
            each.state = "sending"
        return due


def _letter(state: State, delivery: Delivery) -> tuple[bytes, dict[str, str]]:
    switches = state.post.switches
    event = delivery.event
    if switches.flip_livemode:
        event = event | {"livemode": not event["livemode"]}
    body = json.dumps(event, indent=2).encode()
    timestamp = int(state.clock.now().timestamp()) + switches.future_seconds
    secrets = [WRONG_SECRET] if switches.wrong_secret else delivery.endpoint.secrets
    marks = [f"v1={signature(body, secret, timestamp)}" for secret in secrets]
    return body, {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": ",".join([f"t={timestamp}", *marks]),
    }


def _record(state: State, delivery: Delivery, status: int | None) -> None:
    now = state.clock.now()
    delivery.attempts.append(Attempt(now, status))
    delivery.request_id = None
    if status is not None and 200 <= status < 300:
        delivery.state = "delivered"
        delivery.event["pending_webhooks"] = max(0, delivery.event["pending_webhooks"] - 1)
        return
    wait = RETRY_AFTER[min(len(delivery.attempts), len(RETRY_AFTER)) - 1]
    delivery.due_at = now + wait
    delivery.state = "given_up" if delivery.due_at - delivery.attempts[0].at > GIVE_UP_AFTER else "waiting"
