"""Money off its charges again, and back onto them: what the rules decided, written as rows and movements."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.actions.allocations import Source, allocate
from portal.records import Session, charges, ledger, numbers, reversals
from portal.records.accounts import AccountRow
from portal.records.ledger import PaymentRow
from portal.rules import ledger as rules
from portal.rules import reversal_movements as movements
from portal.rules.allocation import Application
from portal.rules.reversals import Again, Applied, Release, TakenBack, put_back, take_back


@dataclass(frozen=True, slots=True)
class Cause:
    """Why money moves: the movement that takes it or brings it (its source), the business date, the moment."""

    source: str
    on: date
    now: datetime


def take_off(
    session: Session,
    account: AccountRow,
    payment: PaymentRow,
    amount_cents: int,
    cause: Cause,
    *,
    reverses_discounts: bool,
) -> TakenBack:
    """Free that much of the payment for what takes it: unapplied first, then its allocations, newest first.

    What it no longer has becomes a debit note. The movement that takes the money is the caller's to post.
    """
    applied = reversals.applied(session, payment.id)
    taken = take_back(
        amount_cents,
        unapplied_cents=reversals.unapplied(session, payment.id),
        applied=applied,
        reverses_discounts=reverses_discounts,
    )
    standing = {each.allocation_id: each for each in applied}
    for release in taken.releases:
        _release(session, account, release, standing[release.allocation_id], cause, payment_id=payment.id)
    if taken.debit_note_cents:
        _debit_note(session, account, payment, taken.debit_note_cents, cause)
    return taken


def take_off_charge(
    session: Session, account: AccountRow, payment: PaymentRow, charge_id: int, amount_cents: int, cause: Cause
) -> TakenBack:
    """Take that much of the payment off this one charge, its discount with it; it becomes account credit."""
    applied = [each for each in reversals.applied(session, payment.id) if each.charge_id == charge_id]
    taken = take_back(amount_cents, unapplied_cents=0, applied=applied, reverses_discounts=True)
    standing = {each.allocation_id: each for each in applied}
    for release in taken.releases:
        _release(session, account, release, standing[release.allocation_id], cause, payment_id=payment.id)
    return taken


def put_on_again(
    session: Session, account: AccountRow, payment: PaymentRow, amount_cents: int, cause: Cause, *, taken_by: str
) -> tuple[Again, ...]:
    """Money that came back goes to what it was taken off (by the movement `taken_by`), as far as that is still open."""
    opens = {row.id: row.open_cents for row in charges.open_on(session, account.id, date.max)}
    notes = [
        Release(0, charge_id, opens.get(charge_id, 0), 0, 0, cause.on)
        for charge_id in reversals.debit_notes(session, payment.id)
    ]
    released = reversals.released(session, payment.id, taken_by)
    found = put_back(amount_cents, released=[*notes, *released], open_cents=opens)
    for again in found:
        posted = allocate(
            session,
            account,
            Source(payment.id),
            Application(again.charge_id, again.amount_cents, again.discount_cents),
            tax_cents=again.discount_tax_cents,
            started_on=again.started_on,
            on=cause.on,
            now=cause.now,
        )
        ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=cause.now)
    return found


def _release(
    session: Session, account: AccountRow, release: Release, applied: Applied, cause: Cause, *, payment_id: int
) -> None:
    on = max(cause.on, applied.effective_on)
    release_id = reversals.add_release(
        session,
        {
            "account_id": account.id,
            "allocation_id": release.allocation_id,
            "amount_cents": release.amount_cents,
            "discount_cents": release.discount_cents,
            "discount_tax_cents": release.discount_tax_cents,
            "because": cause.source,
            "effective_on": on,
            "created_at": cause.now,
        },
    )
    posted = rules.released(
        release_id, release.charge_id, amount_cents=release.amount_cents, on=on, payment_id=payment_id
    )
    is_all = release.discount_cents == applied.discount_cents
    posted += rules.discount_reversed(
        release.allocation_id,
        release.charge_id,
        discount_cents=release.discount_cents,
        tax_cents=release.discount_tax_cents,
        on=on,
        because="" if is_all else f"release:{release_id}",
        payment_id=payment_id,
    )
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=cause.now)


def _debit_note(session: Session, account: AccountRow, payment: PaymentRow, cents: int, cause: Cause) -> None:
    """What was refunded before and is now taken by the bank as well, the customer has had twice."""
    charge_id = charges.add_other(
        session,
        account_id=account.id,
        kind="debit_note",
        number=numbers.next_charge_number(session, "DN", "debit_note"),
        amount_cents=cents,
        memo=cause.source,
        on=cause.on,
        now=cause.now,
    )
    posted = movements.other_charge(charge_id, "debit_note", amount_cents=cents, on=cause.on, payment_id=payment.id)
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=cause.now)
