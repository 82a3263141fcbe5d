"""Driving a town: steps from a seed or from a list, checked after each, quiet at the end."""

import random
import time
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from e2e.machine.always import Always
from e2e.machine.breach import Breach
from e2e.machine.ground import Ground
from e2e.machine.move import Move
from e2e.machine.moves import draw
from e2e.machine.quiet import quieten
from e2e.machine.town import Town, open_town
from e2e.machine.wire_moves import Broken, Webhooks

_PAGES_EVERY = 10


@dataclass(slots=True)
class Run:
    """What a run did: its moves, how many of them had an effect, how many were faults, what was wrong."""

    moves: list[Move] = field(default_factory=list)
    steps: int = 0
    faults: int = 0
    breach: str = ""
    seconds: float = 0.0


def by_seed(ground: Ground, seed: int, steps: int, *, without: Sequence[str] = ()) -> Run:
    """A run of so many moves, always the same for the same seed; those with one of these words are left out."""
    chance = random.Random(f"moves:{seed}")
    drawn = (draw(chance) for _ in range(steps))
    return play(ground, (move for move in drawn if not any(word in str(move) for word in without)), seed=seed)


def play(ground: Ground, moves: Iterable[Move], *, seed: int = 0) -> Run:
    """Make these moves in a new town, until one breaches something or all are made and it is quiet."""
    run, began = Run(), time.perf_counter()
    with ground.new() as url, open_town(url, seed=seed) as town:
        try:
            _play(town, moves, run)
        except Breach as breach:
            run.breach = str(breach)
        except Exception:
            # Whatever the house lets out is a breach: the machine wants the steps that lead there.
            run.breach = traceback.format_exc()
    run.seconds = time.perf_counter() - began
    return run


def _play(town: Town, moves: Iterable[Move], run: Run) -> None:
    always = Always(town)
    for move in moves:
        run.moves.append(move)
        step(town, always, move, run, also_pages=len(run.moves) % _PAGES_EVERY == 0)
    found = quieten(town) or always.breaches(also_pages=True)
    if found:
        raise Breach("when quiet: " + "; ".join(found))


def step(town: Town, always: Always, move: Move, run: Run, *, also_pages: bool = False) -> None:
    """One move and what must hold after it; raises Breach."""
    if move.act(town):
        run.steps += 1
        run.faults += isinstance(move, Broken | Webhooks)
    found = always.breaches(also_pages=also_pages)
    if found:
        raise Breach(f"after “{move}”: " + "; ".join(found))


def shrink(ground: Ground, moves: Sequence[Move], *, seed: int = 0, tries: int = 120) -> Run:
    """Leave steps out, many at once and then one by one, as long as something is still wrong."""
    best = play(ground, moves, seed=seed)
    size = len(best.moves) // 2
    while best.breach and size:
        start = len(best.moves) - size
        while start >= 0 and tries > 0:
            tries -= 1
            run = play(ground, [*best.moves[:start], *best.moves[start + size :]], seed=seed)
            if run.breach:
                best = run
            start = min(start, len(best.moves)) - size
        size //= 2
    return best
