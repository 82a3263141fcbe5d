"""What customers with plans do and what the owner does about them, by the real doors, as steps of their story."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from e2e.clock import SharedClock
from e2e.sample.company import Customer
from e2e.sample.customers import enter
from e2e.stripe import StripeWorld
from portal.actions import (
    checkouts,
    manual_payments,
    payments,
    plan_acceptance,
    plan_changes,
    plan_consents,
    plan_standing,
    plans,
    policies,
    setups,
    statements,
)
from portal.actions.access import Access
from portal.actions.checkouts import Payer, Wish
from portal.actions.manual_payments import Recorded
from portal.actions.plan_acceptance import Acceptance
from portal.actions.plan_consents import Charging, Seen
from portal.actions.policies import Policy
from portal.actions.quotes import Choice
from portal.pages.statements import draw
from portal.records import Session, attempts, step_up
from portal.records import plans as records
from portal.records import setups as setup_records
from portal.records.plans import PlanRow
from portal.resources import Resources
from portal.rules.plans import Every, Shape
from portal.templating import render
from portal.views import methods as method_view
from portal.views import plan_charging, plan_terms
from portal.views.papers import frame

Step = Callable[["Person"], None]

_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass(frozen=True, slots=True)
class Cut:
    """A plan's shape with its first day so many days after the day on which it is wished for or offered."""

    down_cents: int
    count: int
    every: Every
    first_in: int

    def on(self, policy: Policy) -> Shape:
        return Shape(self.down_cents, self.count, self.every, policy.today + timedelta(days=self.first_in))


class Person:
    """A customer and the owner who deals with them, at the moment that the clock shows."""

    def __init__(self, resources: Resources, world: StripeWorld, clock: SharedClock, access: Access, device: int,
                 owner: str) -> None:  # fmt: skip
        self.resources = resources
        self.world = world
        self.access = access
        self.owner = owner
        self.device_id = device
        self._clock = clock
        self._plan_id = 0

    @property
    def now(self) -> datetime:
        return self._clock.now()

    @property
    def payer(self) -> Payer:
        return Payer(self.access.account.id, self.access.session_id, self.access.contact_id)

    def policy(self, session: Session) -> Policy:
        return policies.load(session, now=self.now)

    def plan(self, session: Session) -> PlanRow:
        """The newest that was made for them."""
        return records.by_id(session, self._plan_id)

    def has(self, plan: PlanRow) -> None:
        self._plan_id = plan.id


def asks(cut: Cut, words: str = "", *, number: str = "") -> Step:
    """The customer's own form, for one invoice or for everything: an offer within the limits, else a request."""

    def step(person: Person) -> None:
        with person.resources.writing() as session:
            policy = person.policy(session)
            covered = _covered(session, person, policy, number)
            wish = plans.Wish(covered, cut.on(policy), words)
            person.has(plans.make(session, person.access, wish, policy=policy, now=person.now))

    return step


def is_offered(*cuts: Cut, words: str, days: int = 14) -> Step:
    def step(person: Person) -> None:
        with person.resources.writing() as session:
            policy = person.policy(session)
            terms = plans.Terms(
                _covered(session, person, policy), [cut.on(policy) for cut in cuts],
                policy.today + timedelta(days=days), words,
            )  # fmt: skip
            made = plans.offer(
                session, person.access.account, terms, contact_id=person.access.contact_id, policy=policy,
                now=person.now, actor=person.owner,
            )  # fmt: skip
            person.has(made)

    return step


def is_refused(words: str) -> Step:
    def step(person: Person) -> None:
        with person.resources.writing() as session:
            plans.decline_request(
                session, person.plan(session), words=words, policy=person.policy(session), now=person.now,
                actor=person.owner,
            )  # fmt: skip

    return step


def accepts(name: str) -> Step:
    """The first option, read and signed; how it is paid is a step of its own."""

    def step(person: Person) -> None:
        now = person.now
        with person.resources.reading() as session:
            given = _signed(session, person, name)
        with person.resources.writing() as session:
            public_id = person.plan(session).public_id
            policy = person.policy(session)
            plan_acceptance.accept(session, person.access, public_id, given, policy=policy, now=now)

    return step


def pays_by_card(cents: int, *, saves: bool = False) -> Step:
    """What is due, on Stripe's page; with `saves` the card is charged for the others by itself."""

    def step(person: Person) -> None:
        with person.resources.writing() as session:
            plan, consent = person.plan(session), _lets_charge(session, person) if saves else None
        wish = Wish(Choice(amount_cents=cents, plan=plan.public_id), "card", cents, saves_method=consent)
        page = checkouts.begin(person.resources, person.payer, wish, now=person.now)
        checkout_id = _submitted(person, page or "")
        with person.resources.reading() as session:
            attempt = attempts.by_stripe_id(session, checkout_id)
        assert attempt is not None
        payments.sync_payment(person.resources, attempt.id, now=person.now)

    return step


