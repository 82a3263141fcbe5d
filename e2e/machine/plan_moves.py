"""Payment plans: they are offered, made, agreed to, paid by hand and changed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from e2e.machine.finding import newest
from e2e.machine.move import Move, one_of
from e2e.machine.paying_moves import open_page, submit
from e2e.machine.people import PEOPLE, VISITORS_EACH
from e2e.machine.planning import (
    OWNER,
    accept,
    access_of,
    coverable,
    owner_of,
    plans_in,
    stands,
    written,
)
from e2e.machine.saving_moves import KINDS, charge_plan
from e2e.machine.town import Town
from portal.actions import plan_changes, plans
from portal.actions.plan_standing import PlanStanding
from portal.actions.plans import Terms, Wish
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session
from portal.records.accounts import AccountRow
from portal.records.plans import PlanRow
from portal.rules.money import plain, stripe_step_cents
from portal.rules.plans import Shape

_CUSTOMERS = range(1, len(PEOPLE) + 1)
_PLACES = (1, 1, 1, 2, 3)
_WEEK = timedelta(days=7)
_WHAT = ("all", "1", "1", "half")
_CUTS = ("2-weekly", "3-weekly", "4-weekly", "2-monthly", "1+2-weekly")


@dataclass(frozen=True, slots=True)
class Agree(Move):
    """From the offer to how it is paid in one go; a first amount is paid by hand."""

    line = "customer {customer} agrees to pay {what} {cut} by {means}"
    weight: ClassVar[int] = 18
    customer: int = one_of(*_CUSTOMERS)
    what: str = one_of(*_WHAT)
    cut: str = one_of(*_CUTS)
    means: str = one_of("hand", *KINDS, *KINDS, "card-that-asks")

    def act(self, town: Town) -> bool:
        account = town.accounts[self.customer - 1]
        plan = _offer(town, account, self.what, self.cut, replaces=None)
        if plan is None or not accept(town, plan):
            return False
        if self.means != "hand":
            charge_plan(town, account, plan, self.means)
        return True


@dataclass(frozen=True, slots=True)
class Offer(Move):
    """The plan that there is may be replaced by one over the same charges."""

    line = "the owner offers customer {customer} {what} {cut}"
    weight: ClassVar[int] = 4
    customer: int = one_of(*_CUSTOMERS)
    what: str = one_of(*_WHAT, "rest", "rest", "rest")
    cut: str = one_of(*_CUTS)

    def act(self, town: Town) -> bool:
        account = town.accounts[self.customer - 1]
        if self.what != "rest":
            return _offer(town, account, self.what, self.cut, replaces=None) is not None
        plan = newest([each for each in plans_in(town) if each.account_id == account.id], 1)
        return plan is not None and _offer(town, account, "rest", self.cut, replaces=plan) is not None


@dataclass(frozen=True, slots=True)
class Make(Move):
    """Their own, within the owner's limits or beyond them."""

    line = "customer {customer} makes a plan over {what} {cut}"
    weight: ClassVar[int] = 3
    customer: int = one_of(*_CUSTOMERS)
    what: str = one_of(*_WHAT)
    cut: str = one_of(*_CUTS)

    def act(self, town: Town) -> bool:
        account, now = town.accounts[self.customer - 1], town.clock.now()
        access = access_of(town, account)

        def make(session: Session, policy: Policy, standing: Standing) -> object:
            covered = coverable(standing, self.what)
            wish = Wish(covered, _shape(self.cut, sum(covered.values()), policy), "The season starts late.")
            return plans.make(session, access, wish, policy=policy, now=now)

        return written(town, account, make)


@dataclass(frozen=True, slots=True)
class Answer(Move):
    line = "offer {offer} is {done}"
    weight: ClassVar[int] = 5
    offer: int = one_of(1, 1, 2)
    done: str = one_of("accepted", "accepted", "accepted", "declined", "withdrawn")

    def act(self, town: Town) -> bool:
        states = ("offered",) if self.done == "accepted" else ("offered", "requested")
        plan = newest(plans_in(town, *states), self.offer)
        if plan is None:
            return False
        if self.done == "accepted":
            return accept(town, plan)
        account, now = owner_of(town, plan.account_id), town.clock.now()
        access = access_of(town, account)
        if self.done == "declined":
            return written(
                town,
                account,
                lambda session, policy, standing: plans.decline_offer(session, plan, access, policy=policy, now=now),
            )
        return written(
            town,
            account,
            lambda session, policy, standing: plans.withdraw(session, plan, policy=policy, now=now, actor=OWNER),
        )


