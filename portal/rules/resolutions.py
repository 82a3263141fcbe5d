"""What is decided about a dispute, in figures: approved of disputed, line by line, and goodwill within its budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from portal.rules.money import divide_half_up, half_up, share, words
from portal.rules.quantities import kept_quantity, plain_quantity, read_quantity
from portal.rules.refusals import Refusal

Verdict = Literal["accept", "accept_partly", "reject"]


@dataclass(frozen=True, slots=True)
class DisputedLine:
    """What of a line is disputed, and what of that was approved by an earlier decision."""

    position: int
    quantity: str
    net_cents: int
    tax_cents: int
    approved_net_cents: int = 0
    approved_tax_cents: int = 0


@dataclass(frozen=True, slots=True)
class Approved:
    """What of a line is approved in all, earlier decisions included."""

    position: int
    quantity: str
    net_cents: int
    tax_cents: int


@dataclass(frozen=True, slots=True)
class Resolution:
    """The verdict, what is approved of each line, and the credit memo that is still to be written (0: none)."""

    verdict: Verdict
    approved: tuple[Approved, ...]
    credit_net_cents: int
    credit_tax_cents: int

    @property
    def credit_cents(self) -> int:
        return self.credit_net_cents + self.credit_tax_cents


@dataclass(frozen=True, slots=True)
class Budget:
    """Goodwill in cents: for one dispute, for one customer and year, for a month; 0 gives none."""

    dispute_cents: int
    year_cents: int
    month_cents: int


def all_of(line: DisputedLine) -> Approved:
    """Everything that is disputed of the line."""
    return Approved(line.position, line.quantity, line.net_cents, line.tax_cents)


def none_of(line: DisputedLine) -> Approved:
    """Nothing beyond what an earlier decision gave."""
    return Approved(line.position, "", line.approved_net_cents, line.approved_tax_cents)


def by_quantity(line: DisputedLine, typed: str) -> Approved:
    """So many of the disputed ones, with their share of amount and tax."""
    disputed, given = kept_quantity(line.quantity), read_quantity(typed)
    if disputed is None or disputed <= 0:
        raise Refusal("This line is disputed by amount. Enter an amount.", field="approved")
    if given is None or given > disputed:
        raise Refusal("Enter how many of the disputed %(count)s are approved.", field="approved", count=line.quantity)
    net_cents = half_up(line.net_cents * Fraction(given) / Fraction(disputed))
    return _given(line, net_cents, plain_quantity(given))


def by_amount(line: DisputedLine, cents: int, *, currency: str) -> Approved:
    """So much of the disputed amount before tax, in all; of a line of which only tax is disputed, so much of that."""
    most = line.net_cents or line.tax_cents
    if not 0 <= cents <= most:
        raise Refusal(
            "%(amount)s of this line is disputed. Approve that or less.",
            field="approved",
            amount=words(most, currency),
        )
    return _given(line, cents, "")


def by_percentage(lines: Sequence[DisputedLine], percent_bp: int) -> tuple[Approved, ...]:
    """That share of what is disputed and not approved yet: 2500 is a quarter."""
    return tuple(_more(line, divide_half_up(_left(line) * percent_bp, 10_000)) for line in lines)


def by_sum(lines: Sequence[DisputedLine], cents: int) -> tuple[Approved, ...]:
    """A sum spread over what is disputed and not approved yet, to the cent.

    It is before tax, which comes on top; where only tax is disputed, it is of that.
    """
    is_before_tax = any(line.net_cents for line in lines)
    found, before, done = [], 0, 0
    whole = sum(_left(line) for line in lines if bool(line.net_cents) is is_before_tax)
    for line in lines:
        part = 0
        if bool(line.net_cents) is is_before_tax:
            before += _left(line)
            part = share(cents, before, whole) - done
            done += part
        found.append(_more(line, part))
    return tuple(found)


def spreadable_cents(lines: Sequence[DisputedLine]) -> int:
    """The most that `by_sum` can spread."""
    is_before_tax = any(line.net_cents for line in lines)
    return sum(_left(line) for line in lines if bool(line.net_cents) is is_before_tax)


def resolve(lines: Sequence[DisputedLine], approved: Sequence[Approved], *, replaces: bool = False) -> Resolution:
    """What follows from the approved figures; refuses taking back what an earlier decision gave.

    `replaces`: the goods are sent again, so that the customer is content without a credit.
    """
    by_position = {each.position: each for each in approved}
    net_cents = tax_cents = 0
    for line in lines:
        given = by_position[line.position]
        if given.net_cents < line.approved_net_cents or given.tax_cents < line.approved_tax_cents:
            raise Refusal("More than that was approved before, and its credit memo is written.", field="approved")
        net_cents += given.net_cents - line.approved_net_cents
        tax_cents += given.tax_cents - line.approved_tax_cents
    return Resolution(_verdict(lines, by_position, replaces=replaces), tuple(approved), net_cents, tax_cents)


def is_goodwill(cents: int, budget: Budget, *, given_this_year: int, given_this_month: int) -> bool:
    """Whether the seller gives it without looking: inside all three budgets.

    `given_this_year` to this customer, `given_this_month` to all of them.
    """
    return (
        0 < cents <= budget.dispute_cents
        and given_this_year + cents <= budget.year_cents
        and given_this_month + cents <= budget.month_cents
    )


def _verdict(lines: Sequence[DisputedLine], by_position: Mapping[int, Approved], *, replaces: bool) -> Verdict:
    disputed = sum(line.net_cents + line.tax_cents for line in lines)
    given = sum(each.net_cents + each.tax_cents for each in by_position.values())
    if replaces or given == disputed:
        return "accept"
    return "accept_partly" if given else "reject"


def _left(line: DisputedLine) -> int:
    """What is not approved yet, before tax or, where only that is disputed, of the tax."""
    return line.net_cents - line.approved_net_cents if line.net_cents else line.tax_cents - line.approved_tax_cents


def _more(line: DisputedLine, cents: int) -> Approved:
    """That much beyond what is approved already."""
    return _given(line, cents + (line.approved_net_cents if line.net_cents else line.approved_tax_cents), "")


def _given(line: DisputedLine, cents: int, quantity: str) -> Approved:
    if line.net_cents == 0:
        return Approved(line.position, quantity, 0, cents)
    return Approved(line.position, quantity, cents, share(line.tax_cents, cents, line.net_cents))
