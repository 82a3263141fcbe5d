"""A plan or an invoice that is charged by itself: saved methods at the stand-in, days that pass, what was charged."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from portal.actions import autopays, collections, saved_methods, stripe_customers
from portal.gateways import stripe_saving
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_saved_values import SetupOrder
from portal.records import collections as records
from portal.records import saved_methods as method_records
from portal.records.collections import CollectionRow, TryRow
from portal.records.plans import PlanRow
from portal.records.saved_methods import MethodRow
from portal.records.tables import collections as table
from portal.records.tables import letters, payments
from tests.support.planned import MONTHLY, Planned

VISA = "4242424242424242"
BANK = "000123456789"
ASKS = "4000002760003184"


class Collected(Planned):
    """A planned customer with a saved method, and the worker that looks after it."""

    @property
    def stripe(self) -> StripeCheckouts:
        assert self.house.resources.stripe is not None
        return self.house.resources.stripe

    def save(self, number: str = VISA) -> MethodRow:
        """A card, or by the length of its number a bank account, saved on Stripe's page."""
        resources, now = self.house.resources, self.house.clock.now()
        is_card = len(number) == len(VISA)
        customer_id = stripe_customers.customer_id(resources, self.stripe, self.account.id, now=now)
        wanted = SetupOrder(
            reference="st", metadata={}, currency="usd", method="card" if is_card else "us_bank_account",
            customer_id=customer_id, success_url="http://127.0.0.1:1/a", cancel_url="http://127.0.0.1:1/a",
            expires_at=now + timedelta(minutes=31),
        )  # fmt: skip
        key = f"setup:{len(self.house.stripe.requests)}"
        opened = stripe_saving.create_setup(self.stripe, wanted, idempotency_key=key)
        submit = self.house.stripe.pay_by_card if is_card else self.house.stripe.pay_by_bank
        intent = submit(opened.checkout_id, number)
        if intent["status"] == "requires_action":
            self.house.stripe.finish_challenge(intent["id"])
        setup = stripe_saving.read_setup(self.stripe, opened.checkout_id)
        facts = stripe_saving.read_method(self.stripe, setup.payment_method_id or "")
        with resources.writing() as session:
            return saved_methods.save(
                session, self.account.id, contact_id=self.access.contact_id, session_id=1, facts=facts,
                mandate_id=setup.mandate_id, consent="You may charge it.", now=now,
            )  # fmt: skip

    def charged_plan(self, number: str = VISA) -> tuple[PlanRow, MethodRow]:
        """1,000.00 in three parts on 31 March, 30 April and 31 May, charged to a saved method."""
        plan = self.agree(MONTHLY)
        method = self.save(number)
        self.use(plan, method)
        return self.plan(plan), method

    def use(self, plan: PlanRow, method: MethodRow) -> None:
        with self.house.resources.writing() as session:
            assert saved_methods.put_on_plan(session, method, plan.id, now=self.house.clock.now(), actor="customer")

    def autopay(self, number: str = VISA) -> MethodRow:
        method = self.save(number)
        with self.house.resources.writing() as session:
            autopays.turn_on(
                session, self.account, method, contact_id=self.access.contact_id, consent="Charge each invoice.",
                now=self.house.clock.now(),
            )  # fmt: skip
        return method

    def work(self) -> int:
        """What the worker does about collections now; how many were charged."""
        now = self.house.clock.now()
        collections.announce(self.house.resources, now=now)
        self.hand_over()
        return collections.collect(self.house.resources, now=now)

    def days(self, month: int, first: int, last: int) -> list[int]:
        """Let those days pass with the worker at work; the days on which something was charged."""
        charged = []
        for day in range(first, last + 1):
            self.on(month, day)
            self.house.stripe.tick()
            if self.work():
                charged.append(day)
        return charged

    def all(self) -> list[CollectionRow]:
        with self.house.resources.reading() as session:
            ids = session.execute(select(table.c.id).order_by(table.c.id)).scalars().all()
            return [records.by_id(session, each) for each in ids]

    def change_collection(self, row: CollectionRow, **values: object) -> None:
        with self.house.resources.writing() as session:
            assert records.change(session, row, **values)

    def states(self) -> list[str]:
        return [row.state for row in self.all()]

    def tries(self, at: int = 0) -> Sequence[TryRow]:
        with self.house.resources.reading() as session:
            return records.tries(session, self.all()[at].id)

    def outcomes(self, at: int = 0) -> list[tuple[str | None, str]]:
        return [(each.outcome, each.code) for each in self.tries(at)]

    def method(self, method: MethodRow) -> MethodRow:
        with self.house.resources.reading() as session:
            return method_records.by_id(session, method.id)

    def method_id(self) -> str:
        """The newest method, as Stripe calls it."""
        with self.house.resources.reading() as session:
            return method_records.of_account(session, self.account.id)[0].payment_method_id

    def received(self) -> list[int]:
        """The payments in the books, in cents."""
        with self.house.resources.reading() as session:
            return list(session.execute(select(payments.c.amount_cents).order_by(payments.c.id)).scalars())

    def at_stripe(self) -> list[int]:
        """The charges at Stripe that brought money or are about to, in cents."""
        return [each["amount"] for each in self.house.stripe.all("charge") if each["status"] != "failed"]

    def intents(self) -> list[str]:
        """What became of every intent."""
        return [each["status"] for each in self.house.stripe.all("payment_intent")]

    def posted(self, *kinds: str) -> list[str]:
        """The keys' first parts of the letters that were staged, of these kinds or of all."""
        with self.house.resources.reading() as session:
            found = session.execute(select(letters.c.kind).order_by(letters.c.id)).scalars()
            return [kind for kind in found if not kinds or kind in kinds]
