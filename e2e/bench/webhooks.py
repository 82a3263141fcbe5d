"""Webhooks stored and answered, beside an endpoint that only verifies, each served by a uvicorn of its own.

Eight connections send distinct, signed events of two kilobytes as fast as they are answered. Handling is off:
`server` replaces it, production does not know. CPU is the server process's; PostgreSQL's own is not in it.
"""

import asyncio
import hmac
import json
import time
from collections.abc import Iterator, Sequence
from itertools import count

import uvloop

from e2e.bench.books import WEBHOOK_SECRET
from e2e.bench.figures import Comparison, Cost, median
from e2e.bench.server import Server

CONNECTIONS = 8
_EVENTS = 500
_ROUNDS = 5


def compare(url: str, kind: str, goal: float) -> list[Comparison]:
    """On the database at `url`, which must be migrated."""
    numbers = count(1)
    costs: tuple[list[Cost], list[Cost]] = ([], [])
    with Server("verify", url) as floor, Server("portal", url) as portal:
        for server in (floor, portal):
            _load(server, numbers)
        for _ in range(_ROUNDS):
            for server, found in zip((floor, portal), costs, strict=True):
                found.append(_load(server, numbers))
    name = f"webhook, {CONNECTIONS} connections, {kind}"
    return [Comparison(name, "µs", median(costs[0]), median(costs[1]), "wall", goal)]


def _load(server: Server, numbers: Iterator[int]) -> Cost:
    now = int(time.time())
    letters = [_letter(next(numbers), now) for _ in range(_EVENTS)]
    cpu, wall = server.cpu_s(), time.perf_counter()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_send_all(server.port, letters))
    return Cost((server.cpu_s() - cpu) / _EVENTS, (time.perf_counter() - wall) / _EVENTS)


async def _send_all(port: int, letters: Sequence[bytes]) -> None:
    shares = [letters[start::CONNECTIONS] for start in range(CONNECTIONS)]
    await asyncio.gather(*(_send(port, share) for share in shares))


async def _send(port: int, letters: Sequence[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for letter in letters:
        writer.write(letter)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
        assert await reader.readexactly(int(length)) == b'{"received":true}'
    writer.close()


def _letter(number: int, now: int) -> bytes:
    """A signed HTTP request with an event that nobody has seen before."""
    body = json.dumps(_event(number, now)).encode()
    signature = hmac.new(WEBHOOK_SECRET.encode(), f"{now}.".encode() + body, "sha256").hexdigest()
    head = (
        "POST /stripe/webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Stripe/1.0\r\nAccept: */*\r\n"
        "Content-Type: application/json; charset=utf-8\r\n"
        f"Stripe-Signature: t={now},v1={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _event(number: int, now: int) -> dict[str, object]:
    """A card payment that succeeded, with the fields that Stripe sends."""
    intent = {
        "id": f"pi_{number:024}", "object": "payment_intent", "amount": 123_450, "amount_capturable": 0,
        "amount_details": {"tip": {}}, "amount_received": 123_450, "application": None, "canceled_at": None,
        "application_fee_amount": None, "automatic_payment_methods": None, "cancellation_reason": None,
        "capture_method": "automatic_async", "client_secret": f"pi_{number:024}_secret_{number:024}",
        "confirmation_method": "automatic", "created": now, "currency": "usd", "customer": "cus_Q1w2e3r4t5y6u7",
        "description": "Invoices INV-1041, INV-1042 and INV-1043", "last_payment_error": None, "livemode": False,
        "latest_charge": f"ch_{number:024}", "metadata": {"attempt": f"{number:024x}", "instance": "portal"},
        "next_action": None, "on_behalf_of": None, "payment_method": f"pm_{number:024}", "processing": None,
        "payment_method_configuration_details": None, "payment_method_types": ["card", "us_bank_account"],
        "payment_method_options": {"card": {"network": None, "request_three_d_secure": "automatic"}},
        "receipt_email": "ap@northwind.example", "review": None, "setup_future_usage": None, "shipping": None,
        "source": None, "statement_descriptor": None, "statement_descriptor_suffix": None,
        "status": "succeeded", "transfer_data": None, "transfer_group": None,
    }  # fmt: skip
    return {
        "id": f"evt_{number:024}_{now}", "object": "event", "api_version": "2026-06-24.basil", "created": now,
        "data": {"object": intent}, "livemode": False, "pending_webhooks": 1, "type": "payment_intent.succeeded",
        "request": {"id": "req_A1b2C3d4E5f6G7", "idempotency_key": f"{number:032x}"},
    }  # fmt: skip
