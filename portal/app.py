"""The customer's site as a table of contents: what answers where, what stands before it, and what errors become."""

import logging
from collections.abc import Sequence
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute, Mount, Route

from portal.actions import inbox
from portal.pages import (
    collections,
    dispute_form,
    disputes,
    explanations,
    health,
    invoices,
    links,
    methods,
    notices,
    payment_history,
    payments,
    plan_acceptance,
    plan_builder,
    plan_method,
    plans,
    receipts,
    statements,
    step_up,
    stripe_webhook,
)
from portal.resources import Resources
from portal.settings import Settings
from portal.web.batches import Batches
from portal.web.bodies import LimitedBodies
from portal.web.csrf import SameOriginOnly
from portal.web.errors import HANDLERS
from portal.web.headers import SecurityHeaders
from portal.web.logs import WITHOUT_TOKENS
from portal.web.static import HashedStatic
from portal.web.throttle import Throttle
from portal.web.visit import resource

# Stripe signs what it sends; browsers have no business here.
WEBHOOK = "/stripe/webhook"

ROUTES: tuple[BaseRoute, ...] = (
    resource("/l/{token}", get=links.show, post=links.open_link),
    resource("/link", get=links.ask, post=links.send),
    resource("/session/end", post=links.end),
    resource("/a/{account}", get=statements.show),
    resource("/a/{account}/statement.pdf", get=statements.pdf),
    resource("/a/{account}/statement.csv", get=statements.as_csv),
    resource("/a/{account}/explanation", get=explanations.show),
    resource("/a/{account}/notices", get=notices.show, post=notices.tell),
    resource("/a/{account}/notices/{notice}/withdrawal", post=notices.withdraw),
    resource("/a/{account}/invoices/{charge}.pdf", get=invoices.pdf),
    resource("/a/{account}/invoices/{charge}", get=invoices.show),
    resource("/a/{account}/invoices/{charge}/dispute", get=dispute_form.show, post=dispute_form.send, uploads=True),
    resource("/a/{account}/invoices/{charge}/dispute/figures", post=dispute_form.figures),
    resource("/a/{account}/disputes", get=disputes.listed),
    resource("/a/{account}/disputes/{dispute}", get=disputes.show),
    resource("/a/{account}/disputes/{dispute}/messages", post=disputes.answer, uploads=True),
    resource("/a/{account}/disputes/{dispute}/reopening", post=disputes.reopen, uploads=True),
    resource("/a/{account}/disputes/{dispute}/withdrawal", post=disputes.withdraw),
    resource("/a/{account}/disputes/{dispute}/offers/{offer}/acceptance", post=disputes.accept),
    resource("/a/{account}/disputes/{dispute}/offers/{offer}/refusal", post=disputes.decline),
    resource("/a/{account}/disputes/{dispute}/files/{file}", get=disputes.file),
    resource("/a/{account}/disputes/{dispute}/files/{file}/thumbnail", get=disputes.thumbnail),
    resource("/a/{account}/pay", get=payments.check),
    resource("/a/{account}/payments", get=payment_history.show, post=payments.start),
    resource("/a/{account}/payments/{attempt}", get=payments.come_back),
    resource("/a/{account}/plans", get=plans.listed, post=plan_builder.make),
    resource("/a/{account}/plans/new", get=plan_builder.show),
    resource("/a/{account}/plans/{plan}", get=plans.show),
    resource("/a/{account}/plans/{plan}/agreement", get=plan_acceptance.show),
    resource("/a/{account}/plans/{plan}/agreement.pdf", get=plan_acceptance.pdf),
    resource("/a/{account}/plans/{plan}/acceptance", post=plan_acceptance.accept),
    resource("/a/{account}/plans/{plan}/refusal", post=plans.decline),
    resource("/a/{account}/plans/{plan}/withdrawal", post=plans.withdraw),
    resource("/a/{account}/plans/{plan}/dates", post=plans.move),
    resource("/a/{account}/plans/{plan}/method", get=plan_method.show, post=plan_method.choose),
    resource("/a/{account}/plans/{plan}/by-hand", post=plans.pay_by_hand),
    resource("/a/{account}/receipts/{payment}.pdf", get=receipts.pdf),
    resource("/a/{account}/receipts/{payment}", get=receipts.show),
    resource("/a/{account}/collections/{collection}", get=collections.show, post=collections.confirm),
    resource("/a/{account}/methods", get=methods.show),
    resource("/a/{account}/methods/{method}/removal", post=methods.remove),
    resource("/a/{account}/setups", post=methods.begin),
    resource("/a/{account}/setups/{setup}", get=methods.come_back),
    resource("/a/{account}/autopay", post=methods.turn_on),
    resource("/a/{account}/autopay/end", post=methods.turn_off),
    resource("/a/{account}/code", get=step_up.show, post=step_up.ask),
    resource("/a/{account}/code/confirmation", post=step_up.confirm),
    resource("/a/{account}/devices", get=step_up.listed),
    resource("/a/{account}/devices/{device}/revocation", post=step_up.revoke),
    Route(WEBHOOK, stripe_webhook.receive, methods=["POST"]),
    resource("/healthz", get=health.alive),
    resource("/readyz", get=health.ready),
    Mount("/static/{hash}", HashedStatic()),
)


def create_app(resources: Resources, more: Sequence[BaseRoute] = ()) -> Starlette:
    """The site on these resources, which stay the caller's to close; `more` is what else answers beside it."""
    app = Starlette(routes=[*ROUTES, *more], middleware=_before(resources.settings), exception_handlers=dict(HANDLERS))
    # A redirect made by the router would be built from the request's own host and scheme.
    app.router.redirect_slashes = False
    app.state.resources = resources
    app.state.throttle = Throttle()
    app.state.events = Batches(partial(inbox.store, resources))
    logging.getLogger("uvicorn.access").addFilter(WITHOUT_TOKENS)
    return app


def _before(settings: Settings) -> list[Middleware]:
    return [
        Middleware(SecurityHeaders, settings=settings),
        Middleware(TrustedHostMiddleware, allowed_hosts=[settings.host], www_redirect=False),
        Middleware(LimitedBodies),
        Middleware(SameOriginOnly, base_url=settings.base_url, exempt=[WEBHOOK]),
    ]
