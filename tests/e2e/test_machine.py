"""The money machine on both databases: fixed seeds, and hypothesis over the same moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from e2e.machine.driver import by_seed, play
from e2e.machine.ground import Ground, open_ground
from e2e.machine.moves import read_list
from e2e.machine.stateful import machine_on
from e2e.postgres import NoServerError

# PostgreSQL is three times as slow, and the moves are the same.
SEEDS = {"sqlite": range(1, 4), "postgresql": range(5, 6)}
EXAMPLES = {"sqlite": 5, "postgresql": 2}
STEPS = 60
SETTINGS = settings(
    stateful_step_count=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ground(request: pytest.FixtureRequest, run_folder: Path) -> Iterator[Ground]:
    try:
        with open_ground(request.param, run_folder) as opened:
            yield opened
    except NoServerError as reason:
        pytest.skip(str(reason))


def test_seeds_breach_nothing(ground: Ground) -> None:
    for seed in SEEDS[ground.kind]:
        run = by_seed(ground, seed, STEPS)
        assert not run.breach, "\n".join([f"seed {seed}: {run.breach}", *map(str, run.moves)])
        assert run.steps > STEPS // 4


def test_the_same_seed_is_the_same_run(ground: Ground) -> None:
    """Nothing in the house is left to chance: what Stripe was asked for is the same, to the second and the id."""
    moves = read_list(["visitor 1 pays all by card", "webhooks arrive", "refund 1/3 of payment 1 in the dashboard"])
    one, other = play(ground, moves, seed=7), play(ground, moves, seed=7)
    assert (one.steps, one.breach) == (other.steps, other.breach) == (3, "")


def test_hypothesis_finds_nothing(ground: Ground) -> None:
    examples = settings(SETTINGS, max_examples=EXAMPLES[ground.kind])
    run_state_machine_as_test(machine_on(ground), settings=examples)
