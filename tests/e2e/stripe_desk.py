"""A stand-in that runs, the real library pointed at it, and an inbox for its webhooks."""

import atexit
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe
from starlette.applications import Starlette

from e2e.serving import serve
from e2e.stripe import TEST_KEY, StripeWorld, stripe_app
from tests.support.clock import MovableClock

SECRET = "whsec_first"
SUCCESS = "http://127.0.0.1:9/back?session={CHECKOUT_SESSION_ID}"


class Desk:
    """`answers` are the statuses that the webhook endpoint gives, the last one for good; None: nobody there."""

    def __init__(self, clock: MovableClock, seed: int = 0) -> None:
        self.clock = clock
        self.inbox: list[tuple[bytes, dict[str, str]]] = []
        self.answers: list[int | None] = [200]
        self.world = StripeWorld(clock, seed=seed, send=self._receive)
        self.world.add_endpoint("http://127.0.0.1:9/stripe/webhook", SECRET)

    def connect(self, url: str) -> None:
        self.url = url
        self.http: Any = stripe.RequestsClient(timeout=5)
        self.client = stripe.StripeClient(TEST_KEY, base_addresses={"api": url}, http_client=self.http)
        self.v1: Any = self.client.v1

    def session(self, cents: int = 12_345, **more: Any) -> Any:
        return self.v1.checkout.sessions.create(self.asking(cents) | more)

    def asking(self, cents: int = 12_345) -> Any:
        data = {"currency": "usd", "unit_amount": cents, "product_data": {"name": "Invoice 1001"}}
        return {
            "mode": "payment",
            "success_url": SUCCESS,
            "cancel_url": "http://127.0.0.1:9/cancelled",
            "line_items": [{"quantity": 1, "price_data": data}],
        }

    def paid(self, cents: int = 12_345) -> str:
        """The id of an intent that succeeded by card."""
        return str(self.world.pay_by_card(self.session(cents).id)["id"])

    def told(self) -> list[str]:
        """The types of all events, oldest first."""
        return [each["type"] for each in self.world.all("event")]

    def _receive(self, url: str, body: bytes, headers: dict[str, str]) -> int | None:
        self.inbox.append((body, headers))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def open_desk(clock: MovableClock) -> Iterator[Desk]:
    """A fresh world behind the one server of this process, which takes longer to stop than a test to run."""
    app, url = _server()
    desk = Desk(clock)
    app.state.world = desk.world
    desk.connect(url)
    yield desk
    desk.http.close()


@functools.cache
def _server() -> tuple[Starlette, str]:
    app = stripe_app(StripeWorld(MovableClock()))
    serving = serve(app, host="localhost")
    atexit.register(serving.stop)
    return app, serving.url
