"""One step of a payment plan: from a state to the next, written into its story and the history.

Whoever decides on an older version is refused: somebody else has moved the plan meanwhile.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from portal.actions import history
from portal.actions.policies import Policy
from portal.records import Session, plans
from portal.records.plans import EventRow, PlanRow
from portal.rules.plans import ENDED, State
from portal.rules.refusals import Conflict

_FROM: Mapping[State, frozenset[str]] = {
    "declined": frozenset({"requested", "offered"}),
    "withdrawn": frozenset({"requested", "offered"}),
    "expired": frozenset({"offered"}),
    "active": frozenset({"offered", "paused"}),
    "paused": frozenset({"active"}),
    "completed": frozenset({"active", "paused"}),
    "defaulted": frozenset({"active"}),
    "cancelled": frozenset({"active", "paused"}),
    "replaced": frozenset({"active", "paused"}),
}
_NO_VALUES: Mapping[str, Any] = MappingProxyType({})


def step(
    session: Session,
    plan: PlanRow,
    state: State,
    *,
    policy: Policy,
    now: datetime,
    actor: str,
    kind: str | None = None,
    words: str = "",
    amount_cents: int | None = None,
    values: Mapping[str, Any] = _NO_VALUES,
) -> PlanRow:
    """Move a plan on, and answer it as it is then; Conflict where that is not possible any more. `kind` names the
    event where the state alone does not."""
    if plan.state not in _FROM[state]:
        raise Conflict("This plan has been changed meanwhile. Look at it again.")
    ending = {"ended_on": policy.today, "cure_by": None} if state in ENDED else {}
    if not plans.change(session, plan, {"state": state, "moved_at": now, **ending, **values}):
        raise Conflict("This plan has been changed meanwhile. Look at it again.")
    if state in ENDED:
        plans.let_go(session, plan.id)
    tell(session, plan, kind or state, policy=policy, now=now, actor=actor, words=words, amount_cents=amount_cents)
    return plans.by_id(session, plan.id)


def tell(
    session: Session,
    plan: PlanRow,
    kind: str,
    *,
    policy: Policy,
    now: datetime,
    actor: str,
    position: int | None = None,
    amount_cents: int | None = None,
    words: str = "",
) -> None:
    """Write something that happened to a plan into its story, and into the history of everything."""
    plans.add_event(session, EventRow(plan.id, now, policy.today, kind, actor, position, amount_cents, words))
    history.write(
        session,
        action=f"plan.{kind}",
        actor=actor,
        now=now,
        account_id=plan.account_id,
        detail={"plan": plan.number, "position": position, "amount_cents": amount_cents, "words": words},
    )
