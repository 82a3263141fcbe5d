"""The states of a dispute, who may move it from one to the next, whose turn it is, and by when (product.md D3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from portal.rules.dates import add_business_days
from portal.rules.discounts import Clock
from portal.rules.refusals import Conflict, Refusal

State = Literal["new", "in_review", "waiting", "offered", "accepted", "partly_accepted", "rejected", "withdrawn"]
Turn = Literal["seller", "customer"]
# What the seller does, what the customer does, and what time does: `lapse` is a day that went by without an answer.
Act = Literal[
    "review",
    "ask",
    "offer",
    "accept",
    "accept_partly",
    "reject",
    "answer",
    "decline",
    "withdraw",
    "reopen",
    "lapse",
]

STATES: tuple[State, ...] = (
    "new",
    "in_review",
    "waiting",
    "offered",
    "accepted",
    "partly_accepted",
    "rejected",
    "withdrawn",
)
OPEN: frozenset[State] = frozenset({"new", "in_review", "waiting", "offered"})
DECIDED: frozenset[State] = frozenset({"accepted", "partly_accepted", "rejected"})
FOR_THE_CUSTOMER: frozenset[State] = frozenset({"accepted", "partly_accepted"})

_TURNS: Mapping[State, Turn] = {
    "new": "seller",
    "in_review": "seller",
    "waiting": "customer",
    "offered": "customer",
}
# While it is open the seller may decide at any time, and the customer may take it back.
_ALWAYS: Mapping[Act, State] = {
    "ask": "waiting",
    "offer": "offered",
    "accept": "accepted",
    "accept_partly": "partly_accepted",
    "reject": "rejected",
    "withdraw": "withdrawn",
}
MOVES: Mapping[State, Mapping[Act, State]] = {
    # A customer who writes once more before anybody has looked changes nothing about whose turn it is.
    "new": {**_ALWAYS, "review": "in_review", "answer": "new"},
    "in_review": {**_ALWAYS, "answer": "in_review"},
    "waiting": {**_ALWAYS, "answer": "in_review", "lapse": "in_review"},
    "offered": {**_ALWAYS, "answer": "offered", "decline": "in_review", "lapse": "in_review"},
    "accepted": {},
    "partly_accepted": {"reopen": "in_review"},
    "rejected": {"reopen": "in_review"},
    "withdrawn": {},
}


@dataclass(frozen=True, slots=True)
class Waits:
    """How long each side has: `reply_days` are business days, the others are days of the calendar."""

    reply_days: int
    answer_days: int
    reopen_days: int


def move(state: State, act: Act) -> State:
    """The state that follows; Conflict where that act makes no sense any more."""
    following = MOVES[state].get(act)
    if following is not None:
        return following
    if state in OPEN:
        raise Conflict("That is not possible now. Look at the dispute again: something has happened since.")
    if act == "reopen":
        raise Conflict("This dispute cannot be opened again. Contact us if something is still wrong.")
    raise Conflict("This dispute is closed already. Look at what was decided.")


def check_reopening(state: State, *, decided_on: date | None, was_reopened: bool, today: date, waits: Waits) -> None:
    """Once, and not for ever: refuses a second time, and after the days that the seller gives."""
    move(state, "reopen")
    if was_reopened:
        raise Conflict("This dispute was opened again before, and the second decision is final. Contact us.")
    if decided_on is not None and today > decided_on + timedelta(days=waits.reopen_days):
        raise Refusal("The time to open this dispute again is over. Contact us if something is still wrong.")


def turn(state: State) -> Turn | None:
    """Whose turn it is; None once it is closed."""
    return _TURNS.get(state)


def reply_by(state: State, *, on: date, waits: Waits, offer_until: date | None = None) -> date | None:
    """The last day of whose turn it is since that day; None once it is closed."""
    if state == "offered":
        return offer_until
    if state == "waiting":
        return on + timedelta(days=waits.answer_days)
    return add_business_days(on, waits.reply_days) if state in OPEN else None


def clock(
    before: Clock | None, *, net_cents: int, tax_cents: int, filed_on: date, reopened_on: date | None, decided_on: date
) -> Clock | None:
    """The discount clock of what is left of a part that was decided for the customer (money.md 4).

    It stood from the day of filing to the decision. Where a decision for the customer stood in between (`before`),
    it ran on meanwhile, and stood again since it was opened again.
    """
    if net_cents + tax_cents == 0:
        return None
    if before is not None and reopened_on is not None:
        decided_on = before.decided_on + (decided_on - reopened_on)
    return Clock(net_cents, tax_cents, filed_on, decided_on)
