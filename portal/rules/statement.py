"""The open-item statement of a day: rows with a computed status, totals, aging, and the account's activity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.rules.balance import Balance, Parts
from portal.rules.discounts import Offer
from portal.rules.ledger import Movement


class Status(StrEnum):
    """Computed from facts and a date, never stored."""

    PAID = "paid"
    PENDING = "pending"
    DISPUTED = "disputed"
    ON_PLAN = "on_plan"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Item:
    """One charge as the statement needs it; offer None means no discount terms."""

    charge_id: int
    number: str
    kind: str
    issued_on: date
    due_on: date
    amount_cents: int
    parts: Parts
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An item with its status and days past due on the statement's day (0 when not yet past due)."""

    item: Item
    status: Status
    days_past_due: int


@dataclass(frozen=True, slots=True)
class Aging:
    """Open amounts by days past due (money.md 8); unapplied money is a column of its own."""

    current_cents: int
    days_1_30_cents: int
    days_31_60_cents: int
    days_61_90_cents: int
    over_90_cents: int
    unapplied_cents: int

    @property
    def open_cents(self) -> int:
        return (
            self.current_cents + self.days_1_30_cents + self.days_31_60_cents
            + self.days_61_90_cents + self.over_90_cents
        )

    @property
    def total_cents(self) -> int:
        return self.open_cents - self.unapplied_cents


@dataclass(frozen=True, slots=True)
class Statement:
    """Rows oldest due first; overdue and due-soon sums are of what is payable; pay_cents is all of it at discount."""

    on: date
    rows: tuple[Row, ...]
    balance: Balance
    overdue_cents: int
    due_soon_cents: int
    discount_cents: int
    pay_cents: int
    aging: Aging


@dataclass(frozen=True, slots=True)
class Line:
    """One line of account activity: its effect on what is owed and the balance after it."""

    on: date
    kind: str
    source: str
    amount_cents: int
    balance_cents: int
    charge_id: int | None
    payment_id: int | None
    credit_id: int | None


@dataclass(frozen=True, slots=True)
class Activity:
    """opening + sum of the lines = closing."""

    opening_cents: int
    lines: tuple[Line, ...]
    closing_cents: int


def status(*, due_on: date, parts: Parts, on: date) -> Status:
    """paid at exactly 0 open; else by what is payable and its due date; else by what holds the rest."""
    raise NotImplementedError


def statement(items: Sequence[Item], *, credit_cents: int, on: date) -> Statement:
    """The open-item statement: charges with nothing open are left out."""
    raise NotImplementedError


def aging(opens: Iterable[tuple[date, int]], *, unapplied_cents: int, on: date) -> Aging:
    """Buckets of (aging date, open_cents) pairs; an invoice ages from its due date."""
    raise NotImplementedError


def activity(movements: Iterable[Movement], *, since: date, until: date) -> Activity:
    """Invoices, credits, payments and discounts from since to until, both included; applications are no lines."""
    raise NotImplementedError
