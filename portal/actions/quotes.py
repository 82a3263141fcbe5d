"""What paying now would cost: a choice of charges, or a sum of money that goes to the oldest first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.actions import plan_standing
from portal.actions.plan_standing import PlanStanding
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, plans
from portal.rules.allocation import Quote, quote_lump_sum, quote_plan, quote_selection
from portal.rules.discounts import honoured_until
from portal.rules.instalments import Ahead
from portal.rules.money import stripe_minimum_cents, stripe_step_cents, words
from portal.rules.plans import KEPT
from portal.rules.refusals import Conflict, Refusal

# Stripe's own limits are half an hour and a day, by its clock.
_SHORTEST = timedelta(minutes=31)
_LONGEST = timedelta(hours=24) - timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Choice:
    """Public ids of charges, or an amount in cents; exactly one of the two says what is to be paid.

    `uses_credit`: account credit goes first, to chosen charges. With the public id of a `plan` the amount is for that
    one; `ahead` says where more of it than is due goes, to the last instalment or to the next.
    """

    charges: tuple[str, ...] = ()
    amount_cents: int | None = None
    uses_credit: bool = False
    plan: str | None = None
    ahead: Ahead = "last"


def quote(standing: Standing, choice: Choice, *, policy: Policy, plan: PlanStanding | None = None) -> Quote:
    """Quote the choice by the rules; a Refusal says what cannot be paid and what to do instead. `plan` is how the one
    that the choice names stands."""
    found = _quote(standing, choice, policy=policy) if plan is None else _of_plan(standing, choice, plan)
    currency = standing.account.currency
    step = stripe_step_cents(currency)
    if found.total_cents % step:
        raise Refusal(
            "%(total)s cannot be paid online, which goes in steps of %(step)s. Enter %(below)s as an amount, "
            "or contact us.",
            field="amount",
            total=words(found.total_cents, currency),
            step=words(step, currency),
            below=words(found.total_cents - found.total_cents % step, currency),
        )
    return found


def plan_of(session: Session, standing: Standing, choice: Choice, *, policy: Policy) -> PlanStanding | None:
    """How the plan stands that the choice is for; None where it is for none. Refuses one that is not being kept."""
    if choice.plan is None:
        return None
    plan = plans.find(session, standing.account.id, choice.plan)
    if plan is None or plan.state not in KEPT:
        raise Conflict("This plan is no longer in force. Look at your statement to see what is due.")
    return plan_standing.load(session, plan, standing, policy=policy)


def smallest_sum_cents(policy: Policy, currency: str) -> int:
    """The least that may be paid as a sum of money: the owner's minimum, and never less than Stripe takes."""
    return max(policy.minimum_payment_cents, stripe_minimum_cents(currency))


def deadlines(found: Quote, *, policy: Policy, now: datetime) -> tuple[datetime, datetime]:
    """Until when the quote is honoured, and when its checkout ends; both at least half an hour from now."""
    if found.until_on is None:
        return now + _LONGEST, now + _LONGEST
    honoured = honoured_until(found.until_on, opened_at=now, zone=policy.time_zone)
    return honoured, min(max(honoured, now + _SHORTEST), now + _LONGEST)


def _quote(standing: Standing, choice: Choice, *, policy: Policy) -> Quote:
    if choice.amount_cents is not None:
        return quote_lump_sum(
            standing.items,
            choice.amount_cents,
            today=policy.today,
            currency=standing.account.currency,
            minimum_cents=smallest_sum_cents(policy, standing.account.currency),
        )
    by_public_id = {row.public_id: row.id for row in standing.charges.values()}
    chosen = {by_public_id[public_id] for public_id in choice.charges if public_id in by_public_id}
    if not chosen:
        raise _nothing_chosen(choice)
    return quote_selection(
        standing.items,
        chosen,
        today=policy.today,
        currency=standing.account.currency,
        # The owner's minimum is for parts of a bill; a bill itself may be as small as Stripe takes.
        minimum_cents=stripe_minimum_cents(standing.account.currency),
        credit_cents=standing.spare_credit_for(chosen) if choice.uses_credit else 0,
    )


def _of_plan(standing: Standing, choice: Choice, plan: PlanStanding) -> Quote:
    covered = {each.charge_id for each in plan.covered if each.on_plan_cents}
    items = [item for item in standing.items if item.charge_id in covered]
    return quote_plan(items, choice.amount_cents or 0, currency=standing.account.currency)


def _nothing_chosen(choice: Choice) -> Refusal:
    if choice.charges:
        return Refusal("Those invoices have nothing left to pay. Choose from the ones that are open.", field="charge")
    return Refusal("Choose at least one invoice, or enter an amount.", field="charge")
