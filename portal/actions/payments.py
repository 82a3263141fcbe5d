"""The one way in for money from Stripe: read our version, read the whole payment, write if the version still stands.

The webhook, the return page, the retry and whatever else comes end here. Nothing else posts a payment from Stripe.
"""

from datetime import date, datetime

from portal.actions import collection_outcomes, history, letters, policies, reversals, saved_methods
from portal.actions.ledger import Received, post_payment
from portal.actions.policies import Policy
from portal.gateways.stripe_values import ChargeFacts, PaymentFacts, StripeUnavailable
from portal.records import Session, accounts, attempts, ledger
from portal.records import reversals as records
from portal.records.attempts import AttemptRow
from portal.resources import Resources
from portal.rules.allocation import QuoteLine
from portal.rules.dates import local_day

_TRIES = 5
_LONGEST_NAME = 100


class Contended(Exception):
    """Others kept changing the attempt while we read Stripe: whoever called us tries again later."""


class Mismatch(Exception):
    """The payment is not one that we may post; nothing was posted, and the owner must look."""


def sync_payment(resources: Resources, attempt_id: int, *, now: datetime) -> None:
    """Bring the attempt and the books to what Stripe says now.

    Raises StripeUnavailable or StripeRefused where Stripe cannot be read, Contended where others were faster,
    Mismatch where the payment is not what we asked for.
    """
    if resources.stripe is None:
        raise StripeUnavailable("No Stripe key is set.")
    for _ in range(_TRIES):
        with resources.reading() as session:
            attempt = attempts.by_id(session, attempt_id)
        if attempt.checkout_id is not None:
            facts = resources.stripe.read_payment(attempt.checkout_id)
        elif attempt.payment_intent_id is not None:
            facts = resources.stripe.read_payment_by_intent(attempt.payment_intent_id)
        else:
            return
        with resources.writing() as session:
            is_in = bring_in(session, attempt, facts, now=now)
        if is_in:
            if attempt.saves_method is not None:
                saved_methods.save_from_payment(resources, attempt_id, now=now)
            return
    raise Contended(f"attempt {attempt_id} kept changing")


def bring_in(session: Session, attempt: AttemptRow, facts: PaymentFacts, *, now: datetime) -> bool:
    """Write what Stripe's facts change; False where the attempt is no longer the version that was read."""
    if facts.charge is not None and facts.charge.currency != attempt.currency:
        raise Mismatch(f"attempt {attempt.id} is in {attempt.currency}, the charge in {facts.charge.currency}")
    # First the account, then the attempt: whoever has the account may be about to change this attempt (its method is
    # saved so), and would wait for us while we wait for the account.
    ledger.lock_account(session, attempt.account_id)
    intent_id = facts.intent.payment_intent_id if facts.intent else attempt.payment_intent_id
    state, failure = _state(attempt, facts)
    policy = policies.load(session, now=now)
    if state == attempt.state and intent_id == attempt.payment_intent_id:
        return _what_came_back(session, attempt, facts, is_ours=False, policy=policy, now=now)
    has_ended = state in ("succeeded", "failed", "expired", "cancelled")
    ended_at = _settled_at(facts, now) if has_ended else None
    changed = attempts.change(
        session,
        attempt,
        state=state,
        failure=failure,
        payment_intent_id=intent_id,
        processing_at=attempt.processing_at or _processing_at(state, facts, now),
        ended_at=attempt.ended_at or ended_at,
    )
    if changed and state != attempt.state:
        _follow_up(session, attempt, facts, state, failure, policy=policy, now=now)
    return changed and _what_came_back(session, attempt, facts, is_ours=True, policy=policy, now=now)


def _what_came_back(
    session: Session, attempt: AttemptRow, facts: PaymentFacts, *, is_ours: bool, policy: Policy, now: datetime
) -> bool:
    """Refunds, disputes and fees of a payment that is posted; False where the attempt changed since it was read.

    `is_ours`: this transaction has changed the attempt, so that nobody else can.
    """
    payment = ledger.payment_of_attempt(session, attempt.id)
    if payment is None:
        return True
    found = reversals.news(session, payment, facts, policy=policy)
    if found.is_empty:
        return True
    if not is_ours and not attempts.change(session, attempt):
        return False
    reversals.bring_in(session, payment, found, policy=policy, now=now)
    return True


