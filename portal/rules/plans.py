"""Payment plans: the schedule, the owner's guardrails, moving one date, and what needs new consent (money.md 7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from portal.rules.dates import add_months
from portal.rules.money import share, split, stripe_minimum_cents, words
from portal.rules.refusals import Conflict, Refusal

Every = Literal["week", "fortnight", "month"]
State = Literal[
    "requested", "offered", "declined", "expired", "withdrawn", "active", "paused", "completed", "defaulted",
    "cancelled", "replaced",
]  # fmt: skip

EVERY: tuple[Every, ...] = ("week", "fortnight", "month")
# Money is on a plan while it is kept: a paused plan is.
KEPT: frozenset[State] = frozenset({"active", "paused"})
ENDED: frozenset[State] = frozenset({"completed", "defaulted", "cancelled", "replaced"})
NEVER_AGREED: frozenset[State] = frozenset({"declined", "expired", "withdrawn"})
# Five payments in writing, or a finance charge, make credit under Regulation Z, 12 CFR 1026.2(a)(17).
MOST_WITHOUT_WARNING = 4
LONGEST_MOVE_DAYS = 7
MOST_INSTALMENTS = 60
_DAYS = {"week": 7, "fortnight": 14}


class Due(NamedTuple):
    """One payment of a plan; position 0 is the down payment."""

    position: int
    due_on: date
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Shape:
    """How a plan is cut: a down payment at once, then `count` instalments from a day on."""

    down_cents: int
    count: int
    every: Every
    first_on: date


@dataclass(frozen=True, slots=True)
class Guardrails:
    """What a customer may choose without asking; the owner may go beyond them."""

    most_count: int
    least_cents: int
    most_days: int
    least_down_bp: int
    most_first_days: int


class Broken(NamedTuple):
    """A guardrail that a wish is outside of: the field, and a sentence in the style of a Refusal."""

    field: str
    message: str
    values: dict[str, object]


def schedule(total_cents: int, shape: Shape, *, today: date) -> tuple[Due, ...]:
    """The down payment today, then equal instalments, the remainder one cent each to the first.

    Months are anchored: 31 January, 28 February, 31 March. Sum of the amounts = total_cents.
    """
    amounts = split(total_cents - shape.down_cents, shape.count)
    dues = [Due(place, _nth(shape, place - 1), cents) for place, cents in enumerate(amounts, start=1)]
    down = [Due(0, today, shape.down_cents)] if shape.down_cents else []
    return (*down, *dues)


def check_shape(total_cents: int, shape: Shape, *, today: date, currency: str) -> None:
    """Refuse what cannot be a plan at all, whoever wishes it."""
    for fault in faults(total_cents, shape, today=today, currency=currency):
        raise fault


def faults(total_cents: int, shape: Shape, *, today: date, currency: str) -> Sequence[Refusal]:
    """Why a shape cannot be a plan at all, one for each field that is wrong."""
    found: list[Refusal] = []

    def look(check: Callable[[], None]) -> None:
        try:
            check()
        except Refusal as fault:
            found.append(fault)

    look(lambda: check_down(shape.down_cents, total_cents, currency=currency))
    look(lambda: check_count(shape.count))
    if not found:
        look(lambda: _check_size(total_cents, shape, currency=currency))
    look(lambda: check_first_on(shape.first_on, today=today))
    return found


def check_count(count: int) -> None:
    """Refuse a number of payments that no plan has."""
    if not 1 <= count <= MOST_INSTALMENTS:
        raise Refusal("Choose from 1 to %(most)s payments.", field="count", most=MOST_INSTALMENTS)


def check_first_on(first_on: date, *, today: date) -> None:
    """Refuse a first day that is over."""
    if first_on < today:
        raise Refusal("The first payment cannot be in the past. Choose today or a later day.", field="first_on")


def check_down(down_cents: int, total_cents: int, *, currency: str) -> None:
    """Refuse a first amount that is all of it, or less than can be paid."""
    least_cents = stripe_minimum_cents(currency)
    if down_cents < 0:
        raise Refusal("This is below zero. Write an amount like 1234.56, or leave it empty.", field="down")
    if down_cents >= total_cents:
        whole = words(total_cents, currency)
        raise Refusal("The first amount must be less than the whole, %(total)s.", field="down", total=whole)
    if 0 < down_cents < least_cents:
        raise Refusal("The smallest payment is %(amount)s.", field="down", amount=words(least_cents, currency))


def _check_size(total_cents: int, shape: Shape, *, currency: str) -> None:
    least_cents = stripe_minimum_cents(currency)
    if (total_cents - shape.down_cents) // shape.count < least_cents:
        raise Refusal(
            "That makes payments below %(amount)s, the smallest that can be paid. Choose fewer payments.",
            field="count",
            amount=words(least_cents, currency),
        )


def outside(
    total_cents: int, shape: Shape, guardrails: Guardrails, *, today: date, currency: str
) -> tuple[Broken, ...]:
    """Which guardrails a possible shape breaks; none means that the customer may have it without asking."""
    found = []
    if shape.count > guardrails.most_count:
        found.append(Broken("count", "At most %(most)s payments.", {"most": guardrails.most_count}))
    if (total_cents - shape.down_cents) // shape.count < guardrails.least_cents:
        least = words(guardrails.least_cents, currency)
        found.append(Broken("count", "Each payment at least %(amount)s.", {"amount": least}))
    down_cents = least_down_cents(total_cents, guardrails)
    if shape.down_cents < down_cents:
        found.append(Broken("down", "At least %(amount)s today.", {"amount": words(down_cents, currency)}))
    if shape.first_on > today + timedelta(days=guardrails.most_first_days):
        found.append(
            Broken("first_on", "The first payment within %(days)s days.", {"days": guardrails.most_first_days})
        )
    if _nth(shape, shape.count - 1) > today + timedelta(days=guardrails.most_days):
        found.append(Broken("count", "All of it paid within %(days)s days.", {"days": guardrails.most_days}))
    return tuple(found)


def least_down_cents(total_cents: int, guardrails: Guardrails) -> int:
    """The smallest down payment that the owner accepts without being asked."""
    return share(total_cents, guardrails.least_down_bp, 10_000)


def is_credit(shape: Shape, *, is_business: bool) -> bool:
    """Whether a consumer's plan has so many payments that the owner must be warned: the down payment is not counted."""
    return not is_business and shape.count > MOST_WITHOUT_WARNING


