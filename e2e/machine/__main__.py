"""`python -m e2e.machine --seed 1 --steps 60`: one run, or `--runs` of them; a breach is shrunk and listed."""

import argparse
import logging
import sys
from pathlib import Path

import structlog

from e2e import run as runs
from e2e.machine.driver import Run, by_seed, play, shrink
from e2e.machine.ground import Ground, open_ground
from e2e.machine.moves import read_list


def main() -> int:
    asked = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    whole = runs.begin()
    try:
        with open_ground(asked.database, whole.folder) as ground:
            if asked.replay:
                return _told(
                    play(ground, read_list(asked.replay.read_text().splitlines()), seed=asked.seed), asked.seed
                )
            seeds = range(asked.seed, asked.seed + asked.runs)
            return max(_drive(ground, seed, asked.steps, asked.without) for seed in seeds)
    finally:
        whole.end()


def _drive(ground: Ground, seed: int, steps: int, without: list[str]) -> int:
    run = by_seed(ground, seed, steps, without=without)
    if run.breach:
        print(f"seed {seed}: {run.breach}\nshrinking {len(run.moves)} steps", flush=True)
        run = shrink(ground, run.moves, seed=seed)
    return _told(run, seed)


def _told(run: Run, seed: int) -> int:
    print(f"seed {seed}: {run.steps} effective steps of {len(run.moves)}, {run.steps / run.seconds:.0f} a second")
    if run.breach:
        print("\n".join([f"# {run.breach}", *map(str, run.moves)]), flush=True)
    return int(bool(run.breach))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m e2e.machine", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1, help="so many seeds, one after the other")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--without", action="append", default=[], help="leave out moves with this word in them")
    parser.add_argument("--replay", type=Path, help="a file with a step on each line")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
