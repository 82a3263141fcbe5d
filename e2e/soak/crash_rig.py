"""A portal that dies at chosen points while customers pay, and whether everything is right once it is quiet again.

The portal is a process of its own, so that a kill is a kill; the stand-in, the mailbox and the clock live on.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select

from e2e.clock import SharedClock
from e2e.mailbox import Mailbox, start_mailbox
from e2e.portal_process import PortalProcess
from e2e.serving import serve
from e2e.soak.customers import Customer
from e2e.soak.keeper import Keeper
from e2e.stripe import TEST_KEY, Fault, StripeWorld, stripe_app
from portal.actions import policies, refunds
from portal.actions.check import check_books
from portal.jobs import worker
from portal.records import Session, ledger, reversals
from portal.records.ledger import PaymentRow
from portal.records.tables import attempts, inbox, letters, movements, payments
from portal.resources import Resources, open_resources
from portal.settings import Settings

Found = TypeVar("Found")

WEBHOOK_SECRET = "whsec_" + "t" * 32
# Of each payment one event alone: no second one heals what the first has lost.
ONE_EVENT = ("payment_intent.succeeded",)
_MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
_KEY = "k" * 32
_MOST_ROUNDS = 60
_MOST_LOOKS = 1_200
_LOOK_EVERY_S = 0.05
_REDELIVER_EVERY = 40
_REFUNDED = select(movements.c.source).where(
    movements.c.source.startswith("stripe:re_") | movements.c.source.startswith("stripe:pyr_")
)
_CHECKOUTS = "/v1/checkout/sessions"


class Rig:
    """Everything around the portal, and `resources`: the portal's own rooms, opened in this process too."""

    def __init__(
        self,
        url: str,
        folder: Path,
        mailbox: Mailbox,
        world: StripeWorld,
        lives: Iterator[str],
        *,
        portal_writes: bool,
    ) -> None:
        self.clock = SharedClock(folder / "clock")
        self.mailbox = mailbox
        self.world = world
        settings = {
            "database_url": url,
            "secret_keys": _KEY,
            "files_url": f"file://{folder / 'files'}",
            "stripe_secret_key": TEST_KEY,
            "stripe_api_base": world.base_url,
            "stripe_pages": world.base_url,
            "stripe_webhook_secrets": WEBHOOK_SECRET,
        }
        mail = {"smtp_url": mailbox.smtp_url, "mail_from": "billing@harborsupply.example"}
        self.portal = PortalProcess(settings | mail if portal_writes else settings, clock_file=folder / "clock")
        self.endpoint = world.add_endpoint(f"{self.portal.url}/stripe/webhook", WEBHOOK_SECRET)
        self.keeper = Keeper(self.portal, lives)
        # A PORTAL_ variable of whoever runs this is none of the portal's business here.
        own = Settings(_env_prefix="NOT_READ_", **self.portal.settings | mail)  # type: ignore[arg-type, call-arg]
        self.resources: Resources = open_resources(own, clock=self.clock.now)
        self._customers = 0
        with self.resources.writing() as session:
            now, owner = self.clock.now(), "owner@harborsupply.example"
            policies.set_policy(session, "seller_email", owner, effective_on=now.date(), now=now, actor="rig")

    def customer(self) -> Customer:
        """One more customer with four invoices."""
        self._customers += 1
        return Customer(self.resources, self._customers)

    def quiet(self) -> None:
        """Redeliver every webhook and let days pass until nothing is under way. Raises TimeoutError."""
        self.redeliver()
        for _ in range(_MOST_ROUNDS):
            self.clock.move(days=1)
            self.world.settle()
            # Beside the portal's own worker, which pauses for a second whenever there is nothing to do.
            while worker.run_once(self.resources, now=self.clock.now()):
                pass
            if not self.under_way():
                return
        raise TimeoutError(f"never quiet: {self.under_way()}")

    def wait_for(self, question: Callable[[Session], Found | None]) -> Found:
        """Ask the books until there is an answer; the portal may die and come back meanwhile. Raises TimeoutError."""
        pause = threading.Event()
        for look in range(_MOST_LOOKS):
            if look % _REDELIVER_EVERY == _REDELIVER_EVERY - 1:
                # Whoever died before an event was stored would hear of it again in an hour by the stand-in's clock.
                self.redeliver()
            with self.resources.reading() as session:
                found = question(session)
            if found is not None:
                return found
            pause.wait(_LOOK_EVERY_S)
        raise TimeoutError("what was waited for never came")

    def redeliver(self) -> None:
        """Every webhook once more."""
        for event in self.world.all("event"):
            if self.endpoint.wants(event["type"]):
                self.world.deliver_again(event["id"])

    def under_way(self) -> dict[str, int]:
        """What still waits, counted: deliveries, events, letters, attempts."""
        waiting = sum(each.state in ("waiting", "sending") for each in self.world.deliveries)
        with self.resources.reading() as session:
            found = {
                "deliveries": waiting,
                "events": _count(session, inbox.c.state == "new"),
                "letters": _count(session, letters.c.state == "waiting"),
                "attempts": _count(session, attempts.c.state.in_(("created", "open", "processing"))),
            }
        return {name: count for name, count in found.items() if count}

    def breaches(self) -> list[str]:
        """What is wrong once it is quiet, in words."""
        now = self.clock.now()
        with self.resources.reading() as session:
            found = [str(breach) for breach in check_books(session, now=now).breaches]
            posted = Counter(session.execute(select(payments.c.stripe_charge_id)).scalars())
            receipts = _count(session, (letters.c.kind == "receipt") & (letters.c.state == "sent"))
            dead = _count(session, inbox.c.state == "dead") + _count(session, letters.c.state == "dead")
            given_back = Counter(session.execute(_REFUNDED).scalars())
        taken = Counter(each["id"] for each in self.world.all("charge") if each["status"] == "succeeded")
        # Who died after handing a letter over sends it again under the same Message-ID: mailboxes show one.
        arrived = {each.message_id for each in self.mailbox.messages() if each.subject.startswith("Receipt")}
        if posted != taken:
            found.append(f"posted {posted}, taken {taken}")
        if not receipts == len(arrived) == len(taken):
            found.append(f"{receipts} receipts, {len(arrived)} of them arrived, for {len(taken)} payments")
        made = Counter(f"stripe:{each['id']}" for each in self.world.all("refund"))
        if given_back != made:
            found.append(f"given back {given_back}, made at Stripe {made}")
        if dead:
            found.append(f"{dead} events and letters are dead")
        if self.keeper.surprise is not None:
            found.append(f"the portal ended with {self.keeper.surprise}")
        return found + self.world.type_errors


