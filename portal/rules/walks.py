"""The walks that made the figures of a statement, from movements alone: each ends at exactly its figure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from portal.rules.ledger import LedgerAccount, Movement, receivable_cents, unapplied_cents
from portal.rules.statement import Line, activity

StepKind = Literal[
    "received",
    "credited",
    "used",
    "taken_off",
    "refunded",
    "refund_failed",
    "returned",
    "restored",
    "charged_again",
    "charge_undone",
]

_UNAPPLIED = LedgerAccount.UNAPPLIED
_CREDIT_MEMO = (LedgerAccount.CREDITS_GIVEN, LedgerAccount.TAX_PAYABLE)


@dataclass(frozen=True, slots=True)
class BalanceWalk:
    """opening + sum of the lines = closing. `opening_on` is the day of the last line left out, None where none is."""

    opening_cents: int
    opening_on: date | None
    lines: tuple[Line, ...]
    closing_cents: int


@dataclass(frozen=True, slots=True)
class CreditStep:
    """What happened to one payment or credit memo that is account credit in part, and the credit after it."""

    on: date
    kind: StepKind
    amount_cents: int
    credit_cents: int
    charge_id: int | None
    payment_id: int | None
    credit_id: int | None


def balance_walk(movements: Iterable[Movement], *, on: date, most: int) -> BalanceWalk:
    """Everything that made the balance of that day, oldest first; only the last `most` lines where there are more."""
    found = activity(movements, since=date.min, until=on)
    before, shown = found.lines[:-most], found.lines[-most:]
    return BalanceWalk(
        opening_cents=before[-1].balance_cents if before else 0,
        opening_on=before[-1].on if before else None,
        lines=shown,
        closing_cents=found.closing_cents,
    )


def credit_walk(movements: Iterable[Movement], *, on: date) -> tuple[CreditStep, ...]:
    """Where the credit of that day comes from and what of that was used, oldest first.

    Payments and credit memos of which nothing is left add nothing to it, and are left out as a whole.
    """
    touching = [movement for movement in movements if movement.effective_on <= on and unapplied_cents(movement)]
    left: dict[tuple[int | None, int | None], int] = {}
    for movement in touching:
        origin = (movement.payment_id, movement.credit_id)
        left[origin] = left.get(origin, 0) + unapplied_cents(movement)
    acts: dict[str, tuple[int, Movement]] = {}
    for movement in sorted(touching, key=lambda each: each.effective_on):
        if left[movement.payment_id, movement.credit_id]:
            # A credit memo and its tax are two movements of one act.
            act = movement.source.replace("/tax", "")
            before, first = acts.get(act, (0, movement))
            acts[act] = (before + unapplied_cents(movement), first)
    steps, running = [], 0
    for cents, first in acts.values():
        running += cents
        steps.append(
            CreditStep(
                on=first.effective_on,
                kind=_kind(first),
                amount_cents=cents,
                credit_cents=running,
                charge_id=first.charge_id,
                payment_id=first.payment_id,
                credit_id=first.credit_id,
            )
        )
    return tuple(steps)


def _kind(movement: Movement) -> StepKind:
    comes = movement.credit is _UNAPPLIED
    other = movement.debit if comes else movement.credit
    if movement.source.startswith("charge:"):
        return "charged_again" if comes else "charge_undone"
    if receivable_cents(movement):
        return "taken_off" if comes else "used"
    if other in _CREDIT_MEMO:
        return "credited"
    if other is LedgerAccount.CHARGEBACKS_HELD:
        return "restored" if comes else "returned"
    if comes:
        return "refund_failed" if movement.source.endswith("/failed") else "received"
    return "returned" if movement.source.startswith("return:") else "refunded"
