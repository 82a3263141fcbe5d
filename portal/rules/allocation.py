"""Which charges a payment goes to, with what discount: quotes before the payment, postings after it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal.rules.discounts import Facts, Offer, discount_for, offer
from portal.rules.money import stripe_minimum_cents, words
from portal.rules.refusals import Conflict, Refusal


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A charge with something open. At a posting, payable_cents and facts leave out the payment being posted.

    facts None: no discount terms. on_plan_cents is part of open_cents, and not of payable_cents.
    """

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
    """Lines oldest due first; total_cents is the money to charge, until_on the first deadline of a discount."""

    lines: tuple[QuoteLine, ...]
    total_cents: int
    discount_cents: int
    credit_cents: int
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Application:
    """amount_cents of the payment and credit_cents of account credit go to a charge, with its discount."""

    charge_id: int
    amount_cents: int
    discount_cents: int
    credit_cents: int = 0


@dataclass(frozen=True, slots=True)
class Posting:
    """sum(amount_cents) + unapplied_cents = received."""

    applications: tuple[Application, ...]
    unapplied_cents: int


def oldest_due_first(items: Iterable[OpenItem]) -> list[OpenItem]:
    """By due date, then invoice date, then the order in which they were entered."""
    return sorted(items, key=lambda item: (item.due_on, item.issued_on, item.charge_id))


def quote_selection(
    items: Sequence[OpenItem],
    chosen_ids: Collection[int],
    *,
    today: date,
    currency: str,
    minimum_cents: int,
    credit_cents: int = 0,
) -> Quote:
    """Chosen charges wholly, each at payable - discount; account credit is used first, oldest due first.

    A total of 0 means that the credit covers all. Refuses nothing chosen, what is not payable any more
    (Conflict), and less money than minimum_cents.
    """
    if not chosen_ids:
        raise Refusal("Choose at least one invoice to pay.", field="charge")
    chosen = [item for item in oldest_due_first(items) if item.charge_id in set(chosen_ids)]
    if len(chosen) < len(set(chosen_ids)):
        raise Conflict("One of these invoices is no longer open. Look at your statement and choose again.")
    lines, offers = [], []
    for item in chosen:
        if item.payable_cents <= 0:
            raise Conflict(
                "Nothing of invoice %(number)s can be paid now. Choose again without it.", number=item.number
            )
        best = _offer(item, today)
        credit = min(credit_cents, best.pay_cents)
        credit_cents -= credit
        lines.append(QuoteLine(item.charge_id, best.pay_cents - credit, best.discount_cents, credit))
        offers.append(best)
    quote = _quote(lines, offers)
    if 0 < quote.total_cents < minimum_cents:
        raise Refusal(
            "%(total)s is below the smallest payment, %(minimum)s. Choose another invoice with it.",
            field="charge",
            total=words(quote.total_cents, currency),
            minimum=words(minimum_cents, currency),
        )
    return quote


def quote_lump_sum(
    items: Sequence[OpenItem], amount_cents: int, *, today: date, currency: str, minimum_cents: int
) -> Quote:
    """Oldest due first, each at payable - discount; one that is not cleared gets none in full mode.

    In pro rata mode it gets its share. Refuses less than minimum_cents (unless that pays everything) and more than
    would pay everything.
    """
    payable = [item for item in oldest_due_first(items) if item.payable_cents > 0]
    most_cents = sum(_offer(item, today).pay_cents for item in payable)
    if most_cents == 0:
        raise Conflict("Nothing can be paid now. Look at your statement.")
    is_all = amount_cents == most_cents and amount_cents >= stripe_minimum_cents(currency)
    if amount_cents < minimum_cents and not is_all:
        raise Refusal("The smallest payment is %(amount)s.", field="amount", amount=words(minimum_cents, currency))
    if amount_cents > most_cents:
        raise Refusal(
            "%(amount)s pays everything. Enter that or less.", field="amount", amount=words(most_cents, currency)
        )
    lines = spread(payable, amount_cents, started_on=today)
    discounted = {line.charge_id for line in lines if line.discount_cents}
    return _quote(lines, [_offer(item, today) for item in payable if item.charge_id in discounted])


def quote_plan(items: Sequence[OpenItem], amount_cents: int, *, currency: str) -> Quote:
    """Money for a plan: to what of its charges is on it, oldest due first, without discounts.

    Refuses less than Stripe takes, and more than is left to pay of the plan.
    """
    most_cents = sum(item.on_plan_cents for item in items)
    least_cents = stripe_minimum_cents(currency)
    if most_cents < least_cents:
        raise Conflict("Nothing of this plan can be paid now. Look at it again.")
    if amount_cents < least_cents:
        raise Refusal(
            "The smallest payment is %(amount)s. Enter that or more.",
            field="amount",
            amount=words(least_cents, currency),
        )
    if amount_cents > most_cents:
        raise Refusal(
            "%(amount)s pays all that is left. Enter that or less.", field="amount", amount=words(most_cents, currency)
        )
    lines, left = [], amount_cents
    for item in oldest_due_first(item for item in items if item.on_plan_cents):
        pay = min(left, item.on_plan_cents)
        left -= pay
        if pay:
            lines.append(QuoteLine(item.charge_id, pay))
    return _quote(lines, ())


