"""What letters and pages may say of a collection, as of now; whether a letter about one still makes sense."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.actions import collection_letters, collection_sums, plan_standing
from portal.actions.plan_standing import PlanStanding
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, autopays, charges, collections, plans, saved_methods
from portal.records.autopays import AutopayRow
from portal.records.charges import ChargeRow
from portal.records.collections import CollectionRow, TryRow
from portal.records.letters import LetterRow
from portal.records.plans import PlanRow
from portal.records.saved_methods import MethodRow
from portal.rules.instalments import is_asked_for

# In which state of its collection a letter still says something true.
_CURRENT = {
    "collect_notice": ("waiting",),
    "autopay_notice": ("waiting",),
    "collect_confirm": ("confirming",),
    "collect_refused": ("waiting", "stopped"),
    "autopay_refused": ("waiting", "stopped"),
}


@dataclass(frozen=True, slots=True)
class CollectionFacts:
    """A collection with its method, what it is for (a plan, or an invoice), and its tries, oldest first."""

    row: CollectionRow
    method: MethodRow
    plan: PlanRow | None
    charge: ChargeRow | None
    tries: Sequence[TryRow]

    @property
    def last_cents(self) -> int:
        """What was asked for last; before the first try, what was announced."""
        return self.tries[-1].amount_cents if self.tries else self.row.noticed_cents


def load(session: Session, collection_id: int, *, policy: Policy) -> CollectionFacts:
    """The facts of a collection, which must exist."""
    row = collections.by_id(session, collection_id)
    return CollectionFacts(
        row=row,
        method=saved_methods.by_id(session, row.method_id),
        plan=plans.by_id(session, row.plan_id) if row.plan_id is not None else None,
        charge=charges.by_id(session, row.charge_id, policy.today) if row.charge_id is not None else None,
        tries=collections.tries(session, row.id),
    )


def announced(session: Session, account_id: int, *, policy: Policy) -> Sequence[CollectionFacts]:
    """What the account is about to be charged by itself, the next first."""
    waiting = [
        row
        for row in collections.of_account(session, account_id)
        if row.state == "waiting" and collection_sums.is_wanted(session, row)
    ]
    return [load(session, row.id, policy=policy) for row in sorted(waiting, key=lambda row: (row.next_on, row.id))]


def next_of_autopay(session: Session, autopay: AutopayRow, standing: Standing) -> CollectionRow | None:
    """What is charged next under a leave that is in force; None where nothing is announced that is still to be paid."""
    payable = [item.charge_id for item in standing.items if item.payable_cents]
    return autopays.following(session, autopay, payable)


def next_of_plan(session: Session, found: PlanStanding) -> CollectionRow | None:
    """The charge that is announced of a plan's next payment; None where the customer has something to do: it is paid
    by hand, a charge waits for the bank or was refused, or the plan would end before."""
    plan, following = found.plan, found.next
    if plan.state != "active" or plan.method_id is None or following is None:
        return None
    unpaid = {row.position for row in found.rows if is_asked_for(row, least_cents=found.least_cents)}
    rows = [row for row in collections.of_plan(session, plan.id) if row.position in unpaid]
    if any(row.state == "confirming" or row.why not in {"", *collections.GOES_ON} for row in rows):
        return None
    row = next((row for row in rows if row.position == following.position and row.state == "waiting"), None)
    if row is None or not collection_sums.is_wanted(session, row):
        return None
    return row if plan.cure_by is None or row.next_on <= plan.cure_by else None


def next_of_plans(session: Session, found: Iterable[PlanStanding | None]) -> dict[int, CollectionRow]:
    """The same of several, by plan."""
    charges = {each.plan.id: next_of_plan(session, each) for each in found if each is not None}
    return {plan_id: row for plan_id, row in charges.items() if row is not None}


def overtaken(session: Session, letter: LetterRow, *, policy: Policy) -> str:
    """Why a letter to the customer about a collection makes no sense any more; "" where it does."""
    if letter.kind == "plan_due" and letter.plan_id is not None:
        is_current = _is_due_by_hand(session, letter, letter.plan_id, policy)
        return "" if is_current else "it is not to be paid by hand any more"
    if letter.collection_id is None or letter.kind not in _CURRENT:
        return ""
    row = collections.by_id(session, letter.collection_id)
    is_current = row.state in _CURRENT[letter.kind] and not collection_letters.is_of_an_earlier(letter, row)
    # What is to be charged may have been taken back since, and nobody has looked at the collection yet.
    is_current = is_current and (row.state == "stopped" or collection_sums.is_wanted(session, row))
    return "" if is_current else "the collection has moved on since"


def position_of(letter: LetterRow) -> int:
    """Which payment of its plan a reminder is about."""
    return int(letter.key.rsplit(":", 1)[1])


def _is_due_by_hand(session: Session, letter: LetterRow, plan_id: int, policy: Policy) -> bool:
    plan = plans.by_id(session, plan_id)
    if plan.state != "active" or plan.method_id is not None:
        return False
    _, found = plan_standing.today(session, plan, policy=policy)
    return is_asked_for(found.row(position_of(letter)), least_cents=found.least_cents)