def _state(attempt: AttemptRow, facts: PaymentFacts) -> tuple[str, str | None]:
    """The attempt's state by Stripe's facts, and why it failed. Money received wins over everything."""
    if attempt.state == "succeeded":
        return attempt.state, None
    if facts.succeeded:
        return "succeeded", None
    if facts.processing:
        return "processing", None
    if attempt.state == "processing":
        return "failed", _why(facts)
    is_cancelled = facts.intent is not None and facts.intent.status == "canceled"
    # The intent of a debit that has failed is cancelled before the next one is made, which is under way by then.
    if attempt.collection_id is not None and is_cancelled and attempt.state != "failed":
        return "cancelled", None
    if facts.checkout is not None and facts.checkout.status == "expired":
        return "expired", None
    if facts.checkout is not None and facts.checkout.status == "complete":
        return "failed", _why(facts)
    return attempt.state, attempt.failure


def _why(facts: PaymentFacts) -> str:
    if facts.charge is not None and facts.charge.failure_code:
        return facts.charge.failure_code
    if facts.intent is not None:
        return facts.intent.decline_code or facts.intent.error_code or facts.intent.status
    return "unknown"


def _processing_at(state: str, facts: PaymentFacts, now: datetime) -> datetime | None:
    """Since when the money was under way: a bank debit was, even where we hear of it only at its end."""
    is_debit = facts.charge is not None and facts.charge.method_type != "card"
    if state == "processing" or (is_debit and state in ("succeeded", "failed")):
        return facts.charge.created_at if facts.charge else now
    return None


def _settled_at(facts: PaymentFacts, now: datetime) -> datetime:
    """When the money was booked: a bank debit that arrives today was started days ago."""
    if facts.charge is None or not facts.succeeded:
        return now
    if facts.charge.booked_at is not None:
        return facts.charge.booked_at
    return facts.charge.created_at if facts.charge.method_type == "card" else now


def _follow_up(
    session: Session,
    attempt: AttemptRow,
    facts: PaymentFacts,
    state: str,
    failure: str | None,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """What a new state brings with it, in the same transaction."""
    attempts.let_go(session, attempt.id)
    if state == "succeeded" and facts.charge is not None:
        payment_id = _post(session, attempt, facts.charge, _settled_at(facts, now), policy=policy, now=now)
        action, key = "payment.received", f"receipt:{payment_id}"
        letters.stage_to_payer(session, "receipt", key, attempt, now=now, payment_id=payment_id)
        if records.unapplied(session, payment_id):
            letters.stage_to_seller(
                session,
                "seller_overpaid",
                f"seller_overpaid:{payment_id}",
                attempt.account_id,
                now=now,
                payment_id=payment_id,
            )
    elif state == "processing":
        action = "payment.processing"
        letters.stage_to_payer(session, "processing", f"processing:{attempt.id}", attempt, now=now)
    elif state == "failed":
        action = "payment.failed"
        if attempt.collection_id is None:
            letters.stage_to_payer(session, "payment_failed", f"failed:{attempt.id}", attempt, now=now)
    else:
        action = f"payment.{state}"
    collection_outcomes.note(session, attempt, state, failure, policy=policy, now=now)
    history.write(
        session,
        action=action,
        actor="stripe",
        now=now,
        account_id=attempt.account_id,
        detail={"attempt": attempt.id, "amount_cents": attempt.amount_cents, "failure": failure},
    )


def _post(
    session: Session,
    attempt: AttemptRow,
    charge: ChargeFacts,
    settled_at: datetime,
    *,
    policy: Policy,
    now: datetime,
) -> int:
    known = ledger.payment_of_stripe_charge(session, charge.charge_id)
    if known is not None:
        return known
    quoted = attempts.quoted(session, attempt.id)
    return post_payment(
        session,
        accounts.by_id(session, attempt.account_id),
        Received(
            method=attempt.method,
            amount_cents=charge.captured_cents,
            started_at=charge.created_at,
            discount_on=_discount_on(attempt, charge, policy.time_zone),
            received_on=local_day(settled_at, policy.time_zone),
            attempt_id=attempt.id,
            stripe_charge_id=charge.charge_id,
            reference=_shown(charge),
        ),
        [QuoteLine(line.charge_id, line.pay_cents, line.discount_cents, line.credit_cents) for line in quoted],
        policy=policy,
        now=now,
    )


def _shown(charge: ChargeFacts) -> str:
    """The card or the bank account as a person knows it; banks have long names, and no name may stop a posting."""
    name = (charge.method_name or "")[:_LONGEST_NAME]
    return " ".join(filter(None, (name, charge.last4)))


def _discount_on(attempt: AttemptRow, charge: ChargeFacts, zone: str) -> date:
    """A checkout opened in time honours its quote while it lives (money.md 4), else the day of the charge counts."""
    honoured = charge.created_at < attempt.honoured_until
    return local_day(attempt.quoted_at if honoured else charge.created_at, zone)