@dataclass(frozen=True, slots=True)
class PayPlan(Move):
    """By hand, at check and pay; more than is due goes to the last instalment or to the next."""

    line = "{part} of plan {plan} is paid by hand by {method} {ahead} and {then}"
    weight: ClassVar[int] = 8
    part: str = one_of("what-is-next", "what-is-next", "half", "all")
    plan: int = one_of(*_PLACES)
    method: str = one_of("card", "ach")
    ahead: str = one_of("last", "next")
    then: str = one_of("submitted", "submitted", "left-open")

    def act(self, town: Town) -> bool:
        plan = newest(plans_in(town), self.plan)
        if plan is None:
            return False
        account = owner_of(town, plan.account_id)
        found: list[PlanStanding] = []
        written(
            town,
            account,
            lambda session, policy, standing: found.append(stands(session, plan, policy, standing)),
        )
        cents = self._cents(found[0])
        cents -= cents % stripe_step_cents(account.currency)
        visitor = town.accounts.index(account) * VISITORS_EACH + 1
        query = {"plan": plan.public_id, "amount": plain(cents, account.currency), "ahead": self.ahead}
        checkout = open_page(town, visitor, query, self.method) if cents else ""
        if checkout and self.then == "submitted":
            return submit(town, checkout, "card" if self.method == "card" else "bank")
        return bool(checkout)

    def _cents(self, found: PlanStanding) -> int:
        following = found.next
        if self.part == "what-is-next":
            return min(following.left_cents, found.on_plan_cents) if following else 0
        return found.on_plan_cents // (2 if self.part == "half" else 1)


@dataclass(frozen=True, slots=True)
class Change(Move):
    """By the owner, but for moving a date and leaving automatic payments, which the customer does."""

    line = "plan {plan} is {done}"
    weight: ClassVar[int] = 7
    plan: int = one_of(*_PLACES)
    done: str = one_of("paused", "resumed", "resumed", "put-off", "moved", "moved", "cancelled", "left-to-hand")

    def act(self, town: Town) -> bool:
        state = {"paused": "active", "resumed": "paused", "moved": "active"}.get(self.done)
        plan = newest(plans_in(town, state) if state else plans_in(town), self.plan)
        if plan is None:
            return False
        now = town.clock.now()

        def change(session: Session, policy: Policy, standing: Standing) -> None:
            found = stands(session, plan, policy, standing)
            match self.done:
                case "paused":
                    plan_changes.pause(session, plan, words="Rest.", policy=policy, now=now, actor=OWNER)
                case "resumed":
                    plan_changes.resume(session, found, policy=policy, now=now, actor=OWNER)
                case "put-off":
                    plan_changes.put_off(session, found, 5, policy=policy, now=now, actor=OWNER)
                case "moved":
                    for due, latest in plan_changes.movable(found, today=policy.today)[:1]:
                        plan_changes.move(
                            session, found, due.position, latest, policy=policy, now=now, actor="contact:1"
                        )
                case "cancelled":
                    plan_changes.cancel(session, found, words="So be it.", policy=policy, now=now, actor=OWNER)
                case _:
                    plan_changes.pay_by_hand(session, plan, policy=policy, now=now, actor="contact:1")

        return written(town, owner_of(town, plan.account_id), change)


PLANS: tuple[type[Move], ...] = (Agree, Offer, Make, Answer, PayPlan, Change)


def _offer(town: Town, account: AccountRow, what: str, cut: str, *, replaces: PlanRow | None) -> PlanRow | None:
    """An offer of the owner's, whose limits do not count; None where nothing can be offered."""
    made: list[PlanRow] = []

    def offer(session: Session, policy: Policy, standing: Standing) -> None:
        covered = coverable(standing, what) if replaces is None else {}
        if replaces is not None:
            found = stands(session, replaces, policy, standing)
            covered = {each.charge_id: each.on_plan_cents for each in found.covered if each.on_plan_cents}
        shape = _shape(cut, sum(covered.values()), policy)
        terms = Terms(covered, [shape], policy.today + _WEEK, "As we said.", despite_credit=True)
        made.append(
            plans.offer(
                session,
                account,
                terms,
                contact_id=None,
                policy=policy,
                now=town.clock.now(),
                actor=OWNER,
                replaces=replaces,
            )
        )

    return made[0] if written(town, account, offer) else None


def _shape(cut: str, total_cents: int, policy: Policy) -> Shape:
    down, _, rest = cut.rpartition("+")
    count, _, every = rest.partition("-")
    return Shape(
        total_cents // 3 if down else 0, int(count), "week" if every == "weekly" else "month", policy.today + _WEEK
    )
