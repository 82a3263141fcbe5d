"""What happens to a payment after it was received: refunds, chargebacks, bank returns, and Stripe's fees.

All of it comes from one reading of the whole payment; what is posted already is left alone (`rules.reversals`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.actions import credit_memos, history, reversal_letters, stripe_news
from portal.actions.policies import Policy
from portal.actions.taking_back import Cause, put_on_again, take_off
from portal.gateways.stripe_values import DisputeFacts, PaymentFacts, RefundFacts
from portal.records import Session, accounts, ledger, reversals
from portal.records.accounts import AccountRow
from portal.records.ledger import PaymentRow
from portal.records.reversals import RefundRow
from portal.rules import reversal_movements as movements
from portal.rules.dates import local_day
from portal.rules.ledger import Movement, Movements
from portal.rules.reversals import Step, missing


@dataclass(frozen=True, slots=True)
class Fee:
    """What Stripe kept of a booking, in the currency of its balance; below zero where it gave a fee back."""

    transaction_id: str
    fee_cents: int
    currency: str
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """What of Stripe's facts is not in the books yet. Empty for nearly every reading of a payment."""

    steps: tuple[Step, ...]
    fees: tuple[Fee, ...]
    refunds: tuple[RefundFacts, ...]
    disputes: tuple[DisputeFacts, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.steps or self.fees or self.refunds or self.disputes)


def news(session: Session, payment: PaymentRow, facts: PaymentFacts, *, policy: Policy) -> News:
    """Compare what Stripe says of the payment with what is posted and remembered of it."""
    posted = ledger.of_payment(session, payment.id)
    refunds = reversals.refunds_of(session, [payment.id]) if facts.refunds else ()
    disputes = _by_stripe_id(session, payment) if facts.disputes else {}
    return News(
        steps=missing(
            posted,
            refunds=[stripe_news.refund_fact(each, policy) for each in facts.refunds],
            disputes=[stripe_news.dispute_fact(each, payment, policy) for each in facts.disputes],
        ),
        fees=tuple(_unposted_fees(facts, posted)),
        refunds=tuple(
            each for each in facts.refunds if stripe_news.refund_is_news(each, stripe_news.known_refund(each, refunds))
        ),
        disputes=tuple(
            each for each in facts.disputes if stripe_news.dispute_is_news(each, payment, disputes.get(each.dispute_id))
        ),
    )


def bring_in(session: Session, payment: PaymentRow, found: News, *, policy: Policy, now: datetime) -> None:
    """Remember and post the news, each once, and tell whom it concerns."""
    ledger.lock_account(session, payment.account_id)
    # Nearly always there is a fee to be booked and nothing else.
    rows = reversals.refunds_of(session, [payment.id]) if found.refunds else ()
    for refund in found.refunds:
        stripe_news.remember_refund(session, payment, refund, stripe_news.known_refund(refund, rows), now=now)
    disputes = _by_stripe_id(session, payment) if found.disputes else {}
    for dispute in found.disputes:
        row_id = stripe_news.remember_dispute(session, payment, dispute, disputes.get(dispute.dispute_id), now=now)
        reversal_letters.tell_seller_of_dispute(session, payment, row_id, dispute.status, now=now)
    for fee in found.fees:
        on = local_day(fee.booked_at, policy.time_zone)
        posted = movements.stripe_fee(fee.transaction_id, fee_cents=fee.fee_cents, on=on, payment_id=payment.id)
        ledger.post(session, posted, account_id=None, currency=fee.currency, posted_at=now)
    for step in found.steps:
        account = accounts.by_id(session, payment.account_id)
        _take(session, account, payment, step, policy=policy, now=now)


def _take(
    session: Session, account: AccountRow, payment: PaymentRow, step: Step, *, policy: Policy, now: datetime
) -> None:
    # What happens to a payment is never dated before what happened to it already.
    on = max(step.on, reversals.latest_on(session, payment.id))
    if step.kind == "moved":
        posted = movements.chargeback_moved(step.stripe_id, payment.id, amount_cents=step.amount_cents, on=on)
        _post(session, account, posted, now)
    elif step.kind == "refund":
        _refund(session, account, payment, step, Cause(f"stripe:{step.stripe_id}", on, policy.today, now), policy)
    elif step.kind == "refund_failed":
        _refund_failed(session, account, payment, step, Cause(f"stripe:{step.stripe_id}/failed", on, policy.today, now))
    elif step.kind == "lost":
        _lost(
            session, account, payment, step, Cause(f"stripe:{step.stripe_id}/lost/{step.times}", on, policy.today, now)
        )
    else:
        _reinstated(
            session,
            account,
            payment,
            step,
            Cause(f"stripe:{step.stripe_id}/reinstated/{step.times}", on, policy.today, now),
        )
    history.write(
        session,
        action=f"payment.{step.kind}",
        actor="stripe",
        now=now,
        account_id=account.id,
        detail={"payment": payment.id, "stripe": step.stripe_id, "amount_cents": abs(step.amount_cents)},
    )


