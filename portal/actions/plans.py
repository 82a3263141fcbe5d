"""How a payment plan comes to be: a customer makes one within the owner's limits or asks for one, the owner offers.

Until it is accepted a plan changes nothing about what is owed or chased.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.actions import history, letters
from portal.actions.access import Access
from portal.actions.plan_standing import PlanStanding
from portal.actions.plan_steps import step
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, ledger, numbers, plans
from portal.records.accounts import AccountRow
from portal.records.plans import EventRow, OptionRow, PlanRow
from portal.rules.discounts import Offer
from portal.rules.plans import Broken, Due, Every, Guardrails, Shape, check_shape, is_credit, outside, schedule
from portal.rules.refusals import Conflict, Refusal

MOST_OPTIONS = 3
LONGEST_WORDS = 2_000
# What is written where a request is declined because an offer answers it.
ANSWERED = "answered with an offer"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer wants: what of which charges (cents by charge), in which shape, and words where it is a
    request."""

    covered: Mapping[int, int]
    shape: Shape
    words: str = ""

    @property
    def total_cents(self) -> int:
        return sum(self.covered.values())


@dataclass(frozen=True, slots=True)
class Terms:
    """What the owner offers: a choice of shapes, until when, and words beside it; `despite_credit` where the warning
    about a consumer's long plan was read."""

    covered: Mapping[int, int]
    shapes: Sequence[Shape]
    expires_on: date
    words: str = ""
    despite_credit: bool = False

    @property
    def total_cents(self) -> int:
        return sum(self.covered.values())


def coverable(
    standing: Standing, chosen: Sequence[str] | None = None, *, replaced: PlanStanding | None = None
) -> dict[int, int]:
    """What can be put on a plan, in cents by charge: all that is payable, of the chosen charges (public ids) or of
    every one, and what is on the plan that it is to take the place of (`replaced`). What is disputed or under way stays
    out, and a charge of which any part is on another plan."""
    before = {each.charge_id: each.on_plan_cents for each in replaced.covered} if replaced else {}
    there = {
        row.item.charge_id: row.item.parts.payable_cents + before.get(row.item.charge_id, 0)
        for row in standing.statement.rows
        if row.item.charge_id not in standing.planned.difference(before)
        and (chosen is None or standing.charges[row.item.charge_id].public_id in chosen)
    }
    return {charge_id: cents for charge_id, cents in there.items() if cents}


def given_up(standing: Standing, covered: Mapping[int, int]) -> list[Offer]:
    """The early-payment discounts that paying this now (cents by charge) would bring, and a plan does not: of charges
    that it would clear."""
    items = [row.item for row in standing.statement.rows if row.item.charge_id in covered]
    return [
        item.offer
        for item in items
        if item.offer and item.offer.discount_cents and item.parts.payable_cents <= covered[item.charge_id]
    ]


def guardrails(policy: Policy) -> Guardrails:
    """What customers may choose without asking."""
    return Guardrails(
        most_count=policy.plan_most_payments,
        least_cents=policy.plan_least_cents,
        most_days=policy.plan_most_days,
        least_down_bp=policy.plan_least_down_bp,
        most_first_days=policy.plan_first_days,
    )


def broken(total_cents: int, shape: Shape, *, currency: str, policy: Policy) -> Sequence[Broken]:
    """Which of the owner's limits a shape breaks; refuses what cannot be a plan at all."""
    check_shape(total_cents, shape, today=policy.today, currency=currency)
    return outside(total_cents, shape, guardrails(policy), today=policy.today, currency=currency)


def make(session: Session, access: Access, wish: Wish, *, policy: Policy, now: datetime) -> PlanRow:
    """A customer's own plan: offered to them at once where it keeps to the limits, else a request to the owner, which
    needs a word."""
    ledger.lock_account(session, access.account.id)
    _refuse_nothing(wish.covered)
    _refuse_second(session, access.account.id)
    limits = broken(wish.total_cents, wish.shape, currency=access.account.currency, policy=policy)
    is_request = bool(limits) or policy.plan_self_service == "off"
    if is_request and not wish.words.strip():
        raise Refusal("Tell us in a few words why you need this plan. We look at it ourselves.", field="words")
    plan = _add(
        session, access.account, wish.covered, [wish.shape],
        state="requested" if is_request else "offered", words=wish.words.strip()[:LONGEST_WORDS],
        contact_id=access.contact_id, made_by=access.actor, expires_on=None if is_request else policy.today,
        policy=policy, now=now,
    )  # fmt: skip
    if is_request:
        letters.stage_to_seller(
            session, "seller_plan_request", f"seller_plan_request:{plan.id}", access.account.id, now=now,
            plan_id=plan.id,
        )  # fmt: skip
    return plan


def offer(
    session: Session,
    account: AccountRow,
    terms: Terms,
    *,
    contact_id: int | None,
    policy: Policy,
    now: datetime,
    actor: str,
    replaces: PlanRow | None = None,
) -> PlanRow:
    """Offer a plan to a customer, by letter. `replaces`: once accepted, it takes the place of that one."""
    ledger.lock_account(session, account.id)
    _check_terms(account, terms, policy=policy)
    if replaces is None:
        _refuse_second(session, account.id)
    plan = _add(
        session, account, terms.covered, terms.shapes, state="offered", words=terms.words.strip()[:LONGEST_WORDS],
        contact_id=contact_id, made_by=actor, expires_on=terms.expires_on, policy=policy, now=now,
        replaces_id=replaces.id if replaces else None,
    )  # fmt: skip
    _tell_of_offer(session, plan, now=now)
    return plan