def needs_consent(before: Sequence[Due], after: Sequence[Due]) -> bool:
    """Whether a changed schedule asks for more, or for anything sooner: only then must the customer agree anew."""
    known = {due.position: due for due in before}
    for due in after:
        agreed = known.get(due.position)
        if agreed is None or due.amount_cents > agreed.amount_cents or due.due_on < agreed.due_on:
            return True
    return False


def check_move(due_on: date, to: date, *, following_on: date | None, is_used: bool, today: date) -> None:
    """Refuse moving an instalment to that day. One of a plan may be moved once, by up to seven days, before it is due,
    and not up to the one after it."""
    if is_used:
        raise Conflict("One date of a plan can be moved once, and it has been. Pay this one on its day, or contact us.")
    if due_on <= today:
        raise Conflict("This payment is due already. Its date cannot be moved any more; pay it now, or contact us.")
    latest = latest_move(due_on, following_on=following_on)
    if not due_on < to <= latest:
        raise Refusal("Choose a day after %(due)s, until %(latest)s.", field="to", due=due_on, latest=latest)


def latest_move(due_on: date, *, following_on: date | None) -> date:
    """The last day that an instalment may be moved to."""
    latest = due_on + timedelta(days=LONGEST_MOVE_DAYS)
    return latest if following_on is None else min(latest, following_on - timedelta(days=1))


def resumed(dues: Sequence[Due], *, paused_on: date, resumed_on: date) -> tuple[Due, ...]:
    """The schedule after a pause: what had not come due by then comes as many days later as the pause was long."""
    pause = resumed_on - paused_on
    return tuple(due._replace(due_on=due.due_on + pause) if due.due_on >= paused_on else due for due in dues)


def _nth(shape: Shape, k: int) -> date:
    if shape.every == "month":
        return add_months(shape.first_on, k)
    return shape.first_on + timedelta(days=_DAYS[shape.every] * k)
