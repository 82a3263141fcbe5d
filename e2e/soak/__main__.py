"""`make soak`: the money machine on both databases, mutants and kills, in turns, for SOAK_SECONDS, from SEED on.

Exits 1 on any breach; the figures are its last line.
"""

import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count

import structlog

from e2e import run as runs
from e2e.machine.driver import by_seed, shrink
from e2e.machine.ground import Ground, open_ground
from e2e.machine.hunt import hunt
from e2e.machine.mutants import MUTANTS
from e2e.postgres import NoServerError
from e2e.soak import crashes
from e2e.soak.figures import Figures

_STEPS = 60
# What comes in turns gets so long each time; a short soak is divided among all.
_LONGEST_TURN_S = 60.0
_TURNS = 4

Until = Callable[[], bool]


def main() -> int:
    seconds, seed = float(os.environ.get("SOAK_SECONDS", "60")), int(os.environ.get("SEED", "1"))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    ends_at = time.monotonic() + seconds
    turn_s = min(_LONGEST_TURN_S, seconds / _TURNS)
    figures, seeds = Figures(), count(seed)
    whole = runs.begin()
    try:
        with ExitStack() as stack:
            grounds = [stack.enter_context(open_ground(kind, whole.folder)) for kind in ("sqlite", "postgresql")]
            while time.monotonic() < ends_at and not figures.breaches:
                for ground in grounds:
                    _drive(ground, seeds, figures, _for(turn_s))
                hunt(grounds[0], seeds, _STEPS, figures.found, _for(turn_s))
                _kill(next(seeds), figures, _for(turn_s))
    except NoServerError as reason:
        figures.breaches.append(str(reason))
    finally:
        whole.end()
    missed = ", ".join(name for name in MUTANTS if name not in figures.found)
    print(*(f"mutant {name}: found by seed {found}" for name, found in figures.found.items()), sep="\n")
    print(f"mutants not found yet: {missed or 'none'}")
    print("\n".join(figures.breaches))
    print(figures, flush=True)
    return int(bool(figures.breaches))


def _for(seconds: float) -> Until:
    """Whether so many seconds have passed since now."""
    began_at = time.monotonic()
    return lambda: time.monotonic() - began_at >= seconds


def _drive(ground: Ground, seeds: "count[int]", figures: Figures, until: Until) -> None:
    """At least one seed, and the steps of one that breaches something."""
    while not figures.breaches:
        seed = next(seeds)
        run = by_seed(ground, seed, _STEPS)
        figures.seeds += 1
        figures.steps += run.steps
        figures.faults += run.faults
        if run.breach:
            run = shrink(ground, run.moves, seed=seed)
            figures.breaches.append("\n".join([f"# {ground.kind}, seed {seed}: {run.breach}", *map(str, run.moves)]))
        if until():
            return


def _kill(seed: int, figures: Figures, until: Until) -> None:
    done = crashes.run(seed, until)
    figures.kills += done.kills
    figures.breaches += done.breaches


if __name__ == "__main__":
    sys.exit(main())
