"""The one cookie: a session's secret, out of reach of scripts and of other sites' forms."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from portal.settings import Settings


def cookie_name(settings: Settings) -> str:
    """With https the browser itself guarantees (`__Host-`) that nobody but this host has set it."""
    return "__Host-portal" if settings.is_https else "portal_session"


def read_secret(request: Request, settings: Settings) -> str | None:
    """What the browser holds, unchecked; None where it holds none."""
    return request.cookies.get(cookie_name(settings))


def keep_secret(response: Response, settings: Settings, secret: str, *, expires_at: datetime, now: datetime) -> None:
    """Set the cookie, to last as long as the session."""
    # Lax, not strict: a strict cookie would be missing on the way back from Stripe.
    response.set_cookie(
        cookie_name(settings),
        secret,
        max_age=int((expires_at - now).total_seconds()),
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def forget_secret(response: Response, settings: Settings) -> None:
    """Delete the cookie, with the attributes it was set with: a browser heeds nothing less for `__Host-`."""
    response.delete_cookie(cookie_name(settings), path="/", secure=settings.is_https, httponly=True, samesite="lax")
