"""How much a request may bring: little, except where a line of the table of contents says that files may come.

Starlette stops a body that grows too long; one that says so itself gets a page.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.rules.attachments import LARGEST_BYTES, MOST_FILES
from portal.rules.refusals import Refusal
from portal.web.errors import problem

LARGEST_BODY = 1024 * 1024
# As many files as may be kept, and the rest of the form.
LARGEST_UPLOAD = MOST_FILES * LARGEST_BYTES + LARGEST_BODY


class Line(Route):
    """A line of the table of contents, which says whether files may come with its form."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[[Request], Awaitable[Response]],
        *,
        methods: Collection[str],
        uploads: bool = False,
    ) -> None:
        super().__init__(path, endpoint, methods=methods, name=path)
        self.uploads = uploads


class LimitedBodies:
    """Answers 413 to bodies over `LARGEST_BODY` bytes (with files `LARGEST_UPLOAD`), before or while they are read."""

    def __init__(self, app: ASGIApp) -> None:
        self._limited = RequestBodyLimitMiddleware(app, max_body_size=LARGEST_BODY)
        self._with_files = RequestBodyLimitMiddleware(app, max_body_size=LARGEST_UPLOAD)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._limited(scope, receive, send)
            return
        found = _parts_of_upload(scope)
        length = Request(scope).headers.get("content-length", "0")
        # Python refuses to read numbers of thousands of digits; ours have eight.
        is_length = length.isdecimal() and len(length) <= 12
        if not is_length or int(length) > (LARGEST_BODY if found is None else LARGEST_UPLOAD):
            response = await run_in_threadpool(_too_large, Request(scope), found)
            await response(scope, receive, send)
        elif found is None:
            await self._limited(scope, receive, send)
        else:
            await self._with_files(scope, receive, send)


def _parts_of_upload(scope: Scope) -> dict[str, Any] | None:
    """The parts of the address where files may be sent to it, None where they may not."""
    if scope["method"] == "POST":
        for line in scope["app"].routes:
            if isinstance(line, Line) and line.uploads:
                match, child = line.matches(scope)
                if match is Match.FULL:
                    parts: dict[str, Any] = child["path_params"]
                    return parts
    return None


def _too_large(request: Request, parts: dict[str, Any] | None) -> Response:
    if parts is None:
        return problem(request, 413)
    refusal = Refusal(
        "These files are too large to be sent at once. Go back, and choose fewer or smaller ones: at most %(count)s "
        "files of %(size)s MB each. Nothing has changed.",
        status=413,
        count=MOST_FILES,
        size=LARGEST_BYTES // 1024 // 1024,
    )
    return problem(request, 413, refusal, back=f"/a/{parts['account']}" if "account" in parts else "/admin")
