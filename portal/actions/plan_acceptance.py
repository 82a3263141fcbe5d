"""Accepting a payment plan, with its evidence: what was shown is what is agreed, or nothing is.

From the moment it is accepted its charges are on the plan: not chased, and without late fees while it is kept.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.actions import history, letters, plan_consents, plan_standing, plans, statements
from portal.actions.access import Access
from portal.actions.plan_consents import Charging, Seen
from portal.actions.plan_steps import step
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, agreements, ledger, plan_evidence, plan_money
from portal.records import plans as records
from portal.records.plans import CoveredRow, InstalmentRow, OptionRow, PlanRow
from portal.rules.plans import KEPT, Due
from portal.rules.refusals import Conflict, Refusal

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a customer did: the option, the name they typed, what they ticked (word for word, by field), the terms they
    saw, the paper of them, when and where they saw them, and what they let be charged (None: they pay by hand)."""

    option: int
    name: str
    consents: Mapping[str, str]
    terms: Mapping[str, Any]
    pdf: bytes
    seen: Seen
    charging: Charging | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer as it stands now: what it would cover, the payments of each of its options, and the plan whose place it
    would take."""

    plan: PlanRow
    covered: Sequence[CoveredRow]
    options: Sequence[tuple[OptionRow, Sequence[Due]]]
    replaces: PlanRow | None

    def dues(self, option: int) -> Sequence[Due] | None:
        return next((dues for row, dues in self.options if row.position == option), None)


def offered(session: Session, plan: PlanRow, standing: Standing, *, policy: Policy) -> Offered:
    """The offer as it can be accepted now. Refuses one that is over, or whose charges are no longer open as they
    were."""
    if plan.state != "offered" or (plan.expires_on is not None and plan.expires_on < policy.today):
        raise Conflict("This offer is no longer open. Look at your statement, or ask for a plan again.")
    covered = records.covered(session, plan.id)
    replaces = records.by_id(session, plan.replaces_id) if plan.replaces_id is not None else None
    there = _there(session, replaces, standing, policy=policy)
    if any(there.get(row.charge_id, 0) < row.covered_cents for row in covered):
        raise Conflict(
            "What you owe has changed since this plan was made. Look at your statement, then make or ask for a new one."
        )
    found = records.options(session, plan.id)
    options = [(row, plans.dues_of(plan, row, today=policy.today)) for row in found]
    return Offered(plan, covered, options, replaces)


def is_open(session: Session, plan: PlanRow, standing: Standing, *, policy: Policy) -> bool:
    """Whether it is an offer that can be accepted now."""
    try:
        offered(session, plan, standing, policy=policy)
    except Conflict:
        return False
    return True


def accept(
    session: Session, access: Access, public_id: str, given: Acceptance, *, policy: Policy, now: datetime
) -> PlanRow:
    """Accept an option of an offer; answers the plan, which is in force from then on. Twice is once.

    Refuses where what was shown is not what would be agreed now: nothing is agreed then.
    """
    ledger.lock_account(session, access.account.id)
    plan = records.find(session, access.account.id, public_id)
    if plan is None:
        raise Conflict("This offer is no longer open. Look at your statement, or ask for a plan again.")
    if plan.state in KEPT:
        return plan
    assert access.contact_id is not None
    standing = statements.load(session, access.account, on=policy.today, policy=policy)
    found = offered(session, plan, standing, policy=policy)
    dues = found.dues(given.option)
    if dues is None:
        raise Refusal("Choose one of the ways to pay.", field="option")
    _check_shown(given.terms, plan, dues)
    if found.replaces is not None:
        step(session, found.replaces, "replaced", policy=policy, now=now, actor=access.actor, words=plan.number)
    records.choose(session, plan.id, given.option)
    records.set_covered(session, plan.id, {row.charge_id: row.covered_cents for row in found.covered}, is_active=True)
    records.add_instalments(
        session, [InstalmentRow(plan.id, due.position, due.due_on, due.due_on, due.amount_cents) for due in dues]
    )
    accepted = step(
        session, plan, "active", policy=policy, now=now, actor=access.actor, kind="accepted",
        amount_cents=plan.total_cents,
        values={
            "accepted_at": _after_what_came(session, found, now=now),
            "accepted_on": policy.today,
            "contact_id": access.contact_id,
            "grace_days": policy.plan_grace_days,
            "cure_days": policy.plan_cure_days,
        },
    )  # fmt: skip
    _keep_evidence(session, access, accepted, given, now=now)
    letters.stage_to_contact(
        session, "plan_accepted", f"plan_accepted:{plan.id}", plan.account_id, access.contact_id, now=now,
        plan_id=plan.id,
    )  # fmt: skip
    letters.stage_to_seller(
        session, "seller_plan_accepted", f"seller_plan_accepted:{plan.id}", plan.account_id, now=now, plan_id=plan.id
    )
    return accepted


def _after_what_came(session: Session, found: Offered, *, now: datetime) -> datetime:
    """Later than any money that the offer has counted: whoever recorded it may have held the account for us, or at the
    same moment."""
    last_at = plan_money.last_put_at(session, [row.charge_id for row in found.covered])
    return now if last_at is None else max(now, last_at + timedelta(microseconds=1))


def _there(session: Session, replaced: PlanRow | None, standing: Standing, *, policy: Policy) -> dict[int, int]:
    """What can be put on a plan, in cents by charge: what is payable, and what is on the plan that it replaces."""
    if replaced is None or replaced.state not in KEPT:
        return plans.coverable(standing)
    return plans.coverable(standing, replaced=plan_standing.load(session, replaced, standing, policy=policy))


def _check_shown(terms: Mapping[str, Any], plan: PlanRow, dues: Sequence[Due]) -> None:
    shown = [(row["position"], date.fromisoformat(row["due_on"]), row["cents"]) for row in terms["rows"]]
    if terms["plan"] != plan.number or shown != [tuple(due) for due in dues]:
        raise Conflict("The plan has changed since you opened this page. Read it again before you agree.")


def _keep_evidence(session: Session, access: Access, plan: PlanRow, given: Acceptance, *, now: datetime) -> None:
    pdf_sha256 = hashlib.sha256(given.pdf).digest()
    who = plan_evidence.confirmed(session, given.seen.device_id)
    agreements.add(
        session,
        {
            "plan_id": plan.id,
            "terms": dict(given.terms),
            "pdf": given.pdf,
            "pdf_sha256": pdf_sha256,
            "name": given.name[:LONGEST_NAME],
            "consents": dict(given.consents),
            "accepted_at": now,
            "confirmed_at": who.confirmed_at,
            "confirmed_in": who.user_agent,
            **plan_consents.proof(access, who, given.seen),
        },
    )
    history.write(
        session,
        action="plan.agreed",
        actor=access.actor,
        now=now,
        account_id=plan.account_id,
        detail={"plan": plan.number, "pdf_sha256": pdf_sha256.hex(), "device": given.seen.device_id},
    )
    if given.charging is not None:
        plan_consents.keep(session, access, plan, given.charging, given.seen, now=now)
