"""The parts of a charge's open amount and of a customer's balance (money.md 3)."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parts:
    """payable + pending + disputed + on_plan = open, each >= 0."""

    pending_cents: int
    disputed_cents: int
    on_plan_cents: int
    payable_cents: int

    @property
    def open_cents(self) -> int:
        return self.pending_cents + self.disputed_cents + self.on_plan_cents + self.payable_cents


@dataclass(frozen=True, slots=True)
class Balance:
    """Sums over the customer's charges; balance = open - credit (negative: the seller owes the customer)."""

    open_cents: int
    payable_cents: int
    pending_cents: int
    disputed_cents: int
    on_plan_cents: int
    credit_cents: int

    @property
    def balance_cents(self) -> int:
        return self.open_cents - self.credit_cents


def parts(open_cents: int, *, pending_cents: int = 0, disputed_cents: int = 0, on_plan_cents: int = 0) -> Parts:
    """Pending, disputed, on plan, payable, in this order, each clipped to what is left. Pending includes its discount."""
    raise NotImplementedError


def balance(charges: Iterable[Parts], *, credit_cents: int) -> Balance:
    """The totals of a customer's charges and the account credit (unapplied money)."""
    raise NotImplementedError
