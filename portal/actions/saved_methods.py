"""Cards and bank accounts kept at Stripe: saved with their holder's consent, kept up to date, and ended.

What ends in the books ends at once; Stripe is told after that, again and again until it has heard.
"""

from datetime import datetime

import structlog

from portal.actions import autopays, history, letters, policies
from portal.actions.plan_steps import tell
from portal.gateways import stripe_saving
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_saved_values import MethodFacts
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import Session, collections, ledger, plans
from portal.records import autopays as autopay_records
from portal.records import saved_methods as records
from portal.records.plans import PlanRow
from portal.records.saved_methods import MethodRow
from portal.resources import Resources
from portal.rules.collecting import is_expired
from portal.rules.methods import shown
from portal.rules.refusals import NotFound

KINDS = ("card", "us_bank_account")
_LONGEST_NAME = 100
_LONGEST_LAST4 = 8

log = structlog.get_logger()


def save(
    session: Session,
    account_id: int,
    *,
    contact_id: int | None,
    session_id: int | None,
    facts: MethodFacts,
    mandate_id: str | None,
    consent: str,
    now: datetime,
) -> MethodRow:
    """Remember a method that Stripe keeps; one that is known already answers its row, living or not."""
    ledger.lock_account(session, account_id)
    known = records.by_stripe_id(session, facts.payment_method_id)
    if known is not None:
        return known
    method = records.add(
        session,
        {
            "account_id": account_id,
            "contact_id": contact_id,
            "session_id": session_id,
            "payment_method_id": facts.payment_method_id,
            "customer_id": facts.customer_id,
            "mandate_id": mandate_id,
            "kind": facts.kind,
            **_shown(facts),
            "consent": consent,
            "saved_at": now,
        },
    )
    _write(session, method, "method.saved", "customer", now=now)
    return method


def put_on_plan(session: Session, method: MethodRow, plan_id: int, *, now: datetime, actor: str) -> bool:
    """Charge a living method for a plan of its account; False where the plan is not kept any more."""
    plan = plans.by_id(session, plan_id)
    if method.ended_at is not None or plan.account_id != method.account_id:
        return False
    if not records.put_on_plan(session, plan_id, method.id):
        return False
    _begin_with(session, method, plan, now=now, actor=actor)
    return True


def charge_again(session: Session, method: MethodRow, plan_id: int, *, now: datetime, actor: str) -> None:
    """Charge the same method again for what it was not charged for any more: its holder has chosen it anew."""
    plan = plans.by_id(session, plan_id)
    if method.ended_at is not None or plan.method_id != method.id or not collections.has_stopped(session, plan_id):
        return
    _begin_with(session, method, plan, now=now, actor=actor)


def end_method(session: Session, method: MethodRow, *, why: str, now: datetime, actor: str) -> bool:
    """Charge a method no more, for anything, and tell whom it concerns; False where it had ended before.

    `why`: removed, detached, expired, mandate_ended, refused or replaced. Its plans are paid by hand from then on.
    """
    ledger.lock_account(session, method.account_id)
    if not records.end(session, method.id, why=why, now=now):
        return False
    autopay = autopay_records.in_force(session, method.account_id)
    is_autopay = autopay is not None and autopay.method_id == method.id
    if is_autopay:
        autopays.turn_off(session, method.account_id, why="method_ended", now=now, actor=actor)
    policy = policies.load(session, now=now)
    concerned = records.take_off_plans(session, method.id)
    for plan_id in concerned:
        plan = plans.by_id(session, plan_id)
        tell(session, plan, "method_ended", policy=policy, now=now, actor=actor, words=_called(method))
    records.stop_collections(session, method_id=method.id, why="method_ended")
    if why == "detached":
        records.change(session, method.id, {"detached_at": now})
    key = f"method_ended:{method.id}"
    letters.stage_to_contact(
        session, "method_ended", key, method.account_id, method.contact_id, now=now, method_id=method.id
    )
    if is_autopay or concerned:
        letters.stage_to_seller(
            session, "seller_method_ended", f"seller_{key}", method.account_id, now=now, method_id=method.id
        )
    _write(session, method, "method.ended", actor, now=now, why=why)
    return True


def remove(
    resources: Resources, account_id: int, public_id: str, *, now: datetime, actor: str = "customer"
) -> MethodRow:
    """End a method because its holder wishes so: in the books at once, at Stripe as soon as it answers."""
    with resources.writing() as session:
        method = records.find(session, account_id, public_id)
        if method is None:
            raise NotFound("This card or bank account is not part of the account that your link opens.")
        end_method(session, method, why="removed", now=now, actor=actor)
        method = records.by_id(session, method.id)
    if method.detached_at is None:
        _detach(resources, method, now=now)
    return method


def detach_waiting(resources: Resources, *, now: datetime) -> int:
    """Have Stripe forget what has ended here; returns how many it has."""
    with resources.reading() as session:
        waiting = records.undetached(session)
    return sum(_detach(resources, method, now=now) for method in waiting)


