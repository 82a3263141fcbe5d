"""Looking for mutants by chance, as if nobody knew where they hide: each in turn gets one more seed."""

from collections.abc import Callable, Iterator, MutableMapping

from e2e.machine.driver import by_seed
from e2e.machine.ground import Ground
from e2e.machine.mutants import MUTANTS, installed


def hunt(
    ground: Ground, seeds: Iterator[int], steps: int, found: MutableMapping[str, int], until: Callable[[], bool]
) -> None:
    """Add to `found` what no run survives, with its seed, until time is up or every mutant was found."""
    while len(found) < len(MUTANTS):
        for name in [name for name in MUTANTS if name not in found]:
            if until():
                return
            seed = next(seeds)
            with installed(name):
                if by_seed(ground, seed, steps).breach:
                    found[name] = seed
