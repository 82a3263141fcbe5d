"""How the instalments of a plan stand: what money has settled or trimmed, what is frozen, under way, late (money.md 7).

Nothing of this is stored: it is the agreed schedule, the money received for it in its order, and what is left to pay
of the charges it covers. So the instalments always add up to what is left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, NamedTuple

from portal.rules.plans import Due

Ahead = Literal["last", "next"]
Step = Literal["notice", "cured", "default"]


class Money(NamedTuple):
    """Money for a plan on a day: of one instalment (collected), or by hand; `ahead` is where more than is due goes."""

    on: date
    cents: int
    position: int | None = None
    ahead: Ahead = "last"


@dataclass(frozen=True, slots=True)
class Instalment:
    """agreed = paid + fell away + open; open = frozen by disputes + under way + still to be paid (`left_cents`)."""

    position: int
    due_on: date
    agreed_cents: int
    paid_cents: int
    open_cents: int
    frozen_cents: int = 0
    pending_cents: int = 0

    @property
    def left_cents(self) -> int:
        return self.open_cents - self.frozen_cents - self.pending_cents

    @property
    def amount_cents(self) -> int:
        """What this instalment is now: 0 where all of it fell away."""
        return self.paid_cents + self.open_cents


def outlook(
    dues: Sequence[Due],
    received: Iterable[Money],
    *,
    covered_left_cents: int,
    pending: Iterable[Money] = (),
    frozen_cents: int = 0,
) -> tuple[Instalment, ...]:
    """The instalments as they stand; Σ open = covered_left_cents, what is left to pay of the covered charges.

    A payment by hand settles what is due, or else the next instalment; more than that trims from the last one
    backwards, or settles the following ones. Credits trim from the last, disputes freeze from the last.
    """
    rows = [Instalment(due.position, due.due_on, due.amount_cents, 0, due.amount_cents) for due in sorted(dues)]
    for money in received:
        left = money.cents
        for at in _settles(rows, money):
            cents = min(left, rows[at].open_cents)
            left -= cents
            rows[at] = replace(rows[at], paid_cents=rows[at].paid_cents + cents, open_cents=rows[at].open_cents - cents)
        _trim(rows, left)
    _trim(rows, max(0, sum(row.open_cents for row in rows) - covered_left_cents))
    for money in pending:
        left = money.cents
        for at in [*_settles(rows, money), *reversed(range(len(rows)))]:
            cents = min(left, rows[at].left_cents)
            left -= cents
            rows[at] = replace(rows[at], pending_cents=rows[at].pending_cents + cents)
    left = frozen_cents
    for at in reversed(range(len(rows))):
        cents = min(left, rows[at].left_cents)
        left -= cents
        rows[at] = replace(rows[at], frozen_cents=cents)
    return tuple(rows)


def following(rows: Sequence[Instalment], *, least_cents: int) -> Instalment | None:
    """The next one to be paid. Less than Stripe takes is never asked for."""
    return next((row for row in rows if is_asked_for(row, least_cents=least_cents)), None)


def is_asked_for(row: Instalment, *, least_cents: int) -> bool:
    return row.left_cents >= max(1, least_cents)


def asked_cents(rows: Sequence[Instalment], *, today: date, least_cents: int) -> int:
    """What there is to pay by hand: all that is due by today, else the next instalment; 0 where nothing is left."""
    asked = [row for row in rows if is_asked_for(row, least_cents=least_cents)]
    due = [row.left_cents for row in asked if row.due_on <= today]
    return sum(due) or sum(row.left_cents for row in asked[:1])


def late_since(rows: Sequence[Instalment], *, today: date, least_cents: int) -> date | None:
    """The due day of the oldest instalment that should have been paid before today; None for a plan that is kept."""
    for row in rows:
        if row.due_on < today and is_asked_for(row, least_cents=least_cents):
            return row.due_on
    return None


def is_complete(rows: Sequence[Instalment], *, least_cents: int) -> bool:
    """Nothing is left to be asked for, under way or disputed; a remainder that Stripe would not take is no reason to
    wait."""
    return all(
        row.pending_cents == row.frozen_cents == 0 and not is_asked_for(row, least_cents=least_cents) for row in rows
    )


def next_step(
    late_on: date | None, *, cure_by: date | None, today: date, grace_days: int, cure_days: int
) -> Step | None:
    """What a day brings for a plan: the notice of default after the grace days, its cure, or the default once the
    time to cure is over. A notice is about what was late that day: what comes due later has a notice of its own."""
    if cure_by is not None and (late_on is None or late_on >= cure_by - timedelta(days=cure_days)):
        return "cured"
    if late_on is None:
        return None
    if cure_by is None:
        return "notice" if today > late_on + timedelta(days=grace_days) else None
    return "default" if today > cure_by else None


def _settles(rows: Sequence[Instalment], money: Money) -> list[int]:
    """The places that this money settles, in order; what they do not need trims."""
    opened = [at for at, row in enumerate(rows) if row.left_cents > 0]
    if money.position is not None:
        return [at for at in opened if rows[at].position == money.position]
    if money.ahead == "next":
        return opened
    return [at for n, at in enumerate(opened) if n == 0 or rows[at].due_on <= money.on]


def _trim(rows: list[Instalment], cents: int) -> None:
    for at in reversed(range(len(rows))):
        taken = min(cents, rows[at].open_cents)
        cents -= taken
        rows[at] = replace(rows[at], open_cents=rows[at].open_cents - taken)
