"""Payment plans as those who work here decide about them: on the version that they saw; what a new one may cover."""

from datetime import date

from portal.actions import plans
from portal.actions.plans import Terms
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, ledger
from portal.records import plans as records
from portal.records.accounts import AccountRow
from portal.records.plans import PlanRow
from portal.rules.refusals import Conflict, NotFound


def load_for(session: Session, public_id: str, *, version: int) -> PlanRow:
    """The plan as its reader saw it; Conflict where it has moved since, NotFound where there is none."""
    plan = find(session, public_id)
    ledger.lock_account(session, plan.account_id)
    plan = records.by_id(session, plan.id)
    if plan.version != version:
        raise Conflict("This plan has changed since you opened it. See below what happened, then go on.")
    return plan


def find(session: Session, public_id: str) -> PlanRow:
    """The plan of an address; NotFound where there is none."""
    plan = records.by_public_id(session, public_id)
    if plan is None:
        raise NotFound("There is no such plan. Look at the list of plans.")
    return plan


def as_asked(
    session: Session, plan: PlanRow, standing: Standing, *, expires_on: date, despite_credit: bool, policy: Policy
) -> Terms:
    """What a request asks for, as an offer. Refuses where less of its charges is open by now."""
    covered = {row.charge_id: row.covered_cents for row in records.covered(session, plan.id)}
    there = plans.coverable(standing)
    if any(there.get(charge_id, 0) < cents for charge_id, cents in covered.items()):
        raise Conflict("What the customer owes has changed since they asked. Offer other terms instead.")
    shapes = [plans.shape_of(option) for option in records.options(session, plan.id)]
    return Terms(covered, shapes, expires_on, despite_credit=despite_credit)


def request_of(session: Session, account: AccountRow) -> PlanRow | None:
    """What the customer has asked for and nobody has answered."""
    return next((plan for plan in records.of_account(session, account.id) if plan.state == "requested"), None)


def refuse_unseen(session: Session, account: AccountRow, seen: str) -> None:
    """Refuse an offer that was written before the newest plan of the account was made: it may be the same offer, sent
    twice. `seen` is the public id of the newest then, empty for none."""
    ledger.lock_account(session, account.id)
    newest = next(iter(records.of_account(session, account.id)), None)
    if newest is not None and newest.public_id != seen:
        raise Conflict(
            "Plan %(number)s was made for this customer since you opened this page, perhaps by yourself. Look at it "
            "first, then open this page again.",
            number=newest.number,
        )
