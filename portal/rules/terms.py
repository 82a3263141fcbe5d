"""Payment terms as people write them, and the dates they mean for one invoice."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Discount:
    """`2/10` -> rate 200, days 10; with eom `2/10 EOM`: until the 10th of the month after the invoice's."""

    rate_bp: int
    days: int
    eom: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Discount steps, earliest first; net days from the invoice date, or with eom from its month's end."""

    net_days: int
    discounts: tuple[Discount, ...] = ()
    eom: bool = False
    next_month_end: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A discount of one invoice: this rate when payment is started on or before this day."""

    rate_bp: int
    until_on: date


def parse_terms(text: str) -> Terms:
    """`2/10 net 30`, `1.5/15, n/45`, `3/5, 2/10, net 30`, `2/10 EOM`, `due on receipt` (money.md 4); else a Refusal."""
    raise NotImplementedError


def due_on(terms: Terms, issued_on: date) -> date:
    """The due date these terms give; an explicit due date on the invoice wins over it."""
    raise NotImplementedError


def steps(terms: Terms, issued_on: date) -> tuple[Step, ...]:
    """The discount steps in dates, earliest first."""
    raise NotImplementedError


def to_text(terms: Terms) -> str:
    """Canonical text; `parse_terms(to_text(t)) == t`."""
    raise NotImplementedError
