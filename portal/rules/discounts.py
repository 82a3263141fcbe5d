"""Early-payment discounts of one charge: what paying on a day would bring (money.md 4).

A charge is looked at in portions, each with windows of its own: what was never disputed, and what is left of
each disputed part that was decided for the customer. What is disputed now is in none of them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal

from portal.rules.dates import add_business_days, day_ends_at
from portal.rules.money import divide_half_up, half_up, share
from portal.rules.portions import Portion, put, windows_after
from portal.rules.terms import Step

REPAY_BUSINESS_DAYS = 2
CHECKOUT_LIVES = timedelta(minutes=31)

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
    portions = _portions(facts)
    discount_cents = _on_clearing(facts, portions, payable_cents, on) if on_plan_cents == 0 else 0
    if discount_cents == 0:
        return Offer(0, None, payable_cents, 0)
    until_on = None
    for day in _deadlines(facts, portions, on):
        if _on_clearing(facts, portions, payable_cents, day) != discount_cents:
            break
        until_on = day
    rate_bp = max(each.rate_bp(_terms_day(facts, on)) for each in portions)
    return Offer(discount_cents, until_on, payable_cents - discount_cents, rate_bp)


def offers(facts: Facts, *, payable_cents: int, on: date, on_plan_cents: int = 0) -> tuple[Offer, ...]:
    """Every offer from that day on, earliest deadline first: the terms of a charge in amounts and dates."""
    found = (
        offer(facts, payable_cents=payable_cents, on=day, on_plan_cents=on_plan_cents)
        for day in _deadlines(facts, _portions(facts), on)
    )
    return tuple(dict.fromkeys(each for each in found if each.discount_cents))


def discount_for(facts: Facts, *, payable_cents: int, amount_cents: int, on: date, on_plan_cents: int = 0) -> int:
    """The discount that comes with this payment: full mode only if it settles; pro rata its share.

    amount_cents is the money, without the discount: 490.80 on the example of money.md 4 in pro rata -> 9.20.
    """
    best = offer(facts, payable_cents=payable_cents, on=on, on_plan_cents=on_plan_cents)
    if amount_cents >= best.pay_cents:
        return best.discount_cents
    if facts.mode == "full" or best.discount_cents == 0:
        return 0
    discount_cents, left = 0, amount_cents
    day = _terms_day(facts, on)
    for portion in sorted(_portions(facts), key=lambda each: each.rate_bp(day) == 0):
        came = portion.pro_rata_of_amount(left, day)
        discount_cents += came
        left -= min(left, portion.left_cents() - came)
    return min(best.discount_cents, discount_cents)


def full_discount_cents(facts: Facts) -> int:
    """The most this charge can ever bring: the best step on all as issued (invariant 5)."""
    base = _base_cents(facts, facts.net_cents, facts.tax_cents)
    return divide_half_up(base * max((step.rate_bp for step in facts.steps), default=0), 10_000)


def taken_back_cents(facts: Facts) -> int:
    """What of the discounts standing (facts.settled) the credit memos already in facts take back.

    A discount stands on the base it was given for; where less base is left than that, its share goes.
    """
    so_far = sum(each.discount_cents for each in facts.settled)
    earned_on = _covered(facts, _portions(facts))
    net_cents, tax_cents = _undisputed(facts)
    left = _base_cents(facts, net_cents, tax_cents)
    if earned_on <= left:
        return 0
    return so_far - half_up(so_far * left / earned_on)


def tax_part_cents(facts: Facts, discount_cents: int) -> int:
    """Of a discount about to be given, what debits tax_payable: 0 unless the tax follows; it accumulates."""
    if facts.base != "gross_tax_follows":
        return 0
    net_cents, tax_cents = _undisputed(facts)
    so_far = sum(each.discount_cents for each in facts.settled)
    running, before = (share(each, tax_cents, net_cents + tax_cents) for each in (so_far + discount_cents, so_far))
    return running - before


def days_left(step: Step, filed_on: date) -> int | None:
    """Days left on the clock of a part disputed that day; None when the window was over."""
    return (step.until_on - filed_on).days if filed_on <= step.until_on else None


def repay_until(notice_on: date) -> date:
    """Last day of the re-pay window: two Federal Reserve business days from our notice.

    Not for a return with `debit_not_authorized`: that opens no window.
    """
    return add_business_days(notice_on, REPAY_BUSINESS_DAYS)


def honoured_until(until_on: date, *, opened_at: datetime, zone: str) -> datetime:
    """Until when a checkout opened in time honours its quote: the deadline, or 31 minutes later than opened."""
    return max(day_ends_at(until_on, zone), opened_at + CHECKOUT_LIVES)


def _portions(facts: Facts) -> list[Portion]:
    """What was never disputed first, then each clock's part; with the payments so far on them."""
    net_cents, tax_cents = _undisputed(facts)
    net_cents -= sum(clock.net_cents for clock in facts.clocks)
    tax_cents -= sum(clock.tax_cents for clock in facts.clocks)
    portions = [_portion(facts, max(0, net_cents), max(0, tax_cents), facts.steps)]
    for clock in facts.clocks:
        windows = windows_after(facts.steps, filed_on=clock.filed_on, decided_on=clock.decided_on)
        portions.append(_portion(facts, clock.net_cents, clock.tax_cents, windows))
    for each in sorted(facts.settled, key=lambda each: each.started_on):
        put(portions, each.amount_cents, each.discount_cents, on=each.started_on, late_rate_bp=_late_rate_bp(facts))
    return portions


