"""With what a plan is charged, as its customer chose it: the words of that choice, and what proves it.

Money is taken while nobody is there, so what was agreed to is kept at the moment of choosing and never changed.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from portal.actions import history, saved_methods
from portal.actions.access import Access
from portal.records import Session, ledger, plan_evidence
from portal.records import plan_consents as records
from portal.records import saved_methods as method_records
from portal.records.plan_evidence import ConfirmedRow
from portal.records.plans import PlanRow
from portal.records.saved_methods import MethodRow
from portal.rules.refusals import Conflict

_LONGEST_ADDRESS = 64
_LONGEST_AGENT = 400


@dataclass(frozen=True, slots=True)
class Charging:
    """What is chosen, and the words that were shown for it, word for word. `kind` is card or us_bank_account; without
    `method` it is one that is saved on Stripe's page next."""

    kind: str
    words: str
    method: MethodRow | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """When the words were shown, and to which browser."""

    shown_at: datetime
    address: str
    user_agent: str
    device_id: int


def charge_saved(
    session: Session, access: Access, plan: PlanRow, method: MethodRow, words: str, seen: Seen, *, now: datetime
) -> None:
    """Charge the plan with a method that is saved already, from now on, and keep the words of that. Chosen anew, it is
    charged again for what had stopped."""
    ledger.lock_account(session, access.account.id)
    fresh = method_records.by_id(session, method.id)
    if plan.method_id == fresh.id:
        saved_methods.charge_again(session, fresh, plan.id, now=now, actor=access.actor)
    elif not saved_methods.put_on_plan(session, fresh, plan.id, now=now, actor=access.actor):
        raise Conflict("This card or account cannot be used any more. Choose another.")
    keep(session, access, plan, Charging(fresh.kind, words, fresh), seen, now=now)


def proof(access: Access, who: ConfirmedRow, seen: Seen) -> dict[str, object]:
    """What is kept of every agreement beside its words: when they were shown, to whom, in which browser, from where."""
    return {
        "shown_at": seen.shown_at,
        "contact_name": who.name,
        "contact_email": who.email,
        "address": seen.address[:_LONGEST_ADDRESS],
        "user_agent": seen.user_agent[:_LONGEST_AGENT],
        "session_id": access.session_id,
        "contact_id": access.contact_id,
        "device_id": seen.device_id,
    }


def keep(session: Session, access: Access, plan: PlanRow, charging: Charging, seen: Seen, *, now: datetime) -> None:
    """Keep the words of a choice. The same page sent twice is one choice."""
    ledger.lock_account(session, access.account.id)
    method = charging.method
    chosen = (method.id if method else None, charging.kind, charging.words, seen.shown_at, access.session_id)
    before = records.of_plan(session, plan.id)
    if before and chosen == (
        before[-1].method_id, before[-1].kind, before[-1].words, before[-1].shown_at, before[-1].session_id
    ):  # fmt: skip
        return
    words_sha256 = hashlib.sha256(charging.words.encode()).digest()
    records.add(
        session,
        {
            "plan_id": plan.id,
            "method_id": method.id if method else None,
            "kind": charging.kind,
            "name": method.name if method else "",
            "last4": method.last4 if method else "",
            "exp_month": method.exp_month if method else None,
            "exp_year": method.exp_year if method else None,
            "words": charging.words,
            "words_sha256": words_sha256,
            "agreed_at": now,
            **proof(access, plan_evidence.confirmed(session, seen.device_id), seen),
        },
    )
    history.write(
        session,
        action="plan.charging_agreed",
        actor=access.actor,
        now=now,
        account_id=plan.account_id,
        detail={
            "plan": plan.number,
            "kind": charging.kind,
            "method": method.id if method else None,
            "words_sha256": words_sha256.hex(),
            "device": seen.device_id,
        },
    )
