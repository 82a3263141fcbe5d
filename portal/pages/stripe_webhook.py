"""Where Stripe's events arrive: verified, stored, answered; then handled at once, after the answer has gone."""

from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response

from portal.actions import inbox
from portal.gateways.stripe_webhooks import WebhookRefused
from portal.web.visit import Visit


def receive(visit: Visit) -> Response:
    """200 for an event that is stored, now or before; 400 for what is not from Stripe or not for us."""
    signature = visit.request.headers.get("stripe-signature")
    try:
        subject = inbox.receive(visit.resources, visit.body, signature, now=visit.now)
    except WebhookRefused as refused:
        return JSONResponse({"error": refused.reason}, status_code=400)
    handling = BackgroundTask(inbox.handle, visit.resources, subject, now=visit.now)
    return JSONResponse({"received": True}, background=handling)
