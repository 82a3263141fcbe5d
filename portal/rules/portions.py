"""One portion of a charge under one set of discount windows: what payments on it earned, and what the next brings.

Exact fractions until a discount is a result; then one rounding.
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from portal.rules.money import half_up, share
from portal.rules.terms import Step


class Paid(NamedTuple):
    """A payment on the portion, and the rate of the day it was started (0: outside every window)."""

    rate_bp: int
    amount_cents: int
    discount_cents: int


@dataclass(slots=True)
class Portion:
    """total_cents of money whose discount counts from base_cents, with its payments oldest first."""

    total_cents: int
    base_cents: int
    windows: tuple[Step, ...]
    paid: list[Paid] = field(default_factory=list)

    def rate_bp(self, on: date) -> int:
        """The best rate in force that day, 0 after the last window."""
        return max((step.rate_bp for step in self.windows if on <= step.until_on), default=0)

    def left_cents(self) -> int:
        """What is not paid yet."""
        return self.total_cents - sum(each.amount_cents + each.discount_cents for each in self.paid)

    def unearned(self, on: date) -> Fraction | int:
        """Full mode: that day's rate on the base for which no discount was given yet, in 1/10,000 of a cent."""
        left: Fraction | int = self.base_cents
        for each in self.paid:
            if each.rate_bp and each.discount_cents:
                left -= Fraction(each.discount_cents * 10_000, each.rate_bp)
        return max(0, left) * self.rate_bp(on)

    def pro_rata_of_gross(self, gross_cents: int, on: date) -> int:
        """Pro rata: the discount in gross_cents, an amount and its discount together."""
        run = self._run(self.rate_bp(on))
        running = share(run.full_cents, run.paid_cents + run.discount_cents + gross_cents, run.total_cents)
        return max(0, min(running, run.full_cents) - run.discount_cents)

    def pro_rata_of_amount(self, amount_cents: int, on: date) -> int:
        """Pro rata: the discount that comes with an amount, `full x P / (total - full)` less what came before."""
        run = self._run(self.rate_bp(on))
        running = share(run.full_cents, run.paid_cents + amount_cents, run.total_cents - run.full_cents)
        return max(0, min(running, run.full_cents) - run.discount_cents)

    def _run(self, rate_now_bp: int) -> "_Run":
        """The payments since the rate last changed; each change starts anew on what remains (money.md 4)."""
        total_cents, base = self.total_cents, Fraction(self.base_cents)
        rate_bp, paid_cents, discount_cents = rate_now_bp, 0, 0
        for each in [*self.paid, Paid(rate_now_bp, 0, 0)]:
            if each.rate_bp != rate_bp:
                left_cents = max(0, total_cents - paid_cents - discount_cents)
                base = base * left_cents / total_cents if total_cents else base
                total_cents, paid_cents, discount_cents = left_cents, 0, 0
                rate_bp = each.rate_bp
            paid_cents += each.amount_cents
            discount_cents += each.discount_cents
        return _Run(total_cents, half_up(base * rate_now_bp / 10_000), paid_cents, discount_cents)


class _Run(NamedTuple):
    """What remained when the rate began, its full discount, and what was paid and given since."""

    total_cents: int
    full_cents: int
    paid_cents: int
    discount_cents: int


def windows_after(steps: tuple[Step, ...], *, filed_on: date, decided_on: date) -> tuple[Step, ...]:
    """A dispute filed inside a window stopped its clock: the days then left count from the decision."""
    return tuple(
        Step(step.rate_bp, decided_on + (step.until_on - filed_on)) if filed_on <= step.until_on else step
        for step in steps
    )


def put(portions: list[Portion], amount_cents: int, discount_cents: int, *, on: date, late_rate_bp: int) -> None:
    """Fill the portions that had a window open that day first; what fits nowhere stays on the first of them."""
    order = sorted(portions, key=lambda each: each.rate_bp(on) == 0)
    gross = amount_cents + discount_cents
    takes = []
    left = gross
    for portion in order:
        take = min(left, max(0, portion.left_cents()))
        takes.append(take)
        left -= take
    takes[0] += left
    placed = given = 0
    for portion, take in zip(order, takes, strict=True):
        if take:
            placed += take
            discount = share(discount_cents, placed, gross) - given
            given += discount
            rate_bp = portion.rate_bp(on) or (late_rate_bp if discount else 0)
            portion.paid.append(Paid(rate_bp, take - discount, discount))
