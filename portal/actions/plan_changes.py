"""What changes about a plan while it is kept: a date moved, a pause, payments put off, its end by the owner.

Nothing here asks for more or for anything sooner; what does is a new offer, which takes the place of the old plan
once the customer has agreed.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from portal.actions import letters
from portal.actions.plan_standing import PlanStanding
from portal.actions.plan_steps import step, tell
from portal.actions.policies import Policy
from portal.records import Session, plans
from portal.records.plans import PlanRow
from portal.rules.plans import Due, check_move, latest_move, needs_consent, resumed
from portal.rules.refusals import Conflict, Refusal

LONGEST_DELAY_DAYS = 366


def movable(found: PlanStanding, *, today: date) -> Sequence[tuple[Due, date]]:
    """The instalments whose date the customer may move, each with the last day that it may be moved to."""
    if found.plan.state != "active" or found.plan.moved_position is not None:
        return ()
    return [
        (Due(row.position, row.due_on, row.left_cents), latest)
        for row in found.rows
        if row.position and row.due_on > today and row.left_cents and not row.pending_cents
        for latest in [latest_move(row.due_on, following_on=_following_on(found, row.position))]
        if latest > row.due_on
    ]


def move(
    session: Session, found: PlanStanding, position: int, to: date, *, policy: Policy, now: datetime, actor: str
) -> None:
    """Move the date of one instalment, once, by up to a week."""
    plan = found.plan
    if plan.state != "active" or position not in {due.position for due, _ in movable(found, today=policy.today)}:
        raise Conflict("The date of this payment cannot be moved any more. Pay it on its day, or contact us.")
    check_move(
        found.row(position).due_on, to, following_on=_following_on(found, position),
        is_used=plan.moved_position is not None, today=policy.today,
    )  # fmt: skip
    if not plans.change(session, plan, {"moved_position": position, "moved_at": now}):
        raise Conflict("This plan has been changed meanwhile. Look at it again.")
    plans.move_instalment(session, plan.id, position, to)
    tell(
        session, plan, "moved", policy=policy, now=now, actor=actor, position=position,
        amount_cents=found.row(position).left_cents, words=to.isoformat(),
    )  # fmt: skip
    _tell_customer(session, plan, now=now)


def pause(session: Session, plan: PlanRow, *, words: str, policy: Policy, now: datetime, actor: str) -> None:
    """Nothing is collected, and nothing becomes late, until it goes on."""
    step(session, plan, "paused", policy=policy, now=now, actor=actor, words=words, values={"paused_on": policy.today})
    _tell_customer(session, plan, now=now)


def resume(session: Session, found: PlanStanding, *, policy: Policy, now: datetime, actor: str) -> None:
    """Go on: what had not come due by the pause comes as much later as it lasted."""
    plan = found.plan
    if plan.paused_on is None:
        raise Conflict("This plan is not paused.")
    after = resumed(_dues(found), paused_on=plan.paused_on, resumed_on=policy.today)
    step(
        session, plan, "active", policy=policy, now=now, actor=actor, kind="resumed",
        values={"paused_on": None, "cure_by": None},
    )  # fmt: skip
    _set_dates(session, found, after)
    _tell_customer(session, plan, now=now)


def put_off(session: Session, found: PlanStanding, days: int, *, policy: Policy, now: datetime, actor: str) -> None:
    """The owner lets everything that is still to be paid come so many days later, which needs nobody's consent."""
    if not 1 <= days <= LONGEST_DELAY_DAYS:
        raise Refusal("Choose from 1 to %(most)s days.", field="days", most=LONGEST_DELAY_DAYS)
    delay = timedelta(days=days)
    after = [due._replace(due_on=due.due_on + delay) for due in _dues(found) if found.row(due.position).open_cents]
    if found.plan.state not in ("active", "paused") or not after:
        raise Conflict("This plan has been changed meanwhile. Look at it again.")
    assert not needs_consent(_dues(found), after)
    if not plans.change(session, found.plan, {"cure_by": None, "moved_at": now}):
        raise Conflict("This plan has been changed meanwhile. Look at it again.")
    _set_dates(session, found, after)
    tell(session, found.plan, "put_off", policy=policy, now=now, actor=actor, words=str(days))
    _tell_customer(session, found.plan, now=now)


def cancel(session: Session, found: PlanStanding, *, words: str, policy: Policy, now: datetime, actor: str) -> None:
    """The owner ends the plan: what is left is due again as it was before. What is under way still arrives."""
    if not words.strip():
        raise Refusal("Write why, in words that the customer reads.", field="words")
    step(
        session, found.plan, "cancelled", policy=policy, now=now, actor=actor, words=words.strip(),
        amount_cents=found.left_cents,
    )  # fmt: skip
    _tell_customer(session, found.plan, now=now)


def pay_by_hand(session: Session, plan: PlanRow, *, policy: Policy, now: datetime, actor: str) -> None:
    """Leave automatic payments: from now on each instalment is paid by hand. What is at the bank already arrives."""
    if plan.method_id is None:
        raise Conflict("You pay this plan by hand already.")
    if not plans.change(session, plan, {"method_id": None, "moved_at": now}):
        raise Conflict("This plan has been changed meanwhile. Look at it again.")
    tell(session, plan, "by_hand", policy=policy, now=now, actor=actor)
    _tell_customer(session, plan, now=now)


def _dues(found: PlanStanding) -> Sequence[Due]:
    return [Due(row.position, row.due_on, row.amount_cents) for row in found.agreed]


def _following_on(found: PlanStanding, position: int) -> date | None:
    return next((row.due_on for row in found.rows if row.position > position and row.open_cents), None)


def _set_dates(session: Session, found: PlanStanding, after: Sequence[Due]) -> None:
    for due in after:
        if found.row(due.position).open_cents:
            plans.move_instalment(session, found.plan.id, due.position, due.due_on)


def _tell_customer(session: Session, plan: PlanRow, *, now: datetime) -> None:
    # The letter says what the last event of the plan was.
    key = f"plan_changed:{plan.id}:{plan.version}"
    letters.stage_to_contact(session, "plan_changed", key, plan.account_id, plan.contact_id, now=now, plan_id=plan.id)
