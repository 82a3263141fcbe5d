"""Giving money back: asked for and saved first, then sent to Stripe by a key of the row's own, then read and posted.

A refund whose answer was lost is looked for at Stripe before it is asked for again, however long ago that was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from portal.actions import credit_memos, history, letters, payments, policies, statements
from portal.actions.policies import Policy
from portal.actions.taking_back import Cause, take_off
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import Session, accounts, attempts, charges, ledger, reversals
from portal.records.ledger import PaymentRow
from portal.records.reversals import RefundRow
from portal.resources import Resources
from portal.rules import reversal_movements as movements
from portal.rules.dates import local_day
from portal.rules.ledger import LedgerAccount, Movement
from portal.rules.money import stripe_step_cents, words
from portal.rules.refusals import Conflict, Refusal
from portal.rules.reversals import take_back

# https://docs.stripe.com/payments/ach-direct-debit#refunds
_BANK_LIMIT = timedelta(days=180)
_KEY_IS_WRONG = (401, 403)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be given back: all that is left where no amount is named.

    `covers`: credit memos take the place of the money, so that its invoices stay paid; False opens them again; None
    where no invoice is concerned. `despite_return`: a bank debit may still be returned by the bank as well.
    `shown_cents` is what was left of it when it was looked at, where somebody looked.
    """

    amount_cents: int | None = None
    covers: bool | None = None
    reason: str = ""
    despite_return: bool = False
    shown_cents: int | None = None


def refund(resources: Resources, payment: PaymentRow, wish: Wish, *, now: datetime, actor: str) -> RefundRow:
    """Give money back and answer what became of it: by Stripe if it came so, else by the owner's own means.

    Raises Refusal, and then nothing was given back. Where Stripe does not answer, the refund is `created` and the
    worker goes on with it.
    """
    with resources.writing() as session:
        row = ask(session, payment, wish, now=now, actor=actor)
    if payment.stripe_charge_id is not None:
        send(resources, row, now=now)
    with resources.reading() as session:
        return reversals.refund_by_id(session, row.id)


def ask(session: Session, payment: PaymentRow, wish: Wish, *, now: datetime, actor: str) -> RefundRow:
    """Save what is to be given back, to be sent by `send`; a payment that came by other means is paid back with it."""
    ledger.lock_account(session, payment.account_id)
    policy = policies.load(session, now=now)
    left = left_to_refund_cents(session, payment)
    if wish.shown_cents not in (None, left):
        raise Conflict("This payment has changed since the page was shown. Look at what happened to it first.")
    amount_cents = left if wish.amount_cents is None else wish.amount_cents
    _check_amount(payment, amount_cents, left)
    if payment.stripe_charge_id is not None:
        _check_stripe(session, payment, wish, now=now)
    _check_promises(session, payment, amount_cents, policy=policy)
    reopens = _reopens(session, payment, amount_cents)
    if reopens and wish.covers is None:
        raise Refusal(
            "This opens %(numbers)s again. Say whether that is right, or whether a credit memo is to take its place.",
            field="covers",
            numbers=", ".join(reopens),
        )
    row = reversals.add_refund(
        session,
        {
            "account_id": payment.account_id,
            "payment_id": payment.id,
            "amount_cents": amount_cents,
            "state": "created",
            "covers": bool(wish.covers),
            "reason": wish.reason,
            "asked_by": actor,
            "created_at": now,
        },
    )
    history.write(
        session,
        action="refund.asked",
        actor=actor,
        now=now,
        account_id=payment.account_id,
        detail={"payment": payment.id, "amount_cents": amount_cents, "covers": bool(wish.covers)},
    )
    if payment.stripe_charge_id is None:
        _pay_back(session, payment, row, zone=policy.time_zone, now=now)
    return row


def send_waiting(resources: Resources, *, now: datetime) -> int:
    """Go on with refunds of which Stripe's answer is not known; returns how many are known now."""
    with resources.reading() as session:
        waiting = reversals.unsent_refunds(session)
    return sum(send(resources, row, now=now) for row in waiting)


def send(resources: Resources, row: RefundRow, *, now: datetime) -> bool:
    """Have Stripe give the money back; whether it said yes or no. Safe to repeat at any time."""
    if resources.stripe is None:
        return False
    with resources.reading() as session:
        payment = ledger.payment_by_id(session, row.payment_id)
        attempt = attempts.by_id(session, payment.attempt_id) if payment.attempt_id else None
    if attempt is None or attempt.payment_intent_id is None:
        return False
    try:
        if _is_made(resources, resources.stripe, attempt.payment_intent_id, row, now=now):
            payments.sync_payment(resources, attempt.id, now=now)
    except (StripeUnavailable, StripeRefused, payments.Contended) as error:
        # What became of it is not known: it is looked for again before anything else.
        log.warning("refund.waits", refund=row.id, error=repr(error))
        return False
    return True


def left_to_refund_cents(session: Session, payment: PaymentRow) -> int:
    """What of the payment has neither gone back nor is about to."""
    gone = sum(_left_again(movement) for movement in ledger.of_payment(session, payment.id))
    asked = sum(row.amount_cents for row in reversals.refunds_of(session, [payment.id]) if row.state == "created")
    return max(0, payment.amount_cents - gone - asked)


