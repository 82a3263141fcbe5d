"""Stripe's library against the stand-in in this very process: no socket, no wait between its retries.

While an answer is on its way other things may happen: `between` is called once for each call, with its effect done
and its answer not yet heard. `before` sees each call before it has any.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe
from requests.structures import CaseInsensitiveDict

from e2e.stripe import TEST_KEY, StripeWorld, api, deliveries
from portal.gateways.stripe_checkout import StripeCheckouts

Answer = tuple[str, int, Mapping[str, str]]


class Direct(stripe.HTTPClient):
    """What `stripe.StripeClient` wants as its HTTP client."""

    name = "direct"

    def __init__(self, world: StripeWorld, between: Callable[[], None], before: Callable[[api.Incoming], None]) -> None:
        super().__init__()
        self._world = world
        self._between = between
        self._before = before

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> Answer:
        asked = urlsplit(url)
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        incoming = api.Incoming(method.upper(), asked.path, asked.query, post_data or "", lower)
        self._before(incoming)
        reply = api.begin(self._world, incoming)
        if self._world.switches.inside_call:
            deliveries.deliver(self._world, request_id=reply.request_id)
        self._between()
        api.finish(self._world, reply)
        if reply.dropped:
            raise stripe.APIConnectionError("the answer was lost", should_retry=True)  # type: ignore[no-untyped-call]
        return reply.content().decode(), reply.status, CaseInsensitiveDict(reply.headers)

    def close(self) -> None:
        pass

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0


def open_directly(
    world: StripeWorld, between: Callable[[], None], before: Callable[[api.Incoming], None]
) -> StripeCheckouts:
    """The portal's own door to Stripe, leading into this world."""
    client = stripe.StripeClient(
        TEST_KEY,
        base_addresses={"api": world.base_url},
        max_network_retries=2,
        http_client=Direct(world, between, before),
    )
    return StripeCheckouts(client)
