"""Each mutant of the house is caught by its list of steps, which the house itself passes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.machine import mutants
from e2e.machine.driver import play
from e2e.machine.ground import Ground, open_ground
from e2e.machine.moves import read_list

LISTS = Path(mutants.__file__).parent / "lists"


@pytest.fixture(scope="module")
def ground(run_folder: Path) -> Iterator[Ground]:
    with open_ground("sqlite", run_folder) as opened:
        yield opened


@pytest.mark.parametrize("name", mutants.MUTANTS)
def test_mutant_is_caught(ground: Ground, name: str) -> None:
    moves = read_list((LISTS / f"{name}.txt").read_text().splitlines())
    assert play(ground, moves).breach == ""
    with mutants.installed(name):
        assert play(ground, moves).breach


@pytest.mark.parametrize("name", sorted(file.stem for file in (LISTS / "once_failed").glob("*.txt")))
def test_what_once_failed_holds(ground: Ground, name: str) -> None:
    moves = read_list((LISTS / "once_failed" / f"{name}.txt").read_text().splitlines())
    assert play(ground, moves).breach == ""


def test_there_is_a_list_for_each_mutant() -> None:
    assert {file.stem for file in LISTS.glob("*.txt")} >= set(mutants.MUTANTS)
