"""Early-payment discounts of one charge: what paying on a day would bring (money.md 4)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from portal.rules.terms import Step

Base = Literal["net", "gross", "gross_tax_follows"]
Mode = Literal["full", "pro_rata"]


@dataclass(frozen=True, slots=True)
class Settled:
    """A payment or account credit standing on (or a bank debit under way for) the charge, with its discount.

    started_on is the day whose terms it got (a quote honoured: the day the checkout opened). Leave out what
    came from credit memos on this very charge (they lower the base) and the payment just being quoted or posted.
    """

    started_on: date
    amount_cents: int
    discount_cents: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """What is left of a disputed part after a decision for the customer; its days count from the decision.

    Decided against or withdrawn: no Clock at all, as if the clock had never stopped.
    """

    net_cents: int
    tax_cents: int
    filed_on: date
    decided_on: date


@dataclass(frozen=True, slots=True)
class Repay:
    """The re-pay window of a bank debit that failed: its start, the discount it was quoted, the window's last day."""

    started_on: date
    discount_cents: int
    until_on: date


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides a charge's discount. Amounts as issued, less credit memos on it, less what is disputed now."""

    net_cents: int
    tax_cents: int
    steps: tuple[Step, ...]
    base: Base = "net"
    mode: Mode = "full"
    credited_net_cents: int = 0
    credited_tax_cents: int = 0
    disputed_net_cents: int = 0
    disputed_tax_cents: int = 0
    settled: tuple[Settled, ...] = ()
    clocks: tuple[Clock, ...] = ()
    repay: Repay | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """Paying pay_cents, started by until_on, settles what is payable with this discount (0 and None: no discount)."""

    discount_cents: int
    until_on: date | None
    pay_cents: int
    rate_bp: int


def offer(facts: Facts, *, payable_cents: int, on: date, on_plan_cents: int = 0) -> Offer:
    """What settling the payable part on that day costs. A plan accepted ends what is unearned."""
    raise NotImplementedError


def offers(facts: Facts, *, payable_cents: int, on: date, on_plan_cents: int = 0) -> tuple[Offer, ...]:
    """Every offer from that day on, earliest deadline first (several steps, clocks): the terms in amounts and dates."""
    raise NotImplementedError


def discount_for(facts: Facts, *, payable_cents: int, amount_cents: int, on: date, on_plan_cents: int = 0) -> int:
    """The discount that comes with this payment: full mode only if it settles; pro rata its share."""
    raise NotImplementedError


def full_discount_cents(facts: Facts) -> int:
    """The most this charge can ever bring: the best step on all as issued (invariant 5)."""
    raise NotImplementedError


def taken_back_cents(facts: Facts) -> int:
    """What of the discounts standing (facts.settled) a credit memo already in facts takes back."""
    raise NotImplementedError


def tax_part_cents(facts: Facts, discount_cents: int) -> int:
    """Of a discount about to be given, what debits tax_payable: 0 unless `gross_tax_follows`."""
    raise NotImplementedError


def days_left(step: Step, filed_on: date) -> int | None:
    """Days left on the clock of a part disputed that day; None when the window was over."""
    raise NotImplementedError


def repay_until(notice_on: date) -> date:
    """Last day of the re-pay window: two Federal Reserve business days from our notice."""
    raise NotImplementedError


def honoured_until(until_on: date, *, opened_at: datetime, zone: str) -> datetime:
    """Until when a checkout opened in time honours its quote: the deadline, or 31 minutes after opening if later."""
    raise NotImplementedError
