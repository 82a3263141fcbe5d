"""The bundle that proves a plan when it is challenged: its agreement and all that surrounds it, on one paper.

Everything in it is kept as it was, so that the same day's bundle can be made again and its hash compared.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.actions import history
from portal.records import Session, agreements, collections, plan_collections, plan_consents, plan_evidence
from portal.records import plans as records
from portal.records.agreements import AgreementRow
from portal.records.collections import TryRow
from portal.records.plan_collections import CollectingRow
from portal.records.plan_consents import ConsentRow
from portal.records.plan_evidence import AuthorizedRow, SentRow
from portal.records.plans import EventRow, PlanRow
from portal.rules.refusals import NotFound


@dataclass(frozen=True, slots=True)
class Evidence:
    """An agreement, what was chosen to be charged, what was saved for it, sent, tried, and what happened."""

    plan: PlanRow
    agreement: AgreementRow
    chosen: Sequence[ConsentRow]
    authorized: Sequence[AuthorizedRow]
    sent: Sequence[SentRow]
    collected: Sequence[CollectingRow]
    tries: Sequence[TryRow]
    events: Sequence[EventRow]


def load(session: Session, plan: PlanRow) -> Evidence:
    """All of it; NotFound for a plan that nobody has agreed to."""
    agreement = agreements.of_plan(session, plan.id)
    if agreement is None:
        raise NotFound("Nobody has agreed to this plan yet, so there is no evidence.")
    return Evidence(
        plan=plan,
        agreement=agreement,
        chosen=plan_consents.of_plan(session, plan.id),
        authorized=plan_evidence.authorized(session, plan.id),
        sent=plan_evidence.sent(session, plan.id),
        collected=plan_collections.of_plan(session, plan.id),
        tries=collections.tries_of_plan(session, plan.id),
        events=records.events(session, plan.id),
    )


def exported(session: Session, plan: PlanRow, pdf: bytes, *, now: datetime, actor: str) -> str:
    """Write down who took the bundle, and its SHA-256, which is answered as hexadecimal text."""
    digest = hashlib.sha256(pdf).hexdigest()
    history.write(
        session,
        action="plan.evidence_exported",
        actor=actor,
        now=now,
        account_id=plan.account_id,
        detail={"plan": plan.number, "pdf_sha256": digest},
    )
    return digest
