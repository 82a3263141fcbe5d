"""Headers that every response carries, errors and static files too.

`form-action` names Stripe's pages, or the browser would stop the redirect after "Pay". The referrer is the bare
origin: less than that, and our own forms would send `Origin: null`; more, and a link's token would reach logs.
"""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.settings import Settings


def headers_for(settings: Settings) -> Mapping[str, str]:
    """Each header with its value; a response that says otherwise (caching of static files) is left to itself."""
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        " ".join(("form-action 'self'", *settings.stripe_pages)),
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
    found = {
        "content-security-policy": "; ".join(policy),
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "cache-control": "no-store",
    }
    if settings.is_https:
        found["strict-transport-security"] = "max-age=63072000; includeSubDomains"
    return found


class SecurityHeaders:
    """The outermost middleware. Only the answer to a crash is made outside of it, and brings them itself."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._headers = headers_for(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
