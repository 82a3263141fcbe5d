"""What a letter about a payment plan may speak of, as of the moment it goes out; whether it still makes sense then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.actions import plan_acceptance, plan_standing, plans, statements
from portal.actions.plan_standing import PlanStanding
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, accounts, agreements, letters, saved_methods
from portal.records import plans as records
from portal.records.letters import LetterRow
from portal.records.plans import EventRow, OptionRow, PlanRow
from portal.records.saved_methods import MethodRow
from portal.rules.plans import KEPT, Due

# What `plan_changed` tells of: the last of these is the one.
CHANGES = ("moved", "paused", "resumed", "put_off", "cancelled", "by_hand")


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan with how it stands. `options` are its ways to pay, each with its payments were it accepted today; `events`
    its story, oldest first; `numbers` and `payable` (cents that can be paid now outside of a plan) by covered charge.

    `saved_cents` is the discount for paying all of it now, by `saved_until`; `replaces` the number of the plan whose
    place it takes; `method` what is charged for it, None where it is paid by hand; `paper` the agreement as a PDF,
    None before there is one.
    """

    standing: PlanStanding
    options: Sequence[tuple[OptionRow, Sequence[Due]]]
    events: Sequence[EventRow]
    numbers: Mapping[int, str]
    payable: Mapping[int, int]
    saved_cents: int
    saved_until: date | None
    replaces: str
    method: MethodRow | None
    paper: bytes | None

    @property
    def plan(self) -> PlanRow:
        return self.standing.plan

    def last(self, *kinds: str) -> EventRow | None:
        """The newest event of one of these kinds."""
        return next((event for event in reversed(self.events) if event.kind in kinds), None)


def load(session: Session, plan_id: int, standing: Standing, *, policy: Policy) -> PlanFacts:
    """The facts, as the account stands."""
    plan = records.by_id(session, plan_id)
    found = plan_standing.load(session, plan, standing, policy=policy)
    items = {row.item.charge_id: row.item for row in standing.statement.rows}
    covered = {each.charge_id: items[each.charge_id] for each in found.covered if each.charge_id in items}
    saving = plans.given_up(standing, {each.charge_id: each.covered_cents for each in found.covered})
    agreement = agreements.of_plan(session, plan.id)
    return PlanFacts(
        standing=found,
        options=[
            (option, plans.dues_of(plan, option, today=policy.today)) for option in records.options(session, plan.id)
        ],
        events=records.events(session, plan.id),
        numbers={charge_id: item.number for charge_id, item in covered.items()},
        payable={
            each.charge_id: min(each.left_cents, covered[each.charge_id].parts.payable_cents)
            for each in found.covered
            if each.charge_id in covered
        },
        saved_cents=sum(offer.discount_cents for offer in saving),
        saved_until=min((offer.until_on for offer in saving if offer.until_on), default=None),
        replaces=records.by_id(session, plan.replaces_id).number if plan.replaces_id else "",
        method=saved_methods.by_id(session, plan.method_id) if plan.method_id else None,
        paper=agreement.pdf if agreement else None,
    )


def followed_by(plan: PlanRow, others: Sequence[PlanRow]) -> PlanRow | None:
    """The plan of the account that took the place of this one, or the offer with which this request was answered."""
    if plan.state == "replaced":
        return next((each for each in others if each.replaces_id == plan.id and each.accepted_on), None)
    if plan.state == "declined" and plan.is_own:
        # A request is declined and answered at one moment.
        return next((each for each in others if not each.is_own and each.created_at == plan.moved_at), None)
    return None


def overtaken(session: Session, letter: LetterRow, *, policy: Policy) -> str:
    """Why a letter to the customer about a plan makes no sense any more; "" where it does."""
    if letter.plan_id is None or letter.account_id is None or letter.kind not in _IS_CURRENT:
        return ""
    plan = records.by_id(session, letter.plan_id)
    account = accounts.by_id(session, letter.account_id)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    is_current = _IS_CURRENT[letter.kind](session, plan, standing, policy)
    # A second letter of a kind says all of what the first would, as things are now.
    is_last = not letters.is_followed(session, letter)
    return "" if is_current and is_last else "the plan has moved on since"


def _can_be_accepted(session: Session, plan: PlanRow, standing: Standing, policy: Policy) -> bool:
    return plan_acceptance.is_open(session, plan, standing, policy=policy)


def _is_kept_or_paid(session: Session, plan: PlanRow, standing: Standing, policy: Policy) -> bool:
    return plan.state in KEPT or plan.state == "completed"


def _is_declined(session: Session, plan: PlanRow, standing: Standing, policy: Policy) -> bool:
    return plan.state == "declined"


def _is_completed(session: Session, plan: PlanRow, standing: Standing, policy: Policy) -> bool:
    return plan.state == "completed"


def _is_late(session: Session, plan: PlanRow, standing: Standing, policy: Policy) -> bool:
    if plan.state != "active" or plan.cure_by is None:
        return False
    found = plan_standing.load(session, plan, standing, policy=policy)
    return found.late_since(policy.today) is not None


def _is_cured(session: Session, plan: PlanRow, standing: Standing, policy: Policy) -> bool:
    return plan.state == "active" and plan.cure_by is None


def _is_due_again(session: Session, plan: PlanRow, standing: Standing, policy: Policy) -> bool:
    """What is on another plan by now is not."""
    return plan.state == "defaulted" and not _is_on_another(session, plan)


def _is_changed(session: Session, plan: PlanRow, standing: Standing, policy: Policy) -> bool:
    return plan.state in KEPT or (plan.state == "cancelled" and not _is_on_another(session, plan))


def _is_charged(session: Session, plan: PlanRow, standing: Standing, policy: Policy) -> bool:
    """What it was to be charged to may have ended since, of which there is another letter."""
    return plan.state in KEPT and plan.method_id is not None


def _is_on_another(session: Session, plan: PlanRow) -> bool:
    return bool(records.taken(session, [row.charge_id for row in records.covered(session, plan.id)]))


_IS_CURRENT = {
    "plan_offer": _can_be_accepted,
    "plan_accepted": _is_kept_or_paid,
    "plan_declined": _is_declined,
    "plan_late": _is_late,
    "plan_cured": _is_cured,
    "plan_defaulted": _is_due_again,
    "plan_completed": _is_completed,
    "plan_changed": _is_changed,
    "plan_method": _is_charged,
}
