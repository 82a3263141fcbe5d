"""The stand-in for Stripe as an ASGI application: the API, the pages a customer sees, the dashboard.

world = StripeWorld(clock, seed=1)
with serve(stripe_app(world), host="localhost") as serving: ...
"""

import asyncio

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from e2e.stripe import api, dashboard, deliveries, page
from e2e.stripe.world import StripeWorld


def stripe_app(world: StripeWorld) -> Starlette:
    """An application over `world`; several may share one world."""
    routes = [
        Route("/v1/{rest:path}", _api, methods=["GET", "POST", "DELETE"]),
        *page.ROUTES,
        *dashboard.ROUTES,
    ]
    app = Starlette(routes=routes)
    app.state.world = world
    return app


async def _api(request: Request) -> Response:
    world: StripeWorld = request.app.state.world
    incoming = api.Incoming(
        request.method,
        request.url.path,
        request.url.query,
        (await request.body()).decode(),
        request.headers,
        str(request.base_url).rstrip("/"),
    )
    reply = await run_in_threadpool(api.begin, world, incoming)
    if reply.delay:
        await asyncio.sleep(reply.delay)
    if world.switches.inside_call:
        await run_in_threadpool(deliveries.deliver, world, request_id=reply.request_id)
    api.finish(world, reply)
    world.nudge()
    if reply.dropped:
        return _Dropped()
    return Response(reply.content(), reply.status, reply.headers, media_type="application/json")


class _Dropped(Response):
    """Hangs up. A server that cannot (another than e2e.serving) fails loudly."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["hang_up"]()