def _refund(
    session: Session, account: AccountRow, payment: PaymentRow, step: Step, cause: Cause, policy: Policy
) -> None:
    """A refund keeps the discount; what it reopens is covered by credit memos where the owner chose so."""
    row = _refund_row(session, payment, step)
    taken = take_off(session, account, payment, step.amount_cents, cause, reverses_discounts=False)
    posted = movements.stripe_refund(step.stripe_id, payment.id, amount_cents=step.amount_cents, on=cause.on)
    _post(session, account, posted, cause.now)
    if row.covers:
        credit_memos.cover(
            session,
            account,
            taken.releases,
            zone=policy.time_zone,
            reason=row.reason,
            on=cause.on,
            now=cause.now,
        )
    reopens = bool(taken.releases or taken.debit_note_cents) and not row.covers
    reversal_letters.tell_of_refund(session, payment, row, reopens=reopens, now=cause.now)


def _refund_failed(session: Session, account: AccountRow, payment: PaymentRow, step: Step, cause: Cause) -> None:
    """The money is ours again, and goes back to what it had paid."""
    posted = movements.stripe_refund_failed(step.stripe_id, payment.id, amount_cents=step.amount_cents, on=cause.on)
    _post(session, account, posted, cause.now)
    put_on_again(session, account, payment, step.amount_cents, cause)
    reversal_letters.tell_of_failed_refund(session, payment, _refund_row(session, payment, step), now=cause.now)


def _lost(session: Session, account: AccountRow, payment: PaymentRow, step: Step, cause: Cause) -> None:
    """A lost chargeback or a bank's return: the charges reopen, and the discount goes with the money."""
    take_off(session, account, payment, step.amount_cents, cause, reverses_discounts=True)
    posted = movements.chargeback_lost(
        step.stripe_id, step.times, payment.id, amount_cents=step.amount_cents, on=cause.on
    )
    _post(session, account, posted, cause.now)
    row = _by_stripe_id(session, payment)[step.stripe_id]
    reversal_letters.tell_of_return(session, payment, row.id, times=step.times, now=cause.now)


def _reinstated(session: Session, account: AccountRow, payment: PaymentRow, step: Step, cause: Cause) -> None:
    """Won after it had been lost: as if it had never gone."""
    posted = movements.chargeback_reinstated(
        step.stripe_id, step.times, payment.id, amount_cents=step.amount_cents, on=cause.on
    )
    _post(session, account, posted, cause.now)
    put_on_again(session, account, payment, step.amount_cents, cause)
    row = _by_stripe_id(session, payment)[step.stripe_id]
    reversal_letters.tell_of_reinstatement(session, payment, row.id, times=step.times, now=cause.now)


def _post(session: Session, account: AccountRow, posted: Movements, now: datetime) -> None:
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=now)


def _refund_row(session: Session, payment: PaymentRow, step: Step) -> RefundRow:
    rows = reversals.refunds_of(session, [payment.id])
    return next(row for row in rows if row.stripe_refund_id == step.stripe_id)


def _by_stripe_id(session: Session, payment: PaymentRow) -> Mapping[str, reversals.ChargebackRow]:
    return {row.stripe_dispute_id: row for row in reversals.chargebacks_of(session, [payment.id])}


def _unposted_fees(facts: PaymentFacts, posted: Sequence[Movement]) -> Iterator[Fee]:
    sources = {movement.source for movement in posted}
    return (fee for fee in _fees(facts) if fee.fee_cents and f"fee:{fee.transaction_id}" not in sources)


def _fees(facts: PaymentFacts) -> Iterator[Fee]:
    """Of the charge, once Stripe has booked it, and of each booking of its refunds and disputes."""
    charge = facts.charge
    if charge is not None and charge.balance_transaction_id and charge.booked_at and charge.fee_currency:
        yield Fee(charge.balance_transaction_id, charge.fee_cents or 0, charge.fee_currency, charge.booked_at)
    bookings = [each for refund in facts.refunds for each in refund.bookings]
    bookings += [each for dispute in facts.disputes for each in dispute.movements]
    for each in bookings:
        yield Fee(each.balance_transaction_id, each.fee_cents, each.currency, each.created_at)
