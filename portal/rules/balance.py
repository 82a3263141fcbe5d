"""The parts of a charge's open amount and of a customer's balance (money.md 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Parts(NamedTuple):
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
    """Pending, disputed, on plan, payable, in this order, each clipped to what is left.

    pending_cents includes the discount the payments under way were quoted: 981.60 under way on 1,000.00 with
    18.40 of discount leaves nothing payable.
    """
    left = max(0, open_cents)
    clipped = []
    for wanted in (pending_cents, disputed_cents, on_plan_cents):
        part = min(max(0, wanted), left)
        left -= part
        clipped.append(part)
    pending, disputed, on_plan = clipped
    return Parts(pending, disputed, on_plan, payable_cents=left)


def balance(charges: Iterable[Parts], *, credit_cents: int) -> Balance:
    """The totals of a customer's charges and the account credit (unapplied money)."""
    all_parts = list(charges)
    return Balance(
        open_cents=sum(each.open_cents for each in all_parts),
        payable_cents=sum(each.payable_cents for each in all_parts),
        pending_cents=sum(each.pending_cents for each in all_parts),
        disputed_cents=sum(each.disputed_cents for each in all_parts),
        on_plan_cents=sum(each.on_plan_cents for each in all_parts),
        credit_cents=credit_cents,
    )
