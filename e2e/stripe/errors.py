"""Stripe's error objects, as exceptions that know their JSON.

https://docs.stripe.com/api/errors and https://docs.stripe.com/error-codes
"""

from typing import Any


class ApiError(Exception):
    """An answer that is not 2xx. `saved` says whether an idempotency key remembers it: it does unless the
    request failed before any endpoint ran (validation, conflict, rate limit)."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        saved: bool = True,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.saved = saved
        self.headers = headers or {}
        self.error: dict[str, Any] = {"type": kind, "message": message}
        if code is not None:
            self.error |= {
                "code": code,
                "doc_url": f"https://docs.stripe.com/error-codes#{code.replace('_', '-')}",
            }
        if param is not None:
            self.error["param"] = param
        self.error |= extra

    def body(self) -> dict[str, Any]:
        return {"error": self.error}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    """400: the endpoint ran and refused."""
    return ApiError(400, message, param=param, code=code)


def malformed(message: str, *, param: str, code: str | None = None) -> ApiError:
    """400 before any endpoint ran: the idempotency key stays free."""
    return ApiError(400, message, param=param, code=code, saved=False)


def missing(kind: str, object_id: str, *, param: str = "id") -> ApiError:
    """An id in the address is 404, one in a parameter is 400, both `resource_missing`."""
    noun = {"checkout.session": "checkout.session", "payment_method": "PaymentMethod"}.get(kind, kind)
    status = 404 if param == "id" else 400
    return ApiError(status, f"No such {noun}: '{object_id}'", code="resource_missing", param=param)


def card_declined(
    message: str,
    *,
    code: str,
    decline_code: str | None,
    charge: str | None,
    intent: dict[str, Any],
    method: dict[str, Any],
) -> ApiError:
    """402 with the intent and the method inside, as off-session callers need them."""
    extra: dict[str, Any] = {"payment_intent": intent, "payment_method": method}
    if decline_code is not None:
        extra["decline_code"] = decline_code
    if charge is not None:
        extra["charge"] = charge
    return ApiError(402, message, kind="card_error", code=code, **extra)