def counter(
    session: Session, plan: PlanRow, account: AccountRow, terms: Terms, *, policy: Policy, now: datetime, actor: str
) -> PlanRow:
    """Answer a customer's request with an offer, theirs or another; the request becomes a plan declined in its
    favour."""
    answered = step(session, plan, "declined", policy=policy, now=now, actor=actor, words=ANSWERED)
    return offer(session, account, terms, contact_id=answered.contact_id, policy=policy, now=now, actor=actor)


def decline_request(session: Session, plan: PlanRow, *, words: str, policy: Policy, now: datetime, actor: str) -> None:
    """The owner says no to a request, with words that the customer reads."""
    if not words.strip():
        raise Refusal("Write why, in words that the customer reads.", field="words")
    step(session, plan, "declined", policy=policy, now=now, actor=actor, words=words.strip()[:LONGEST_WORDS])
    letters.stage_to_contact(
        session, "plan_declined", f"plan_declined:{plan.id}", plan.account_id, plan.contact_id, now=now,
        plan_id=plan.id,
    )  # fmt: skip


def decline_offer(session: Session, plan: PlanRow, access: Access, *, policy: Policy, now: datetime) -> None:
    """The customer does not want what was offered; the owner hears of it."""
    step(session, plan, "declined", policy=policy, now=now, actor=access.actor)
    letters.stage_to_seller(
        session, "seller_plan_declined", f"seller_plan_declined:{plan.id}", plan.account_id, now=now, plan_id=plan.id
    )


def withdraw(session: Session, plan: PlanRow, *, policy: Policy, now: datetime, actor: str) -> None:
    """Take back a request or an offer that nobody has answered yet."""
    step(session, plan, "withdrawn", policy=policy, now=now, actor=actor)


def shape_of(option: OptionRow) -> Shape:
    """The shape that an option offers."""
    every: Every = option.every  # type: ignore[assignment]
    return Shape(option.down_cents, option.times, every, option.first_on)


def dues_of(plan: PlanRow, option: OptionRow, *, today: date) -> tuple[Due, ...]:
    """The payments of an option, were it accepted that day. One whose first day is over starts that day instead."""
    shape = shape_of(option)
    if shape.first_on < today:
        shape = Shape(shape.down_cents, shape.count, shape.every, today)
    return schedule(plan.total_cents, shape, today=today)


def last_offer_day(policy: Policy) -> date:
    """Until when an offer made today is open, unless the owner says otherwise."""
    return policy.today + timedelta(days=policy.plan_offer_days)


def check_expiry(expires_on: date, *, policy: Policy) -> None:
    """Refuse a last day that is over."""
    if expires_on < policy.today:
        raise Refusal("The offer would be over already. Choose today or a later day.", field="expires_on")


def _check_terms(account: AccountRow, terms: Terms, *, policy: Policy) -> None:
    _refuse_nothing(terms.covered)
    if not 1 <= len(terms.shapes) <= MOST_OPTIONS:
        raise Refusal("Offer one to %(most)s options.", field="count", most=MOST_OPTIONS)
    check_expiry(terms.expires_on, policy=policy)
    for shape in terms.shapes:
        check_shape(terms.total_cents, shape, today=policy.today, currency=account.currency)
        if is_credit(shape, is_business=account.kind == "business") and not terms.despite_credit:
            raise Refusal(
                "More than four payments make this consumer credit with duties of its own (Regulation Z). "
                "Offer four or fewer, or confirm that you have looked into it.",
                field="despite_credit",
            )


def _add(
    session: Session,
    account: AccountRow,
    covered: Mapping[int, int],
    shapes: Sequence[Shape],
    *,
    state: str,
    words: str,
    contact_id: int | None,
    made_by: str,
    expires_on: date | None,
    policy: Policy,
    now: datetime,
    replaces_id: int | None = None,
) -> PlanRow:
    values = {
        "account_id": account.id,
        "contact_id": contact_id,
        "number": numbers.next_plan_number(session, "P"),
        "state": state,
        "total_cents": sum(covered.values()),
        "words": words,
        "made_by": made_by,
        "created_at": now,
        "moved_at": now,
        "expires_on": expires_on,
        "replaces_id": replaces_id,
    }
    options = [
        {
            "position": place,
            "down_cents": shape.down_cents,
            "times": shape.count,
            "every": shape.every,
            "first_on": shape.first_on,
        }
        for place, shape in enumerate(shapes, start=1)
    ]
    plan = plans.add(session, values, options, covered)
    plans.add_event(session, EventRow(plan.id, now, policy.today, state, made_by, None, plan.total_cents, words))
    history.write(
        session,
        action=f"plan.{state}",
        actor=made_by,
        now=now,
        account_id=account.id,
        detail={"plan": plan.number, "total_cents": plan.total_cents, "options": len(options)},
    )
    return plan


def _tell_of_offer(session: Session, plan: PlanRow, *, now: datetime) -> None:
    letters.stage_to_contact(
        session, "plan_offer", f"plan_offer:{plan.id}", plan.account_id, plan.contact_id, now=now, plan_id=plan.id
    )


def _refuse_nothing(covered: Mapping[int, int]) -> None:
    if not covered:
        raise Refusal("Nothing can be put on a plan now: nothing of it is payable.", field="charge")


def _refuse_second(session: Session, account_id: int) -> None:
    waiting = [plan for plan in plans.of_account(session, account_id) if plan.state == "requested"]
    if waiting:
        raise Conflict(
            "You have asked for a plan already (%(number)s). Wait for the answer, or take it back first.",
            number=waiting[0].number,
        )
