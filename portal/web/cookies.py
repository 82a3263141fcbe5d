"""A secret in a cookie: out of reach of scripts and of other sites' forms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from portal.settings import Settings


@dataclass(frozen=True, slots=True)
class SecretCookie:
    """`host_name` is its name with https, where the browser itself guarantees (`__Host-`) that nobody but this host
    has set it; `plain_name` is the one without."""

    host_name: str
    plain_name: str
    same_site: Literal["lax", "strict"]

    def name(self, settings: Settings) -> str:
        return self.host_name if settings.is_https else self.plain_name

    def read(self, request: Request, settings: Settings) -> str | None:
        """What the browser holds, unchecked; None where it holds none."""
        return request.cookies.get(self.name(settings))

    def keep(self, response: Response, settings: Settings, secret: str, *, expires_at: datetime, now: datetime) -> None:
        """Set the cookie, to last until `expires_at`."""
        response.set_cookie(
            self.name(settings),
            secret,
            max_age=int((expires_at - now).total_seconds()),
            path="/",
            secure=settings.is_https,
            httponly=True,
            samesite=self.same_site,
        )

    def forget(self, response: Response, settings: Settings) -> None:
        """Delete the cookie, with the attributes it was set with: a browser heeds nothing less for `__Host-`."""
        response.delete_cookie(
            self.name(settings), path="/", secure=settings.is_https, httponly=True, samesite=self.same_site
        )


# Lax, not strict: a strict cookie would be missing on the way back from Stripe.
CUSTOMERS = SecretCookie("__Host-portal", "portal_session", "lax")
# It opens nothing by itself: it says that whoever has a link has shown a code, too.
DEVICES = SecretCookie("__Host-portal-device", "portal_device", "lax")
