"""What time does to payment plans: offers lapse, plans become late, are cured, end in default, are paid off.

The worker looks at every kept plan again and again; each thing is told once.
"""

from datetime import datetime, timedelta

from portal.actions import letters, plan_standing, policies, statements
from portal.actions.plan_standing import PlanStanding
from portal.actions.plan_steps import step, tell
from portal.actions.policies import Policy
from portal.records import Session, accounts, ledger, plans
from portal.records.plans import PlanRow
from portal.resources import Resources
from portal.rules.instalments import is_complete, next_step


def watch(resources: Resources, *, now: datetime) -> int:
    """Bring every plan to where it stands today; returns how many have moved."""
    with resources.reading() as session:
        policy = policies.load(session, now=now)
        found = [*plans.past_expiry(session, policy.today), *plans.kept(session)]
    moved = 0
    for plan in found:
        with resources.writing() as session:
            ledger.lock_account(session, plan.account_id)
            fresh = plans.by_id(session, plan.id)
            if fresh.state == "offered":
                moved += _lapse(session, fresh, policy=policy, now=now)
            else:
                moved += look(session, fresh, policy=policy, now=now)
    return moved


def look(session: Session, plan: PlanRow, *, policy: Policy, now: datetime) -> bool:
    """Bring one kept plan to where it stands today; the caller holds its account."""
    if plan.state not in ("active", "paused"):
        return False
    account = accounts.by_id(session, plan.account_id)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    found = plan_standing.load(session, plan, standing, policy=policy)
    if is_complete(found.rows, least_cents=found.least_cents):
        step(session, plan, "completed", policy=policy, now=now, actor="portal")
        _tell_customer(session, plan, "plan_completed", now=now)
        return True
    return plan.state == "active" and _late(session, plan, found, policy=policy, now=now)


def _late(session: Session, plan: PlanRow, found: PlanStanding, *, policy: Policy, now: datetime) -> bool:
    today = policy.today
    late_on = found.late_since(today)
    match next_step(late_on, cure_by=plan.cure_by, today=today, grace_days=policy.plan_grace_days):
        case "notice":
            cure_by = today + timedelta(days=policy.plan_cure_days)
            plans.change(session, plan, {"cure_by": cure_by, "moved_at": now})
            tell(session, plan, "late", policy=policy, now=now, actor="portal", words=cure_by.isoformat())
            _tell_customer(session, plan, "plan_late", now=now)
            _tell_seller(session, plan, "seller_plan_late", now=now)
        case "cured":
            plans.change(session, plan, {"cure_by": None, "moved_at": now})
            tell(session, plan, "cured", policy=policy, now=now, actor="portal")
            _tell_customer(session, plan, "plan_cured", now=now)
        case "default":
            step(session, plan, "defaulted", policy=policy, now=now, actor="portal", amount_cents=found.left_cents)
            _tell_customer(session, plan, "plan_defaulted", now=now)
            _tell_seller(session, plan, "seller_plan_defaulted", now=now)
        case None:
            return False
    return True


def _lapse(session: Session, plan: PlanRow, *, policy: Policy, now: datetime) -> bool:
    if plan.expires_on is None or plan.expires_on >= policy.today:
        return False
    step(session, plan, "expired", policy=policy, now=now, actor="portal")
    return True


def _tell_customer(session: Session, plan: PlanRow, kind: str, *, now: datetime) -> None:
    # A plan may be late and cured more than once: its version tells the letters apart.
    key = f"{kind}:{plan.id}:{plan.version}"
    letters.stage_to_contact(session, kind, key, plan.account_id, plan.contact_id, now=now, plan_id=plan.id)


def _tell_seller(session: Session, plan: PlanRow, kind: str, *, now: datetime) -> None:
    letters.stage_to_seller(
        session, kind, f"{kind}:{plan.id}:{plan.version}", plan.account_id, now=now, plan_id=plan.id
    )
