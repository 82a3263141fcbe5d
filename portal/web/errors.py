"""Whatever goes wrong becomes a page that says what to do next; for Stripe it becomes JSON.

`HANDLERS` is the application's table of them. A crash is logged with its address here and its traceback by the server.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from portal.actions import policies
from portal.actions.policies import Policy
from portal.records.unavailable import UNAVAILABLE
from portal.resources import Resources
from portal.rules.refusals import NotFound, Refusal
from portal.templating import gettext
from portal.web.headers import headers_for
from portal.web.logs import without_token
from portal.web.render import html

_RETRY_AFTER_S = {429: "600", 503: "30"}

log = structlog.get_logger()


class LinkNeeded(NotFound):
    """The browser holds no access to this page: the same answer whether or not there is such an account."""

    def __init__(self) -> None:
        super().__init__("To see your account, use the link in your latest email or have a new one sent to you.")


class StepUpNeeded(Refusal):
    """The browser is not confirmed. `to` is where it goes on afterwards; empty for the page that it asked for."""

    status = 403

    def __init__(self, to: str = "") -> None:
        super().__init__("To protect your account, this needs a code that we send to your email address.")
        self.to = to


def problem(request: Request, code: int, refusal: Refusal | None = None, *, back: str = "") -> Response:
    """The page for a status; without a refusal it has the usual words of that status."""
    if request.url.path.startswith("/stripe/"):
        response: Response = JSONResponse({"error": refusal.sentence if refusal else code}, status_code=code)
    else:
        policy = _policy(request) if refusal or code < 500 else None
        context = {"code": code, "sentence": _said(refusal, policy), "back": back}
        response = html("errors/problem.html", context, policy=policy, status=code)
    if code in _RETRY_AFTER_S:
        response.headers["retry-after"] = _RETRY_AFTER_S[code]
    return response


def link_form(
    policy: Policy | None,
    *,
    reason: str,
    status: int,
    errors: list[dict[str, str]] | None = None,
    email_value: str = "",
    token: str = "",
) -> Response:
    """The page that sends a fresh link; whoever came with a token, whatever became of it, needs one button only."""
    context = {
        "reason": reason,
        "errors": errors or [],
        "email_value": email_value,
        "action": "/link",
        "token": token,
    }
    return html("links/request.html", context, policy=policy, status=status)


def _said(refusal: Refusal | None, policy: Policy | None) -> str:
    if refusal is None:
        return ""
    return gettext(refusal.message, policy.locale, **refusal.values) if policy else refusal.sentence


def _policy(request: Request) -> Policy | None:
    resources: Resources = request.app.state.resources
    try:
        with resources.reading() as session:
            return policies.load(session, now=resources.clock())
    except UNAVAILABLE:
        return None


def _link_needed(request: Request, needed: LinkNeeded) -> Response:
    return link_form(_policy(request), reason="none", status=needed.status)


def _step_up_needed(request: Request, needed: StepUpNeeded) -> Response:
    base = f"/a/{request.path_params['account']}"
    asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    to = needed.to or (asked if request.method in ("GET", "HEAD") else base)
    return RedirectResponse(f"{base}/code?{urlencode({'to': to})}", status_code=303)


def _refused(request: Request, refusal: Refusal) -> Response:
    account = request.path_params.get("account")
    back = f"/a/{account}" if account else ""
    return problem(request, refusal.status, refusal, back=back)


def _http(request: Request, error: HTTPException) -> Response:
    response = problem(request, error.status_code)
    response.headers.update(error.headers or {})
    return response


def _unavailable(request: Request, error: Exception) -> Response:
    log.error("database.unavailable", path=without_token(request.url.path), exc_info=error)
    return problem(request, 503)


def _gone(request: Request, error: ClientDisconnect) -> Response:
    return Response(status_code=400)


def _crashed(request: Request, error: Exception) -> Response:
    log.error("request.crashed", method=request.method, path=without_token(request.url.path))
    response = problem(request, 500)
    # The answer to a crash is made outside of all middleware.
    response.headers.update(headers_for(request.app.state.resources.settings))
    return response


HANDLERS: Mapping[Any, Callable[[Request, Any], Response]] = {
    LinkNeeded: _link_needed,
    StepUpNeeded: _step_up_needed,
    Refusal: _refused,
    HTTPException: _http,
    ClientDisconnect: _gone,
    **dict.fromkeys(UNAVAILABLE, _unavailable),
    Exception: _crashed,
}