def _left_again(movement: Movement) -> int:
    """What a movement took away from the payment for good; below zero where it brought that back."""
    outside = (LedgerAccount.CLEARING, LedgerAccount.BANK, LedgerAccount.CHARGEBACKS_HELD)
    if movement.debit is LedgerAccount.UNAPPLIED and movement.credit in outside:
        return movement.amount_cents
    is_back = movement.source.endswith("/failed") or "/reinstated/" in movement.source
    return -movement.amount_cents if is_back else 0


def _check_amount(payment: PaymentRow, amount_cents: int, left_cents: int) -> None:
    currency = payment.currency
    if left_cents == 0:
        raise Conflict("Nothing of this payment is left to give back.")
    if not 0 < amount_cents <= left_cents:
        raise Refusal(
            "%(amount)s of this payment can be given back.", field="amount", amount=words(left_cents, currency)
        )
    step = stripe_step_cents(currency)
    if payment.stripe_charge_id is not None and amount_cents % step:
        raise Refusal("Stripe gives back in steps of %(step)s only.", field="amount", step=words(step, currency))


def _check_promises(session: Session, payment: PaymentRow, amount_cents: int, *, policy: Policy) -> None:
    """Credit that a payment under way has been promised is not given away."""
    unapplied = min(amount_cents, reversals.unapplied(session, payment.id))
    account = accounts.by_id(session, payment.account_id)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    if unapplied > standing.spare_credit_cents:
        raise Conflict(
            "The customer is using this credit for a payment that is under way. Wait until it has arrived, or give "
            "back %(amount)s or less.",
            amount=words(standing.spare_credit_cents, payment.currency),
        )


def _check_stripe(session: Session, payment: PaymentRow, wish: Wish, *, now: datetime) -> None:
    contested = [row for row in reversals.contested(session, payment.account_id) if row.payment_id == payment.id]
    if any(row.kind != "inquiry" for row in contested):
        raise Conflict("The customer's bank disputes this payment. Answer the dispute in Stripe instead.")
    if payment.method != "us_bank_account":
        return
    if now - payment.started_at > _BANK_LIMIT:
        raise Conflict("Stripe gives bank debits back within 180 days only. Pay it back by other means.")
    if not wish.despite_return:
        raise Refusal(
            "A bank debit can still be returned by the customer's bank, who would then have the money twice. "
            "Say that you want to give it back all the same.",
            field="despite_return",
        )


def _reopens(session: Session, payment: PaymentRow, amount_cents: int) -> Sequence[str]:
    """Numbers of the charges that giving this back would open again."""
    taken = take_back(
        amount_cents,
        unapplied_cents=reversals.unapplied(session, payment.id),
        applied=reversals.applied(session, payment.id),
        reverses_discounts=False,
    )
    day = payment.received_on
    return [charges.by_id(session, release.charge_id, day).number for release in taken.releases]


def _pay_back(session: Session, payment: PaymentRow, row: RefundRow, *, zone: str, now: datetime) -> None:
    """By cheque, wire or cash: the owner has done it, and the books follow."""
    account = accounts.by_id(session, payment.account_id)
    today = local_day(now, zone)
    on = max(today, reversals.latest_on(session, payment.id))
    cause = Cause(f"refund:{row.id}", on, today, now)
    taken = take_off(session, account, payment, row.amount_cents, cause, reverses_discounts=False)
    posted = movements.paid_back(row.id, payment.id, amount_cents=row.amount_cents, on=on)
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=now)
    if row.covers:
        credit_memos.cover(session, account, taken.releases, zone=zone, reason=row.reason, on=on, now=now)
    reversals.change_refund(session, row.id, state="succeeded")
    letters.stage_to_customer(session, "refund", f"refund:{row.id}", payment, now=now, refund_id=row.id)


def _is_made(resources: Resources, stripe: StripeCheckouts, intent_id: str, row: RefundRow, *, now: datetime) -> bool:
    """Whether Stripe has made it, asking for it where it has not; False where Stripe will not.

    Stripe forgets keys after a day, so whether it was made already is asked first. Raises StripeUnavailable, and
    StripeRefused where the key or the question is wrong and nothing is known.
    """
    if any(
        refund.metadata.get("refund") == row.public_id for refund in stripe.read_payment_by_intent(intent_id).refunds
    ):
        return True
    try:
        stripe.create_refund(
            intent_id,
            row.amount_cents,
            metadata={"instance": resources.settings.instance, "refund": row.public_id},
            idempotency_key=f"refund-{row.public_id}-{row.version}",
        )
    except StripeUnavailable as unavailable:
        if unavailable.is_remembered:
            with resources.writing() as session:
                reversals.change_refund(session, row.id, version=row.version + 1)
        raise
    except StripeRefused as refused:
        if refused.status in _KEY_IS_WRONG:
            raise
        _refuse(resources, row, refused, now=now)
        return False
    return True


def _refuse(resources: Resources, row: RefundRow, refused: StripeRefused, *, now: datetime) -> None:
    with resources.writing() as session:
        reversals.change_refund(session, row.id, state="refused", failure=refused.message[:200])
        letters.stage_to_seller(
            session,
            "seller_refund_failed",
            f"seller_refund_refused:{row.id}",
            row.account_id,
            now=now,
            payment_id=row.payment_id,
            refund_id=row.id,
        )