@contextmanager
def open_rig(url: str, folder: Path, *, lives: Iterable[str] = (), portal_writes: bool = True) -> Iterator[Rig]:
    """A rig on a migrated, empty database; `lives` are the crash points of the portal's lives, one each.

    Without `portal_writes` letters are sent by the rig alone: each life that draws a PDF needs a second to begin.
    """
    SharedClock(folder / "clock").set(_MONDAY)
    world = StripeWorld(SharedClock(folder / "clock"))
    with start_mailbox() as mailbox, serve(stripe_app(world), host="localhost") as serving:
        world.base_url = serving.url
        rig = Rig(url, folder, mailbox, world, iter(lives), portal_writes=portal_writes)
        rig.keeper.start()
        world.start_delivery()
        try:
            yield rig
        finally:
            rig.keeper.stop()
            world.stop_delivery()
            rig.portal.stop()
            rig.resources.close()


def pay_by_card(rig: Rig, customer: Customer) -> None:
    """One bill, straight through."""
    rig.world.pay_by_card(customer.press(customer.bills[0], "card"))


def pay_by_bank_after_all(rig: Rig, customer: Customer) -> None:
    """Press for a card, think again, and pay by bank debit: the first page ends."""
    customer.press(customer.bills[1], "card")
    rig.world.pay_by_bank(customer.press(customer.bills[1], "ach"))


def pay_while_answers_are_lost(rig: Rig, customer: Customer) -> None:
    """Stripe makes a page of which we never hear; its payment tells us whose it is, by its metadata alone."""
    with rig.world.lock:
        known = {each["id"] for each in rig.world.all("checkout.session")}
        usual, rig.endpoint.types = rig.endpoint.types, ONE_EVENT
    rig.world.fault(Fault("drop_after", path=_CHECKOUTS, times=3))
    customer.press(customer.bills[2], "card")
    rig.world.heal()
    [made] = [each for each in rig.world.all("checkout.session") if each["id"] not in known]
    rig.world.pay_by_card(made["id"])
    rig.endpoint.types = usual


def give_back(rig: Rig, customer: Customer) -> None:
    """The owner gives a part of the first bill back; the portal's worker sends it to Stripe."""
    payment = rig.wait_for(lambda session: _first_payment(session, customer))
    now = rig.clock.now()
    with rig.resources.writing() as session:
        row = refunds.ask(session, payment, refunds.Wish(1_000, covers=False), now=now, actor="owner")
    # The worker looks once a minute.
    rig.clock.move(minutes=2)
    rig.wait_for(lambda session: reversals.refund_by_id(session, row.id).state != "created" or None)


Step = Callable[[Rig, Customer], None]
# What one customer does: between them these meet every point.
STEPS: tuple[Step, ...] = (pay_by_card, give_back, pay_by_bank_after_all)
# And what meets none that those do not, but takes longer.
ALL_STEPS: tuple[Step, ...] = (*STEPS, pay_while_answers_are_lost)


def scenario(rig: Rig, steps: Iterable[Step] = ALL_STEPS) -> list[str]:
    """A customer comes, does all of it, and leaves the portal quiet; what is wrong then."""
    customer = rig.customer()
    assert customer.open_link()
    for step in steps:
        step(rig, customer)
    rig.quiet()
    return rig.breaches()


def _first_payment(session: Session, customer: Customer) -> PaymentRow | None:
    return next(iter(ledger.payments_of(session, customer.account_id)), None)


def _count(session: Session, condition: object) -> int:
    return int(session.execute(select(func.count()).where(condition)).scalar_one())  # type: ignore[arg-type]
