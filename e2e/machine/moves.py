"""All moves there are, and the one that happens inside another: while the house waits for Stripe's answer."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from e2e.machine import move
from e2e.machine.bank_moves import BANKS
from e2e.machine.dispute_moves import DISPUTES, Decide, Dispute
from e2e.machine.house_moves import HOUSE, Work
from e2e.machine.move import Move, one_of
from e2e.machine.owner_moves import OWNER
from e2e.machine.paying_moves import PAYING, Open, Press, Submit
from e2e.machine.plan_moves import PLANS, Change, PayPlan
from e2e.machine.saving_moves import SAVING, Use
from e2e.machine.town import Town
from e2e.machine.wire_moves import WIRE, Deliver

_INNER: tuple[Move, ...] = (
    Deliver(),
    Deliver(),
    Work(),
    *(Press(visitor, "card") for visitor in (1, 2, 3, 4)),
    *(Open(visitor, "1", "card") for visitor in (1, 2, 3, 4)),
    Submit(1, "card"),
    Submit(1, "bank"),
    Dispute(1, "all", 1),
    Dispute(2, "1/2", 1),
    Decide("half-accepts", 1),
    *(Change(1, done) for done in ("paused", "cancelled", "left-to-hand")),
    PayPlan("what-is-next", 1, "card", "last", "submitted"),
    *(Use(1, does) for does in ("pays-no-more", "is-removed")),
)


@dataclass(frozen=True, slots=True)
class Meanwhile(Move):
    """Stripe has done what the house asks next, and before the house hears of it this happens."""

    line = "during the next call: {inner}"
    weight: ClassVar[int] = 12
    inner: str = one_of(*map(str, _INNER))

    def act(self, town: Town) -> bool:
        town.meanwhile.append(read(self.inner))
        return True


MOVES: tuple[type[Move], ...] = (
    *PAYING,
    *BANKS,
    *WIRE,
    *HOUSE,
    *OWNER,
    *DISPUTES,
    *PLANS,
    *SAVING,
    Meanwhile,
)


def read(text: str) -> Move:
    """The move that a line says; raises ValueError."""
    return move.read(text, MOVES)


def read_list(lines: Iterable[str]) -> list[Move]:
    """A list of steps, one a line; what follows # is a remark."""
    said = (line.partition("#")[0].strip() for line in lines)
    return [read(line) for line in said if line]


def draw(chance: random.Random) -> Move:
    return move.draw(MOVES, chance)
