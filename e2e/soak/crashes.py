"""Crash points in a loop: the portal dies at random points, again and again, and after each customer all must be right.

`run` goes on until it is told to stop, or every point was visited fifty times on each database.
"""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from e2e import run as runs
from e2e.crashes import CHARGE_POINTS, POINTS
from e2e.databases import new_postgresql, new_sqlite
from e2e.soak.charged import be_charged
from e2e.soak.crash_rig import ALL_STEPS, open_rig, scenario

VISITS = 50
_MOST_HITS = 3
# The books grow with each customer, and looking at all of them takes longer.
_CUSTOMERS_OF_A_RIG = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """How often the portal died, how many customers paid meanwhile, and what was wrong afterwards, in words."""

    kills: int
    customers: int
    breaches: tuple[str, ...]


def run(seed: int, until: Callable[[], bool]) -> Figures:
    """Crash until told to stop; the same seed visits the points in the same order. Raises NoServerError."""
    kills, customers, breaches = 0, 0, list[str]()
    whole = runs.begin()
    try:
        for number, (kind, points) in enumerate(_rigs(random.Random(seed))):
            with tempfile.TemporaryDirectory(prefix="portal-soak-") as folder, _database(kind, whole.folder) as url:
                address = url or new_sqlite(whole.folder, Path(folder) / "portal.db")
                with open_rig(address, Path(folder), lives=points) as rig:
                    while len(rig.keeper.kills) < len(points) and not until():
                        breaches += [
                            f"{kind}, rig {number} of seed {seed}: {each}"
                            for each in scenario(rig, (*ALL_STEPS, be_charged))
                        ]
                        customers += 1
                    kills += len(rig.keeper.kills)
            if until():
                break
    finally:
        whole.end()
    return Figures(kills, customers, tuple(breaches))


def _rigs(chance: random.Random) -> Iterator[tuple[str, list[str]]]:
    """For one rig after the other its database, and the points of its portal's lives."""
    visits = {kind: [*dict.fromkeys((*POINTS, *CHARGE_POINTS))] * VISITS for kind in ("sqlite", "postgresql")}
    for points in visits.values():
        chance.shuffle(points)
    while any(visits.values()):
        for kind, points in visits.items():
            taken, points[:] = points[:_CUSTOMERS_OF_A_RIG], points[_CUSTOMERS_OF_A_RIG:]
            yield kind, [f"{point}:{chance.randint(1, _MOST_HITS)}" for point in taken]


def _database(kind: str, folder: Path) -> AbstractContextManager[str]:
    """The address of a PostgreSQL database; "" for SQLite, whose file belongs into the rig's own folder."""
    return new_postgresql(folder) if kind == "postgresql" else nullcontext("")
