"""Saved cards and bank accounts: kept with their holder's consent, charged by the worker, and lost again."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select

from e2e.machine.finding import newest
from e2e.machine.move import Move, one_of
from e2e.machine.paying_moves import Challenge
from e2e.machine.people import PEOPLE
from e2e.machine.planning import living_methods, owner_of, payer, plans_in, written
from e2e.machine.town import Town
from e2e.stripe.errors import ApiError
from portal.actions import autopays, collection_confirming, saved_methods, setups
from portal.actions.checkouts import Method
from portal.actions.setups import Purpose
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import collections, plans
from portal.records import setups as setup_records
from portal.records.accounts import AccountRow
from portal.records.collections import CollectionRow
from portal.records.plans import PlanRow
from portal.records.saved_methods import MethodRow
from portal.records.tables import collections as collections_table
from portal.rules.refusals import Refusal

KINDS = ("card", "bank")
_CUSTOMERS = range(1, len(PEOPLE) + 1)
_PLACES = (1, 1, 1, 2, 3)
_CONSENT = "You may charge it."
_NUMBERS = {
    "card": "4242424242424242",
    "card-that-asks": "4000002760003184",
    "card-refused-later": "4000000000000341",
    "bank": "000123456789",
    "bank-without-funds": "000222222227",
    "bank-that-returns": "000555555559",
}


@dataclass(frozen=True, slots=True)
class Save(Move):
    """On Stripe's page, all the way; for a plan it is the newest."""

    line = "customer {customer} saves a {number} for {purpose}"
    weight: ClassVar[int] = 12
    customer: int = one_of(*_CUSTOMERS)
    number: str = one_of("card", "card", "bank", *_NUMBERS)
    purpose: str = one_of("keep", "plan", "autopay", "autopay")

    def act(self, town: Town) -> bool:
        account = town.accounts[self.customer - 1]
        plan = newest([each for each in plans_in(town) if each.account_id == account.id], 1)
        if self.purpose == "plan" and plan is None:
            return False
        return save(town, account, self.number, self.purpose, plan if self.purpose == "plan" else None)


@dataclass(frozen=True, slots=True)
class OpenSetup(Move):
    """Its page is left open."""

    line = "customer {customer} opens the page that saves a {kind} for autopay"
    weight: ClassVar[int] = 2
    customer: int = one_of(*_CUSTOMERS)
    kind: str = one_of(*KINDS)

    def act(self, town: Town) -> bool:
        return _begin(town, town.accounts[self.customer - 1], self.kind, "autopay", None) is not None


@dataclass(frozen=True, slots=True)
class Use(Move):
    """A saved method for a plan of its account, be it the one that is charged for it, or for autopay; autopay may
    end."""

    line = "saved method {method} {does}"
    weight: ClassVar[int] = 8
    method: int = one_of(*_PLACES)
    does: str = one_of("pays-the-plan", "pays-the-plan", "pays-all", "pays-all", "pays-no-more", "is-removed")

    def act(self, town: Town) -> bool:
        method = newest(living_methods(town), self.method)
        if method is None:
            return False
        account, now = owner_of(town, method.account_id), town.clock.now()
        match self.does:
            case "pays-the-plan":
                return _choose(town, self.method)
            case "pays-all":
                return written(
                    town,
                    account,
                    lambda session, policy, standing: autopays.turn_on(
                        session, account, method, contact_id=method.contact_id, consent=_CONSENT, now=now
                    ),
                )
            case "pays-no-more":
                with town.resources.writing() as session:
                    off = autopays.turn_off(session, account.id, why="customer", now=now, actor="customer")
                return off is not None
        saved_methods.remove(town.resources, account.id, method.public_id, now=now)
        return True


