"""Charging what an invoice draws for being late, and waiving it: by hand, or because it was never owed.

Each fee is a charge of its own. Assessing computes what should be there on a day, subtracts what is, and adds the
difference: it can run twice, late, or after an outage of months.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from portal.actions import history, policies, statements
from portal.actions.policies import Policy
from portal.actions.taking_back import Cause, free
from portal.records import Session, charges, disputes, ledger, numbers, reversals
from portal.records import late_fees as records
from portal.records.accounts import AccountRow
from portal.records.charges import ChargeRow
from portal.records.disputes import MoveRow
from portal.records.late_fees import FeeRow
from portal.rules import late_fees as rules
from portal.rules import reversal_movements as movements
from portal.rules.disputes import FOR_THE_CUSTOMER
from portal.rules.late_fees import Assessed, Fee, FeeTerms
from portal.rules.money import words
from portal.rules.refusals import Refusal


def terms(policy: Policy) -> FeeTerms:
    """What the seller charges for being late."""
    return FeeTerms(
        kind=policy.late_fee_kind,  # type: ignore[arg-type]
        flat_cents=policy.late_fee_flat_cents,
        rate_bp=policy.late_fee_rate_bp,
        every=policy.late_fee_every,  # type: ignore[arg-type]
        grace_days=policy.late_fee_grace_days,
        cap_bp=policy.late_fee_cap_bp,
        least_cents=policy.late_fee_min_cents,
        most_cents=policy.late_fee_max_cents,
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """A late fee, and the terms of the day it is for."""

    fee: FeeRow
    terms: FeeTerms


def drawn(session: Session, account_id: int, *, now: datetime) -> Mapping[int, Drawn]:
    """Every late fee of the account, by the charge it is."""
    terms_on = _terms_on(session, now)
    return {fee.charge_id: Drawn(fee, terms_on(fee.assessed_on)) for fee in records.of_account(session, account_id)}


def drawn_as(session: Session, charge_id: int, *, now: datetime) -> Drawn | None:
    """What made this charge, if it is a late fee."""
    fee = records.of_charge(session, charge_id)
    return Drawn(fee, _terms_on(session, now)(fee.assessed_on)) if fee else None


def assess(session: Session, account: AccountRow, invoice_id: int, *, policy: Policy, now: datetime) -> Sequence[Fee]:
    """Charge what one invoice has drawn until yesterday and was not charged yet, each fee dated its own day."""
    ledger.lock_account(session, account.id)
    invoice = charges.by_id(session, invoice_id, policy.today)
    if invoice.kind != "invoice":
        return ()
    due = rules.due_fees(
        due_on=invoice.due_on,
        total_cents=invoice.amount_cents,
        terms_on=_terms_on(session, now),
        assessed=_assessed(records.of_invoice(session, invoice_id)),
        principal_on=lambda day: _principal(session, account, invoice_id, day, policy),
        until=policy.today,
    )
    for fee in due:
        _charge(session, account, invoice, fee, now=now)
    return due


def recompute(
    session: Session, account: AccountRow, invoice_id: int, *, because: str, policy: Policy, now: datetime
) -> int:
    """Waive what fees were drawn by money that disputes have credited since, or that turns out to have been paid by
    that day; answers the cents waived."""
    fees = _assessed(records.of_invoice(session, invoice_id))
    if not fees:
        return 0
    credited = _never_owed(session, invoice_id)

    def not_owed(fee: Assessed) -> int:
        principal_cents = _principal(session, account, invoice_id, fee.assessed_on, policy)
        return credited(fee.assessed_on) + max(0, fee.principal_cents - principal_cents)

    waived = 0
    for each in rules.waivers(fees, terms_on=_terms_on(session, now), not_owed=not_owed):
        # What was written off of a fee is gone already.
        cents = min(each.amount_cents, _waivable(session, each.charge_id))
        if cents:
            _waive(session, account, each.charge_id, cents, because, actor="portal", policy=policy, now=now)
            waived += cents
    return waived


def waive(
    session: Session,
    account: AccountRow,
    charge_id: int,
    *,
    amount_cents: int | None,
    reason: str,
    policy: Policy,
    now: datetime,
    actor: str,
) -> int:
    """Waive a late fee by hand, all that still stands of it unless told otherwise; answers the cents."""
    ledger.lock_account(session, account.id)
    standing = _waivable(session, charge_id) if records.of_charge(session, charge_id) else 0
    wanted = standing if amount_cents is None else amount_cents
    if not 0 < wanted <= standing:
        raise Refusal("%(amount)s of it can be waived.", field="amount", amount=words(standing, account.currency))
    _waive(session, account, charge_id, wanted, reason, actor=actor, policy=policy, now=now)
    return wanted


def _terms_on(session: Session, now: datetime) -> Callable[[date], FeeTerms]:
    """What was charged for being late on a day: a later decision changes no fee of before."""
    # Fees of many invoices share their days.
    return cache(lambda day: terms(policies.load(session, now=now, today=day)))


def _waivable(session: Session, charge_id: int) -> int:
    """What of a fee is open, or was paid and can be given back."""
    paid = sum(each.amount_cents for each in reversals.applied_on_charge(session, charge_id))
    return charges.by_id(session, charge_id, date.max).open_cents + paid


def _assessed(fees: Sequence[FeeRow]) -> list[Assessed]:
    return [
        Assessed(fee.charge_id, fee.period, fee.assessed_on, fee.principal_cents, fee.amount_cents, fee.waived_cents)
        for fee in fees
    ]


def _principal(session: Session, account: AccountRow, invoice_id: int, day: date, policy: Policy) -> int:
    """What of the invoice was payable and due at the end of that day, as the books know it now."""
    for row in statements.load(session, account, on=day, policy=policy).statement.rows:
        if row.item.charge_id == invoice_id:
            return row.item.parts.payable_cents
    return 0


def _charge(session: Session, account: AccountRow, invoice: ChargeRow, fee: Fee, *, now: datetime) -> None:
    charge_id = charges.add_other(
        session,
        account_id=account.id,
        kind="late_fee",
        number=numbers.next_charge_number(session, "LF", "late_fee"),
        amount_cents=fee.amount_cents,
        memo=invoice.number,
        on=fee.assessed_on,
        now=now,
    )
    records.add(
        session,
        charge_id=charge_id,
        invoice_id=invoice.id,
        period=fee.period,
        principal_cents=fee.principal_cents,
        assessed_on=fee.assessed_on,
        now=now,
    )
    posted = movements.late_fee(charge_id, invoice.id, fee.period, amount_cents=fee.amount_cents, on=fee.assessed_on)
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=now)
    history.write(
        session,
        action="late_fee.charged",
        actor="portal",
        now=now,
        account_id=account.id,
        charge_id=invoice.id,
        detail={"fee": charge_id, "period": fee.period, "amount_cents": fee.amount_cents},
    )


def _waive(
    session: Session,
    account: AccountRow,
    charge_id: int,
    cents: int,
    reason: str,
    *,
    actor: str,
    policy: Policy,
    now: datetime,
) -> None:
    on = policy.today
    waiver_id = records.add_waiver(
        session, account_id=account.id, charge_id=charge_id, amount_cents=cents, reason=reason, on=on, now=now
    )
    posted = movements.waived(waiver_id, charge_id, amount_cents=cents, on=on)
    free(session, account, charge_id, cents, Cause(f"waiver:{waiver_id}", on, on, now))
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=now)
    history.write(
        session,
        action="late_fee.waived",
        actor=actor,
        now=now,
        account_id=account.id,
        charge_id=charge_id,
        detail={"waiver": waiver_id, "amount_cents": cents, "reason": reason},
    )


def _never_owed(session: Session, invoice_id: int) -> Callable[[date], int]:
    """What disputes have credited of the invoice since a day, as far as it was not disputed on that day yet."""
    stories = [disputes.moves(session, dispute.id) for dispute in disputes.of_charge(session, invoice_id)]
    return lambda day: sum(max(0, _credited_since(moves, day) - _held_on(moves, day)) for moves in stories)


def _credited_since(moves: Sequence[MoveRow], day: date) -> int:
    """What was held still and is not left over after a decision for the customer has been credited by it."""
    credited = held = 0
    for move in moves:
        if move.state in FOR_THE_CUSTOMER and move.moved_on > day:
            credited += held - move.clock_net_cents - move.clock_tax_cents
        held = move.disputed_net_cents + move.disputed_tax_cents
    return credited


def _held_on(moves: Sequence[MoveRow], day: date) -> int:
    """What the dispute held still at the end of that day."""
    held = 0
    for move in moves:
        if move.moved_on <= day:
            held = move.disputed_net_cents + move.disputed_tax_cents
    return held