def look_again(resources: Resources, payment_method_id: str, *, now: datetime) -> bool:
    """Bring a method to what Stripe says of it now; False where it is none of ours.

    Stripe itself renews cards and lets mandates end. Raises StripeUnavailable, StripeRefused.
    """
    with resources.reading() as session:
        method = records.by_stripe_id(session, payment_method_id)
    if method is None:
        return False
    if method.ended_at is not None:
        return True
    stripe = _stripe(resources)
    facts = _read(stripe, payment_method_id)
    is_revoked = False
    if facts is not None and facts.customer_id is not None and method.mandate_id is not None:
        is_revoked = stripe_saving.read_mandate(stripe, method.mandate_id).status == "inactive"
    with resources.writing() as session:
        ledger.lock_account(session, method.account_id)
        if facts is None or facts.customer_id is None:
            end_method(session, method, why="detached", now=now, actor="stripe")
            return True
        records.change(session, method.id, _shown(facts))
        today = policies.load(session, now=now).today
        if is_revoked:
            end_method(session, method, why="mandate_ended", now=now, actor="stripe")
        elif is_expired(facts.exp_month, facts.exp_year, on=today):
            end_method(session, method, why="expired", now=now, actor="stripe")
    return True


def save_from_payment(resources: Resources, attempt_id: int, *, now: datetime) -> bool:
    """Save the method of a payment that asked for it, and charge it for the payment's plan; whether that is done.

    Stripe is read for it, so it comes after the posting; where Stripe does not answer, the worker does it later.
    """
    with resources.reading() as session:
        wanted = records.saving(session, attempt_id)
    if wanted is None:
        return True
    if wanted.payment_intent_id is None:
        return False
    try:
        stripe = _stripe(resources)
        payment = stripe.read_payment_by_intent(wanted.payment_intent_id)
        used = payment.charge.payment_method_id if payment.charge else None
        used = used or (payment.intent.payment_method_id if payment.intent else None)
        facts = _read(stripe, used) if used else None
    except (StripeUnavailable, StripeRefused) as error:
        log.warning("method.not_saved", attempt=attempt_id, error=repr(error))
        return False
    with resources.writing() as session:
        ledger.lock_account(session, wanted.account_id)
        if records.saving(session, attempt_id) is None:
            return True
        records.saving_done(session, attempt_id)
        if facts is None or facts.customer_id is None or facts.kind not in KINDS:
            log.warning("method.not_kept", attempt=attempt_id)
            return True
        method = save(
            session,
            wanted.account_id,
            contact_id=wanted.contact_id,
            session_id=wanted.session_id,
            facts=facts,
            mandate_id=payment.charge.mandate_id if payment.charge else None,
            consent=wanted.consent,
            now=now,
        )
        if wanted.plan_id is not None:
            put_on_plan(session, method, wanted.plan_id, now=now, actor="customer")
    return True


def save_waiting(resources: Resources, *, now: datetime) -> int:
    """Save what payments should have saved and Stripe did not answer for; returns how many are done."""
    with resources.reading() as session:
        waiting = records.all_saving(session)
    return sum(save_from_payment(resources, each.attempt_id, now=now) for each in waiting)


def _begin_with(session: Session, method: MethodRow, plan: PlanRow, *, now: datetime, actor: str) -> None:
    """Whatever has stopped of the plan goes on, with the method that its holder has chosen."""
    collections.let_go_on(session, plan.id)
    policy = policies.load(session, now=now)
    tell(session, plan, "method_set", policy=policy, now=now, actor=actor, words=_called(method))
    key = f"plan_method:{plan.id}:{method.id}:{now.isoformat()}"
    letters.stage_to_contact(session, "plan_method", key, plan.account_id, plan.contact_id, now=now, plan_id=plan.id)


def _detach(resources: Resources, method: MethodRow, *, now: datetime) -> bool:
    try:
        stripe_saving.detach_method(_stripe(resources), method.payment_method_id)
    except (StripeUnavailable, StripeRefused) as error:
        log.warning("method.not_detached", method=method.id, error=repr(error))
        return False
    with resources.writing() as session:
        records.change(session, method.id, {"detached_at": now})
    return True


def _read(stripe: StripeCheckouts, payment_method_id: str) -> MethodFacts | None:
    """None for one that Stripe does not know any more."""
    try:
        return stripe_saving.read_method(stripe, payment_method_id)
    except StripeRefused as refused:
        if refused.code != "resource_missing":
            raise
        return None


def _shown(facts: MethodFacts) -> dict[str, object]:
    return {
        "name": (facts.name or "")[:_LONGEST_NAME],
        "last4": (facts.last4 or "")[:_LONGEST_LAST4],
        "exp_month": facts.exp_month,
        "exp_year": facts.exp_year,
    }


def _called(method: MethodRow) -> str:
    return shown(method.name, method.last4)


def _stripe(resources: Resources) -> StripeCheckouts:
    if resources.stripe is None:
        raise StripeUnavailable("No Stripe key is set.")
    return resources.stripe


def _write(session: Session, method: MethodRow, action: str, actor: str, *, now: datetime, why: str = "") -> None:
    detail = {"method": method.id, "kind": method.kind, "name": _called(method), "why": why}
    history.write(session, action=action, actor=actor, now=now, account_id=method.account_id, detail=detail)
