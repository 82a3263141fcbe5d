"""What goes wrong with Stripe's API on demand: dropped, refused, slow, before or after its effect."""

import random
from dataclasses import dataclass
from typing import Literal

from e2e.stripe.errors import ApiError

Kind = Literal["drop_before", "drop_after", "conflict", "rate_limit", "server_error", "slow"]
KINDS: tuple[Kind, ...] = ("drop_before", "drop_after", "conflict", "rate_limit", "server_error", "slow")


@dataclass
class Fault:
    """Strikes calls whose method and address match: after `skip` of them, `times` times (None: always),
    each with `percent` probability. `should_retry` becomes the header Stripe-Should-Retry."""

    kind: Kind
    method: str = "POST"
    path: str = "/v1/"
    times: int | None = 1
    skip: int = 0
    percent: int = 100
    seconds: float = 0.0
    should_retry: bool | None = None


class Faults:
    """The faults in force. Call it with the state's lock held."""

    def __init__(self, seed: int) -> None:
        self.active: list[Fault] = []
        self._chance = random.Random(f"faults:{seed}")

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault that hits this call, counted down; None lets it pass."""
        for fault in self.active:
            if fault.method not in (method, "*") or not path.startswith(fault.path):
                continue
            if self._chance.randrange(100) >= fault.percent:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
            self.active = [each for each in self.active if each.times != 0]
            return fault
        return None


def error(fault: Fault) -> ApiError | None:
    """The answer of a fault that answers. A 500 is remembered by the idempotency key, 409 and 429 are not."""
    headers = {} if fault.should_retry is None else {"Stripe-Should-Retry": str(fault.should_retry).lower()}
    if fault.kind == "conflict":
        return ApiError(
            409,
            "This object cannot be accessed right now because another API request is currently accessing it.",
            code="lock_timeout",
            saved=False,
            headers=headers,
        )
    if fault.kind == "rate_limit":
        return ApiError(429, "Too many requests. Please slow down.", code="rate_limit", saved=False, headers=headers)
    if fault.kind == "server_error":
        return ApiError(500, "An unknown error occurred.", kind="api_error", headers=headers)
    return None
