"""Which charges a payment goes to, and with what discount: quotes before the payment, postings after it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from portal.rules.discounts import Facts


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A charge with something open. At a posting, payable_cents and facts leave out the payment being posted."""

    charge_id: int
    number: str
    issued_on: date
    due_on: date
    open_cents: int
    payable_cents: int
    on_plan_cents: int = 0
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """pay_cents of money, credit_cents of account credit and discount_cents go to this charge."""

    charge_id: int
    pay_cents: int
    discount_cents: int = 0
    credit_cents: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines oldest due first; total_cents is the money to be charged, until_on the first deadline of a discount."""

    lines: tuple[QuoteLine, ...]
    total_cents: int
    discount_cents: int
    credit_cents: int
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Application:
    """amount_cents of the payment and credit_cents of account credit applied to a charge, with its discount."""

    charge_id: int
    amount_cents: int
    discount_cents: int
    credit_cents: int = 0


@dataclass(frozen=True, slots=True)
class Posting:
    """sum(amount_cents) + unapplied_cents = received."""

    applications: tuple[Application, ...]
    unapplied_cents: int


def quote_selection(
    items: Sequence[OpenItem], chosen_ids: Collection[int], *, today: date, currency: str,
    minimum_cents: int, credit_cents: int = 0,
) -> Quote:
    """Chosen charges wholly, each at payable - discount, account credit used first (oldest due first)."""
    raise NotImplementedError


def quote_lump_sum(
    items: Sequence[OpenItem], amount_cents: int, *, today: date, currency: str, minimum_cents: int,
) -> Quote:
    """Oldest due first, each at payable - discount; one not cleared gets none in full mode, its share in pro rata."""
    raise NotImplementedError


def apply(
    received_cents: int, lines: Sequence[QuoteLine], items: Sequence[OpenItem], *, started_on: date,
    credit_cents: int = 0,
) -> Posting:
    """Post a payment by its quote (money.md 5). credit_cents: account credit there is now, besides this payment."""
    raise NotImplementedError
