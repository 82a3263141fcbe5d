"""What time does to payment plans: offers lapse, plans become late, are cured, end in default, are paid off.

The worker looks at every kept plan again and again; each thing is told once.
"""

from datetime import datetime, timedelta
from typing import Literal

from portal.actions import letters, notice_periods, plan_standing, policies
from portal.actions.plan_steps import step, tell
from portal.actions.policies import Policy
from portal.records import Session, ledger, plans
from portal.records import letters as letter_records
from portal.records.plans import PlanRow
from portal.resources import Resources
from portal.rules.instalments import Step, is_complete, next_step
from portal.rules.plans import KEPT

News = Step | Literal["completed", "expired"]


def watch(resources: Resources, *, now: datetime) -> int:
    """Bring every plan to where it stands today; returns how many have moved."""
    with resources.reading() as session:
        policy = policies.load(session, now=now)
        # Most plans have no news most of the time, and looking at them holds nobody up.
        found = [plan for plan in plans.kept(session) if _news(session, plan, policy=policy, now=now)[0]]
        found += plans.past_expiry(session, policy.today)
    moved = 0
    for plan in found:
        with resources.writing() as session:
            ledger.lock_account(session, plan.account_id)
            moved += _bring_on(session, plans.by_id(session, plan.id), policy=policy, now=now)
    return moved


def _news(session: Session, plan: PlanRow, *, policy: Policy, now: datetime) -> tuple[News | None, int]:
    """What has become of a plan that is offered or kept, and what is left of it, in cents."""
    if plan.state == "offered":
        return ("expired" if plan.expires_on is not None and plan.expires_on < policy.today else None), 0
    if plan.state not in KEPT:
        return None, 0
    _, found = plan_standing.today(session, plan, policy=policy)
    if is_complete(found.rows, least_cents=found.least_cents):
        return "completed", 0
    if plan.state == "paused":
        return None, found.left_cents
    today = policy.today
    late_on = found.late_since(today)
    grace_days, cure_days = plan_standing.agreed_days(plan, policy)
    news: News | None = next_step(
        late_on, cure_by=plan.cure_by, today=today, grace_days=grace_days, cure_days=cure_days
    )
    if news == "cured" and any(row.pending_cents for row in found.rows if row.due_on < today):
        # Money on its way has cured nothing yet, and nothing ends while it is.
        news = None
    elif news in (None, "default") and plan.cure_by is not None:
        news = _once_told(session, plan, news, now=now)
    return news, found.left_cents


def _once_told(session: Session, plan: PlanRow, news: News | None, *, now: datetime) -> News | None:
    """A plan ends in default only after its notice has gone out. One that did not is written again, as soon as there
    is somebody else to read it."""
    match letter_records.told(session, _notice_key(session, plan)):
        case "sent":
            return news
        case "waiting":
            return None
    return "notice" if letters.has_reader(session, plan.account_id, now=now) else None


def _bring_on(session: Session, plan: PlanRow, *, policy: Policy, now: datetime) -> bool:
    """Write what has become of one plan; the caller holds its account."""
    news, left_cents = _news(session, plan, policy=policy, now=now)
    today = policy.today
    match news:
        case "expired":
            step(session, plan, "expired", policy=policy, now=now, actor="portal")
        case "completed":
            step(session, plan, "completed", policy=policy, now=now, actor="portal")
            _tell_customer(session, plan, "plan_completed", now=now)
        case "notice":
            cure_by = today + timedelta(days=plan_standing.agreed_days(plan, policy)[1])
            plans.change(session, plan, {"cure_by": cure_by, "moved_at": now})
            tell(session, plan, "late", policy=policy, now=now, actor="portal", words=cure_by.isoformat())
            letters.stage_to_contact(
                session, notice_periods.LATE, _notice_key(session, plan), plan.account_id, plan.contact_id,
                now=now, plan_id=plan.id,
            )  # fmt: skip
            _tell_seller(session, plan, "seller_plan_late", now=now)
        case "cured":
            plans.change(session, plan, {"cure_by": None, "moved_at": now})
            tell(session, plan, "cured", policy=policy, now=now, actor="portal")
            _tell_customer(session, plan, "plan_cured", now=now)
        case "default":
            step(session, plan, "defaulted", policy=policy, now=now, actor="portal", amount_cents=left_cents)
            _tell_customer(session, plan, "plan_defaulted", now=now)
            _tell_seller(session, plan, "seller_plan_defaulted", now=now)
        case None:
            return False
    return True


def _notice_key(session: Session, plan: PlanRow) -> str:
    """Of the newest notice of default: a plan that is late again has another."""
    times = sum(event.kind == "late" for event in plans.events(session, plan.id))
    return f"{notice_periods.LATE}:{plan.id}:{times}"


def _tell_customer(session: Session, plan: PlanRow, kind: str, *, now: datetime) -> None:
    # A plan may be late and cured more than once: its version tells the letters apart.
    key = f"{kind}:{plan.id}:{plan.version}"
    letters.stage_to_contact(session, kind, key, plan.account_id, plan.contact_id, now=now, plan_id=plan.id)


def _tell_seller(session: Session, plan: PlanRow, kind: str, *, now: datetime) -> None:
    letters.stage_to_seller(
        session, kind, f"{kind}:{plan.id}:{plan.version}", plan.account_id, now=now, plan_id=plan.id
    )
