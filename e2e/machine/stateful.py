"""The same moves for hypothesis, which looks for the shortest list of steps by itself."""

from contextlib import ExitStack

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from e2e.machine.always import Always
from e2e.machine.breach import Breach
from e2e.machine.driver import Run, step
from e2e.machine.ground import Ground
from e2e.machine.house_moves import HOUSE
from e2e.machine.move import Move, choices_of
from e2e.machine.moves import MOVES
from e2e.machine.owner_moves import OWNER
from e2e.machine.paying_moves import PAYING
from e2e.machine.plan_moves import PLANS
from e2e.machine.quiet import quieten
from e2e.machine.saving_moves import SAVING
from e2e.machine.town import open_town

_ELSEWHERE = (*PAYING, *HOUSE, *OWNER, *PLANS, *SAVING)


def any_of(kinds: tuple[type[Move], ...]) -> st.SearchStrategy[Move]:
    """A move of one of these kinds."""
    return st.one_of(
        [
            st.builds(kind, **{name: st.sampled_from(choices) for name, choices in choices_of(kind).items()})
            for kind in kinds
        ]
    )


def machine_on(ground: Ground) -> type[RuleBasedStateMachine]:
    """A machine that lives in towns of this ground; each example is a town, quiet at its end."""

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.stack = ExitStack()
            self.town = self.stack.enter_context(open_town(self.stack.enter_context(ground.new()), seed=0))
            self.always = Always(self.town)
            self.run = Run()

        @rule(move=any_of(PAYING))
        def customer(self, move: Move) -> None:
            step(self.town, self.always, move, self.run)

        @rule(move=any_of((*HOUSE, *OWNER)))
        def house(self, move: Move) -> None:
            step(self.town, self.always, move, self.run)

        @rule(move=any_of((*PLANS, *SAVING)))
        def agreement(self, move: Move) -> None:
            step(self.town, self.always, move, self.run)

        @rule(move=any_of(tuple(kind for kind in MOVES if kind not in _ELSEWHERE)))
        def world(self, move: Move) -> None:
            step(self.town, self.always, move, self.run)

        def teardown(self) -> None:
            with self.stack:
                found = quieten(self.town) or self.always.breaches(also_pages=True)
                if found:
                    raise Breach("when quiet: " + "; ".join(found))

    return Machine
