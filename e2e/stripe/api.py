"""One API request from bytes to bytes: who asks, what for, does it fail on purpose, was it answered before.

`begin` runs under the lock and has the effect; what comes between it and `finish` (a slow network, webhooks
sent from inside the call) happens with the lock released and the idempotency key taken.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import stripe

from e2e.stripe import expansion, faults, forms, routes, typewalk
from e2e.stripe.errors import ApiError
from e2e.stripe.state import Caller, Wire
from e2e.stripe.world import StripeWorld


@dataclass
class Incoming:
    method: str
    path: str
    query: str
    body: str
    headers: Mapping[str, str]
    base_url: str = ""


@dataclass
class Reply:
    """`dropped`: the client hears nothing. `delay`: real seconds. `key`: still taken until `finish`."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]
    request_id: str
    dropped: bool = False
    delay: float = 0.0
    key: str | None = None
    saved: bool = True

    def content(self) -> bytes:
        return json.dumps(self.body, indent=2).encode()


@dataclass
class _Call:
    request_id: str
    version: str
    key: str | None = None
    fault: faults.Fault | None = None
    taken: bool = field(default=False)


def begin(world: StripeWorld, incoming: Incoming) -> Reply:
    """Answer a request. What Stripe's types do not know, coming or going, lands in
    `world.type_errors` and becomes an error."""
    with world.lock:
        world.base_url = world.base_url or incoming.base_url
        world.tick()
        call = _Call(world.new_id("req_", 14), incoming.headers.get("stripe-version", ""))
        call.key = incoming.headers.get("idempotency-key") if incoming.method == "POST" else None
        world.requests.append((world.now(), call.request_id, incoming.method, incoming.path))
        try:
            return _answer(world, incoming, call)
        except ApiError as error:
            return _reply(call, error.status, error.body(), error.headers, saved=error.saved)
        finally:
            world.caller = Caller()


def finish(world: StripeWorld, reply: Reply) -> None:
    """The answer is on its way: keep it under its key, or give the key back."""
    if reply.key is None:
        return
    with world.lock:
        if reply.saved:
            world.keys.finish(reply.key, reply.status, reply.body, reply.headers)
        else:
            world.keys.release(reply.key)


def _answer(world: StripeWorld, incoming: Incoming, call: _Call) -> Reply:
    _authenticate(world, incoming)
    if call.version and call.version != stripe.api_version:
        raise ApiError(400, f"Invalid Stripe API version: {call.version}", saved=False)
    call.version = stripe.api_version
    operation, ids = routes.find(incoming.method, incoming.path)
    call.fault = world.faults.strike(incoming.method, incoming.path)
    if call.fault and call.fault.kind == "drop_before":
        return _reply(call, 0, {}, {})
    refusal = faults.error(call.fault) if call.fault else None
    if refusal is not None and not refusal.saved:
        raise refusal
    pairs = parse_qsl(incoming.query if incoming.method == "GET" else incoming.body, keep_blank_values=True)
    given = _read(world, operation, pairs, f"{incoming.method} {incoming.path}")
    if call.key:
        earlier = world.keys.begin(call.key, (incoming.path, sorted(pairs)), world.now(), call.request_id)
        if earlier is not None:
            assert earlier.status is not None
            assert earlier.body is not None
            headers = (earlier.headers or {}) | {
                "Idempotent-Replayed": "true",
                "Original-Request": earlier.request_id,
            }
            call.key = None
            return _reply(call, earlier.status, earlier.body, headers)
        call.taken = True
    if refusal is not None:
        raise refusal
    world.caller = Caller(call.request_id, call.key)
    return _reply(call, 200, _run(world, operation, ids, given), {})


def _read(world: StripeWorld, operation: routes.Operation, pairs: list[tuple[str, str]], what: str) -> dict[str, Any]:
    """The parameters by Stripe's own types. What is not right is also kept for the test that runs this."""
    try:
        given = forms.read(operation.takes, pairs)
        if strange := routes.uncovered(operation, given):
            raise ApiError(400, f"The stand-in does not cover: {', '.join(strange)}", param=strange[0], saved=False)
    except ApiError as error:
        world.type_errors.append(f"{what}: {error}")
        raise
    return given


def _run(world: StripeWorld, operation: routes.Operation, ids: dict[str, str], given: dict[str, Any]) -> Wire:
    paths = given.pop("expand", [])
    answer = expansion.expand(world, operation.run(world, ids, given), paths)
    wrong = typewalk.problems(answer)
    if wrong:
        world.type_errors += wrong
        raise ApiError(500, f"Not one of Stripe's objects: {'; '.join(wrong)}", kind="api_error")
    return answer


def _authenticate(world: StripeWorld, incoming: Incoming) -> None:
    scheme, _, key = incoming.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not key:
        raise ApiError(401, "You did not provide an API key.", saved=False)
    if key not in world.api_keys:
        raise ApiError(401, f"Invalid API Key provided: {key[:8]}****", saved=False)


def _reply(call: _Call, status: int, body: dict[str, Any], headers: dict[str, str], *, saved: bool = True) -> Reply:
    fault = call.fault
    always = {"Request-Id": call.request_id, "Stripe-Version": call.version}
    if call.key:
        always["Idempotency-Key"] = call.key
    return Reply(
        status,
        body,
        headers | always,
        call.request_id,
        dropped=fault is not None and fault.kind in ("drop_before", "drop_after"),
        delay=fault.seconds if fault and fault.kind == "slow" else 0.0,
        key=call.key if call.taken else None,
        saved=saved,
    )
