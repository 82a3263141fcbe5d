"""What a try to charge a saved method led to, written in the transaction that learns of it.

Money that came or is on its way is told by the attempt, whoever read it; a refusal only by the answer to the try
itself, since an intent that is read later may still show the refusal of the try before.
"""

from datetime import datetime, timedelta

from portal.actions import collection_letters, saved_methods
from portal.actions.collection_sums import kind_of
from portal.actions.plan_steps import tell
from portal.actions.policies import Policy
from portal.gateways.stripe_values import IntentFacts
from portal.records import Session, collections, ledger, plans
from portal.records import saved_methods as method_records
from portal.records.attempts import AttemptRow
from portal.records.collections import CollectionRow, TryRow
from portal.rules.collecting import after_refusal, is_hard

_UNANSWERED = frozenset({"requires_confirmation", "processing", "succeeded", "canceled"})


def note(
    session: Session, attempt: AttemptRow, state: str, failure: str | None, *, policy: Policy, now: datetime
) -> None:
    """An attempt has come to this state: a collection, or a payment by hand, which only a plan hears of."""
    if attempt.collection_id is None:
        if attempt.plan_id is not None and state == "succeeded":
            _tell_by_hand(session, attempt, attempt.plan_id, policy=policy, now=now)
        return
    ledger.lock_account(session, attempt.account_id)
    row = collections.by_id(session, attempt.collection_id)
    tried = _last_of(session, row, attempt)
    if state == "processing":
        _told(session, tried, "processing", now=now)
        collections.change(session, row, state="trying", why="")
    elif state == "succeeded":
        _told(session, tried, "succeeded", now=now)
        collections.change(session, row, state="done", why="")
        _tell_plan(session, row, "paid", attempt.amount_cents, policy=policy, now=now)
    elif state == "failed" and tried is not None:
        _refuse(session, row, tried, failure or "unknown", policy=policy, now=now)
    elif state == "cancelled":
        if tried is not None and tried.outcome is None:
            _told(session, tried, "cancelled", now=now)
        if row.state in ("trying", "confirming"):
            collections.change(session, row, state="waiting", next_on=policy.today + timedelta(days=1))


def answer(
    session: Session, attempt: AttemptRow, number: int, intent: IntentFacts, *, policy: Policy, now: datetime
) -> None:
    """What Stripe answered to this very try: a refusal, or that the customer must come."""
    if intent.status in _UNANSWERED:
        return
    code = intent.decline_code or intent.error_code or "authentication_required"
    refuse(session, attempt, number, code, policy=policy, now=now)


def refuse(session: Session, attempt: AttemptRow, number: int, code: str, *, policy: Policy, now: datetime) -> None:
    """This try was refused with that code; told twice it counts once."""
    if attempt.collection_id is None:
        return
    ledger.lock_account(session, attempt.account_id)
    row = collections.by_id(session, attempt.collection_id)
    tried = next(each for each in collections.tries(session, row.id) if each.number == number)
    if tried.outcome is None:
        _refuse(session, row, tried, code, policy=policy, now=now)


def stop(session: Session, row: CollectionRow, why: str, *, policy: Policy, now: datetime) -> None:
    """It is not tried again with this method: customer and seller are told."""
    if collections.change(session, row, state="stopped", why=why[:80]):
        collection_letters.stopped(session, collections.by_id(session, row.id), now=now)
        _tell_plan(session, row, "refused", row.noticed_cents, policy=policy, now=now, words=why)


def _refuse(session: Session, row: CollectionRow, tried: TryRow, code: str, *, policy: Policy, now: datetime) -> None:
    method = method_records.by_id(session, row.method_id)
    kind, today = kind_of(method), policy.today
    after = after_refusal(kind, code, tries=row.tries, first_on=row.first_tried_on or today, today=today)
    outcome = "authenticate" if after.outcome == "authenticate" else "refused"
    collections.tell(session, tried, outcome=outcome, code=code, now=now)
    if row.state != "trying":
        return
    if after.outcome == "stop":
        stop(session, row, code, policy=policy, now=now)
        if is_hard(kind, code):
            saved_methods.end_method(session, method, why="refused", now=now, actor="stripe")
        return
    _tell_plan(session, row, "refused", tried.amount_cents, policy=policy, now=now, words=code)
    if after.outcome == "authenticate":
        collections.change(session, row, state="confirming", why=code[:80])
        collection_letters.confirm(session, collections.by_id(session, row.id), tried.number, now=now)
    else:
        collections.change(session, row, state="waiting", why=code[:80], next_on=after.on)
        collection_letters.refused(session, collections.by_id(session, row.id), tried.number, now=now)


def _last_of(session: Session, row: CollectionRow, attempt: AttemptRow) -> TryRow | None:
    of_attempt = [each for each in collections.tries(session, row.id) if each.attempt_id == attempt.id]
    return of_attempt[-1] if of_attempt else None


def _told(session: Session, tried: TryRow | None, outcome: str, *, now: datetime) -> None:
    if tried is not None:
        collections.tell(session, tried, outcome=outcome, now=now)


def _tell_by_hand(session: Session, attempt: AttemptRow, plan_id: int, *, policy: Policy, now: datetime) -> None:
    tell(
        session, plans.by_id(session, plan_id), "paid", policy=policy, now=now, actor="stripe",
        amount_cents=attempt.amount_cents,
    )  # fmt: skip


def _tell_plan(
    session: Session, row: CollectionRow, kind: str, cents: int, *, policy: Policy, now: datetime, words: str = ""
) -> None:
    if row.plan_id is not None:
        tell(
            session, plans.by_id(session, row.plan_id), kind, policy=policy, now=now, actor="stripe",
            position=row.position, amount_cents=cents, words=words,
        )  # fmt: skip
