"""Idempotency keys: the first answer, whatever it was, is the answer for twenty-four hours.

https://docs.stripe.com/api/idempotent_requests
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from e2e.stripe.errors import ApiError

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255


@dataclass
class Saved:
    """`status` is None while the first request is still being answered."""

    fingerprint: Any
    at: datetime
    request_id: str
    status: int | None = None
    body: dict[str, Any] | None = None
    headers: dict[str, str] | None = None


class Keys:
    """The keys of one account. Call it with the state's lock held."""

    def __init__(self) -> None:
        self._saved: dict[str, Saved] = {}

    def begin(self, key: str, fingerprint: Any, now: datetime, request_id: str) -> Saved | None:
        """The earlier answer to replay, or None: this request is the first and has taken the key.

        Raises ApiError 400 for other parameters under the same key, 409 while the first is under way.
        """
        if len(key) > LONGEST_KEY:
            raise ApiError(400, "Idempotency keys are at most 255 characters.", kind="idempotency_error", saved=False)
        self._saved = {k: each for k, each in self._saved.items() if now - each.at < KEPT_FOR}
        known = self._saved.get(key)
        if known is None:
            self._saved[key] = Saved(fingerprint, now, request_id)
            return None
        if known.fingerprint != fingerprint:
            raise ApiError(
                400,
                "Keys for idempotent requests can only be used with the same parameters they were first used "
                f"with. Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
                saved=False,
            )
        if known.status is None:
            raise ApiError(
                409,
                "There is currently another in-progress request using this Idempotent Key.",
                kind="idempotency_error",
                code="idempotency_key_in_use",
                saved=False,
            )
        return known

    def finish(self, key: str, status: int, body: dict[str, Any], headers: dict[str, str]) -> None:
        saved = self._saved[key]
        saved.status, saved.body, saved.headers = status, body, headers

    def release(self, key: str) -> None:
        """The request ended before any endpoint ran: the key is free again."""
        self._saved.pop(key, None)