def spread(items: Iterable[OpenItem], amount_cents: int, *, started_on: date) -> tuple[QuoteLine, ...]:
    """Where money of that day goes: oldest due first, each at payable - discount; what nothing needs is left over."""
    lines, left = [], amount_cents
    for item in oldest_due_first(item for item in items if item.payable_cents > 0):
        if left == 0:
            break
        best = _offer(item, started_on)
        pay = min(left, best.pay_cents)
        left -= pay
        discount = best.discount_cents if pay == best.pay_cents else _discount(item, pay, started_on)
        lines.append(QuoteLine(item.charge_id, pay, discount))
    return tuple(lines)


def apply(
    received_cents: int,
    lines: Sequence[QuoteLine],
    items: Sequence[OpenItem],
    *,
    started_on: date,
    credit_cents: int = 0,
) -> Posting:
    """Post a payment by its quote (money.md 5): at most the open amount, the rest stays account credit.

    A discount comes only with what was cleared, and never more than was quoted or than is still due for a
    payment started that day (a checkout that honoured its quote: the day it was opened). Quoted account credit
    is used as far as credit_cents (what there is now, without this payment) goes. Where the money is not what
    was quoted, it goes to the quoted charges, oldest due first, each up to what clears its payable part.
    """
    by_id = {line.charge_id: line for line in lines}
    as_quoted = received_cents == sum(line.pay_cents for line in lines)
    applications, left = [], received_cents
    for item in oldest_due_first(item for item in items if item.charge_id in by_id):
        line = by_id[item.charge_id]
        credit = min(line.credit_cents, credit_cents)
        wanted = line.pay_cents if as_quoted else left
        done = _apply_line(item, line, min(left, wanted), credit, started_on)
        left -= done.amount_cents
        credit_cents -= done.credit_cents
        if done.amount_cents or done.credit_cents:
            applications.append(done)
    return Posting(tuple(applications), left)


def _offer(item: OpenItem, on: date) -> Offer:
    if item.facts is None:
        return Offer(0, None, item.payable_cents, 0)
    return offer(item.facts, payable_cents=item.payable_cents, on=on, on_plan_cents=item.on_plan_cents)


def _discount(item: OpenItem, amount_cents: int, on: date) -> int:
    if item.facts is None:
        return 0
    return discount_for(
        item.facts,
        payable_cents=item.payable_cents,
        amount_cents=amount_cents,
        on=on,
        on_plan_cents=item.on_plan_cents,
    )


def _quote(lines: Sequence[QuoteLine], offers: Iterable[Offer]) -> Quote:
    return Quote(
        lines=tuple(lines),
        total_cents=sum(line.pay_cents for line in lines),
        discount_cents=sum(line.discount_cents for line in lines),
        credit_cents=sum(line.credit_cents for line in lines),
        until_on=min((each.until_on for each in offers if each.until_on), default=None),
    )


def _apply_line(item: OpenItem, line: QuoteLine, money_cents: int, credit_cents: int, started_on: date) -> Application:
    """money_cents is what there is for this line; takes no more than the charge can hold."""
    discount = min(line.discount_cents, _still_due(item, started_on), item.open_cents)
    holds = item.open_cents - discount
    quoted = line.pay_cents + line.credit_cents
    if money_cents + credit_cents < min(quoted, holds):
        discount = _partial_discount(item, line, money_cents + credit_cents, started_on)
        holds = item.open_cents - discount
    holds = min(holds, max(quoted, item.payable_cents - discount))
    credit = min(credit_cents, holds)
    return Application(item.charge_id, min(money_cents, holds - credit), discount, credit)


def _still_due(item: OpenItem, started_on: date) -> int:
    """The discount that clearing the charge still brings; what was disputed since the quote was paid with it."""
    if item.facts is None:
        return 0
    facts = replace(item.facts, disputed_net_cents=0, disputed_tax_cents=0)
    return offer(facts, payable_cents=item.open_cents, on=started_on).discount_cents


def _partial_discount(item: OpenItem, line: QuoteLine, amount_cents: int, started_on: date) -> int:
    """For a charge that is not cleared: none in full mode, its share in pro rata."""
    if item.facts is None or item.facts.mode == "full":
        return 0
    return min(line.discount_cents, _discount(item, amount_cents, started_on))