def sends_a_cheque(cents: int, reference: str) -> Step:
    def step(person: Person) -> None:
        with person.resources.writing() as session:
            policy = person.policy(session)
            covered = [row.charge_id for row in records.covered(session, person.plan(session).id)]
            cheque = Recorded("cheque", cents, policy.today, policy.today, reference, charge_ids=covered)
            manual_payments.record(
                session, person.access.account, cheque, policy=policy, now=person.now, actor=person.owner
            )

    return step


def is_changed(act: Literal["pause", "cancel"], words: str) -> Step:
    """By the owner."""

    def step(person: Person) -> None:
        with person.resources.writing() as session:
            plan, policy = person.plan(session), person.policy(session)
            if act == "pause":
                plan_changes.pause(session, plan, words=words, policy=policy, now=person.now, actor=person.owner)
            else:
                found = plan_standing.today(session, plan, policy=policy)[1]
                plan_changes.cancel(session, found, words=words, policy=policy, now=person.now, actor=person.owner)

    return step


def lets_invoices_be_charged(person: Person) -> None:
    """A card saved on Stripe's page, for every invoice on its due day."""
    with person.resources.reading() as session:
        policy = person.policy(session)
    words = policy.words(person.access.account.currency)
    consent = "\n".join(method_view.consent("card", "autopay", policy, words))
    page = setups.begin(person.resources, person.payer, kind="card", purpose="autopay", consent=consent, now=person.now)
    checkout_id = _submitted(person, page)
    with person.resources.reading() as session:
        setup = setup_records.by_checkout(session, checkout_id)
    assert setup is not None
    setups.sync(person.resources, setup.id, now=person.now)


def waits(person: Person) -> None:
    """Only the worker is at work that day."""


def person(resources: Resources, world: StripeWorld, clock: SharedClock, customer: Customer, staff_id: int) -> Person:
    """The customer in a browser that was confirmed by a code."""
    now = clock.now()
    with resources.writing() as session:
        access = enter(session, customer, now=now)
        assert access.contact_id is not None
        device_id = step_up.confirm_device(
            session, access.contact_id, secrets.token_bytes(32), user_agent=_BROWSER, now=now,
            expires_at=now + timedelta(days=180),
        )  # fmt: skip
    return Person(resources, world, clock, access, device_id, f"staff:{staff_id}")


def _lets_charge(session: Session, person: Person) -> str:
    """Agrees that a card, which is saved next, is charged for the plan; answers the words of that."""
    plan, policy = person.plan(session), person.policy(session)
    words = policy.words(person.access.account.currency)
    dues = plan_charging.still_due(plan_standing.today(session, plan, policy=policy)[1])
    consent = plan_charging.as_kept(
        plan_charging.with_new("card", policy, words),
        plan_charging.charging(plan.number, dues, policy, words, pays_today=True),
    )
    plan_consents.keep(session, person.access, plan, Charging("card", consent), _seen(person), now=person.now)
    return consent


def _seen(person: Person) -> Seen:
    return Seen(person.now, "127.0.0.1", _BROWSER, person.device_id)


def _covered(session: Session, person: Person, policy: Policy, number: str = "") -> dict[int, int]:
    standing = statements.load(session, person.access.account, on=policy.today, policy=policy)
    chosen = [row.public_id for row in standing.charges.values() if row.number == number] if number else None
    return plans.coverable(standing, chosen)


def _signed(session: Session, person: Person, name: str) -> Acceptance:
    """The terms as they are now, and the paper of them, as the customer's page makes them."""
    plan, policy, account = person.plan(session), person.policy(session), person.access.account
    words = policy.words(account.currency)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    offered = plan_acceptance.offered(session, plan, standing, policy=policy)
    dues = offered.dues(1)
    assert dues is not None
    terms = plan_terms.terms(
        plan, 1, dues, offered.covered, offered.replaces, standing, account=account, policy=policy, words=words
    )
    consents = plan_terms.consents(policy, words)
    paper = {
        **frame(policy, account), "terms": terms, "consents": list(consents.values()),
        "digest": plan_terms.digest(terms),
    }  # fmt: skip
    return Acceptance(
        option=1, name=name, consents=consents, terms=terms,
        pdf=draw(render("pdf/agreement.html", paper, policy.locale)), seen=_seen(person),
    )  # fmt: skip


def _submitted(person: Person, page: str) -> str:
    """Fill in Stripe's page with a good card; answers the page's id there."""
    checkout_id = page.rpartition("/")[2].partition("#")[0]
    account = person.access.account
    person.world.pay_by_card(checkout_id, name=account.name)
    return checkout_id
