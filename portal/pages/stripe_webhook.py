"""Where Stripe's events arrive: verified, stored, answered; then handled at once, after the answer has gone."""

import threading
from datetime import datetime

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal.actions import inbox
from portal.gateways.stripe_webhooks import WebhookRefused
from portal.resources import Resources

# Handling reads Stripe, which may take a minute and a half; more at once would keep pages from their threads.
SLOTS = threading.BoundedSemaphore(6)


async def receive(request: Request) -> Response:
    """200 for an event that is stored, now or before; 400 for what is not from Stripe or not for us."""
    resources: Resources = request.app.state.resources
    now = resources.clock()
    try:
        event = inbox.read(resources, await request.body(), request.headers.get("stripe-signature"), now=now)
    except WebhookRefused as refused:
        return JSONResponse({"error": refused.reason}, status_code=400)
    await request.app.state.events.add(event)
    handling = BackgroundTask(handle_at_once, resources, event.subject, now=now)
    return JSONResponse({"received": True}, background=handling)


async def handle_at_once(resources: Resources, subject: str, *, now: datetime) -> None:
    """Handle the events about this payment, unless many are being handled: the worker then takes them."""
    if not SLOTS.acquire(blocking=False):
        return
    try:
        await run_in_threadpool(inbox.handle, resources, subject, now=now)
    finally:
        SLOTS.release()
