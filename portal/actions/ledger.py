"""Bringing received money into the books: the payment, what it clears, and the discounts that come with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.actions import statements
from portal.actions.policies import Policy
from portal.records import Session, ledger
from portal.records.accounts import AccountRow
from portal.rules import ledger as rules
from portal.rules.allocation import Application, OpenItem, Posting, QuoteLine, apply
from portal.rules.discounts import tax_part_cents


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

    Posting the same Stripe charge twice raises IntegrityError: the caller looks first, the database makes sure.
    """
    ledger.lock_account(session, account.id)
    # What we learn of late is dated back, but what others have settled meanwhile is no longer open for it.
    standing = statements.load(
        session,
        account,
        on=max(received.received_on, policy.today),
        policy=policy,
        without_attempt=received.attempt_id,
        started_on=received.discount_on,
    )
    posting = apply(received.amount_cents, quote, standing.items, started_on=received.discount_on)
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
    movements = (
        *_arrival(payment_id, received),
        *_applications(session, account, payment_id, received, posting, standing.items, now),
    )
    ledger.post(session, movements, account_id=account.id, currency=account.currency, posted_at=now)
    return payment_id


def _arrival(payment_id: int, received: Received) -> rules.Movements:
    if received.stripe_charge_id is None:
        return rules.payment_received(payment_id, amount_cents=received.amount_cents, on=received.received_on)
    return rules.stripe_payment(
        received.stripe_charge_id, payment_id, amount_cents=received.amount_cents, on=received.received_on
    )


def _applications(
    session: Session,
    account: AccountRow,
    payment_id: int,
    received: Received,
    posting: Posting,
    items: Sequence[OpenItem],
    now: datetime,
) -> rules.Movements:
    by_id = {item.charge_id: item for item in items}
    movements: list[rules.Movement] = []
    for application in posting.applications:
        item = by_id[application.charge_id]
        # Nothing of a charge is open before the day it is issued.
        applied_on = max(received.received_on, item.issued_on)
        allocation_id = _allocate(session, account, payment_id, received, application, applied_on, now)
        movements += rules.applied(
            allocation_id,
            application.charge_id,
            amount_cents=application.amount_cents,
            on=applied_on,
            payment_id=payment_id,
        )
        if application.discount_cents:
            movements += rules.discount_given(
                allocation_id,
                application.charge_id,
                discount_cents=application.discount_cents,
                tax_cents=tax_part_cents(item.facts, application.discount_cents) if item.facts else 0,
                on=applied_on,
                payment_id=payment_id,
            )
    return tuple(movements)


def _allocate(
    session: Session,
    account: AccountRow,
    payment_id: int,
    received: Received,
    application: Application,
    applied_on: date,
    now: datetime,
) -> int:
    return ledger.add_allocation(
        session,
        {
            "account_id": account.id,
            "payment_id": payment_id,
            "charge_id": application.charge_id,
            "amount_cents": application.amount_cents,
            "discount_cents": application.discount_cents,
            "started_on": received.discount_on,
            "effective_on": applied_on,
            "created_at": now,
        },
    )
