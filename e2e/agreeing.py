"""A plan that the owner has offered and the customer has agreed to, by the real doors and without the pages."""

from collections.abc import Sequence
from datetime import datetime

from portal.actions import plan_acceptance, plans, statements
from portal.actions.access import Access
from portal.actions.plan_acceptance import Acceptance
from portal.actions.plan_consents import Seen
from portal.actions.plans import Terms
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session
from portal.records.plans import PlanRow
from portal.rules.plans import Shape

_PAPER = b"%PDF-1.7 as it was agreed to"


def agree(
    session: Session,
    access: Access,
    shape: Shape,
    *,
    device_id: int,
    chosen: Sequence[str] | None = None,
    policy: Policy,
    now: datetime,
) -> PlanRow:
    """Put the chosen charges (public ids; None: all that can be) on a plan of that shape, paid by hand for now."""
    standing = statements.load(session, access.account, on=policy.today, policy=policy)
    terms = Terms(plans.coverable(standing, chosen), [shape], policy.today, "As we said.")
    plan = plans.offer(session, access.account, terms, contact_id=None, policy=policy, now=now, actor="owner")
    return accept(session, access, plan, standing, device_id=device_id, policy=policy, now=now)


def accept(
    session: Session,
    access: Access,
    plan: PlanRow,
    standing: Standing,
    *,
    device_id: int,
    policy: Policy,
    now: datetime,
) -> PlanRow:
    """Agree to the first choice of a plan that is offered, on a device that knows the mailed code."""
    rows = [
        {"position": due.position, "due_on": due.due_on.isoformat(), "cents": due.amount_cents}
        for due in plan_acceptance.offered(session, plan, standing, policy=policy).dues(1) or ()
    ]
    given = Acceptance(
        1, "Ada Payer", {"agree": "I agree."}, {"plan": plan.number, "rows": rows}, _PAPER,
        Seen(now, "127.0.0.1", "Firefox", device_id),
    )  # fmt: skip
    return plan_acceptance.accept(session, access, plan.public_id, given, policy=policy, now=now)
