"""Late fees of one invoice: what each period draws, and what of it is waived afterwards (money.md 6).

A period is assessed after its day has ended, on the facts at its end, and dated that day. What was disputed, pending
or on a plan that day draws nothing, and not later either.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Literal

from portal.rules.dates import add_months
from portal.rules.money import divide_half_up

Kind = Literal["off", "flat", "percent"]
Every = Literal["once", "monthly"]


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """`rate_bp` of the principal, or `flat_cents`; `cap_bp` of the invoice's total for all its fees together.

    `least_cents` and `most_cents` bound the fee of one period; `most_cents` 0 is no bound.
    """

    kind: Kind
    flat_cents: int = 0
    rate_bp: int = 0
    every: Every = "monthly"
    grace_days: int = 10
    cap_bp: int = 10_000
    least_cents: int = 0
    most_cents: int = 0


@dataclass(frozen=True, slots=True)
class Fee:
    """What a period draws: `principal_cents` was payable and due at the end of `assessed_on`."""

    period: int
    assessed_on: date
    principal_cents: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Assessed:
    """A fee that was charged, with what of it was waived since."""

    charge_id: int
    period: int
    assessed_on: date
    principal_cents: int
    amount_cents: int
    waived_cents: int = 0


@dataclass(frozen=True, slots=True)
class Waiver:
    """So much of that fee is no longer owed."""

    charge_id: int
    amount_cents: int


def periods(due_on: date, terms: FeeTerms, *, until: date) -> Iterator[tuple[int, date]]:
    """Each period with the day it is assessed for, as far as those days are over by `until`, the day of the run.

    Anchored on the first of them: 31 January, 28 February, 31 March.
    """
    first = due_on + timedelta(days=terms.grace_days)
    for k in count() if terms.every == "monthly" else (0,):
        day = add_months(first, k)
        if day >= until:
            return
        yield k, day


def due_fees(
    *,
    due_on: date,
    total_cents: int,
    terms_on: Callable[[date], FeeTerms],
    assessed: Collection[Assessed],
    principal_on: Callable[[date], int],
    until: date,
) -> tuple[Fee, ...]:
    """The fees that are due by then and were not assessed yet, oldest first.

    `principal_on` answers what of the invoice, tax included, was payable and due at the end of a day, `terms_on` what
    was charged for it then: for a day on which there were no late fees, nothing. The days are those of the terms now.
    What was waived leaves no room under the cap: a fee that was forgiven does not come again.
    """
    now = terms_on(until)
    if now.kind == "off":
        return ()
    known = {each.period for each in assessed}
    charged = sum(each.amount_cents for each in assessed)
    found = []
    for period, day in periods(due_on, now, until=until):
        terms = terms_on(day)
        principal_cents = 0 if period in known or terms.kind == "off" else principal_on(day)
        fee = min(fee_cents(principal_cents, terms), max(0, cap_cents(total_cents, terms) - charged))
        if fee:
            found.append(Fee(period, day, principal_cents, fee))
            charged += fee
    return tuple(found)


def waivers(
    assessed: Sequence[Assessed], *, terms_on: Callable[[date], FeeTerms], not_owed: Callable[[Assessed], int]
) -> tuple[Waiver, ...]:
    """What of the fees falls away: each is reckoned anew, by the terms of its day, without what was not owed then.

    `not_owed` answers what of a fee's principal was credited afterwards, or had been paid in time. What was disputed
    on that day drew nothing, so it is not in there. What of a fee is waived already counts, so that asking twice waives
    once.
    """
    found = []
    for each in assessed:
        gone = not_owed(each)
        rightful = fee_cents(each.principal_cents - gone, terms_on(each.assessed_on))
        standing = each.amount_cents - each.waived_cents
        if gone > 0 and standing > rightful:
            found.append(Waiver(each.charge_id, standing - rightful))
    return tuple(found)


def cap_cents(total_cents: int, terms: FeeTerms) -> int:
    """The most that all late fees of an invoice of that total may be."""
    return divide_half_up(total_cents * terms.cap_bp, 10_000)


def fee_cents(principal_cents: int, terms: FeeTerms) -> int:
    """The fee of one period on that principal, before the cap of the invoice."""
    if principal_cents <= 0:
        return 0
    fee = terms.flat_cents if terms.kind == "flat" else divide_half_up(principal_cents * terms.rate_bp, 10_000)
    fee = max(fee, terms.least_cents)
    return min(fee, terms.most_cents) if terms.most_cents else fee
