"""How a payment plan stands on a day: its instalments, worked out from its money and what is left of its charges."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.actions import statements
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, accounts, plan_money, plans
from portal.records.plan_money import ReceivedRow, UnderWayRow
from portal.records.plans import CoveredRow, InstalmentRow, PlanRow
from portal.rules.dates import local_day
from portal.rules.instalments import Ahead, Instalment, Money, asked_cents, following, late_since, outlook
from portal.rules.money import stripe_minimum_cents
from portal.rules.plans import KEPT, NEVER_AGREED, Due


@dataclass(frozen=True, slots=True)
class Covered:
    """A charge on a plan: its number, what was covered at first, what of that is left, and how much can be paid now."""

    charge_id: int
    covered_cents: int
    left_cents: int
    on_plan_cents: int


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """A plan with its instalments. `left_cents` is what is left to pay of its charges, under way and frozen included;
    `on_plan_cents` what of that can be paid now."""

    plan: PlanRow
    covered: Sequence[Covered]
    agreed: Sequence[InstalmentRow]
    rows: Sequence[Instalment]
    received: Sequence[ReceivedRow]
    least_cents: int

    @property
    def paid_cents(self) -> int:
        """What its own money has paid: more than its instalments say, where money has shortened it from its end."""
        return sum(row.cents for row in self.received)

    @property
    def left_cents(self) -> int:
        return sum(each.left_cents for each in self.covered)

    @property
    def on_plan_cents(self) -> int:
        return sum(each.on_plan_cents for each in self.covered)

    @property
    def next(self) -> Instalment | None:
        """The next instalment to be paid; None where nothing is left to be asked for."""
        return following(self.rows, least_cents=self.least_cents)

    def asked_cents(self, today: date) -> int:
        """What there is to pay by hand: all that is due, else the next instalment."""
        return asked_cents(self.rows, today=today, least_cents=self.least_cents)

    def late_since(self, today: date) -> date | None:
        """The due day of the oldest instalment that is late; None for a plan that is kept."""
        return late_since(self.rows, today=today, least_cents=self.least_cents)

    def row(self, position: int) -> Instalment:
        return next(each for each in self.rows if each.position == position)


def today(session: Session, plan: PlanRow, *, policy: Policy) -> tuple[Standing, PlanStanding]:
    """How its account and the plan stand today."""
    account = accounts.by_id(session, plan.account_id)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    return standing, load(session, plan, standing, policy=policy)


def load(session: Session, plan: PlanRow, standing: Standing, *, policy: Policy) -> PlanStanding:
    """The plan as it stands on the day of its account's standing."""
    received = plan_money.received(session, plan.id, standing.on)
    agreed = plans.agreed(session, plan.id)
    covered = _covered(session, plan, standing)
    under_way = _under_way(session, plan, covered) if plan.state in KEPT else ()
    pending_cents = sum(row.cents for row in under_way)
    left_cents = sum(each.left_cents for each in covered)
    frozen_cents = left_cents - sum(each.on_plan_cents for each in covered) - pending_cents
    rows = outlook(
        [Due(row.position, row.due_on, row.amount_cents) for row in agreed],
        [Money(row.received_on, row.cents, row.position, _ahead(row)) for row in received],
        covered_left_cents=left_cents,
        pending=[
            Money(local_day(row.started_at, policy.time_zone), row.cents, row.position, _ahead(row))
            for row in under_way
        ],
        frozen_cents=max(0, frozen_cents) if plan.state in KEPT else 0,
    )
    least_cents = stripe_minimum_cents(standing.account.currency)
    return PlanStanding(plan, covered, agreed, rows, received, least_cents)


def agreed_days(plan: PlanRow, policy: Policy) -> tuple[int, int]:
    """The days of grace and the days to cure that the plan was agreed with; a later policy is for later plans."""
    grace_days = policy.plan_grace_days if plan.grace_days is None else plan.grace_days
    return grace_days, policy.plan_cure_days if plan.cure_days is None else plan.cure_days


def open_until(plan: PlanRow, policy: Policy) -> date:
    """The last day on which an offer could be accepted: today, or the day on which it ended without being."""
    if plan.state == "expired" and plan.expires_on is not None:
        return plan.expires_on
    return local_day(plan.moved_at, policy.time_zone) if plan.state in NEVER_AGREED else policy.today


def _covered(session: Session, plan: PlanRow, standing: Standing) -> Sequence[Covered]:
    """For a plan that is not kept any more, what is left is what it covered and is open now; nothing is on it."""
    found = plan_money.on_plans(session, plan.account_id, standing.on)
    # What another plan has paid, as the one that an offer is to replace, had been paid when this one was made.
    paid = {row.charge_id: row.paid_cents for row in found if row.plan_id == plan.id}
    on_plan = {row.item.charge_id: row.item.parts.on_plan_cents for row in standing.statement.rows}
    return [_one(row, paid, on_plan, standing, is_kept=plan.state in KEPT) for row in plans.covered(session, plan.id)]


def _under_way(session: Session, plan: PlanRow, covered: Sequence[Covered]) -> Sequence[UnderWayRow]:
    """Each debit under way, whatever charges it is for, as one: for no more than what is left of each of them, since a
    credit may have lowered that."""
    left = {each.charge_id: each.left_cents for each in covered}
    debits: dict[int, UnderWayRow] = {}
    for row in plan_money.under_way(session, plan.id):
        cents = min(row.cents, left.get(row.charge_id, 0))
        left[row.charge_id] = left.get(row.charge_id, 0) - cents
        before = debits.get(row.attempt_id, row._replace(cents=0))
        debits[row.attempt_id] = before._replace(cents=before.cents + cents)
    return list(debits.values())


def _one(
    row: CoveredRow, paid: dict[int, int], on_plan: dict[int, int], standing: Standing, *, is_kept: bool
) -> Covered:
    charge = standing.charges.get(row.charge_id)
    open_cents = charge.open_cents if charge else 0
    left_cents = max(0, min(open_cents, row.covered_cents - paid.get(row.charge_id, 0)))
    return Covered(row.charge_id, row.covered_cents, left_cents, on_plan.get(row.charge_id, 0) if is_kept else 0)


def _ahead(row: ReceivedRow | UnderWayRow) -> Ahead:
    return "next" if row.ahead == "next" else "last"