@dataclass(frozen=True, slots=True)
class AtStripe(Move):
    line = "at Stripe saved method {method} {does}"
    weight: ClassVar[int] = 9
    method: int = one_of(*_PLACES)
    does: str = one_of(
        "has-no-funds",
        "has-no-funds-once",
        "is-lost",
        "asks",
        "asks-once",
        "is-well-again",
        "is-detached",
        "expires",
        "is-renewed",
        "loses-its-mandate",
    )

    def act(self, town: Town) -> bool:
        method = newest(living_methods(town), self.method)
        if method is None:
            return False
        world, at_stripe = town.world, method.payment_method_id
        lost = "lost_card" if method.kind == "card" else "account_closed"
        acts: dict[str, Callable[[], object]] = {
            "has-no-funds": lambda: world.decline_next(at_stripe, "insufficient_funds", is_once=False),
            "has-no-funds-once": lambda: world.decline_next(at_stripe, "insufficient_funds"),
            "is-lost": lambda: world.decline_next(at_stripe, lost, is_once=False),
            "asks": lambda: world.decline_next(at_stripe, "authentication_required", is_once=False),
            "asks-once": lambda: world.decline_next(at_stripe, "authentication_required"),
            "is-well-again": lambda: world.accept_again(at_stripe),
            "is-detached": lambda: world.detach(at_stripe),
            "expires": lambda: world.expire_card(at_stripe),
            "is-renewed": lambda: world.renew_card(at_stripe),
            "loses-its-mandate": lambda: world.end_mandate(at_stripe),
        }
        try:
            acts[self.does]()
        except ApiError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Confirm(Move):
    """With the customer there, and what they answer to the bank's question; where no charge waits for that, the bank
    asks at the next."""

    line = "charge {charge} that waits for its customer is confirmed and answered {how}"
    weight: ClassVar[int] = 5
    charge: int = one_of(1, 1, 2)
    how: str = one_of("well", "well", "badly", "not-yet")

    def act(self, town: Town) -> bool:
        found = newest(_confirming(town), self.charge)
        card = newest([each for each in living_methods(town) if each.kind == "card"], self.charge)
        if found is None and card is not None:
            town.world.decline_next(card.payment_method_id, "authentication_required")
            Daily(8).act(town)
            found = newest(_confirming(town), 1)
        if found is None:
            return False
        try:
            collection_confirming.confirm(town.resources, found.account_id, found.public_id, now=town.clock.now())
        except Refusal:
            return False
        if self.how != "not-yet":
            Challenge(self.how).act(town)
        return True


@dataclass(frozen=True, slots=True)
class Daily(Move):
    """What is announced one day is charged on another."""

    line = "{days} days pass with the worker at work"
    weight: ClassVar[int] = 24
    days: int = one_of(1, 2, 3, 5, 8)

    def act(self, town: Town) -> bool:
        for _ in range(self.days):
            town.clock.move(days=1)
            town.world.tick()
            town.work()
        return True


SAVING: tuple[type[Move], ...] = (Save, OpenSetup, Use, AtStripe, Confirm, Daily)


def save(town: Town, account: AccountRow, number: str, purpose: Purpose | str, plan: PlanRow | None) -> bool:
    """Save a method on Stripe's page and come back; False where Stripe or the house does not let it happen."""
    setup = _begin(town, account, number.partition("-")[0], purpose, plan)
    if setup is None or setup.checkout_id is None:
        return False
    submit = town.world.pay_by_card if number.startswith("card") else town.world.pay_by_bank
    try:
        intent = submit(setup.checkout_id, _NUMBERS[number])
        if intent["status"] == "requires_action":
            town.world.finish_challenge(intent["id"])
    except ApiError:
        return False
    with suppress(StripeUnavailable, StripeRefused, setups.Contended):
        setups.sync(town.resources, setup.id, now=town.clock.now())
    return True


def charge_plan(town: Town, account: AccountRow, plan: PlanRow, kind: str) -> bool:
    """With a card or bank account that is saved already, else with one that is saved now."""
    wanted = {"card": "card", "bank": "us_bank_account"}.get(kind)
    method = newest([each for each in living_methods(town, account.id) if each.kind == wanted], 1)
    if method is not None:
        return _put(town, method, plan)
    return save(town, account, kind, "plan", plan)


def _begin(
    town: Town, account: AccountRow, kind: str, purpose: Purpose | str, plan: PlanRow | None
) -> setup_records.SetupRow | None:
    if kind == "bank" and account.currency != "usd":
        return None
    wanted: Method = "card" if kind == "card" else "us_bank_account"
    who = payer(town, account)
    try:
        setups.begin(
            town.resources, who, kind=wanted, purpose=purpose, plan_id=plan.id if plan else None,  # type: ignore[arg-type]
            consent=_CONSENT, now=town.clock.now(),
        )  # fmt: skip
    except Refusal:
        return None
    with town.resources.reading() as session:
        return next(iter(setup_records.open_of_session(session, account.id, who.session_id)), None)


def _confirming(town: Town) -> list[CollectionRow]:
    with town.resources.reading() as session:
        asked = select(collections_table.c.id).where(collections_table.c.state == "confirming")
        ids = session.execute(asked.order_by(collections_table.c.id)).scalars()
        return [collections.by_id(session, each) for each in ids]


def _choose(town: Town, place: int) -> bool:
    """On a kept plan's page: another method of its account, else once more the one that it has."""
    plan = newest(plans_in(town), place)
    if plan is None:
        return False
    account = owner_of(town, plan.account_id)
    there = living_methods(town, account.id)
    other = newest([each for each in there if each.id != plan.method_id], 1)
    if other is not None:
        return _put(town, other, plan)
    now = town.clock.now()
    with town.resources.writing() as session:
        for method in there:
            saved_methods.charge_again(session, method, plan.id, now=now, actor="customer")
    return bool(there)


def _put(town: Town, method: MethodRow, plan: PlanRow) -> bool:
    now = town.clock.now()
    with town.resources.writing() as session:
        return saved_methods.put_on_plan(session, method, plans.by_id(session, plan.id).id, now=now, actor="customer")
