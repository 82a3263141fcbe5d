"""Bringing received money into the books: the payment, what it clears, and the discounts that come with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.actions import late_fees, statements, write_offs
from portal.actions.allocations import Source, Terms, put_on_charges
from portal.actions.policies import Policy
from portal.records import Session, ledger, reversals
from portal.records.accounts import AccountRow
from portal.records.ledger import PaymentRow
from portal.rules import ledger as rules
from portal.rules.allocation import Posting, QuoteLine, apply
from portal.rules.dates import local_day


@dataclass(frozen=True, slots=True)
class Received:
    """Money that has arrived. `discount_on` is the day whose terms it gets; `received_on` the business date."""

    method: str
    amount_cents: int
    started_at: datetime
    discount_on: date
    received_on: date
    attempt_id: int | None = None
    stripe_charge_id: str | None = None
    reference: str = ""


def post_payment(
    session: Session,
    account: AccountRow,
    received: Received,
    quote: Sequence[QuoteLine],
    *,
    policy: Policy,
    now: datetime,
) -> int:
    """Post the money, apply it by its quote (money.md 5), and return the payment's id.

    Account credit that was quoted is used as far as there still is any. What of a quoted charge was written off
    meanwhile is recovered first. Posting the same Stripe charge twice raises IntegrityError: the caller looks
    first, the database makes sure.
    """
    ledger.lock_account(session, account.id)
    payment_id = ledger.add_payment(
        session,
        {
            "account_id": account.id,
            "attempt_id": received.attempt_id,
            "method": received.method,
            "amount_cents": received.amount_cents,
            "currency": account.currency,
            "started_at": received.started_at,
            "received_on": received.received_on,
            "stripe_charge_id": received.stripe_charge_id,
            "reference": received.reference,
            "created_at": now,
        },
    )
    write_offs.recover(session, account, payment_id, quote, on=policy.today, now=now)
    # What we learn of late is dated back, but what others have settled meanwhile is no longer open for it.
    standing = statements.load(
        session,
        account,
        on=max(received.received_on, policy.today),
        policy=policy,
        without_attempt=received.attempt_id,
        started_on=received.discount_on,
    )
    posting = apply(
        received.amount_cents,
        quote,
        standing.items,
        started_on=received.discount_on,
        credit_cents=standing.statement.balance.credit_cents,
    )
    terms = Terms(received.discount_on, received.received_on, policy.today, now)
    movements = (
        *_arrival(payment_id, received),
        *put_on_charges(session, account, Source(payment_id), posting.applications, standing.items, terms),
    )
    ledger.post(session, movements, account_id=account.id, currency=account.currency, posted_at=now)
    if received.received_on < policy.today:
        for application in posting.applications:
            late_fees.recompute(session, account, application.charge_id, because="Paid before", policy=policy, now=now)
    return payment_id


def allocate_payment(
    session: Session,
    account: AccountRow,
    payment: PaymentRow,
    lines: Sequence[QuoteLine],
    *,
    policy: Policy,
    now: datetime,
) -> Posting:
    """Put what of a payment is on no charge onto these charges, as much as the lines say; its discounts are those of
    the day it was started."""
    ledger.lock_account(session, account.id)
    started_on = local_day(payment.started_at, policy.time_zone)
    write_offs.recover(session, account, payment.id, lines, on=policy.today, now=now)
    standing = statements.load(session, account, on=policy.today, policy=policy, started_on=started_on)
    cents = min(reversals.unapplied(session, payment.id), sum(line.pay_cents for line in lines))
    posting = apply(cents, lines, standing.items, started_on=started_on)
    terms = Terms(started_on, max(policy.today, reversals.latest_on(session, payment.id)), policy.today, now)
    movements = put_on_charges(session, account, Source(payment.id), posting.applications, standing.items, terms)
    ledger.post(session, movements, account_id=account.id, currency=account.currency, posted_at=now)
    return posting


def _arrival(payment_id: int, received: Received) -> rules.Movements:
    if received.stripe_charge_id is None:
        return rules.payment_received(payment_id, amount_cents=received.amount_cents, on=received.received_on)
    return rules.stripe_payment(
        received.stripe_charge_id, payment_id, amount_cents=received.amount_cents, on=received.received_on
    )
