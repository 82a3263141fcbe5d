"""How much a request may bring. Starlette stops a body that grows too long; one that says so itself gets a page."""

from starlette.concurrency import run_in_threadpool
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.web.errors import problem

LARGEST_BODY = 1024 * 1024


class LimitedBodies:
    """Answers 413 to bodies over `LARGEST_BODY` bytes, before or while they are read."""

    def __init__(self, app: ASGIApp) -> None:
        self._limited = RequestBodyLimitMiddleware(app, max_body_size=LARGEST_BODY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope)
            length = request.headers.get("content-length", "0")
            # Python refuses to read numbers of thousands of digits; ours have seven.
            if not length.isdecimal() or len(length) > 9 or int(length) > LARGEST_BODY:
                response = await run_in_threadpool(problem, request, 413)
                await response(scope, receive, send)
                return
        await self._limited(scope, receive, send)
