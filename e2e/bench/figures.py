"""Measuring two ways of doing one thing in turns, and printing what came out.

Turns, because the machine is shared: whatever slows one side down slows the other too. Medians, because the
mean of a noisy machine is the noise.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Measure = Literal["cpu", "wall"]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds for one piece of work; `cpu_s` is of the process that does it, in all its threads."""

    cpu_s: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A floor and the portal at the same work. `goal`: the least floor / portal, by `measure`; None: none set."""

    name: str
    unit: str
    floor: Cost
    portal: Cost
    measure: Measure
    goal: float | None

    @property
    def ratio(self) -> float:
        return self.ratio_by(self.measure)

    def ratio_by(self, measure: Measure) -> float:
        if measure == "cpu":
            return self.floor.cpu_s / self.portal.cpu_s
        return self.floor.wall_s / self.portal.wall_s


def in_turns(
    floor: Callable[[], object], portal: Callable[[], object], *, rounds: int, pieces: int = 1
) -> tuple[Cost, Cost]:
    """The medians of both over so many rounds; each call does `pieces` pieces of work. Both run once unmeasured."""
    floor()
    portal()
    costs: tuple[list[Cost], list[Cost]] = ([], [])
    for _ in range(rounds):
        for side, found in zip((floor, portal), costs, strict=True):
            found.append(once(side, pieces))
    return median(costs[0]), median(costs[1])


def once(work: Callable[[], object], pieces: int = 1) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost((time.process_time() - cpu) / pieces, (time.perf_counter() - wall) / pieces)


def median(costs: Sequence[Cost]) -> Cost:
    return Cost(statistics.median(cost.cpu_s for cost in costs), statistics.median(cost.wall_s for cost in costs))


def table(title: str, found: Sequence[Comparison]) -> str:
    """Costs of each piece of work in microseconds or milliseconds, the ratios, and whether the goal is met."""
    head = ("", "floor CPU", "portal CPU", "floor wall", "portal wall", "CPU ratio", "wall ratio", "goal")
    return grid(title, [head, *(_row(each) for each in found)])


def grid(title: str, rows: Sequence[Sequence[str]]) -> str:
    """Rows of words under a title, the first row being the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows]
    return "\n".join([title, "=" * len(title), *lines, ""])


def _row(found: Comparison) -> tuple[str, ...]:
    if found.goal is None:
        goal = "-"
    else:
        goal = f"{found.measure} {found.goal:.2f} {'met' if found.ratio >= found.goal else 'MISSED'}"
    costs = (found.floor.cpu_s, found.portal.cpu_s, found.floor.wall_s, found.portal.wall_s)
    return (
        f"{found.name} ({found.unit})",
        *(f"{cost * (1_000_000 if found.unit == 'µs' else 1_000):,.0f}" for cost in costs),
        f"{found.ratio_by('cpu'):.2f}",
        f"{found.ratio_by('wall'):.2f}",
        goal,
    )