def _undisputed(facts: Facts) -> tuple[int, int]:
    """Net and tax as issued, less what is credited and what is disputed now."""
    net_cents = facts.net_cents - facts.credited_net_cents - facts.disputed_net_cents
    tax_cents = facts.tax_cents - facts.credited_tax_cents - facts.disputed_tax_cents
    return max(0, net_cents), max(0, tax_cents)


def _portion(facts: Facts, net_cents: int, tax_cents: int, windows: tuple[Step, ...]) -> Portion:
    return Portion(net_cents + tax_cents, _base_cents(facts, net_cents, tax_cents), windows)


def _base_cents(facts: Facts, net_cents: int, tax_cents: int) -> int:
    return net_cents if facts.base == "net" else net_cents + tax_cents


def _late_rate_bp(facts: Facts) -> int:
    """A late discount that the owner allowed by hand counts as given at the last step's rate."""
    return min((step.rate_bp for step in facts.steps), default=0)


def _terms_day(facts: Facts, on: date) -> date:
    """In the re-pay window of a failed debit, the day it was started still counts."""
    if facts.repay and facts.repay.started_on <= on <= facts.repay.until_on:
        return facts.repay.started_on
    return on


def _deadlines(facts: Facts, portions: list[Portion], on: date) -> list[date]:
    """The days from then on whose end can change the discount."""
    days = {step.until_on for portion in portions for step in portion.windows}
    if facts.repay:
        days.add(facts.repay.until_on)
    return sorted(day for day in days if day >= on)


def _on_clearing(facts: Facts, portions: list[Portion], payable_cents: int, on: date) -> int:
    """The discount that comes with settling what is payable, never more in all than as issued."""
    discount_cents = _regular(facts, portions, payable_cents, on)
    then = _terms_day(facts, on)
    if facts.repay and then != on:
        again = min(facts.repay.discount_cents, _regular(facts, portions, payable_cents, then))
        discount_cents = max(discount_cents, again)
    so_far = sum(each.discount_cents for each in facts.settled)
    return max(0, min(discount_cents, payable_cents, full_discount_cents(facts) - so_far))


def _regular(facts: Facts, portions: list[Portion], payable_cents: int, on: date) -> int:
    if facts.mode == "full":
        exact = sum(each.unearned(on) for each in portions)
        return divide_half_up(exact.numerator, exact.denominator * 10_000)
    discount_cents, left = 0, payable_cents
    for portion in sorted(portions, key=lambda each: each.rate_bp(on) == 0):
        gross = min(left, max(0, portion.left_cents()))
        left -= gross
        discount_cents += portion.pro_rata_of_gross(gross, on)
    return discount_cents


def _covered(facts: Facts, portions: list[Portion]) -> Fraction:
    """The base that discounts were given for: 18.40 at 2 % was given for 920.00."""
    total = Fraction(0)
    for each in facts.settled:
        rate_bp = max(portion.rate_bp(each.started_on) for portion in portions) or _late_rate_bp(facts)
        if rate_bp:
            total += Fraction(each.discount_cents * 10_000, rate_bp)
    return total
