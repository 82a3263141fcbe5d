"""The stand-in as tests and house.py hold it: one Stripe account that can be paid at, moved on and misled.

Every method takes the lock itself. Only `deliver` and `settle` use the network, with the lock released.
"""

import heapq
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from e2e.stripe import balance, checkout, controls, deliveries, disputes, events, methods, refunds, sessions
from e2e.stripe.faults import Fault, Faults
from e2e.stripe.idempotency import Keys
from e2e.stripe.post import Delivery, Endpoint, Post, Switches
from e2e.stripe.state import Clock, State, Wire
from e2e.stripe.testnumbers import Refusal

TEST_KEY = "sk_test_stand_in"
DUE: dict[str, Callable[[State, str], Any]] = {
    "balance.available": balance.available,
    "balance.fill": balance.fill,
    "bank.settle": checkout.settle_due,
    "dispute.open": disputes.open_due,
    "event.forget": events.forget,
    "refund.settle": refunds.settle_due,
    "session.expire": sessions.expire_due,
}


class StripeWorld(State):
    """`clock.now()` is an aware UTC datetime. `send` posts a webhook (default: HTTP), answers its status."""

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        api_keys: tuple[str, ...] = (TEST_KEY,),
        base_url: str = "",
        livemode: bool = False,
        send: Post | None = None,
    ) -> None:
        super().__init__(clock, seed=seed, base_url=base_url, livemode=livemode, send=send)
        self.api_keys = api_keys
        self.keys = Keys()
        self.faults = Faults(seed)
        self.type_errors: list[str] = []
        self.requests: list[tuple[datetime, str, str, str]] = []
        self._wake = threading.Event()
        self._courier: threading.Thread | None = None
        self._stopping = False

    # ── time and webhooks ────────────────────────────────────────────────────────────────────────────────

    def tick(self) -> None:
        """Do everything that has fallen due by the clock, in the order in which it fell due."""
        with self.lock:
            while self.agenda and self.agenda[0].at <= self.clock.now():
                due = heapq.heappop(self.agenda)
                self.moment = due.at
                try:
                    DUE[due.what](self, due.object_id)
                finally:
                    self.moment = None

    def deliver(self) -> int:
        """Send the webhooks that are due, with their retries; answers how many attempts were made."""
        return deliveries.deliver(self)

    def settle(self) -> int:
        """`tick`, then `deliver`: call it after moving the clock."""
        self.tick()
        return self.deliver()

    def start_delivery(self, *, every_seconds: float = 0.5) -> None:
        """Tick and deliver in a background thread: soon after each change, and every so often."""

        def run() -> None:
            while not self._stopping:
                self.settle()
                self._wake.wait(every_seconds)
                self._wake.clear()

        self._stopping = False
        self._courier = threading.Thread(target=run, name="stripe-courier", daemon=True)
        self._courier.start()

    def stop_delivery(self) -> None:
        self._stopping = True
        self._wake.set()
        if self._courier is not None:
            self._courier.join(timeout=5)

    def nudge(self) -> None:
        """Something happened: let the background thread look now."""
        self._wake.set()

    def add_endpoint(self, url: str, *secrets: str, types: tuple[str, ...] = ("*",)) -> Endpoint:
        """Send webhooks there, signed with each secret."""
        endpoint = Endpoint(url, list(secrets), types)
        with self.lock:
            self.post.endpoints.append(endpoint)
        return endpoint

    @property
    def endpoints(self) -> list[Endpoint]:
        return self.post.endpoints

    @property
    def switches(self) -> Switches:
        """How webhooks misbehave; set its fields."""
        return self.post.switches

    @property
    def deliveries(self) -> list[Delivery]:
        return self.post.queue

    def deliver_again(self, event_id: str) -> None:
        with self.lock:
            deliveries.again(self, self.get("event", event_id))
        self.nudge()

    def fault(self, fault: Fault) -> None:
        """Let calls of the API go wrong."""
        with self.lock:
            self.faults.active.append(fault)

    def heal(self) -> None:
        """No more faults, and webhooks behave."""
        with self.lock:
            self.faults.active.clear()
            self.post.switches = Switches()

    # ── what customers and banks do ──────────────────────────────────────────────────────────────────────

    def pay_by_card(self, session_id: str, number: str = "4242424242424242", *, name: str = "Pat Payer",
                    email: str = "pat@example.com") -> Wire:  # fmt: skip
        """Submit the session's page with a test card; answers the intent, or the setup intent of a page that only
        saves the card."""
        with self._change():
            method = methods.card(self, number.replace(" ", ""), name=name, email=email)
            return checkout.submit(self, session_id, method, name=name, email=email)

    def pay_by_bank(self, session_id: str, number: str = "000123456789", *, name: str = "Pat Payer",
                    email: str = "pat@example.com") -> Wire:  # fmt: skip
        """Submit the session's page with a test bank account; answers the intent, which is processing, or the setup
        intent."""
        with self._change():
            method = methods.bank_account(self, number, name=name, email=email)
            return checkout.submit(self, session_id, method, name=name, email=email)

    def finish_challenge(self, intent_id: str, *, passed: bool = True) -> Wire:
        with self._change():
            return checkout.finish_challenge(self, intent_id, passed=passed)

    def decline_next(self, method_id: str, reason: str, *, is_once: bool = True) -> Wire:
        """Let a saved method's next charge fail, or all of them until `accept_again`. Reasons are the keys of
        testnumbers.CARD_REFUSALS and DEBIT_REFUSALS, such as insufficient_funds."""
        with self._change():
            return controls.decline(self, method_id, reason, is_once=is_once)

    def accept_again(self, method_id: str) -> Wire:
        with self._change():
            return controls.accept(self, method_id)

    def detach(self, method_id: str) -> Wire:
        """Taken from its customer in Stripe's dashboard."""
        with self._change():
            return methods.detach(self, method_id, {})

    def expire_card(self, method_id: str) -> Wire:
        """Its date is a year in the past, and charges are declined."""
        with self._change():
            return controls.date(self, method_id, years=-1)

    def renew_card(self, method_id: str) -> Wire:
        """The network tells of the new card in its place."""
        with self._change():
            return controls.date(self, method_id, years=4)

    def end_mandate(self, method_id: str) -> Wire:
        """Answers the mandate of this bank account, which is inactive."""
        with self._change():
            return controls.end_mandate(self, method_id)

    def settle_bank(self, intent_id: str, *, fail_with: str | None = None) -> Wire:
        """End a bank debit now, whatever its account number says. `fail_with`: such as insufficient_funds."""
        with self._change():
            intent = self.get("payment_intent", intent_id)
            refusal = Refusal(fail_with, None, f"The bank refused: {fail_with}.") if fail_with else None
            checkout.settle(self, self.get("charge", intent["latest_charge"]), refusal)
            return intent

    def refund(self, intent_id: str, amount_cents: int | None = None) -> Wire:
        """A refund made in the dashboard rather than by the API."""
        with self._change():
            amount = {} if amount_cents is None else {"amount": amount_cents}
            return refunds.create(self, {"payment_intent": intent_id} | amount)

    def fail_refund(self, refund_id: str, reason: str = "lost_or_stolen_card") -> Wire:
        with self._change():
            return refunds.fail(self, refund_id, reason)

    def cancel_refund(self, refund_id: str) -> Wire:
        """Call off a refund that is still pending; its money returns."""
        with self._change():
            return refunds.cancel(self, refund_id)

    def dispute(self, intent_id: str, reason: str = "fraudulent", *, amount_cents: int | None = None) -> Wire:
        """A card's chargeback, or a bank's return (reason such as insufficient_funds), final at once.

        `amount_cents`: up to the whole charge, refunded or not; by default what is not refunded.
        """
        with self._change():
            intent = self.get("payment_intent", intent_id)
            return disputes.open_one(self, self.get("charge", intent["latest_charge"]), reason, amount=amount_cents)

    def inquire(self, intent_id: str, reason: str = "fraudulent") -> Wire:
        """A card's bank asks before it takes money; the dispute is a warning."""
        with self._change():
            intent = self.get("payment_intent", intent_id)
            return disputes.inquire(self, self.get("charge", intent["latest_charge"]), reason)

    def escalate(self, dispute_id: str) -> Wire:
        """An inquiry becomes a chargeback, and takes the money."""
        with self._change():
            return disputes.escalate(self, dispute_id)

    def close_inquiry(self, dispute_id: str) -> Wire:
        with self._change():
            return disputes.close_inquiry(self, dispute_id)

    def appeal(self, dispute_id: str) -> Wire:
        """A lost chargeback is decided once more, by `close_dispute`."""
        with self._change():
            return disputes.appeal(self, dispute_id)

    def close_dispute(self, dispute_id: str, *, won: bool) -> Wire:
        with self._change():
            return disputes.close(self, dispute_id, won=won)

    def corrupt(self, balance_transaction_id: str, by_cents: int) -> Wire:
        """Let Stripe's books differ from what was moved."""
        with self._change():
            return balance.corrupt(self, balance_transaction_id, by_cents)

    def expire_session(self, session_id: str) -> Wire:
        with self._change():
            return sessions.expire(self, session_id)

    @contextmanager
    def _change(self) -> Iterator[None]:
        """One change, with what fell due before it done first; the courier is woken after it."""
        with self.lock:
            self.tick()
            yield
        self.nudge()
