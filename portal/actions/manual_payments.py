"""Cheques, wires and cash: recorded by the owner, put on charges, taken off them again, and returned by the bank.

Nothing is ever changed: what was recorded wrongly is undone by further movements.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from portal.actions import history, letters, statements
from portal.actions.ledger import Received, allocate_payment, post_payment
from portal.actions.policies import Policy
from portal.actions.taking_back import Cause, take_off, take_off_charge
from portal.records import Session, accounts, charges, ledger, numbers, reversals, write_offs
from portal.records.accounts import AccountRow
from portal.records.ledger import PaymentRow
from portal.rules import reversal_movements as movements
from portal.rules.allocation import QuoteLine, oldest_due_first, spread
from portal.rules.dates import add_months, day_ends_at, local_day
from portal.rules.money import words
from portal.rules.refusals import Conflict, Refusal

_A_MOMENT = timedelta(seconds=1)

# A mistyped year would give a discount that nobody had earned.
_OLDEST_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Recorded:
    """A payment by other means. `received_on` decides its discounts, unless the owner lets another day count
    (`terms_of`); `deposited_on` is its day in the books. `charge_ids`: what it is for, else the oldest due first;
    none at all keeps it as credit. `is_another`: it is not the one of the same kind, day, amount and reference.
    `seen`: the newest payment that whoever records it knew of; one like it that came since is this one, sent twice."""

    method: str
    amount_cents: int
    received_on: date
    deposited_on: date
    reference: str
    charge_ids: Collection[int] | None = None
    terms_of: date | None = None
    is_another: bool = False
    seen: int | None = None


def record(session: Session, account: AccountRow, given: Recorded, *, policy: Policy, now: datetime, actor: str) -> int:
    """Bring a payment into the books and return its id."""
    ledger.lock_account(session, account.id)
    if given.seen is not None and (twice := _like(session, account, given, after=given.seen)) is not None:
        return twice
    _check(session, account, given, policy=policy)
    discount_on = given.terms_of or given.received_on
    cents = given.amount_cents
    lines = _lines(session, account, given.charge_ids, cents, started_on=discount_on, policy=policy)
    payment_id = post_payment(
        session,
        account,
        Received(
            method=given.method,
            amount_cents=given.amount_cents,
            # The business knows the day, not the hour.
            started_at=day_ends_at(discount_on, policy.time_zone) - _A_MOMENT,
            discount_on=discount_on,
            received_on=given.deposited_on,
            reference=given.reference,
        ),
        lines,
        policy=policy,
        now=now,
    )
    detail = {"payment": payment_id, "method": given.method, "amount_cents": given.amount_cents}
    history.write(session, action="payment.recorded", actor=actor, now=now, account_id=account.id, detail=detail)
    return payment_id


def check_reached(session: Session, payment_id: int, wanted: Mapping[str, int]) -> None:
    """Refuses to keep as credit what was meant for a charge that could not take it; `wanted` is {number: id}."""
    reached = {row.charge_id for row in ledger.applied(session, [payment_id]) if row.amount_cents}
    missed = [number for number, charge_id in wanted.items() if charge_id not in reached]
    if missed and reversals.unapplied(session, payment_id):
        raise Refusal(
            "Nothing of %(numbers)s can be paid now: it is paid, written off, or a payment for it is under way. Leave "
            "it out, or keep the money as credit.",
            field="charges",
            numbers=", ".join(missed),
        )


def allocate(
    session: Session,
    payment: PaymentRow,
    *,
    charge_ids: Collection[int] | None,
    amount_cents: int | None,
    policy: Policy,
    now: datetime,
    actor: str,
) -> int:
    """Put what of a payment is on no charge onto these charges, else the oldest due first; answers the cents put."""
    account = accounts.by_id(session, payment.account_id)
    ledger.lock_account(session, account.id)
    there = reversals.unapplied(session, payment.id)
    wanted = there if amount_cents is None else amount_cents
    if not 0 < wanted <= there:
        raise Refusal(
            "%(amount)s of this payment is on no invoice.", field="amount", amount=words(there, account.currency)
        )
    started_on = local_day(payment.started_at, policy.time_zone)
    lines = _lines(session, account, charge_ids, wanted, started_on=started_on, policy=policy)
    if not lines:
        raise Conflict("Nothing of that can be paid now.")
    posting = allocate_payment(session, account, payment, lines, policy=policy, now=now)
    cents = sum(application.amount_cents for application in posting.applications)
    detail = {"payment": payment.id, "amount_cents": cents}
    history.write(session, action="payment.allocated", actor=actor, now=now, account_id=account.id, detail=detail)
    return cents


def release(
    session: Session,
    payment: PaymentRow,
    charge_id: int,
    *,
    amount_cents: int | None,
    policy: Policy,
    now: datetime,
    actor: str,
) -> int:
    """Take a payment off a charge again, its discount with it; it becomes account credit. Answers the cents."""
    account = accounts.by_id(session, payment.account_id)
    ledger.lock_account(session, account.id)
    there = sum(each.amount_cents for each in reversals.applied(session, payment.id) if each.charge_id == charge_id)
    wanted = there if amount_cents is None else amount_cents
    if not 0 < wanted <= there:
        raise Refusal(
            "%(amount)s of this payment is on that invoice.", field="amount", amount=words(there, account.currency)
        )
    cause = Cause(f"release:{payment.id}:{now.isoformat()}", policy.today, policy.today, now)
    take_off_charge(session, account, payment, charge_id, wanted, cause)
    history.write(
        session,
        action="payment.released",
        actor=actor,
        now=now,
        account_id=account.id,
        charge_id=charge_id,
        detail={"payment": payment.id, "amount_cents": wanted},
    )
    return wanted


def bounce(
    session: Session, payment: PaymentRow, *, fee_cents: int, on: date, policy: Policy, now: datetime, actor: str
) -> int:
    """A cheque came back: what it had paid is open again, its discounts are gone, and a fee may be charged for it.

    Answers the cents that went back. Stripe's payments are not returned by hand, and none is returned twice.
    """
    account = accounts.by_id(session, payment.account_id)
    ledger.lock_account(session, account.id)
    if payment.stripe_charge_id is not None:
        raise Refusal("Stripe tells by itself when a bank takes this payment back.")
    if fee_cents < 0:
        raise Refusal("A fee is not less than nothing.", field="fee")
    if on > policy.today:
        raise Refusal("A payment cannot have come back on a day that is still ahead.", field="on")
    cause = Cause(f"return:{payment.id}", max(on, reversals.latest_on(session, payment.id)), policy.today, now)
    if ledger.posted(session, [cause.source]):
        raise Conflict("This payment was returned already.")
    # All of it goes back to the bank; what the customer had been paid back before is owed by a debit note.
    cents = payment.amount_cents
    take_off(session, account, payment, cents, cause, reverses_discounts=True)
    posted = movements.payment_returned(payment.id, amount_cents=cents, on=cause.on)
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=now)
    if fee_cents:
        _charge_fee(session, account, payment, fee_cents, cause)
    letters.stage_to_customer(session, "returned", f"returned:payment:{payment.id}", payment, now=now)
    detail = {"payment": payment.id, "amount_cents": cents, "fee_cents": fee_cents}
    history.write(session, action="payment.returned", actor=actor, now=now, account_id=account.id, detail=detail)
    return cents


def _check(session: Session, account: AccountRow, given: Recorded, *, policy: Policy) -> None:
    if given.amount_cents <= 0:
        raise Refusal("A payment is more than nothing.", field="amount")
    if max(given.received_on, given.deposited_on) > policy.today:
        raise Refusal("A payment cannot have come on a day that is still ahead.", field="received")
    if given.received_on < add_months(policy.today, -_OLDEST_MONTHS):
        raise Refusal(
            "That is more than two years ago. Look at the year; what is as old as that comes in with an import.",
            field="received",
        )
    if given.deposited_on < given.received_on:
        raise Refusal("A payment is deposited on the day it was received, or later.", field="deposited")
    like = _like(session, account, given)
    if like is not None and not given.is_another:
        raise Conflict(
            "This looks like payment R-%(number)s, which is recorded already. Say that it is another one.",
            number=f"{like:05d}",
        )


def _like(session: Session, account: AccountRow, given: Recorded, *, after: int = 0) -> int | None:
    return ledger.payment_like(
        session,
        account.id,
        method=given.method,
        amount_cents=given.amount_cents,
        received_on=given.deposited_on,
        reference=given.reference,
        after=after,
    )


def _lines(
    session: Session,
    account: AccountRow,
    charge_ids: Collection[int] | None,
    cents: int,
    *,
    started_on: date,
    policy: Policy,
) -> Sequence[QuoteLine]:
    """Where the money goes: onto what can be paid, then onto what is on a plan, and then to what was written off, where
    it is named for that."""
    standing = statements.load(session, account, on=policy.today, policy=policy, started_on=started_on)
    items = [item for item in standing.items if charge_ids is None or item.charge_id in charge_ids]
    lines = {line.charge_id: line for line in spread(items, cents, started_on=started_on)}
    left = cents - sum(line.pay_cents for line in lines.values())
    for item in oldest_due_first(item for item in items if item.on_plan_cents):
        pay = min(left, item.on_plan_cents)
        left -= pay
        if pay:
            line = lines.get(item.charge_id, QuoteLine(item.charge_id, 0))
            lines[item.charge_id] = replace(line, pay_cents=line.pay_cents + pay)
    for each in write_offs.given_up(session, charge_ids or ()):
        line = lines.get(each.charge_id, QuoteLine(each.charge_id, 0))
        again = min(left, each.amount_cents)
        left -= again
        if again:
            lines[each.charge_id] = replace(line, pay_cents=line.pay_cents + again)
    return tuple(lines.values())


def _charge_fee(session: Session, account: AccountRow, payment: PaymentRow, fee_cents: int, cause: Cause) -> None:
    charge_id = charges.add_other(
        session,
        account_id=account.id,
        kind="returned_fee",
        number=numbers.next_charge_number(session, "FEE", "returned_fee"),
        amount_cents=fee_cents,
        memo=f"R-{payment.id:05d}",
        on=cause.on,
        now=cause.now,
    )
    posted = movements.other_charge(charge_id, "returned_fee", amount_cents=fee_cents, on=cause.on)
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=cause.now)
