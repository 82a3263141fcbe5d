"""Money off its charges again, and back onto them: what the rules decided, written as rows and movements."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from portal.actions.allocations import Source, allocate
from portal.records import Session, charges, ledger, numbers, reversals
from portal.records.accounts import AccountRow
from portal.records.ledger import PaymentRow
from portal.rules import ledger as rules
from portal.rules import reversal_movements as movements
from portal.rules.allocation import Application
from portal.rules.reversals import Applied, Release, TakenBack, put_back, take_back


@dataclass(frozen=True, slots=True)
class Cause:
    """Why money moves: the movement that takes it or brings it (its source), the business date, today, the moment."""

    source: str
    on: date
    today: date
    now: datetime


class _Discount(NamedTuple):
    cents: int
    tax_cents: int


_NOTHING = _Discount(0, 0)


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
        also = _unsettle(session, account, release, cause) if reverses_discounts else _NOTHING
        _release(session, account, release, standing[release.allocation_id], cause, also=also)
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
        also = _unsettle(session, account, release, cause)
        _release(session, account, release, standing[release.allocation_id], cause, also=also)
    return taken


def free(session: Session, account: AccountRow, charge_id: int, cents: int, cause: Cause) -> None:
    """Take off the charge what stands on it, until that much of it is open; the money becomes account credit."""
    missing = cents - charges.by_id(session, charge_id, date.max).open_cents
    for each in reversed(reversals.applied_on_charge(session, charge_id)):
        taken = take_back(
            max(0, min(missing, each.amount_cents)), unapplied_cents=0, applied=[each], reverses_discounts=True
        )
        missing -= sum(release.amount_cents for release in taken.releases)
        for release in taken.releases:
            _release(session, account, release, each, cause, also=_NOTHING)


def put_on_again(session: Session, account: AccountRow, payment: PaymentRow, amount_cents: int, cause: Cause) -> None:
    """Money that came back (its movement is posted) goes to what it and others like it were taken off, as far as that
    is still open; a debit note for money that had been missing is undone first."""
    left = amount_cents - _undo_debit_notes(session, account, payment, amount_cents, cause)
    opens = {row.id: row.open_cents for row in charges.open_on(session, account.id, date.max)}
    released = reversals.released(session, payment.id, reversals.came_back(session, payment.id))
    for again in put_back(left, released=released, open_cents=opens):
        # What is dated back takes nothing that was not open on every day since.
        wanted = again.amount_cents + again.discount_cents
        charge = ledger.of_charge(session, again.charge_id, date.max)
        on = rules.open_from(charge, wanted, since=cause.on, today=max(cause.on, cause.today))
        posted = allocate(
            session,
            account,
            Source(payment.id),
            Application(again.charge_id, again.amount_cents, again.discount_cents),
            tax_cents=again.discount_tax_cents,
            started_on=again.started_on,
            on=on,
            now=cause.now,
        )
        ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=cause.now)


def _unsettle(session: Session, account: AccountRow, release: Release, cause: Cause) -> "_Discount":
    """In full mode a discount came with what settled the charge: without this part of that it goes, whosesoever
    payment had brought it."""
    cents = tax_cents = 0
    for each in reversals.applied_on_charge(session, release.charge_id):
        if each.is_pro_rata or not each.discount_cents or each.allocation_id == release.allocation_id:
            continue
        cents += each.discount_cents
        tax_cents += each.discount_tax_cents
        posted = rules.discount_reversed(
            each.allocation_id,
            release.charge_id,
            discount_cents=each.discount_cents,
            tax_cents=each.discount_tax_cents,
            on=max(cause.on, each.effective_on),
            because=cause.source,
            payment_id=each.payment_id,
            credit_id=each.credit_id,
        )
        ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=cause.now)
    return _Discount(cents, tax_cents)


def _release(
    session: Session,
    account: AccountRow,
    release: Release,
    applied: Applied,
    cause: Cause,
    *,
    also: "_Discount",
) -> None:
    """`also`: discounts that had come with other payments and go with this money; they come back with it."""
    on = max(cause.on, applied.effective_on)
    release_id = reversals.add_release(
        session,
        {
            "account_id": account.id,
            "allocation_id": release.allocation_id,
            "amount_cents": release.amount_cents,
            "discount_cents": release.discount_cents + also.cents,
            "discount_tax_cents": release.discount_tax_cents + also.tax_cents,
            "because": cause.source,
            "effective_on": on,
            "created_at": cause.now,
        },
    )
    posted = rules.released(
        release_id,
        release.charge_id,
        amount_cents=release.amount_cents,
        on=on,
        payment_id=applied.payment_id,
        credit_id=applied.credit_id,
    )
    is_all = release.discount_cents == applied.discount_cents
    posted += rules.discount_reversed(
        release.allocation_id,
        release.charge_id,
        discount_cents=release.discount_cents,
        tax_cents=release.discount_tax_cents,
        on=on,
        because="" if is_all else f"release:{release_id}",
        payment_id=applied.payment_id,
        credit_id=applied.credit_id,
    )
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=cause.now)


def _undo_debit_notes(
    session: Session, account: AccountRow, payment: PaymentRow, amount_cents: int, cause: Cause
) -> int:
    """As far as the money is there again; what had been paid on a note becomes credit. Answers the cents undone."""
    left = amount_cents
    for note in reversals.debit_notes(session, payment.id):
        cents = min(left, note.missing_cents)
        if not cents:
            break
        left -= cents
        free(session, account, note.charge_id, cents, cause)
        posted = movements.debit_note_undone(
            note.charge_id, note.times_undone + 1, payment.id, amount_cents=cents, on=cause.on
        )
        ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=cause.now)
    return amount_cents - left


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
