"""Nobody else's page may press our buttons: the browser says where an unsafe request comes from.

`Sec-Fetch-Site` where the browser sends it (to https and to loopback), else `Origin`; neither means no.
"""

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.web.errors import problem

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class SameOriginOnly:
    """Refuses unsafe methods from other origins; `exempt` are paths that prove their sender otherwise."""

    def __init__(self, app: ASGIApp, base_url: str, exempt: Collection[str]) -> None:
        self._app = app
        self._origin = origin_of(base_url)
        self._exempt = frozenset(exempt)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _SAFE or scope["path"] in self._exempt:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if is_ours(request.headers, self._origin):
            await self._app(scope, receive, send)
            return
        response = await run_in_threadpool(problem, request, 403)
        await response(scope, receive, send)


def is_ours(headers: Mapping[str, str], origin: str) -> bool:
    """Whether a page of `origin` sent this; a sibling host (`same-site`) is not ours either."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return headers.get("origin") == origin


def origin_of(address: str) -> str:
    """Scheme, host and port as a browser writes them: without the port that the scheme implies."""
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = parts.port if parts.port != {"http": 80, "https": 443}.get(parts.scheme) else None
    return f"{parts.scheme}://{host}:{port}" if port else f"{parts.scheme}://{host}"
