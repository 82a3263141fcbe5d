"""The open-item statement of a day: rows with a computed status, totals, aging; and the account's activity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from portal.rules.balance import Balance, Parts, balance
from portal.rules.discounts import Offer
from portal.rules.ledger import Movement, balance_cents

DUE_SOON_DAYS = 7


class Status(StrEnum):
    """Computed from facts and a date, never stored."""

    PAID = "paid"
    PENDING = "pending"
    DISPUTED = "disputed"
    ON_PLAN = "on_plan"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    OPEN = "open"


class Item(NamedTuple):
    """One charge as the statement needs it; offer None means no discount terms."""

    charge_id: int
    number: str
    kind: str
    issued_on: date
    due_on: date
    amount_cents: int
    parts: Parts
    offer: Offer | None = None


class Row(NamedTuple):
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
            self.current_cents
            + self.days_1_30_cents
            + self.days_31_60_cents
            + self.days_61_90_cents
            + self.over_90_cents
        )

    @property
    def total_cents(self) -> int:
        """What the customer owes on that day: the statement's closing balance (money.md 2, invariant 8)."""
        return self.open_cents - self.unapplied_cents


@dataclass(frozen=True, slots=True)
class Statement:
    """Rows oldest due first; overdue and due-soon sums are of what is payable.

    pay_cents is all that is payable, less discount_cents, the discounts that come with it that day.
    """

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
    if parts.open_cents == 0:
        return Status.PAID
    if parts.payable_cents == 0:
        if parts.pending_cents:
            return Status.PENDING
        return Status.DISPUTED if parts.disputed_cents else Status.ON_PLAN
    days = (due_on - on).days
    if days < 0:
        return Status.OVERDUE
    return Status.DUE_SOON if days <= DUE_SOON_DAYS else Status.OPEN


def statement(items: Sequence[Item], *, credit_cents: int, on: date) -> Statement:
    """The open-item statement: charges with nothing open are left out."""
    opened = sorted(
        (item for item in items if item.parts.open_cents),
        key=lambda item: (item.due_on, item.issued_on, item.charge_id),
    )
    rows = tuple(
        Row(item, status(due_on=item.due_on, parts=item.parts, on=on), max(0, (on - item.due_on).days))
        for item in opened
    )
    totals = balance((item.parts for item in opened), credit_cents=credit_cents)
    discount_cents = sum(item.offer.discount_cents for item in opened if item.offer)
    return Statement(
        on=on,
        rows=rows,
        balance=totals,
        overdue_cents=_payable(rows, Status.OVERDUE),
        due_soon_cents=_payable(rows, Status.DUE_SOON),
        discount_cents=discount_cents,
        pay_cents=totals.payable_cents - discount_cents,
        aging=aging(((item.due_on, item.parts.open_cents) for item in opened), unapplied_cents=credit_cents, on=on),
    )


def aging(opens: Iterable[tuple[date, int]], *, unapplied_cents: int, on: date) -> Aging:
    """Buckets of (aging date, open_cents) pairs: an invoice ages from its due date, due today is current."""
    buckets = [0, 0, 0, 0, 0]
    for since, open_cents in opens:
        days = (on - since).days
        buckets[0 if days <= 0 else min(4, (days + 29) // 30)] += open_cents
    return Aging(buckets[0], buckets[1], buckets[2], buckets[3], buckets[4], unapplied_cents)


def activity(movements: Iterable[Movement], *, since: date, until: date) -> Activity:
    """Invoices, credits, payments and discounts from since to until, both included, oldest first.

    Takes every movement of the account; what is before since is the opening balance. An invoice or a credit
    memo is one line with its tax; applications change nothing that is owed and are no lines.
    """
    opening_cents = 0
    merged: dict[tuple[date, str], tuple[int, Movement]] = {}
    for movement in sorted(movements, key=lambda each: each.effective_on):
        change = balance_cents(movement)
        if movement.effective_on < since:
            opening_cents += change
        elif movement.effective_on <= until and change:
            key = (movement.effective_on, movement.source.replace("/tax", ""))
            before, first = merged.get(key, (0, movement))
            merged[key] = (before + change, first)
    lines, running = [], opening_cents
    for (on, source), (change, first) in merged.items():
        running += change
        lines.append(
            Line(on, _kind(source), source, change, running, first.charge_id, first.payment_id, first.credit_id)
        )
    return Activity(opening_cents, tuple(lines), running)


def _payable(rows: Iterable[Row], wanted: Status) -> int:
    return sum(row.item.parts.payable_cents for row in rows if row.status is wanted)


def _kind(source: str) -> str:
    """What happened, from the movement's source: `invoice`, `payment`, `refund`, `refund_failed`, `returned` …

    Stripe's refunds are named as its charges are, so the id tells.
    """
    kind, _, rest = source.partition(":")
    if kind == "discount":
        return "discount_reversed" if "/reversed" in rest else "discount"
    if kind != "stripe":
        return {"return": "returned"}.get(kind, kind)
    for end, name in (("/failed", "refund_failed"), ("/lost/", "returned"), ("/reinstated/", "restored")):
        if end in rest:
            return name
    return "refund" if rest.startswith(("re_", "pyr_")) else "payment"
